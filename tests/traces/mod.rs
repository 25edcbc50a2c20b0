//! Traces: a whole server, and a collector that reads what it is sent as OpenTelemetry has it.

use crate::{
    scar::{FAST, end_of, shop},
    support::{
        Checkout, Collector, ProgramBuilder, Scripted, Span, TestAppBuilder, TestDatabase, expect,
        llm::{Reply, TestLlm},
        scar::TestScar,
        wait_until,
    },
};
use project_manager::domain::execution::{ErrorCode, Outcome};
use reqwest::StatusCode;
use serde_json::Value;

fn traced(collector: &Collector) -> TestAppBuilder {
    TestAppBuilder::default().set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address())
}

/// A message's trace, as its id has it.
fn trace_of(said: &Value) -> String {
    said["id"].as_str().expect("an id").replace('-', "")
}

fn is_within(inner: &Span, outer: &Span) -> bool {
    inner.trace == outer.trace && inner.parent == outer.id
}

#[tokio::test]
async fn one_trace_leads_from_a_message_to_the_last_step_on_the_screen() {
    let (collector, llm, scripted) = (Collector::start(), TestLlm::start(), Scripted::new());
    let app = traced(&collector)
        .set("PM__LLM__ENDPOINT", llm.address())
        .set("PM__LLM__MODEL", "gpt-test")
        .set(
            "PM__TRACES__HEADERS",
            "authorization=Bearer%20hunter2-of-traces==",
        )
        .backend(scripted.clone())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    let mut stream = app.stream(&project, "").await;
    llm.says("I have started with a look around.");
    let said = app.say(&project, "analyze the codebase").await;
    let job = scripted.next_job().await;
    job.says("a word of the agent, hunter2-of-traces==").await;
    job.says("the last step").await;
    stream
        .activities_until(|activity| activity["message"] == "the last step")
        .await;
    job.complete("done");

    let trace = trace_of(&said);
    let command = collector
        .span("the command's end", |span| span.name == "command prime")
        .await;
    let of = |name: &'static str| {
        let trace = trace.clone();
        move |span: &Span| span.trace == trace && span.name == name
    };
    let whole = collector.span("the reply", of("chat message")).await;
    let model = collector.span("the model's part", of("model")).await;
    let log = app.log(&project).await;
    let all = Value::from(log.clone()).to_string();
    assert!(!all.contains("hunter2-of-traces=="), "{all}");
    let last = log.iter().find(|one| one["message"] == "the last step");
    let seq = last.expect("the last step")["seq"].to_string();
    let step = collector
        .span("the last step", |span| {
            span.name == "step text" && span.tags["activity.seq"] == seq
        })
        .await;
    let shown = collector
        .span("the last step on the screen", |span| {
            span.name == "shown" && span.tags["activity.seq"] == seq
        })
        .await;

    assert_eq!((&whole.trace, whole.parent.as_str()), (&trace, ""));
    assert!(is_within(&model, &whole), "{model:?} in {whole:?}");
    assert_eq!(model.tags["gen_ai.request.model"], "gpt-test");
    assert!(is_within(&command, &whole), "{command:?} in {whole:?}");
    assert_eq!(command.moments, ["started"]);
    assert_eq!(command.tags["status"], "COMPLETED");
    assert!(is_within(&step, &command), "{step:?} in {command:?}");
    assert!(is_within(&shown, &step), "{shown:?} in {step:?}");
    assert!(whole.begun <= command.begun && command.begun <= step.begun);
    assert!(step.begun <= step.ended && step.ended <= shown.ended);
    assert!(shown.ended <= command.ended || command.ended >= step.ended);
    assert_eq!(step.resource["service.name"], "project-manager");

    let report = collector.span("the report", of("report")).await;
    assert!(is_within(&report, &command), "{report:?} in {command:?}");
    // It is for whoever runs the server, and no place for what people say.
    for words in ["analyze the codebase", "a word of the agent", "look around"] {
        assert!(!collector.has_bytes(words), "{words:?} left the server");
    }
    assert!(
        collector
            .shown()
            .iter()
            .all(|shown| shown == "Bearer hunter2-of-traces==")
    );
}

#[tokio::test]
async fn a_step_is_shown_once_however_many_streams_there_are() {
    let (collector, scripted) = (Collector::start(), Scripted::new());
    let app = traced(&collector).backend(scripted.clone()).spawn().await;
    let project = app.project("Shop").await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        streams.push(app.stream(&project, "").await);
    }
    app.execute(&project, "prime").await;
    let job = scripted.next_job().await;
    job.says("for three").await;
    for stream in &mut streams {
        stream
            .activities_until(|activity| activity["message"] == "for three")
            .await;
    }
    job.complete("done");
    let command = collector
        .span("the end", |span| span.name == "command prime")
        .await;
    // Nobody asked for it in the chat: it is a trace of its own.
    assert_eq!(command.parent, "");
    let spans = collector.spans();
    let step = spans.iter().find(|span| span.name == "step text");
    let step = step.expect("sent before the command that has it");
    wait_until("it to be shown", async || {
        let spans = collector.spans();
        spans.iter().any(|span| is_within(span, step)).then_some(())
    })
    .await;
    app.stop();
    let spans = collector.spans();
    let shown = spans.iter().filter(|span| is_within(span, step));
    assert_eq!(shown.count(), 1);
}

