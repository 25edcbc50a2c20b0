//! A server is killed, frozen or ended: another one goes on with what it did, and nothing is done twice.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::json;

use super::{Site, same_log};
use crate::{
    scar::{end_of, rebuilt, shop, statuses, steps},
    support::{Checkout, Client, TestDatabase, scar::Run, wait_until},
    workflow::say,
};

/// Waits until so many steps of an execution are in the log.
async fn has_steps(client: &Client, project: &str, execution: &serde_json::Value, count: usize) {
    wait_until(format!("{count} steps"), async || {
        let steps = steps(client, project, execution).await;
        (steps.len() >= count).then_some(())
    })
    .await;
}

/// Says something in SCAR, and ends the command.
fn play_to_its_end(run: Run) {
    run.say("and after");
    run.end();
}

/// Who works for each project, as texts; and who is there.
async fn holders(database: &TestDatabase) -> (Vec<String>, Vec<String>) {
    let db = database.connect().await;
    let read = async |sql: &str| {
        let rows = db
            .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
            .await
            .expect(sql);
        let texts = rows.into_iter().map(|row| row.try_get_by_index(0).ok());
        texts.map(Option::unwrap_or_default).collect()
    };
    let held = read("SELECT leased_by::text FROM projects").await;
    (held, read("SELECT id::text FROM servers").await)
}

#[tokio::test]
async fn a_command_in_scar_goes_on_on_another_server_when_its_own_is_killed_and_is_told_once() {
    let Some(site) = Site::new().await else {
        return;
    };
    let [one, other, third] = site.servers().await;
    let project = shop(&one).await;
    let execution = one.execute(&project, "prime").await;
    let queued = one.execute(&project, "validate").await;
    let run = site.scar.next_run().await;
    run.say("one");
    has_steps(&other, &project, &execution, 2).await;
    let mut stream = third.stream(&project, "?after=0&verbosity=3").await;
    one.kill().await;
    run.say("while nobody listens");
    play_to_its_end(run);
    let execution = end_of(&other, &execution).await;
    assert_eq!(execution["status"], "COMPLETED", "{execution}");
    let said = rebuilt(&steps(&other, &project, &execution).await);
    assert_eq!(said[1..], ["one", "while nobody listens", "and after"]);
    let went = statuses(&other, &project, &execution).await;
    assert_eq!(went, ["QUEUED", "RUNNING", "COMPLETED"]);
    // What waited is run next, once.
    site.scar.next_run().await.end();
    assert_eq!(end_of(&third, &queued).await["status"], "COMPLETED");
    assert_eq!(
        (site.times_run("prime"), site.times_run("validate")),
        (1, 1)
    );
    let log = same_log(&[&other, &third], &project).await;
    let last = log.last().expect("a log")["seq"].clone();
    let shown = stream.activities_until(|data| data["seq"] == last).await;
    let shown: Vec<_> = shown.into_iter().map(|event| event.data).collect();
    assert_eq!(shown, log);
}

#[tokio::test]
async fn a_server_that_is_frozen_longer_than_its_lease_adds_nothing_to_what_others_took_over() {
    let Some(site) = Site::new().await else {
        return;
    };
    let [one, other] = site.servers().await;
    let project = shop(&one).await;
    let execution = one.execute(&project, "prime").await;
    let run = site.scar.next_run().await;
    run.say("one");
    has_steps(&other, &project, &execution, 2).await;
    one.suspend();
    run.say("while it sleeps");
    // Only somebody else can know.
    has_steps(&other, &project, &execution, 3).await;
    one.resume();
    play_to_its_end(run);
    let ended = end_of(&other, &execution).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended}");
    // It is well, answers for what others work for, and works again itself.
    say(&one, &project, "hello").await;
    let another = one.project("Another").await;
    say(&one, &another, "hello").await;
    let log = same_log(&[&one, &other], &project).await;
    let ends = log.iter().filter(|one| one["status"] == "COMPLETED");
    assert_eq!(ends.count(), 1, "{log:#?}");
    let said = rebuilt(&steps(&one, &project, &execution).await);
    assert_eq!(said[1..], ["one", "while it sleeps", "and after"]);
    assert_eq!(site.times_run("prime"), 1);
}

