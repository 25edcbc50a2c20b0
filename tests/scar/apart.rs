//! Many projects in one SCAR: none has what is another's, and the memory stays what it is.

use std::time::Duration;

use super::{FAST, end_of, rebuilt, shop, steps};
use crate::support::{
    Program, ProgramBuilder, Stream, TestDatabase,
    scar::{Script, TestScar},
};

const PROJECTS: usize = 10;

/// Ten minutes at a message a second, in a few seconds.
const MESSAGES: usize = 600;

/// Messages that are said at once.
const BATCH: usize = 100;

/// Bytes of each. All of them after the first third are twice what memory may grow by.
const MESSAGE_BYTES: usize = 8_000;

/// How much the memory may grow, in KiB: what caches and pools of the database take at their leisure.
const GROWTH_KIB: u64 = 16 << 10;

async fn start(scar: &TestScar, database: &TestDatabase) -> Program {
    let serving = ProgramBuilder::serving_database(database).set("SCAR_BASE_URL", scar.address());
    let serving = FAST
        .iter()
        .fold(serving, |serving, (name, value)| serving.set(name, value));
    // Long lists take their time in an unoptimised SCAR, and looking at them all the time is not what this is about.
    serving
        .set("PM__SCAR__POLL_MS_MIN", 100)
        .set("PM__SCAR__POLL_MS_MAX", 300)
        .set("PM__SCAR__REQUEST_TIMEOUT_SECONDS", 30)
        .start()
        .await
}

fn text(project: &str, number: usize) -> String {
    format!("{project} {number} {}", "x".repeat(MESSAGE_BYTES))
}

async fn shown(stream: &mut Stream, begin: &str) {
    stream
        .activities_until(|data| {
            let words = data["message"].as_str().expect("words");
            words.starts_with(begin)
        })
        .await;
}

#[tokio::test]
async fn ten_projects_at_once_keep_to_themselves_and_memory_is_flat() {
    let (scar, database) = (TestScar::start(), TestDatabase::new().await);
    let server = start(&scar, &database).await;
    let mut projects = Vec::new();
    for _ in 0..PROJECTS {
        let project = shop(&server).await;
        let execution = server.execute(&project, "prime").await;
        projects.push((project, execution, scar.next_run().await));
    }
    let watched = projects[0].0.clone();
    let mut stream = server.stream(&watched, "").await;
    let mut at_a_third = 0;
    for batch in 0..MESSAGES / BATCH {
        let numbers = batch * BATCH..(batch + 1) * BATCH;
        for number in numbers.clone() {
            for (project, _, run) in &projects {
                run.say(&text(project, number));
            }
        }
        shown(&mut stream, &format!("{watched} {} ", numbers.end - 1)).await;
        if batch == MESSAGES / BATCH / 3 {
            at_a_third = server.memory_kib();
        }
    }
    let at_the_end = server.memory_kib();
    assert!(
        at_the_end < at_a_third + GROWTH_KIB,
        "{at_a_third} KiB at a third of the way, {at_the_end} KiB at the end"
    );
    let mut ended = Vec::new();
    for (project, execution, run) in projects {
        run.end();
        ended.push((project, execution));
    }
    for (project, execution) in ended {
        let execution = end_of(&server, &execution).await;
        assert_eq!(execution["status"], "COMPLETED", "{execution}");
        let said = rebuilt(&steps(&server, &project, &execution).await);
        let expected = (0..MESSAGES).map(|number| text(&project, number));
        assert!(
            said[1..].iter().cloned().eq(expected),
            "its own messages, once, in order"
        );
    }
}

#[tokio::test]
async fn a_conversation_of_a_hundred_thousand_messages_takes_no_memory() {
    let (scar, database) = (TestScar::start(), TestDatabase::new().await);
    let server = start(&scar, &database).await;
    let project = shop(&server).await;
    scar.script("prime", Script::every(Duration::ZERO, ["Hello."]));
    let first = server.execute(&project, "prime").await;
    end_of(&server, &first).await;
    let conversation = super::conversation(&project);
    let filler = "an old message of very many, ".repeat(10);
    for _ in 0..100_000 {
        scar.say(&conversation, &filler);
    }
    let before = server.memory_kib();
    server.forget_memory_peak();
    // The whole list, twice what memory may grow by, comes with every look.
    let mut stream = server.stream(&project, "").await;
    let second = server.execute(&project, "validate").await;
    let run = scar.next_run().await;
    for number in 0..3 {
        run.say(&format!("step {number}"));
        shown(&mut stream, &format!("step {number}")).await;
    }
    run.end();
    let second = end_of(&server, &second).await;
    assert_eq!(second["status"], "COMPLETED", "{second}");
    assert_eq!(steps(&server, &project, &second).await.len(), 4);
    let peak = server.memory_peak_kib();
    assert!(
        peak < before + GROWTH_KIB,
        "{before} KiB before, {peak} KiB at the most"
    );
}

#[tokio::test]
async fn a_huge_message_is_cut_with_how_much_and_holds_nobody_up() {
    const HUGE: usize = 8 << 20;
    let (app, scar) = super::spawn().await;
    let (one, other) = (shop(&app).await, shop(&app).await);
    let execution = app.execute(&one, "prime").await;
    let talks = scar.next_run().await;
    app.execute(&other, "prime").await;
    let beside = scar.next_run().await;
    let mut streams = [app.stream(&one, "").await, app.stream(&other, "").await];
    talks.say(&"x".repeat(HUGE));
    beside.say("beside it");
    shown(&mut streams[1], "beside it").await;
    talks.say("after it");
    shown(&mut streams[0], "after it").await;
    talks.end();
    beside.end();
    assert_eq!(end_of(&app, &execution).await["status"], "COMPLETED");
    let steps = steps(&app, &one, &execution).await;
    let text = steps[1]["message"].as_str().expect("words");
    let (kept, cut) = text.split_once("\n\n… (cut here: ").expect("a cut");
    let cut: usize = cut
        .split_once(' ')
        .and_then(|(bytes, _)| bytes.parse().ok())
        .expect("how much");
    assert_eq!(kept.len() + cut, HUGE);
    assert!(kept.len() < HUGE / 8, "{} bytes are kept", kept.len());
}