#[tokio::test]
async fn each_step_of_a_command_is_in_its_trace_and_the_command_ends_when_it_ended() {
    let (collector, checkout) = (
        Collector::start(),
        Checkout::with(&[("README.md", "# Shop\n")]),
    );
    let app = traced(&collector).spawn().await;
    let project = app.project_in("Shop", checkout.text()).await;
    let execution = app.execute(&project, "prime").await;
    let ended = end_of(&app, &execution).await;
    let command = collector
        .span("the command's end", |span| span.name == "command prime")
        .await;
    assert_eq!(command.tags["status"], ended["status"]);
    let log = app.log(&project).await;
    let of_steps = log.iter().filter(|one| one["source"] == "claude");
    let of_steps: Vec<String> = of_steps.map(|one| one["seq"].to_string()).collect();
    assert!(of_steps.len() > 3, "it does something: {log:?}");
    app.stop();
    let spans = collector.spans();
    let steps = spans.iter().filter(|span| is_within(span, &command));
    let traced: Vec<String> = steps
        .map(|step| step.tags["activity.seq"].clone())
        .collect();
    assert_eq!(traced, of_steps);
}

#[tokio::test]
async fn what_fails_is_marked_with_why() {
    let (collector, llm, scripted) = (Collector::start(), TestLlm::start(), Scripted::new());
    let app = traced(&collector)
        .set("PM__LLM__ENDPOINT", llm.address())
        .set("PM__LLM__MODEL", "gpt-test")
        .set("PM__LLM__RETRIES", 0)
        .backend(scripted.clone())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    llm.then(Reply::Status(500));
    app.say(&project, "analyze the codebase").await;
    let job = scripted.next_job().await;
    job.end(Outcome::failed(ErrorCode::AgentError, "It gave up."));
    let command = collector
        .span("the end", |span| span.name == "command prime")
        .await;
    assert_eq!(command.failure.as_deref(), Some("agent_error"));
    let model = collector
        .span("the model's part", |span| span.name == "model")
        .await;
    assert_eq!(model.failure.as_deref(), Some("away"));
}

#[tokio::test]
async fn a_trace_goes_on_after_a_kill() {
    let (collector, scar, database) = (
        Collector::start(),
        TestScar::start(),
        TestDatabase::new().await,
    );
    let start = async || {
        let serving = ProgramBuilder::serving_database(&database)
            .set("SCAR_BASE_URL", scar.address())
            .set("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address());
        FAST.iter()
            .fold(serving, |serving, (name, value)| serving.set(name, value))
            .start()
            .await
    };
    let server = start().await;
    let project = shop(&server).await;
    let said = server.say(&project, "analyze the codebase").await;
    let trace = trace_of(&said);
    let executions = wait_until("the command", async || {
        let path = format!("/api/projects/{project}/executions");
        server.read(&path).await.get(0).cloned()
    })
    .await;
    let run = scar.next_run().await;
    run.say("before");
    collector
        .span("the first step", |span| span.name == "step text")
        .await;
    server.kill().await;
    run.say("after");
    run.end();
    let server = start().await;
    end_of(&server, &executions).await;
    let command = collector
        .span("the command's end", |span| span.name == "command prime")
        .await;
    assert_eq!(command.trace, trace);
    let spans = collector.spans();
    let steps = spans.iter().filter(|span| span.name.starts_with("step"));
    for step in steps {
        assert!(is_within(step, &command), "{step:?} in {command:?}");
    }
}

#[tokio::test]
async fn a_collector_that_is_away_holds_nothing_up_and_is_found_again() {
    let collector = Collector::start();
    collector.refuse(true);
    let scripted = Scripted::new();
    let app = traced(&collector).backend(scripted.clone()).spawn().await;
    let project = app.project("Shop").await;
    let mut stream = app.stream(&project, "").await;
    app.say(&project, "analyze the codebase").await;
    let job = scripted.next_job().await;
    job.says("all the same").await;
    stream
        .activities_until(|activity| activity["message"] == "all the same")
        .await;
    collector.refuse(false);
    job.says("and now this").await;
    let log = wait_until("it to be stored", async || {
        let log = app.log(&project).await;
        let there = log.iter().find(|one| one["message"] == "and now this");
        there.map(|one| one["seq"].to_string())
    })
    .await;
    collector
        .span("what came after it was back", |span| {
            span.tags["activity.seq"] == log
        })
        .await;
    job.complete("done");
}

#[tokio::test]
async fn headers_that_are_none_stop_the_start_and_are_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let done = ProgramBuilder::serving(folder.path())
        .set("PM__TRACES__ENDPOINT", "http://127.0.0.1:9")
        .set("PM__TRACES__HEADERS", "hunter2")
        .run()
        .await;
    assert_eq!(done.code, Some(1));
    assert!(
        done.errors.contains("PM__TRACES__HEADERS"),
        "{}",
        done.errors
    );
    assert!(done.errors.contains("name=value"), "{}", done.errors);
    assert!(!done.errors.contains("hunter2"), "{}", done.errors);
}

#[tokio::test]
async fn without_an_address_nothing_is_sent() {
    let collector = Collector::start();
    let scripted = Scripted::new();
    let app = TestAppBuilder::default()
        .set("PM__TRACES__HEADERS", "authorization=none")
        .backend(scripted.clone())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    expect(
        app.post(&format!("/api/projects/{project}/messages"))
            .json(&serde_json::json!({ "content": "hello" })),
        StatusCode::ACCEPTED,
    )
    .await;
    app.stop();
    assert!(collector.spans().is_empty());
}
