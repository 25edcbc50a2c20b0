//! The end of a command: the list is read once more after SCAR is idle.

use super::{end_of, rebuilt, shop, spawn, steps};
use crate::support::scar::Script;

#[tokio::test]
async fn a_command_that_says_nothing_completes_with_nothing_to_say() {
    let (app, scar) = spawn().await;
    scar.script("prime", Script::default());
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let execution = end_of(&app, &execution).await;
    assert_eq!(execution["status"], "COMPLETED", "{execution}");
    assert_eq!(steps(&app, &project, &execution).await.len(), 1);
}

#[tokio::test]
async fn a_thousand_messages_at_once_and_the_end_right_after_are_all_there() {
    let (app, scar) = spawn().await;
    let project = shop(&app).await;
    let execution = app.execute(&project, "prime").await;
    let run = scar.next_run().await;
    let texts: Vec<String> = (0..1_000).map(|number| format!("step {number}")).collect();
    for text in &texts {
        run.say(text);
    }
    run.end();
    let execution = end_of(&app, &execution).await;
    let said = rebuilt(&steps(&app, &project, &execution).await);
    assert_eq!(said[1..], texts);
}
