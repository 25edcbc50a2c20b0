//! A part of the log: what is of a source, a kind, a command, a time, or went wrong.

use project_manager::domain::{
    execution::{ErrorCode, Outcome},
    step::{Call, Step, TextFormat},
};
use serde_json::{Value, json};

use super::path;
use crate::support::{RunningJob, TestApp, refused_field, spawn_scripted, wait_until};

/// A filter and whether it lets an activity through.
type Filter = (&'static str, fn(&Value) -> bool);

const FILTERS: [Filter; 14] = [
    ("source=pm", |one| one["source"] == "pm"),
    ("source=scar,claude", |one| one["source"] != "pm"),
    ("kind=message", |one| one["kind"] == "message"),
    ("kind=tool,tool_result", |one| {
        one["kind"] == "tool" || one["kind"] == "tool_result"
    }),
    ("status=FAILED", |one| one["status"] == "FAILED"),
    ("status=failed,COMPLETED", |one| {
        one["status"] == "failed" || one["status"] == "COMPLETED"
    }),
    ("command=prime", |one| one["command"] == "prime"),
    ("command=VALIDATE,PRIME", |one| one["command"].is_string()),
    ("errors=true", |one| {
        one["status"] == "FAILED" || one["status"] == "failed"
    }),
    ("errors=false", |_| true),
    ("kind=tool&command=validate", |one| {
        one["kind"] == "tool" && one["command"] == "validate"
    }),
    ("phase=Planning", |_| false),
    ("verbosity=1&command=prime", |one| {
        one["command"] == "prime" && one["verbosity"] == 1
    }),
    ("verbosity=2&errors=true", |one| one["status"] == "FAILED"),
];

fn result(summary: &str, ok: bool) -> Step {
    Step::ToolResult {
        tool: "Read".to_owned(),
        summary: summary.to_owned(),
        output: "a page".to_owned(),
        cut_bytes: 0,
        ok,
        duration_ms: 5,
        call: None,
    }
}

async fn works(job: &RunningJob) {
    for (name, ok) in [("README.md", true), ("missing.md", false)] {
        job.step(Step::Tool {
            tool: "Read".to_owned(),
            summary: format!("Read {name}"),
            input: name.to_owned(),
            call: Call::default(),
        })
        .await;
        job.step(result(name, ok)).await;
    }
    job.step(Step::Text {
        text: "All is read".to_owned(),
        format: TextFormat::Markdown,
        block: None,
    })
    .await;
}

/// A project in which one command went well and another one did not; its log.
async fn with_log() -> (TestApp, String, Vec<Value>) {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.say(&project, "hello").await;
    for command in ["prime", "validate"] {
        app.execute(&project, command).await;
        let job = backend.next_job().await;
        works(&job).await;
        match command {
            "prime" => job.complete("done"),
            _ => job.end(Outcome::failed(ErrorCode::ChecksFailed, "3 tests failed")),
        }
    }
    let log = wait_until("the end of both commands", async || {
        let log = app.log(&project).await;
        let ended = log
            .iter()
            .filter(|one| one["status"] == "COMPLETED" || one["status"] == "FAILED");
        (ended.count() == 2).then_some(log)
    })
    .await;
    (app, project, log)
}

fn seqs<'a>(log: impl IntoIterator<Item = &'a Value>) -> Vec<i64> {
    log.into_iter()
        .map(|one| one["seq"].as_i64().expect("a seq"))
        .collect()
}

/// All that a filter lets through, in pages of two.
async fn paged(app: &TestApp, project: &str, filter: &str, is_forward: bool) -> Vec<i64> {
    let (mut found, mut place) = (
        Vec::new(),
        if is_forward { "after=0" } else { "" }.to_owned(),
    );
    loop {
        let page = app
            .read(&path(project, &format!("?limit=2&{filter}&{place}")))
            .await;
        let items = seqs(page["items"].as_array().expect("a list"));
        match is_forward {
            true => found.extend(items),
            false => drop(found.splice(0..0, items)),
        }
        let Some(next) = page["next"].as_i64() else {
            return found;
        };
        place = format!("{}={next}", if is_forward { "after" } else { "before" });
    }
}

