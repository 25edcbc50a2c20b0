//! Servers whose clocks differ: the time of what is stored is the database's, whichever server it came through.

use std::{path::Path, process::Command};

use serde_json::Value;

use super::servers;
use crate::support::{Program, ProgramBuilder, TestDatabase, wait_until};

/// Puts the clock of a program off that is told to load it first; the clock that only counts on is left alone.
const CLOCK: &str = r#"
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long off;

__attribute__((constructor)) static void begin(void) { off = atol(getenv("CLOCK_OFF_BY_SECONDS")); }

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += off;
    return result;
}
"#;

const HOURS: i64 = 3_600;

/// Has the compiler that links these tests make it.
pub fn clock(folder: &Path) -> String {
    let (source, made) = (folder.join("clock.c"), folder.join("clock.so"));
    std::fs::write(&source, CLOCK).expect("a file");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).arg(&made);
    let compiled = compiler.arg(&source).status().expect("there is a compiler");
    assert!(compiled.success());
    made.to_str().expect("a plain name").to_owned()
}

/// A server whose clock is off.
async fn off_by(seconds: i64, database: &TestDatabase) -> Program {
    ProgramBuilder::serving_database(database)
        .set("LD_PRELOAD", clock(database.folder.path()))
        .set("CLOCK_OFF_BY_SECONDS", seconds)
        .start()
        .await
}

#[tokio::test]
async fn what_is_said_through_a_server_whose_clock_is_off_is_answered_and_stands_in_its_place() {
    let Some((database, [right])) = servers().await else {
        return;
    };
    let late = off_by(-3 * HOURS, &database).await;
    let early = off_by(3 * HOURS, &database).await;
    let project = right.project("Shop").await;
    let mut said = Vec::new();
    for server in [&right, &early, &late, &right, &late, &early] {
        let words = format!("hello {}", said.len());
        server.say(&project, &words).await;
        said.push(words);
        wait_until("an answer", async || {
            let messages = server.messages(&project).await;
            let answers = messages.iter().filter(|one| one["role"] == "assistant");
            (answers.count() == said.len()).then_some(())
        })
        .await;
    }
    let messages = right.messages(&project).await;
    let questions: Vec<&Value> = messages.iter().step_by(2).collect();
    let answers: Vec<&Value> = messages.iter().skip(1).step_by(2).collect();
    let words = |one: &&Value| one["content"].as_str().expect("words").to_owned();
    assert_eq!(questions.iter().map(words).collect::<Vec<_>>(), said);
    let first = words(&answers[0]);
    for (question, answer) in questions.iter().zip(&answers) {
        assert_eq!(answer["role"], "assistant", "{messages:?}");
        // Not that it came too late.
        assert!(words(answer).starts_with(&first[..10]), "{answer}");
        // Nor as the first word after a long silence.
        assert_eq!(question["topic_id"], messages[0]["topic_id"], "{question}");
        assert_eq!(answer["topic_id"], messages[0]["topic_id"], "{answer}");
    }
}

#[tokio::test]
async fn commands_are_queued_in_the_order_in_which_they_came_whatever_the_clocks_of_servers_say() {
    let Some((database, [right])) = servers().await else {
        return;
    };
    let late = off_by(-3 * HOURS, &database).await;
    let early = off_by(3 * HOURS, &database).await;
    let project = right.project("Shop").await;
    let mut queued = Vec::new();
    for server in [&right, &early, &late, &right, &early, &late] {
        let execution = server.execute(&project, "prime").await;
        queued.push(execution["id"].as_str().expect("an id").to_owned());
    }
    queued.reverse();
    let path = format!("/api/projects/{project}/executions");
    let listed = right.read(&path).await;
    let listed = listed.as_array().expect("a list").iter();
    assert_eq!(
        listed
            .map(|one| one["id"].as_str().expect("an id"))
            .collect::<Vec<_>>(),
        queued
    );
}