#[tokio::test]
async fn what_ran_in_a_server_that_is_killed_is_ended_as_interrupted_and_told_by_another() {
    let Some(site) = Site::new().await else {
        return;
    };
    let checkout = Checkout::with(&[("checks.sh", "sleep 600\n")]);
    let serving = || {
        site.serving()
            .set("PM__OFFLINE__TEST_COMMAND", "sh checks.sh")
    };
    let [one, other] = super::start(serving).await;
    let here = json!({ "name": "Here", "workspace_path": checkout.text(), "backend": "offline" });
    let made = one.post("/api/projects").json(&here).send().await.unwrap();
    let made: serde_json::Value = made.json().await.unwrap();
    let project = made["id"].as_str().unwrap();
    say(&one, project, "run the checks").await;
    let running = wait_until("a command that runs", async || {
        let all = other
            .read(&format!("/api/projects/{project}/executions"))
            .await;
        all.as_array()?
            .iter()
            .find(|one| one["status"] == "RUNNING")
            .cloned()
    })
    .await;
    one.kill().await;
    let ended = end_of(&other, &running).await;
    assert_eq!(ended["error_code"], "interrupted", "{ended}");
    let report = json!(format!("report:{}", running["id"].as_str().unwrap()));
    wait_until("the report", async || {
        let messages = other.messages(project).await;
        messages.into_iter().find(|one| one["client_id"] == report)
    })
    .await;
    // The project is the other's now, and works.
    assert!(!say(&other, project, "what can you do?").await.is_empty());
}

#[tokio::test]
async fn a_server_that_ends_in_order_leaves_its_work_to_the_others_at_once() {
    let Some(site) = Site::with(super::LONG_LEASE_SECONDS).await else {
        return;
    };
    let [one, other] = site.servers().await;
    let project = shop(&one).await;
    let execution = one.execute(&project, "prime").await;
    let run = site.scar.next_run().await;
    run.say("one");
    has_steps(&other, &project, &execution, 2).await;
    let (status, said) = one.terminate().await;
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
    play_to_its_end(run);
    // The lease of one that is killed would not run out before the test does.
    assert_eq!(end_of(&other, &execution).await["status"], "COMPLETED");
    assert_eq!(site.times_run("prime"), 1);
}

#[tokio::test]
async fn each_project_is_worked_for_by_one_server_that_is_there() {
    let Some(site) = Site::new().await else {
        return;
    };
    let [one, other, third] = site.servers().await;
    for server in [&one, &other, &third] {
        for _ in 0..3 {
            server.project("Shop").await;
        }
    }
    let (held, there) = holders(&site.database).await;
    assert_eq!((held.len(), there.len()), (9, 3));
    let by_one = |id: &String| held.iter().filter(|held| *held == id).count();
    assert_eq!(there.iter().map(by_one).collect::<Vec<_>>(), [3, 3, 3]);
    one.kill().await;
    other.kill().await;
    wait_until("the third one to have all", async || {
        let (held, there) = holders(&site.database).await;
        let [third] = there.as_slice() else {
            return None;
        };
        held.iter().all(|held| held == third).then_some(())
    })
    .await;
    // One that comes finds nothing left to take.
    let fourth = site.serving().start().await;
    let project = fourth.project("Shop").await;
    say(&fourth, &project, "hello").await;
    let (held, there) = holders(&site.database).await;
    assert_eq!(there.len(), 2);
    let by_one = |id: &String| held.iter().filter(|held| *held == id).count();
    let mut counts: Vec<usize> = there.iter().map(by_one).collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 9]);
    drop(third);
}

#[tokio::test]
async fn what_a_server_writes_after_another_one_took_its_project_is_refused() {
    // So that it does not find out by itself.
    let Some(site) = Site::with(super::LONG_LEASE_SECONDS).await else {
        return;
    };
    let one = site.serving().set("LOG_LEVEL", "info").start().await;
    let project = shop(&one).await;
    let execution = one.execute(&project, "prime").await;
    let run = site.scar.next_run().await;
    run.say("one");
    has_steps(&one, &project, &execution, 2).await;
    let db = site.database.connect().await;
    for sql in [
        "INSERT INTO servers (id, name, started_at, expires_at) VALUES (gen_random_uuid(), 'another', now(), 'infinity')",
        "UPDATE projects SET leased_by = (SELECT id FROM servers WHERE expires_at = 'infinity')",
    ] {
        db.execute_unprepared(sql).await.expect(sql);
    }
    let before = one.log(&project).await;
    run.say("too late");
    one.logged("another server works for this project now")
        .await;
    assert_eq!(one.log(&project).await, before);
    // What people say anybody stores.
    one.say(&project, "hello").await;
    assert_eq!(one.log(&project).await.len(), before.len() + 1);
}
