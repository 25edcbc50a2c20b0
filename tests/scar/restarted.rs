//! SCAR is killed and started again: before, during and after a command.

use std::time::Duration;

use serde_json::json;

use super::{conversation, end_of, shop, spawn, steps};
use crate::support::{
    scar::{Fault, Script, Step},
    wait_until,
};

#[tokio::test]
async fn a_restart_before_a_command_is_waited_out() {
    let (app, scar) = spawn().await;
    scar.script("prime", Script::every(Duration::ZERO, ["Hello."]));
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
    scar.script("prime", Script::every(Duration::ZERO, ["Hello.", "There."]));
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

#[tokio::test]
async fn a_restart_before_anything_of_a_command_was_sent_costs_nothing() {
    let (app, scar) = spawn().await;
    scar.script("prime", Script::every(Duration::ZERO, ["Hello."]));
    let project = shop(&app).await;
    let first = app.execute(&project, "prime").await;
    end_of(&app, &first).await;
    // Its place in the old list is taken, and SCAR is gone before it hears of it.
    scar.fail(Step::PostRepository, Fault::Status(503), usize::MAX);
    let second = app.execute(&project, "prime").await;
    wait_until("the first try", async || {
        (scar.requests(Step::PostRepository) > 1).then_some(())
    })
    .await;
    scar.kill();
    scar.heal();
    scar.start_again();
    let second = end_of(&app, &second).await;
    // That SCAR answered 503 does not say that it did not have it.
    assert_eq!(second["error_code"], "scar_restarted", "{second}");

    scar.kill();
    let third = app.execute(&project, "prime").await;
    super::notice(&app, &project, &third, "degraded").await;
    scar.start_again();
    assert_eq!(end_of(&app, &third).await["status"], "COMPLETED");
}

#[tokio::test]
async fn a_restart_between_the_change_of_repository_and_the_command_sends_nothing_to_the_new_one() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    scar.fail(Step::PostCommand, Fault::Reset, usize::MAX);
    let execution = app.execute(&project, "prime").await;
    wait_until("the first try", async || {
        (scar.requests(Step::PostCommand) > 0).then_some(())
    })
    .await;
    scar.kill();
    scar.heal();
    scar.start_again();
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["error_code"], "scar_restarted", "{execution}");
    let posts: Vec<String> = scar.posts().into_iter().map(|(_, text)| text).collect();
    assert_eq!(posts, ["/repo demo-shop"]);
}
