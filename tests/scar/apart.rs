//! Many projects in one SCAR: none has what is another's, and the memory stays what it is.

use std::time::Duration;

use super::{FAST, end_of, rebuilt, shop, steps};
use crate::support::{
    ProgramBuilder, TestDatabase,
    scar::{Script, TestScar},
};

/// Ten minutes at a message a second, in a few seconds.
const MESSAGES: usize = 600;

/// How much the memory may grow between a third of the way and the end, in KiB: what caches and pools take at their
/// leisure, and no more than a fifth of what the messages would take were each kept as often as it was read.
const GROWTH_KIB: u64 = 16 << 10;

#[tokio::test]
async fn ten_projects_at_once_keep_to_themselves_and_memory_is_flat() {
    let (scar, database) = (TestScar::start(), TestDatabase::new().await);
    let serving = ProgramBuilder::serving_database(&database).set("SCAR_BASE_URL", scar.address());
    let serving = FAST
        .iter()
        .fold(serving, |serving, (name, value)| serving.set(name, value));
    let server = serving.start().await;
    let mut projects = Vec::new();
    for _ in 0..10 {
        let project = shop(&server).await;
        let execution = server.execute(&project, "prime").await;
        projects.push((project, execution, scar.next_run().await));
    }
    let filler = "x".repeat(100);
    let mut at_a_third = 0;
    for number in 0..MESSAGES {
        for (project, _, run) in &projects {
            run.say(&format!("{project} {number} {filler}"));
        }
        if number % 20 == 0 {
            tokio::task::yield_now().await;
            let (project, execution, _) = &projects[0];
            crate::support::wait_until("the first to have caught up", async || {
                let place = format!("/api/projects/{project}/activity?limit=1&verbosity=2");
                let newest = server.read(&place).await["items"][0]["message"].clone();
                let words = newest.as_str().unwrap_or_default().to_owned();
                words
                    .starts_with(&format!("{project} {number} "))
                    .then_some(())
            })
            .await;
            assert!(execution["id"].is_string());
        }
        if number == MESSAGES / 3 {
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
        let expected = (0..MESSAGES).map(|number| format!("{project} {number} {filler}"));
        assert!(
            said[1..].iter().cloned().eq(expected),
            "its own messages, once, in order"
        );
    }
}

#[tokio::test]
async fn a_conversation_of_a_hundred_thousand_messages_takes_no_memory() {
    let (scar, database) = (TestScar::start(), TestDatabase::new().await);
    let server = ProgramBuilder::serving_database(&database)
        .set("SCAR_BASE_URL", scar.address())
        .set("PM__SCAR__REQUEST_TIMEOUT_SECONDS", 30)
        .start()
        .await;
    let project = shop(&server).await;
    scar.script("prime", Script::every(Duration::ZERO, ["Hello."]));
    let first = server.execute(&project, "prime").await;
    end_of(&server, &first).await;
    let before = server.memory_kib();
    let conversation = super::conversation(&project);
    for number in 0..100_000 {
        scar.say(
            &conversation,
            &format!("an old message, number {number} of very many"),
        );
    }
    let second = server.execute(&project, "prime").await;
    let second = end_of(&server, &second).await;
    assert_eq!(second["output"], "Hello.", "{second}");
    assert_eq!(steps(&server, &project, &second).await.len(), 2);
    let after = server.memory_kib();
    assert!(
        after < before + GROWTH_KIB,
        "{before} KiB before, {after} KiB after"
    );
}