#[tokio::test]
async fn a_filter_lets_through_what_is_as_wanted_and_nothing_else_on_pages_that_it_fills() {
    let (app, project, log) = with_log().await;
    for (filter, wanted) in FILTERS {
        let expected = seqs(log.iter().filter(|one| wanted(one)));
        let page = app.read(&path(&project, &format!("?{filter}"))).await;
        let items = page["items"].as_array().expect("a list");
        assert_eq!(seqs(items), expected, "{filter}");
        assert_eq!(page["head"], log.len(), "{filter}: of the whole log");
        for is_forward in [true, false] {
            assert_eq!(
                paged(&app, &project, filter, is_forward).await,
                expected,
                "{filter}, page by page"
            );
        }
    }
}

#[tokio::test]
async fn a_filter_finds_one_execution() {
    let (app, project, log) = with_log().await;
    let execution = log
        .iter()
        .find(|one| one["command"] == "validate")
        .and_then(|one| one["execution_id"].as_str())
        .expect("an execution");
    let of_it = log.iter().filter(|one| one["execution_id"] == execution);
    let page = app
        .read(&path(&project, &format!("?execution_id={execution}")))
        .await;
    assert_eq!(page["items"], json!(of_it.collect::<Vec<_>>()));
}

#[tokio::test]
async fn a_filter_finds_a_time_from_its_first_moment_to_before_its_last() {
    let (app, project, log) = with_log().await;
    let times: Vec<&str> = log
        .iter()
        .map(|one| one["timestamp"].as_str().expect("a time"))
        .collect();
    let (first, last) = (times[0], times[times.len() - 1]);
    for middle in [first, times[log.len() / 2], last] {
        // What is shown of a time are its milliseconds.
        let page = app.read(&path(&project, &format!("?from={middle}"))).await;
        let expected = log
            .iter()
            .filter(|one| one["timestamp"].as_str() >= Some(middle));
        assert_eq!(page["items"], json!(expected.collect::<Vec<_>>()));
        let page = app.read(&path(&project, &format!("?to={middle}"))).await;
        let expected = log
            .iter()
            .filter(|one| one["timestamp"].as_str() < Some(middle));
        assert_eq!(page["items"], json!(expected.collect::<Vec<_>>()));
    }
    // The same moment in another zone.
    let zoned = first
        .parse::<chrono::DateTime<chrono::Utc>>()
        .expect("a time")
        .with_timezone(&chrono::FixedOffset::east_opt(2 * 3_600).expect("a zone"))
        .to_rfc3339()
        .replace('+', "%2B");
    let page = app.read(&path(&project, &format!("?from={zoned}"))).await;
    assert_eq!(page["items"], json!(log));
    for nothing in ["from=9999-12-31T23:59:59Z", "to=1970-01-01T00:00:00.5Z"] {
        let page = app.read(&path(&project, &format!("?{nothing}"))).await;
        assert_eq!(page["items"], json!([]), "{nothing}");
    }
}

#[tokio::test]
async fn a_value_that_makes_no_sense_is_refused_with_its_field() {
    let (app, _backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let long = "x".repeat(201);
    for (field, value) in [
        ("source", "nobody"),
        ("source", "pm,"),
        ("kind", "tools"),
        ("kind", ""),
        ("status", "FAILED OR 1"),
        ("status", ""),
        ("command", "explode"),
        ("phase", ""),
        ("phase", long.as_str()),
        ("execution_id", "7"),
        ("from", "yesterday"),
        ("from", "2026-01-31"),
        ("to", "2026-01-31T10:00:00+02:00"),
        ("to", "-0001-01-01T00:00:00Z"),
        ("q", ""),
        ("q", long.as_str()),
        ("q", "a%00b"),
        ("errors", "maybe"),
        ("verbosity", "4"),
        ("after", "-1"),
    ] {
        for end in ["", "/export"] {
            let path = format!("/api/projects/{project}/activity{end}?{field}={value}");
            refused_field(app.get(&path), field).await;
        }
    }
}
