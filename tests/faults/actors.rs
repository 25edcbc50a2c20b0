//! Pollers, the executor and sessions when something fails under them: a fault stays where it is, and there is one ending.

mod bare;
mod executor;
mod given_up;
mod outages;
mod poller;
mod queued;
mod reports;
mod turns;

use std::sync::Arc;

use futures_util::future::join_all;
use project_manager::{
    actors::supervisor::State,
    domain::execution::{ErrorCode, Outcome},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Chance, RunningJob, Scripted, TestApp, TestAppBuilder, expect, wait_until};

async fn app_with(backend: &Arc<Scripted>) -> TestApp {
    TestAppBuilder::default()
        .backend(Arc::clone(backend))
        .spawn()
        .await
}

/// The execution once it has ended.
async fn ended(app: &TestApp, id: &str) -> Value {
    wait_until(format!("the end of {id}"), async || {
        let execution = app.execution(id).await;
        execution["completed_at"].is_string().then_some(execution)
    })
    .await
}

/// The terminal statuses the log tells of for an execution.
fn endings<'a>(log: &'a [Value], id: &str) -> Vec<&'a str> {
    log.iter()
        .filter(|item| item["execution_id"] == id && item["kind"] == "status")
        .filter_map(|item| item["status"].as_str())
        .filter(|status| !["QUEUED", "RUNNING"].contains(status))
        .collect()
}

fn id(execution: &Value) -> String {
    execution["id"].as_str().expect("an id").to_owned()
}

