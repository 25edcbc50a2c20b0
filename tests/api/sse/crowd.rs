//! Many streams at once, while much happens.

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::support::{Chance, RunningJob, Stream, TestApp, spawn_scripted, wait_until};

/// What a stream shows from now on, until this activity.
async fn read_to(stream: &mut Stream, last: &str) -> Vec<Value> {
    let events = stream
        .activities_until(|data| data["message"] == last)
        .await;
    events
        .into_iter()
        .map(|event| {
            assert_eq!(json!(event.id), event.data["seq"]);
            event.data
        })
        .collect()
}

/// The whole log of a project, however long.
async fn whole_log(app: &TestApp, project: &str) -> Vec<Value> {
    let mut log: Vec<Value> = Vec::new();
    loop {
        let path = format!(
            "/api/projects/{project}/activity?after={}&limit=1000",
            log.len()
        );
        let page = app.read(&path).await;
        let items = page["items"].as_array().expect("a list").clone();
        if items.is_empty() {
            return log;
        }
        log.extend(items);
    }
}

/// The `seq`s of activities.
fn seqs(activities: &[Value]) -> Vec<u64> {
    activities
        .iter()
        .map(|activity| activity["seq"].as_u64().expect("a seq"))
        .collect()
}

#[tokio::test]
async fn two_streams_of_a_project_are_independent() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let mut one = app.stream(&project, "").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    job.says("one").await;
    let first = read_to(&mut one, "one").await;
    let mut two = app.stream(&project, "?after=1").await;
    job.says("two").await;
    assert_eq!(seqs(&read_to(&mut two, "two").await), [2, 3, 4]);
    drop(two);
    job.says("three").await;
    let rest = read_to(&mut one, "three").await;
    assert_eq!(seqs(&[first, rest].concat()), [1, 2, 3, 4, 5]);
    job.complete("done");
}

#[tokio::test]
async fn projects_never_mix_whatever_the_order_things_happen_in() {
    const PROJECTS: usize = 4;
    let mut chance = Chance::new();
    let (app, backend) = spawn_scripted().await;
    let mut projects = Vec::new();
    let mut jobs: Vec<RunningJob> = Vec::new();
    let mut streams = Vec::new();
    for number in 0..PROJECTS {
        let project = app.project(&format!("Project {number}")).await;
        for query in ["?after=0", "?limit=1000", "?after=0&verbosity=3"] {
            streams.push((number, app.stream(&project, query).await));
        }
        app.execute(&project, "prime").await;
        jobs.push(backend.next_job().await);
        projects.push(project);
    }
    for step in 0..600 {
        let number = chance.below(PROJECTS);
        if chance.below(20) == 0 {
            let said = format!("Project {number} says {step}");
            app.say(&projects[number], &said).await;
        } else {
            jobs[number]
                .says(&format!("project {number} step {step}"))
                .await;
        }
    }
    for (job, project) in jobs.into_iter().zip(&projects) {
        job.complete("done");
        wait_until("every reply", async || {
            let path = format!("/api/projects/{project}/messages?limit=1000");
            let messages = app.read(&path).await;
            let messages = messages.as_array()?;
            let said = messages.iter().filter(|message| message["role"] == "user");
            let running = &app.read(&format!("/api/projects/{project}")).await["running"];
            (messages.len() == 2 * said.count() && running.is_null()).then_some(())
        })
        .await;
    }
    for (number, stream) in &mut streams {
        let log = whole_log(&app, &projects[*number]).await;
        let shown: Vec<Value> = stream
            .activities(log.len())
            .await
            .into_iter()
            .map(|event| event.data)
            .collect();
        assert_eq!(shown, log);
        let own = format!("project {number} ");
        let strange = shown.iter().find(|activity| {
            let text = activity["message"].as_str().expect("words").to_lowercase();
            text.starts_with("project ") && !text.starts_with(&own)
        });
        assert_eq!(strange, None, "project {number} shows only its own");
    }
}

#[tokio::test]
async fn streams_opened_in_the_middle_of_a_command_show_exactly_the_log() {
    const LINES: usize = 1_500;
    const STREAMS: usize = 25;
    /// Lines that may be said and not stored yet: a cursor among them would be ahead of the log.
    const UNDER_WAY: usize = 200;
    let mut chance = Chance::new();
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let mut begins: Vec<usize> = (0..STREAMS).map(|_| chance.below(LINES)).collect();
    begins.sort_unstable();
    // By header or query, or without a cursor: they take different paths at the beginning.
    let begins: Vec<(usize, Option<usize>)> = begins
        .into_iter()
        .map(|at| {
            (
                at,
                (chance.below(3) > 0).then(|| chance.below(at.saturating_sub(UNDER_WAY) + 1)),
            )
        })
        .collect();
    let (told, progress) = tokio::sync::watch::channel(0);
    let talk = async {
        for line in 0..LINES {
            job.says(&format!("line {line}")).await;
            told.send_replace(line);
        }
        job.complete("done");
    };
    let read = begins.iter().map(|&(at, after)| {
        let mut progress = progress.clone();
        let (app, project) = (&app, &project);
        async move {
            progress
                .wait_for(|line| *line >= at)
                .await
                .expect("the command goes on until its end");
            let query =
                after.map_or_else(|| "?limit=5".to_owned(), |after| format!("?after={after}"));
            let mut stream = app.stream(project, &query).await;
            (after, read_to(&mut stream, "Finished prime").await)
        }
    });
    let ((), shown) = join(talk, join_all(read)).await;
    let log = whole_log(&app, &project).await;
    assert_eq!(log.len(), LINES + 3);
    for (after, shown) in shown {
        let expected = &log[log.len() - shown.len()..];
        assert_eq!(
            seqs(&shown),
            seqs(expected),
            "in order, without a gap or a repetition"
        );
        assert_eq!(shown, expected);
        if let Some(after) = after {
            assert_eq!(shown.len(), log.len() - after, "from its cursor on");
        }
    }
}

#[tokio::test]
async fn a_reader_that_fell_behind_the_ring_catches_up_from_the_log() {
    // More than a ring holds, and more bytes than the sockets between take in.
    const LINES: usize = 2_000;
    const LINE_BYTES: usize = 8_000;
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let mut slow = app.stream(&project, "").await;
    let mut quick = app.stream(&project, "").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let lines = (0..LINES).map(|line| format!("line {line} {}", "x".repeat(LINE_BYTES)));
    let (quick, ()) = join(read_to(&mut quick, "Finished prime"), async {
        job.says_all(lines).await;
        job.complete("done");
    })
    .await;
    let report = app.read(&format!("/api/diagnostics/sse/{project}")).await;
    let lag = report["streams"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|stream| stream["lag"].as_u64())
        .max();
    assert!(
        lag > Some(1_024),
        "one is further behind than the ring holds: {lag:?}"
    );
    let caught_up = read_to(&mut slow, "Finished prime").await;
    assert_eq!(seqs(&caught_up), (1..=2_003).collect::<Vec<u64>>());
    assert!(caught_up == quick, "both show the same");
}
