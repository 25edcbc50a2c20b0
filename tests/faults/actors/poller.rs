//! A crash of a poller whose command goes on without it.

use super::{app_with, ended, endings, id, undisturbed};
use crate::support::{Lock, RunningJob, Scripted, wait_until};

/// Says what was not taken in yet, as a server would that keeps everything.
async fn goes_on(job: &RunningJob, lines: &[String]) {
    let taken = job.job.resume.as_ref().map_or(0, |resume| resume.steps);
    job.says_all(lines[taken..].iter().cloned()).await;
}

#[tokio::test]
async fn what_was_on_its_way_to_the_database_in_a_crash_is_taken_in_once() {
    let backend = Scripted::surviving();
    let app = app_with(&backend).await;
    let project = app.project("Shop").await;
    let execution = id(&app.execute(&project, "prime").await);
    let lines: Vec<String> = (0..10).map(|line| format!("line {line}")).collect();
    let job = backend.next_job().await;
    wait_until("the start to be stored", async || {
        (app.execution(&execution).await["status"] == "RUNNING").then_some(())
    })
    .await;
    let lock = Lock::take(app.database()).await;
    goes_on(&job, &lines[..5]).await;
    wait_until("a step on its way to the database", async || {
        (app.writer().status().figures().queue > 0).then_some(())
    })
    .await;
    drop(job);
    wait_until("the poller to be restarted", async || {
        let statuses = app.supervisor().statuses();
        let name = format!("poller {execution}");
        let poller = statuses.iter().find(|status| status.name == name)?;
        (poller.restarts == 1).then_some(())
    })
    .await;
    for _ in 0..20 {
        assert_eq!(app.execution(&execution).await["status"], "RUNNING");
        assert!(
            !backend.has_job(),
            "it is not followed before it is known how much of it is stored"
        );
    }
    lock.release().await;
    let job = backend.next_job().await;
    goes_on(&job, &lines).await;
    job.complete("done");
    let record = ended(&app, &execution).await;
    assert_eq!(record["status"], "COMPLETED", "{record}");
    let log = app.log(&project).await;
    let said: Vec<&str> = log
        .iter()
        .filter(|item| item["kind"] == "text")
        .filter_map(|item| item["message"].as_str())
        .collect();
    assert_eq!(said, lines);
    assert_eq!(endings(&log, &execution), ["COMPLETED"]);
    undisturbed(&app);
}