/// The permanent actors, none of which may have noticed anything.
fn undisturbed(app: &TestApp) {
    let statuses = app.supervisor().statuses();
    for name in ["writer", "executor", "sessions"] {
        let status = statuses.iter().find(|status| status.name == name);
        let status = status.unwrap_or_else(|| panic!("there is no {name}"));
        assert_eq!(
            (status.state, status.restarts),
            (State::Running, 0),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_backend_that_panics_ends_its_command_once_and_nobody_else_notices() {
    let backend = Scripted::new();
    let app = app_with(&backend).await;
    let (shop, blog) = (app.project("Shop").await, app.project("Blog").await);
    let mut shop_stream = app.stream(&shop, "").await;
    let mut blog_stream = app.stream(&blog, "").await;
    let unlucky = id(&app.execute(&shop, "prime").await);
    let doomed = backend.next_job().await;
    let lucky = id(&app.execute(&blog, "prime").await);
    let fine = backend.next_job().await;
    doomed.says("the last words").await;
    shop_stream
        .activities_until(|data| data["message"] == "the last words")
        .await;
    for line in 0..20 {
        fine.says(&format!("line {line}")).await;
    }
    drop(doomed);
    for line in 20..40 {
        fine.says(&format!("line {line}")).await;
    }
    let execution = ended(&app, &unlucky).await;
    assert_eq!(
        (&execution["status"], &execution["error_code"]),
        (&json!("FAILED"), &json!("interrupted"))
    );
    assert!(
        execution["error"]
            .as_str()
            .unwrap()
            .contains("run it again"),
        "{execution}"
    );
    fine.complete("done");
    assert_eq!(ended(&app, &lucky).await["status"], "COMPLETED");

    // The neighbour's stream: every line, in order, nothing of the other project.
    let shown = blog_stream
        .activities_until(|data| data["status"] == "COMPLETED")
        .await;
    let log = app.log(&blog).await;
    assert!(shown.iter().map(|event| &event.data).eq(&log));
    let said: Vec<&str> = log
        .iter()
        .filter(|item| item["kind"] == "text")
        .flat_map(|item| item["message"].as_str().unwrap().lines())
        .collect();
    let lines: Vec<String> = (0..40).map(|line| format!("line {line}")).collect();
    assert_eq!(said, lines);

    // The next command in the unlucky project works, in the same stream.
    let next = id(&app.execute(&shop, "validate").await);
    let job = backend.next_job().await;
    job.says("works").await;
    job.complete("done");
    let rest = shop_stream
        .activities_until(|data| data["execution_id"] == *next && data["status"] == "COMPLETED")
        .await;
    let ids: Vec<_> = rest.iter().map(|event| event.id.unwrap()).collect();
    assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1), "{ids:?}");
    assert_eq!(endings(&app.log(&shop).await, &unlucky), ["FAILED"]);
    assert_eq!(endings(&app.log(&shop).await, &next), ["COMPLETED"]);
    undisturbed(&app);
}

#[tokio::test]
async fn a_backend_that_always_panics_fails_every_command_once_and_the_server_stays_well() {
    let backend = Scripted::new();
    backend.commands_panic(true);
    let app = app_with(&backend).await;
    let mut all = Vec::new();
    for name in ["Shop", "Blog", "Till"] {
        let project = app.project(name).await;
        for _ in 0..5 {
            all.push((project.clone(), id(&app.execute(&project, "prime").await)));
        }
    }
    for (project, execution) in &all {
        let record = ended(&app, execution).await;
        assert_eq!(
            (&record["status"], &record["error_code"]),
            (&json!("FAILED"), &json!("interrupted"))
        );
        assert_eq!(endings(&app.log(project).await, execution), ["FAILED"]);
    }
    assert_eq!(app.ready().await["status"], "healthy");
    undisturbed(&app);
}

#[tokio::test]
async fn messages_that_come_faster_than_answers_are_all_answered_in_their_order() {
    let app = app_with(&Scripted::new()).await;
    let project = app.project("Shop").await;
    let mut stream = app.stream(&project, "").await;
    // As many as a session lets wait, and no more.
    let said = join_all((0..25).map(|at| {
        let message = json!({ "content": format!("hello {at}") });
        let post = app.post(&format!("/api/projects/{project}/messages"));
        expect(post.json(&message), StatusCode::ACCEPTED)
    }));
    let said: Vec<String> = said.await.iter().map(id).collect();
    let log = stream.activities(2 * said.len()).await;
    let of = |role: &str| -> Vec<&Value> {
        let events = log.iter().map(|event| &event.data["data"]);
        events.filter(|data| data["role"] == role).collect()
    };
    // In the order in which they were stored, which several clients at once do not choose.
    let stored: Vec<&str> = of("user")
        .iter()
        .map(|data| data["message_id"].as_str().unwrap())
        .collect();
    assert_eq!(stored.len(), said.len());
    assert!(said.iter().all(|id| stored.contains(&id.as_str())));
    let answered: Vec<&str> = of("assistant")
        .iter()
        .map(|data| {
            data["client_id"]
                .as_str()
                .unwrap()
                .trim_start_matches("reply:")
        })
        .collect();
    assert_eq!(answered, stored);
}

/// What a backend may do with a command while a person asks for its end.
async fn play(job: RunningJob, chance: &mut Chance) {
    for line in 0..chance.below(4) {
        job.says(&format!("line {line}")).await;
    }
    let cancelled = job.cancel.clone();
    match chance.below(4) {
        // Sees the wish and follows it.
        0 => {
            cancelled.cancelled().await;
            job.end(Outcome::Cancelled);
        }
        // Sees the wish, but was done.
        1 => {
            cancelled.cancelled().await;
            job.complete("done all the same");
        }
        // Crashes.
        2 => drop(job),
        // Ends by itself.
        _ => job.end(Outcome::failed(
            ErrorCode::AgentError,
            "it did not work out",
        )),
    }
}

#[tokio::test]
async fn however_a_cancel_meets_the_natural_end_there_is_exactly_one_ending() {
    const ROUNDS: usize = 80;
    let backend = Scripted::new();
    let app = app_with(&backend).await;
    let project = app.project("Shop").await;
    let (mut chance, mut chances) = (Chance::new(), Chance::new());
    let played = async {
        loop {
            play(backend.next_job().await, &mut chances).await;
        }
    };
    let asked = async {
        let mut ids = Vec::new();
        for _ in 0..ROUNDS {
            let execution = id(&app.execute(&project, "prime").await);
            for _ in 0..chance.below(200) {
                tokio::task::yield_now().await;
            }
            let cancels = (0..=chance.below(2)).map(|_| {
                let path = format!("/api/executions/{execution}/cancel");
                expect(app.post(&path), StatusCode::OK)
            });
            let answers = join_all(cancels).await;
            let record = ended(&app, &execution).await;
            // Whoever is answered is told the truth, which does not change any more.
            for answer in answers {
                assert_eq!(answer, record);
            }
            ids.push((execution, record["status"].as_str().unwrap().to_owned()));
        }
        ids
    };
    let ids = tokio::select! {
        () = played => unreachable!("it plays for ever"),
        ids = asked => ids,
    };
    let log = app.log(&project).await;
    for (execution, status) in &ids {
        assert_eq!(endings(&log, execution), [status], "{execution}");
    }
    undisturbed(&app);
}
