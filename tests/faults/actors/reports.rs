//! Ends that are on their way to a conversation when one of those who pass them on crashes: they are told once.

use project_manager::domain::execution::{Command, ExecutionStatus};

use super::bare::Bare;
use crate::support::{Scripted, Tripwire};

/// Has a command run to its end, with a crash of `actor` where it logs these words about that end.
async fn crash_at(actor: &str, words: &'static str) {
    let backend = Scripted::new();
    let bare = Bare::start(&backend).await;
    bare.say("analyze the codebase").await;
    let job = backend.next_job().await;
    bare.replies(1).await;
    let tripwire = Tripwire::at(words);
    job.complete("This is what I found.");
    let said = bare.replies(2).await;
    drop(tripwire);
    assert_eq!(said[1], "This is what I found.");
    let statuses = bare.supervisor.statuses();
    let crashed = statuses.iter().filter(|status| status.restarts > 0);
    let crashed: Vec<&str> = crashed.map(|status| status.name.as_str()).collect();
    assert_eq!(crashed, [actor]);
    // What is said next comes right after it, so it was said once.
    bare.say("thanks").await;
    let said = bare.replies(3).await;
    assert_eq!(said.len(), 3, "{said:?}");
    let next = bare.queue(Command::Prime).await;
    backend.next_job().await.complete("done");
    bare.has(&next, ExecutionStatus::Completed).await;
}

#[actix_web::test]
async fn a_crash_of_the_sessions_while_they_hand_an_end_on_loses_no_report() {
    crash_at("sessions", "a conversation is told of an end").await;
}

#[actix_web::test]
async fn a_crash_of_the_executor_while_it_passes_an_end_on_loses_no_report() {
    crash_at("executor", "an end is passed on").await;
}
