//! A log of which only the last part is kept: what is gone is said to be gone, and what is needed stays.

use serde_json::{Value, json};

use crate::support::{RunningJob, Scripted, Stream, TestApp, TestAppBuilder, wait_until};

/// Activities kept; a tenth more may be there.
const KEPT: usize = 20;

async fn spawn() -> (TestApp, std::sync::Arc<Scripted>) {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .set("PM__FEED__RETENTION", KEPT)
        .backend(backend.clone())
        .spawn()
        .await;
    (app, backend)
}

/// Runs a command that says so many lines, to its end; the log's head.
async fn run_lines(app: &TestApp, backend: &Scripted, project: &str, lines: usize) -> usize {
    let job = say_lines(app, backend, project, lines).await;
    let id = job.job.execution.to_string();
    job.complete("done");
    wait_until("the end of the command", async || {
        let ended = app.execution(&id).await["completed_at"].is_string();
        ended.then_some(())
    })
    .await;
    let report = app.read(&format!("/api/projects/{project}")).await;
    usize::try_from(report["head"].as_u64().expect("a head")).expect("it fits")
}

async fn say_lines(app: &TestApp, backend: &Scripted, project: &str, lines: usize) -> RunningJob {
    app.execute(project, "prime").await;
    let job = backend.next_job().await;
    job.says_all((0..lines).map(|line| format!("line {line}")))
        .await;
    job
}

fn seqs(log: &[Value]) -> Vec<usize> {
    let seq = |item: &Value| usize::try_from(item["seq"].as_u64().expect("a seq"));
    log.iter().map(|item| seq(item).expect("it fits")).collect()
}

async fn gap(stream: &mut Stream) -> Value {
    stream.next_named("gap").await.data
}

#[tokio::test]
async fn a_log_keeps_its_last_part_and_an_older_cursor_is_told_of_the_gap() {
    let (app, backend) = spawn().await;
    let project = app.project("Shop").await;
    run_lines(&app, &backend, &project, 100).await;
    let head = run_lines(&app, &backend, &project, 100).await;
    let held = seqs(&app.log(&project).await);
    let first = *held.first().expect("something is kept");
    assert_eq!(held, (first..=head).collect::<Vec<_>>(), "without a hole");
    for after in [0, 1, first - 2] {
        for mut stream in [
            app.stream(&project, &format!("?after={after}")).await,
            app.stream_after(&project, &after.to_string()).await,
        ] {
            let expected = json!({ "from": after + 1, "to": first - 1, "reason": "trimmed" });
            assert_eq!(gap(&mut stream).await, expected);
            let shown = stream.activities(held.len()).await;
            let shown: Vec<Value> = shown.into_iter().map(|event| event.data).collect();
            assert_eq!(seqs(&shown), held);
        }
    }
    // What was seen up to the edge misses nothing.
    let mut stream = app.stream(&project, &format!("?after={}", first - 1)).await;
    let next = stream.next_but("heartbeat").await;
    assert_eq!(
        (next.name.as_str(), next.id),
        ("activity", i64::try_from(first).ok())
    );
}

#[tokio::test]
async fn no_more_is_kept_than_was_asked_for_and_a_little() {
    let (app, backend) = spawn().await;
    let project = app.project("Shop").await;
    run_lines(&app, &backend, &project, 100).await;
    for number in 0..30 {
        app.say(&project, &format!("hello {number}")).await;
        // In one answer: between two more is written, and trimmed.
        let page = format!("/api/projects/{project}/activity?limit=1000");
        let page = app.read(&page).await;
        let held = page["items"].as_array().expect("a list").len();
        let most = KEPT + KEPT / 10;
        assert!((KEPT..=most).contains(&held), "{held} are held");
    }
}

#[tokio::test]
async fn nothing_of_a_command_that_has_not_ended_is_trimmed() {
    let (app, backend) = spawn().await;
    let project = app.project("Shop").await;
    run_lines(&app, &backend, &project, 50).await;
    let job = say_lines(&app, &backend, &project, 200).await;
    let mut stream = app.stream(&project, "?limit=1000").await;
    stream
        .activities_until(|data| data["message"] == "line 199")
        .await;
    let lines = app.log(&project).await;
    let lines = lines.iter().filter(|item| {
        item["execution_id"] == json!(job.job.execution) && item["source"] == "claude"
    });
    assert_eq!(lines.count(), 200, "all its steps are there");
    job.complete("done");
    stream
        .activities_until(|data| data["status"] == "COMPLETED")
        .await;
    app.say(&project, "hello").await;
    app.say(&project, "hello again").await;
    let held = app.log(&project).await.len();
    assert!(held < 2 * KEPT, "{held} are held after its end");
}

#[tokio::test]
async fn a_long_log_is_trimmed_bit_by_bit_once_it_is_to_be_short() {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .backend(backend.clone())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    run_lines(&app, &backend, &project, 5_000).await;
    assert_eq!(app.log(&project).await.len(), 5_003);
    let app = TestAppBuilder::default()
        .database(app.stop())
        .set("PM__FEED__RETENTION", KEPT)
        .spawn()
        .await;
    let mut lengths = Vec::new();
    for _ in 0..4 {
        app.say(&project, "hello").await;
        lengths.push(app.log(&project).await.len());
    }
    assert!(lengths[0] > 1_000, "not all at once: {lengths:?}");
    assert!(lengths[3] < 2 * KEPT, "in the end: {lengths:?}");
}
