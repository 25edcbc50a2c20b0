//! What a coding agent writes is seen while it is written.

use project_manager::domain::{
    id::BlockId,
    step::{Step, TextFormat},
};
use serde_json::{Value, json};

use crate::support::{Event, RunningJob, Scripted, Stream, TestApp, spawn_scripted};

/// A command that runs, and its project.
async fn running(app: &TestApp, backend: &Scripted) -> (String, RunningJob) {
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    (project, backend.next_job().await)
}

/// The text that is done.
fn done(block: BlockId, text: &str) -> Step {
    Step::Text {
        text: text.to_owned(),
        format: TextFormat::Markdown,
        block: Some(block),
    }
}

/// Reads deltas until they make up this text; whether the first said that it begins, and how many there were.
async fn reads(stream: &mut Stream, block: BlockId, text: &str) -> (bool, usize) {
    let (mut read, mut begins, mut count) = (String::new(), false, 0);
    while read != text {
        let Event { id, data, .. } = stream.next_named("delta").await;
        assert_eq!((id, &data["block_id"]), (None, &json!(block)));
        begins |= count == 0 && data["restart"] == true;
        read += data["text"].as_str().unwrap();
        count += 1;
        assert!(text.starts_with(&read), "{read:?} of {text:?}");
    }
    (begins, count)
}

#[tokio::test]
async fn a_text_is_seen_as_it_is_written_and_is_no_part_of_the_log() {
    let (app, backend) = spawn_scripted().await;
    let (project, job) = running(&app, &backend).await;
    let mut stream = app.stream(&project, "").await;
    let block = BlockId::new();
    job.writes(block, "Once upon").await;
    let first = stream.next_named("delta").await;
    let execution = job.job.execution;
    assert_eq!(
        first.data,
        json!({ "execution_id": execution, "block_id": block, "text": "Once upon", "restart": true })
    );
    job.writes(block, " a tïme").await;
    assert_eq!(reads(&mut stream, block, " a tïme").await, (false, 1));
    // Whoever comes now sees what there is; who wants to see little sees nothing of it.
    let mut late = app.stream(&project, "?verbosity=3").await;
    assert!(reads(&mut late, block, "Once upon a tïme").await.0);
    let mut brief = app.stream(&project, "?verbosity=1").await;
    let before = app.log(&project).await.len();
    job.step(done(block, "Once upon a tïme.")).await;
    for stream in [&mut stream, &mut late] {
        let shown = stream
            .activities_until(|activity| activity["kind"] == "text")
            .await;
        let data = &shown.last().unwrap().data["data"];
        assert_eq!(data["block_id"], json!(block));
    }
    // What follows belongs to another text; whoever comes in between sees only that.
    let mut fresh = app.stream(&project, "").await;
    fresh.next_activity().await;
    let other = BlockId::new();
    job.writes(other, "And").await;
    for stream in [&mut stream, &mut late, &mut fresh] {
        assert!(reads(stream, other, "And").await.0);
    }
    assert_eq!(app.log(&project).await.len(), before + 1);
    job.complete("done");
    let is_end = |event: &Event| event.data["status"] == "COMPLETED";
    loop {
        let event = brief.next_but("heartbeat").await;
        assert_ne!(event.name, "delta");
        if is_end(&event) {
            break;
        }
    }
    // It is over with what wrote it.
    let mut after = app.stream(&project, "").await;
    loop {
        let event = after.next_but("heartbeat").await;
        assert_ne!(event.name, "delta");
        if is_end(&event) {
            break;
        }
    }
}

#[tokio::test]
async fn nobody_is_shown_how_a_text_goes_on_of_which_they_have_seen_all() {
    let (app, backend) = spawn_scripted().await;
    let (project, job) = running(&app, &backend).await;
    let mut stream = app.stream(&project, "").await;
    let mut finished: Vec<Value> = Vec::new();
    for round in 0..50 {
        let block = BlockId::new();
        for part in ["one ", "two ", "three"] {
            job.writes(block, part).await;
        }
        job.step(done(block, &format!("{round}"))).await;
    }
    job.complete("done");
    loop {
        let event = stream.next_but("heartbeat").await;
        if event.name == "delta" {
            assert!(!finished.contains(&event.data["block_id"]));
        } else if event.data["status"] == "COMPLETED" {
            break;
        } else if event.data["kind"] == "text" {
            finished.push(event.data["data"]["block_id"].clone());
        }
    }
    assert_eq!(finished.len(), 50);
}

#[tokio::test]
async fn of_a_long_text_its_beginning_is_seen_and_in_the_end_all_of_it() {
    let (app, backend) = spawn_scripted().await;
    let (project, job) = running(&app, &backend).await;
    let mut stream = app.stream(&project, "").await;
    let block = BlockId::new();
    let part = "ä".repeat(1_000);
    for _ in 0..100 {
        job.writes(block, &part).await;
    }
    job.step(done(block, &part.repeat(100))).await;
    let mut read = 0;
    loop {
        let event = stream.next_but("heartbeat").await;
        match event.name.as_str() {
            "delta" => read += event.data["text"].as_str().unwrap().len(),
            _ if event.data["kind"] == "text" => {
                assert_eq!(event.data["message"], part.repeat(100));
                break;
            }
            _ => {}
        }
    }
    assert!(read <= 64 << 10, "{read}");
    job.complete("done");
}

#[tokio::test]
async fn what_is_written_is_seen_after_a_reader_that_never_reads() {
    let (app, backend) = spawn_scripted().await;
    let (project, job) = running(&app, &backend).await;
    // Nobody reads this one: it holds up nobody.
    let _silent = app.stream(&project, "").await;
    let mut stream = app.stream(&project, "").await;
    let part = "x".repeat(60 << 10);
    for round in 0..100 {
        let block = BlockId::new();
        job.writes(block, &part).await;
        job.step(done(block, &format!("round {round}"))).await;
    }
    stream
        .activities_until(|activity| activity["message"] == "round 99")
        .await;
    job.complete("done");
}
