//! Where a stream begins, and that it goes on from there without a gap or a repetition.

use serde_json::{Value, json};

use crate::support::{
    Event, Scripted, Stream, TestApp, TestAppBuilder, spawn_app, spawn_scripted, wait_until,
};

/// Runs a command that says so many lines, to its end. Two activities stand before them and one after.
async fn run_lines(app: &TestApp, backend: &Scripted, project: &str, lines: usize) -> Vec<Value> {
    let before = app.log(project).await.len();
    app.execute(project, "prime").await;
    let job = backend.next_job().await;
    job.says_all((0..lines).map(|line| format!("line {line}")))
        .await;
    job.complete("done");
    wait_until("the command to end", async || {
        let path = format!("/api/projects/{project}/activity?limit=1");
        (app.read(&path).await["head"] == json!(before + lines + 3)).then_some(())
    })
    .await;
    app.log(project).await
}

/// The next activities of a stream must be these, each with its `seq` as its id.
async fn assert_next(stream: &mut Stream, expected: &[Value]) {
    for activity in expected {
        let event = stream.next_activity().await;
        assert_eq!(event.data, *activity);
        assert_eq!(json!(event.id), activity["seq"]);
    }
}

/// Says something that leads to a message of its own; the stream must go on with exactly that.
async fn assert_goes_on_with_what_is_new(app: &TestApp, project: &str, stream: &mut Stream) {
    let head = app.log(project).await.len();
    app.say(project, "hello").await;
    let event = stream.next_activity().await;
    assert_eq!(json!(event.id), json!(head + 1));
    assert_eq!(event.data["message"], "hello");
}

#[tokio::test]
async fn without_a_cursor_a_stream_begins_with_the_last_fifty() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let log = run_lines(&app, &backend, &project, 60).await;
    let mut stream = app.stream(&project, "").await;
    assert_next(&mut stream, &log[log.len() - 50..]).await;
    assert_goes_on_with_what_is_new(&app, &project, &mut stream).await;
}

#[tokio::test]
async fn a_stream_begins_with_as_many_as_were_asked_for_and_at_most_a_thousand() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    run_lines(&app, &backend, &project, 500).await;
    let log = run_lines(&app, &backend, &project, 600).await;
    assert_eq!(log.len(), 1_106);
    for (asked, given) in [(1, 1), (7, 7), (1_000, 1_000), (5_000, 1_000)] {
        let mut stream = app.stream(&project, &format!("?limit={asked}")).await;
        assert_next(&mut stream, &log[log.len() - given..]).await;
    }
}

#[tokio::test]
async fn a_stream_goes_on_after_any_cursor_however_it_is_given() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let log = run_lines(&app, &backend, &project, 5).await;
    for after in 0..=log.len() {
        let mut by_query = app.stream(&project, &format!("?after={after}")).await;
        let mut by_header = app.stream_after(&project, &after.to_string()).await;
        for stream in [&mut by_query, &mut by_header] {
            assert_next(stream, &log[after..]).await;
        }
    }
    let mut at_the_head = app.stream(&project, &format!("?after={}", log.len())).await;
    assert_goes_on_with_what_is_new(&app, &project, &mut at_the_head).await;
}

#[tokio::test]
async fn a_cursor_is_not_held_to_the_limit_of_a_stream_without_one() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let log = run_lines(&app, &backend, &project, 120).await;
    let mut stream = app.stream(&project, "?after=2&limit=1").await;
    assert_next(&mut stream, &log[2..]).await;
}

#[tokio::test]
async fn the_header_wins_over_the_query_and_one_that_is_no_cursor_counts_as_absent() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let log = run_lines(&app, &backend, &project, 10).await;
    let path = format!("/api/sse/scar/{project}");
    let open = async |query: &str, header: &'static [u8]| {
        let request = app
            .get(&format!("{path}{query}"))
            .header("Last-Event-ID", header);
        Stream::open(request).await
    };
    assert_next(&mut open("?after=2", b"9").await, &log[9..]).await;
    assert_next(&mut open("?after=9", b"2").await, &log[2..]).await;
    for absent in [
        b"nine".as_slice(),
        b"-1",
        b"",
        b"1.5",
        b"99999999999999999999",
        b"\xff",
    ] {
        assert_next(&mut open("?after=9", absent).await, &log[9..]).await;
        assert_next(&mut open("?limit=3", absent).await, &log[log.len() - 3..]).await;
    }
}

#[tokio::test]
async fn a_cursor_beyond_the_head_is_told_of_the_gap_and_given_the_last_few() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let log = run_lines(&app, &backend, &project, 60).await;
    let head = log.len();
    for after in [head + 1, head + 1_000_000] {
        let mut by_query = app.stream(&project, &format!("?after={after}")).await;
        let mut by_header = app.stream_after(&project, &after.to_string()).await;
        for stream in [&mut by_query, &mut by_header] {
            let first = first_but_heartbeats(stream).await;
            assert_eq!((first.name.as_str(), first.id), ("gap", None));
            let gap = json!({ "from": after, "to": head, "reason": "ahead" });
            assert_eq!(first.data, gap);
            assert_next(stream, &log[head - 50..]).await;
        }
    }
    let mut stream = app.stream(&project, "?after=999").await;
    assert_next(&mut stream, &log[head - 50..]).await;
    assert_goes_on_with_what_is_new(&app, &project, &mut stream).await;
}

#[tokio::test]
async fn a_cursor_in_a_project_without_a_log_is_told_of_the_gap() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut stream = app.stream_after(&project, "7").await;
    let first = first_but_heartbeats(&mut stream).await;
    assert_eq!(first.name, "gap");
    assert_eq!(first.data, json!({ "from": 7, "to": 0, "reason": "ahead" }));
    assert_goes_on_with_what_is_new(&app, &project, &mut stream).await;
}

#[tokio::test]
async fn a_stream_goes_on_with_its_cursor_after_a_restart_of_the_server() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let log = run_lines(&app, &backend, &project, 10).await;
    let mut stream = app.stream(&project, "").await;
    let last = stream.activities(7).await.pop().expect("the last");
    drop(stream);
    let database = app.stop();
    let app = TestAppBuilder::default().database(database).spawn().await;
    let cursor = last.id.expect("an id").to_string();
    let mut stream = app.stream_after(&project, &cursor).await;
    assert_next(&mut stream, &log[7..]).await;
    assert_goes_on_with_what_is_new(&app, &project, &mut stream).await;
}

async fn first_but_heartbeats(stream: &mut Stream) -> Event {
    loop {
        let event = stream.next().await;
        if event.name != "heartbeat" {
            return event;
        }
    }
}
