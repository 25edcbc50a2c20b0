//! SCAR is killed and started again: before, during and after a command.

use serde_json::json;

use super::{conversation, end_of, shop, spawn, steps};
use crate::support::{scar::Script, wait_until};

#[tokio::test]
async fn a_restart_before_a_command_is_waited_out() {
    let (app, scar) = spawn().await;
    scar.script(
        "prime",
        Script::every(std::time::Duration::ZERO, ["Hello."]),
    );
    let project = shop(&app).await;
    scar.kill();
    let execution = app.execute(&project, "prime").await;
    super::notice(&app, &project, &execution, "degraded").await;
    scar.start_again();
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["status"], "COMPLETED", "{execution}");
}

#[tokio::test]
async fn a_restart_during_a_command_ends_it_and_what_had_arrived_is_kept() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    run.say("SLOW30-START");
    run.say("🔧 GLOB\nPattern: *");
    wait_until("both and the repository's", async || {
        (steps(&app, &project, &execution).await.len() == 3).then_some(())
    })
    .await;
    scar.kill();
    scar.start_again();
    run.say("never seen");
    let execution = end_of(&app, &execution).await;
    assert_eq!(
        (&execution["status"], &execution["error_code"]),
        (&json!("FAILED"), &json!("scar_restarted")),
        "{execution}"
    );
    assert_eq!(steps(&app, &project, &execution).await.len(), 3);
}

#[tokio::test]
async fn a_restart_that_already_has_as_many_messages_is_noticed_by_the_first() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    run.say("one");
    wait_until("it and the repository's", async || {
        (steps(&app, &project, &execution).await.len() == 2).then_some(())
    })
    .await;
    scar.kill();
    for text in ["another", "conversation", "altogether"] {
        scar.say(&conversation(&project), text);
    }
    scar.start_again();
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["error_code"], "scar_restarted", "{execution}");
    assert_eq!(steps(&app, &project, &execution).await.len(), 2);
}

#[tokio::test]
async fn a_restart_after_a_command_does_not_matter_to_the_next() {
    let (app, scar) = spawn().await;
    scar.script(
        "prime",
        Script::every(std::time::Duration::ZERO, ["Hello.", "There."]),
    );
    let project = shop(&app).await;
    let first = app.execute(&project, "prime").await;
    end_of(&app, &first).await;
    scar.kill();
    scar.start_again();
    let second = app.execute(&project, "prime").await;
    let second = end_of(&app, &second).await;
    assert_eq!(second["status"], "COMPLETED", "{second}");
    assert_eq!(steps(&app, &project, &second).await.len(), 3);
}
