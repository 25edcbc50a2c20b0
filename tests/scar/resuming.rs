//! The server is restarted while commands run in SCAR: they are followed again from where they were.

use sea_orm::ConnectionTrait as _;
use serde_json::json;

use super::{end_of, rebuilt, shop, spawn, spawn_on, statuses, steps};
use crate::support::{scar::Script, wait_until};

#[tokio::test]
async fn a_command_goes_on_from_its_last_step_when_the_server_is_back() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let queued = app.execute(&project, "validate").await;
    let run = scar.next_run().await;
    run.say("one");
    run.say("🔧 READ\nReading: /workspace/demo-shop/README.md");
    wait_until("two steps and the repository's", async || {
        (steps(&app, &project, &execution).await.len() == 3).then_some(())
    })
    .await;
    let database = app.stop();
    run.say("while nobody listens");
    let app = spawn_on(database, &scar).await;
    run.say("and after");
    run.end();
    let execution = end_of(&app, &execution).await;
    assert_eq!(
        (&execution["status"], &execution["output"]),
        (
            &json!("COMPLETED"),
            &json!("while nobody listens\n\nand after")
        )
    );
    let said = rebuilt(&steps(&app, &project, &execution).await);
    assert_eq!(
        said[1..],
        [
            "one",
            "🔧 READ\nReading: /workspace/demo-shop/README.md",
            "while nobody listens",
            "and after"
        ]
    );
    assert_eq!(
        statuses(&app, &project, &execution).await,
        ["QUEUED", "RUNNING", "COMPLETED"]
    );
    let next = scar.next_run().await;
    assert_eq!(
        next.command, "/command-invoke validate",
        "what was queued runs"
    );
    next.end();
    assert_eq!(end_of(&app, &queued).await["status"], "COMPLETED");
    let invoked: Vec<_> = scar
        .posts()
        .into_iter()
        .filter(|(_, text)| text.ends_with(" prime"))
        .collect();
    assert_eq!(invoked.len(), 1, "{invoked:?}");
}

#[tokio::test]
async fn a_command_that_ended_while_the_server_was_down_has_its_outcome() {
    for (last, status) in [
        ("Done.", "COMPLETED"),
        (
            "⚠️ Session error. Use /reset to start a fresh session.",
            "FAILED",
        ),
    ] {
        let (app, scar) = spawn().await;
        let project = shop(&app).await;
        let execution = app.execute(&project, "prime").await;
        let run = scar.next_run().await;
        run.say("one");
        wait_until("it and the repository's", async || {
            (steps(&app, &project, &execution).await.len() == 2).then_some(())
        })
        .await;
        let database = app.stop();
        run.say(last);
        run.end();
        let app = spawn_on(database, &scar).await;
        let execution = end_of(&app, &execution).await;
        assert_eq!(execution["status"], status, "{execution}");
        let said = rebuilt(&steps(&app, &project, &execution).await);
        assert_eq!(said[1..], ["one", last]);
    }
}

#[tokio::test]
async fn a_command_scar_does_not_have_any_more_ends_with_what_had_arrived() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    run.say("one");
    wait_until("it and the repository's", async || {
        (steps(&app, &project, &execution).await.len() == 2).then_some(())
    })
    .await;
    let database = app.stop();
    scar.kill();
    scar.start_again();
    let app = spawn_on(database, &scar).await;
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["error_code"], "interrupted", "{execution}");
    let error = execution["error"].as_str().expect("an error");
    assert!(error.contains("SCAR had lost this"), "{error}");
    assert_eq!(steps(&app, &project, &execution).await.len(), 2);
}

#[tokio::test]
async fn a_command_whose_time_was_up_while_the_server_was_down_has_its_outcome_if_it_had_ended() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    run.say("one");
    wait_until("it and the repository's", async || {
        (steps(&app, &project, &execution).await.len() == 2).then_some(())
    })
    .await;
    let database = app.stop();
    run.say("two");
    run.end();
    // By now it runs for longer than that.
    let app = super::builder(&scar)
        .database(database)
        .set("SCAR_TIMEOUT_SECONDS", 0.1)
        .spawn()
        .await;
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["status"], "COMPLETED", "{execution}");
    let said = rebuilt(&steps(&app, &project, &execution).await);
    assert_eq!(said[1..], ["one", "two"]);
}

#[tokio::test]
async fn a_place_that_cannot_be_read_back_sends_nothing_again() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    let database = app.stop();
    let connection = database.connect().await;
    connection
        .execute_unprepared("UPDATE scar_executions SET backend_place = '{\"base\": \"none\"}'")
        .await
        .expect("a changed row");
    connection.close().await.expect("a closed connection");
    let app = spawn_on(database, &scar).await;
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["error_code"], "interrupted", "{execution}");
    run.end();
    assert_eq!(scar.posts().len(), 2, "{:?}", scar.posts());
}

#[tokio::test]
async fn a_command_of_a_scar_that_is_not_configured_any_more_ends_as_interrupted() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    let database = app.stop();
    let app = crate::support::TestAppBuilder::default()
        .database(database)
        .spawn()
        .await;
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["error_code"], "interrupted", "{execution}");
    run.end();
}

#[tokio::test]
async fn a_command_that_only_waited_here_is_sent_once_after_a_restart() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    scar.kill();
    let execution = app.execute(&project, "prime").await;
    super::notice(&app, &project, &execution, "degraded").await;
    let database = app.stop();
    scar.script(
        "prime",
        Script::every(std::time::Duration::ZERO, ["Hello."]),
    );
    scar.start_again();
    let app = spawn_on(database, &scar).await;
    assert_eq!(end_of(&app, &execution).await["output"], "Hello.");
    assert_eq!(scar.posts().len(), 2);
}
