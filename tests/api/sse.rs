//! The event stream.

mod crowd;
mod cursors;
mod deltas;
mod idle;
mod retention;
mod unreadable;
mod verbosity;

use reqwest::StatusCode;
use serde_json::json;

use crate::support::{Scripted, TestAppBuilder, spawn_app};

#[tokio::test]
async fn a_stream_begins_with_retry_and_a_heartbeat_and_says_it_is_not_to_be_cached() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut stream = app.stream(&project, "").await;
    let first = stream.next().await;
    assert_eq!((first.name.as_str(), first.id), ("heartbeat", None));
    assert_eq!(
        (&first.data["status"], &first.data["head"]),
        (&json!("alive"), &json!(0))
    );
    assert!(
        stream.retry_ms.is_some(),
        "the stream says how soon to come back"
    );
    assert_eq!(stream.status, StatusCode::OK);
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert_eq!(stream.headers["cache-control"], "no-cache, no-transform");
    assert_eq!(stream.headers["x-accel-buffering"], "no");
}

#[tokio::test]
async fn each_step_is_in_an_open_stream_while_the_command_still_runs() {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .backend(backend.clone())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    let mut stream = app.stream(&project, "").await;
    let execution = app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    for line in ["one", "two", "three"] {
        job.says(line).await;
        let shown = stream
            .activities_until(|data| data["message"] == line)
            .await;
        let last = shown.last().expect("the line");
        assert_eq!(last.data["execution_id"], execution["id"]);
        let now = app
            .execution(execution["id"].as_str().expect("an id"))
            .await;
        assert_eq!(
            now["status"], "RUNNING",
            "{line} was shown while the command ran"
        );
    }
    job.complete("done");
    stream
        .activities_until(|data| data["status"] == "COMPLETED")
        .await;
}
