//! SCAR cannot be told to stop. What a person stops ends here, and what it still says there is mixed into nothing.

use super::{end_of, notice, notices, rebuilt, shop, spawn, steps};

async fn cancel(app: &crate::support::Client, execution: &serde_json::Value) {
    let id = execution["id"].as_str().expect("an id");
    let answer = app
        .post(&format!("/api/executions/{id}/cancel"))
        .send()
        .await;
    assert_eq!(answer.expect("an answer").status(), 200);
}

#[tokio::test]
async fn what_is_stopped_is_detached_and_the_next_command_waits_until_scar_is_done_with_it() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    let first = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    run.say("Working.");
    cancel(&app, &first).await;
    let first = end_of(&app, &first).await;
    assert_eq!(first["status"], "CANCELLED");
    let words = notice(&app, &project, &first, "detached").await;
    assert!(words.contains("may still be working"), "{words}");

    let second = app.execute(&project, "validate").await;
    notice(&app, &project, &second, "waiting").await;
    assert_eq!(scar.posts().len(), 2, "nothing is sent while SCAR is busy");
    run.say("Still working.");
    run.say("⚠️ Session error. Use /reset to start a fresh session.");
    run.end();
    let next = scar.next_run().await;
    assert_eq!(next.command, "/command-invoke validate");
    next.say("Checked.");
    next.end();
    let second = end_of(&app, &second).await;
    assert_eq!(
        (&second["status"], &second["output"]),
        (&"COMPLETED".into(), &"Checked.".into())
    );
    let said = rebuilt(&steps(&app, &project, &second).await);
    assert_eq!(said[1..], ["Checked."]);
}

#[tokio::test]
async fn what_was_not_sent_yet_is_stopped_without_a_trace_in_scar() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    let first = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    cancel(&app, &first).await;
    let second = app.execute(&project, "validate").await;
    notice(&app, &project, &second, "waiting").await;
    cancel(&app, &second).await;
    let second = end_of(&app, &second).await;
    assert_eq!(second["status"], "CANCELLED");
    let notices = notices(&app, &project, &second).await;
    assert!(
        notices.iter().all(|(status, _)| status != "detached"),
        "{notices:?}"
    );
    run.end();
    assert_eq!(scar.posts().len(), 2);
}
