//! People who do not stop while nothing can be stored.

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::nobody_was_restarted;
use crate::support::{Lock, Program, ProgramBuilder, TestDatabase, expect, patiently, wait_until};

/// Waves of people who all speak at once, and leave as soon as the first of them is turned away. There are more than may
/// wait in a project.
const WAVES: usize = 10;
const PEOPLE: usize = 80;

/// How much more memory the server may use at the worst moment, in KiB. 64 messages may wait, of 60 kB each here, and a wave
/// on its way in is there a few times over, as bytes, as JSON and as text: 22 MB were measured. All that is said is 48 MB.
const GROWTH_KIB_MAX: u64 = 40 << 10;

#[tokio::test]
async fn a_flood_of_the_longest_messages_is_turned_away_at_once_and_does_not_fill_the_memory() {
    let database = TestDatabase::new().await;
    // A machine that is busy with a wave is no database that is away.
    let program = ProgramBuilder::serving_database(&database).unhurried();
    let server = program.start().await;
    let project = server.project("Shop").await;
    let path = format!("/api/projects/{project}/messages");
    let words = "語".repeat(20_000);
    let say = || server.post(&path).json(&json!({ "content": words }));
    expect(say(), StatusCode::ACCEPTED).await;
    let lock = Lock::take(&database).await;
    let before = server.memory_kib();
    server.forget_memory_peak();
    for _ in 0..WAVES {
        wave(&server, &path, &words).await;
    }
    let grown = server.memory_peak_kib().saturating_sub(before);
    lock.release().await;
    assert!(grown <= GROWTH_KIB_MAX, "it used {grown} KiB more");
    wait_until("a message to be taken again", async || {
        let said = say().send().await.expect("an answer");
        (said.status() == StatusCode::ACCEPTED).then_some(())
    })
    .await;
    nobody_was_restarted(&server).await;
}

async fn wave(server: &Program, path: &str, words: &str) {
    let mut people: FuturesUnordered<_> = (0..PEOPLE)
        .map(|_| {
            let key = Uuid::now_v7().to_string();
            let request = server.post(path).header("Idempotency-Key", key);
            request.json(&json!({ "content": words })).send()
        })
        .collect();
    let first = patiently("somebody to be turned away", people.next()).await;
    let first = first.expect("there are people").expect("an answer");
    assert_eq!(first.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(first.headers().contains_key("Retry-After"));
    // Not because it was waited for in vain, but because too many wait.
    let problem: Value = first.json().await.expect("a problem");
    let words = problem["detail"].as_str().expect("words");
    assert!(words.contains("is busy"), "{problem}");
}
