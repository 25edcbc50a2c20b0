//! Messages that wait for a command to end, when one of those crashes who give them their turn: they have it once.

use std::time::Duration;

use actix_rt::Arbiter;
use project_manager::{
    actors::supervisor::RestartLimits,
    domain::execution::{Command, ExecutionStatus},
};

use super::bare::Bare;
use crate::support::{Scripted, Tripwire};

/// Has a message wait for the end of a command, with a crash of `actor` where it logs these words.
async fn crash_at(actor: &str, words: &'static str) {
    let backend = Scripted::new();
    let bare = Bare::start(&backend).await;
    bare.queue(Command::Prime).await;
    let job = backend.next_job().await;
    bare.say_later("run validation").await;
    bare.say_later("what can you do?").await;
    let tripwire = Tripwire::at(words);
    job.complete("done");
    let job = backend.next_job().await;
    assert_eq!(job.job.order.command, Command::Validate);
    let said = bare.replies(1).await;
    assert_eq!(
        said.len(),
        1,
        "the second waits for what the first has begun"
    );
    drop(tripwire);
    job.complete("All is well.");
    let said = bare.replies(3).await;
    assert_eq!(said[1], "All is well.");
    let statuses = bare.supervisor.statuses();
    let crashed = statuses.iter().filter(|status| status.restarts > 0);
    let crashed: Vec<&str> = crashed.map(|status| status.name.as_str()).collect();
    assert!(
        crashed.len() == 1 && crashed[0].starts_with(actor),
        "{crashed:?}"
    );
    // What is said next comes right after it, so it was done once.
    bare.say("thanks").await;
    assert_eq!(bare.replies(4).await.len(), 4);
    assert!(!backend.has_job(), "nothing was begun twice");
}

#[actix_web::test]
async fn a_crash_of_the_sessions_while_they_hand_an_end_on_leaves_no_message_waiting() {
    crash_at("sessions", "a conversation is told of an end").await;
}

#[actix_web::test]
async fn a_crash_of_the_executor_while_it_passes_an_end_on_leaves_no_message_waiting() {
    crash_at("executor", "an end is passed on").await;
}

#[actix_web::test]
async fn a_crash_of_the_session_right_after_a_message_had_its_turn_loses_it_not() {
    crash_at("session ", "a queued message has its turn").await;
}

#[actix_web::test]
async fn a_queued_message_has_its_turn_after_the_report_of_what_it_waited_for() {
    let backend = Scripted::new();
    // The executor is away for so long after its crash, and tells nobody of the end.
    let limits = RestartLimits {
        first_delay: Duration::from_secs(2),
        longest_delay: Duration::from_secs(2),
        ..RestartLimits::default()
    };
    let bare = Bare::start_with(&backend, limits, &Arbiter::current()).await;
    bare.say("run validation").await;
    let job = backend.next_job().await;
    let execution = job.job.execution;
    bare.replies(1).await;
    let _tripwire = Tripwire::at("an end is passed on");
    job.complete("All is well.");
    bare.stands(execution, ExecutionStatus::Completed).await;
    bare.say_later("what can you do?").await;
    let said = bare.replies(3).await;
    assert_eq!(said[1], "All is well.");
}
