//! `kill -9` at random points of commands in SCAR: one ending each, every step once.

use std::time::Duration;

use serde_json::Value;

use super::{FAST, end_of, rebuilt, shop, statuses, steps};
use crate::support::{
    Chance, Program, ProgramBuilder, TestDatabase,
    scar::{Script, Step, TestScar},
    wait_until,
};

/// How many messages a command says, about a millisecond apart.
const MESSAGES: usize = 60;

async fn start(database: &TestDatabase, scar: &TestScar) -> Program {
    let serving = ProgramBuilder::serving_database(database).set("SCAR_BASE_URL", scar.address());
    FAST.iter()
        .fold(serving, |serving, (name, value)| serving.set(name, value))
        .start()
        .await
}

/// Kills the server after so many of its requests to SCAR, which is as good as at a random moment; or when it has nothing
/// more to ask, at the latest.
async fn killed_after(requests: usize, scar: &TestScar, server: Program, last: &Value) {
    let count = || {
        [
            Step::PostRepository,
            Step::PostCommand,
            Step::Messages,
            Step::Concurrency,
        ]
        .map(|step| scar.requests(step))
        .iter()
        .sum::<usize>()
    };
    let from = count();
    let id = last["id"].as_str().expect("an id");
    wait_until("so many requests, or the end of everything", async || {
        let enough = count() >= from + requests;
        (enough || server.execution(id).await["completed_at"].is_string()).then_some(())
    })
    .await;
    server.kill().await;
}

async fn one_run(chance: &mut Chance) {
    let (scar, database) = (TestScar::start(), TestDatabase::new().await);
    let texts: Vec<String> = (0..MESSAGES)
        .map(|number| format!("step {number}"))
        .collect();
    scar.script(
        "prime",
        Script::every(Duration::from_millis(3), texts.clone()),
    );
    scar.script(
        "validate",
        Script::every(Duration::from_millis(1), ["Checked."]),
    );
    let server = start(&database, &scar).await;
    let project = shop(&server).await;
    let first = server.execute(&project, "prime").await;
    let second = server.execute(&project, "validate").await;
    killed_after(chance.below(30), &scar, server, &second).await;
    let server = start(&database, &scar).await;
    killed_after(chance.below(6), &scar, server, &second).await;
    let server = start(&database, &scar).await;
    for (execution, said) in [(first, texts), (second, vec!["Checked.".to_owned()])] {
        let execution = end_of(&server, &execution).await;
        assert_eq!(execution["status"], "COMPLETED", "{execution}");
        let steps = rebuilt(&steps(&server, &project, &execution).await);
        assert_eq!(steps[1..], said, "every step, once, in order");
        let statuses = statuses(&server, &project, &execution).await;
        assert_eq!(statuses, ["QUEUED", "RUNNING", "COMPLETED"]);
    }
    let commands: Vec<String> = scar.posts().into_iter().map(|(_, text)| text).collect();
    let invoked: Vec<_> = commands
        .iter()
        .filter(|text| text.starts_with("/command-invoke"))
        .collect();
    assert_eq!(
        invoked,
        ["/command-invoke prime", "/command-invoke validate"],
        "{commands:?}"
    );
}

/// How often; `scripts/test-long` sets more.
fn runs() -> usize {
    std::env::var("TEST_KILLS").map_or(10, |runs| runs.parse().expect("TEST_KILLS is a number"))
}

#[tokio::test]
async fn a_server_that_is_killed_at_any_moment_loses_no_step_and_takes_none_twice() {
    let mut chance = Chance::new();
    for _ in 0..runs() {
        one_run(&mut chance).await;
    }
}
