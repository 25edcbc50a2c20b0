//! What a stream shows of the log.

use project_manager::domain::step::{Call, Step, TextFormat};
use serde_json::Value;

use crate::support::{RunningJob, Stream, TestApp, spawn_scripted, wait_until};

/// A step of each verbosity: a status, a text, a tool and its result, which only the most talkative show.
async fn take_steps(job: &RunningJob, number: usize) {
    let tool = "Read".to_owned();
    let steps = [
        Step::Status {
            text: format!("status {number}"),
        },
        Step::Text {
            text: format!("text {number}"),
            format: TextFormat::Markdown,
            block: None,
        },
        Step::Tool {
            tool: tool.clone(),
            summary: format!("tool {number}"),
            input: "README.md".to_owned(),
            call: Call::default(),
        },
        Step::ToolResult {
            tool,
            summary: format!("result {number}"),
            output: "84 lines".to_owned(),
            cut_bytes: 0,
            ok: true,
            duration_ms: 1,
            call: None,
        },
    ];
    for step in steps {
        job.step(step).await;
    }
}

async fn log_of(app: &TestApp, project: &str, length: usize) -> Vec<Value> {
    wait_until(format!("{length} activities"), async || {
        Some(app.log(project).await).filter(|log| log.len() == length)
    })
    .await
}

/// What a reader of this verbosity is shown of a log.
fn shown(log: &[Value], verbosity: i64) -> Vec<Value> {
    let kinds: &[&str] = match verbosity {
        1 => &["status", "message"],
        2 => &["status", "message", "text", "tool"],
        _ => &["status", "message", "text", "tool", "tool_result"],
    };
    log.iter()
        .filter(|activity| kinds.contains(&activity["kind"].as_str().expect("a kind")))
        .cloned()
        .collect()
}

async fn assert_next(stream: &mut Stream, expected: &[Value]) {
    for activity in expected {
        assert_eq!(stream.next_activity().await.data, *activity);
    }
}

#[tokio::test]
async fn each_verbosity_shows_its_kinds_and_those_of_the_ones_before_it() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let mut live = Vec::new();
    for verbosity in 1..=3 {
        live.push(
            app.stream(&project, &format!("?verbosity={verbosity}"))
                .await,
        );
    }
    live.push(app.stream(&project, "").await);
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    for number in 0..3 {
        take_steps(&job, number).await;
    }
    job.complete("done");
    let log = log_of(&app, &project, 2 + 12 + 1).await;
    assert_eq!(
        shown(&log, 3),
        log,
        "nothing is hidden from the most talkative"
    );
    assert_eq!(shown(&log, 1).len(), 6);
    for (index, verbosity) in [1, 2, 3, 2].into_iter().enumerate() {
        let query = if index == 3 {
            String::new()
        } else {
            format!("&verbosity={verbosity}")
        };
        let mut replayed = app.stream(&project, &format!("?after=0{query}")).await;
        for stream in [&mut live[index], &mut replayed] {
            assert_next(stream, &shown(&log, verbosity)).await;
        }
    }
}

#[tokio::test]
async fn the_limit_counts_what_is_shown() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    for number in 0..20 {
        take_steps(&job, number).await;
    }
    job.complete("done");
    let log = log_of(&app, &project, 2 + 80 + 1).await;
    for verbosity in 1..=3 {
        let expected = shown(&log, verbosity);
        for limit in [1, 5, 20] {
            let query = format!("?verbosity={verbosity}&limit={limit}");
            let mut stream = app.stream(&project, &query).await;
            assert_next(&mut stream, &expected[expected.len() - limit..]).await;
        }
    }
}

#[tokio::test]
async fn coming_back_with_another_verbosity_loses_nothing() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    for number in 0..10 {
        take_steps(&job, number).await;
    }
    let log = log_of(&app, &project, 2 + 40).await;
    let mut cursor = 0;
    for (round, verbosity) in [1, 3, 2, 1, 3].into_iter().enumerate() {
        let query = format!("?after={cursor}&verbosity={verbosity}");
        let mut stream = app.stream(&project, &query).await;
        let expected: Vec<Value> = shown(&log[cursor..], verbosity)
            .into_iter()
            .take(5)
            .collect();
        assert_next(&mut stream, &expected).await;
        let last = expected.last().expect("something is shown");
        cursor = usize::try_from(last["seq"].as_u64().expect("a seq")).expect("small");
        assert!(cursor > round, "it goes on");
    }
    // What comes while the last one is open is shown by its verbosity as well.
    let mut stream = app
        .stream(&project, &format!("?after={cursor}&verbosity=1"))
        .await;
    take_steps(&job, 10).await;
    job.complete("done");
    let log = log_of(&app, &project, 2 + 44 + 1).await;
    assert_next(&mut stream, &shown(&log[cursor..], 1)).await;
}
