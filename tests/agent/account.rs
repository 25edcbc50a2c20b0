//! Trying the last command again, and telling what it did.

use project_manager::{
    agent::{Decision, LastCommand, Situation, account, decide},
    domain::execution::{Command, ExecutionStatus},
};

use super::{idle, order};

#[test]
fn only_what_failed_or_was_stopped_is_tried_again() {
    let ordered = order(Command::Validate, "");
    let decided = |status, running| {
        decide(&Situation {
            last: Some(LastCommand {
                order: &ordered,
                status,
            }),
            running,
            ..idle("try again")
        })
    };
    for status in [ExecutionStatus::Failed, ExecutionStatus::Cancelled] {
        let decision = decided(status, None);
        assert!(
            matches!(&decision, Decision::Retry { reply } if reply.contains("run the checks")),
            "{decision:?}"
        );
    }
    let decision = decided(ExecutionStatus::Completed, None);
    assert!(
        matches!(&decision, Decision::Reply(reply) if reply.contains("worked out")),
        "{decision:?}"
    );
    let decision = decided(ExecutionStatus::Failed, Some(Command::Prime));
    assert!(
        matches!(&decision, Decision::Reply(reply) if reply.contains("looking through")),
        "{decision:?}"
    );
}

#[test]
fn an_account_tells_the_last_steps_how_many_there_were_and_how_it_ended() {
    let ordered = order(Command::ExecuteGithub, "");
    let last = |status| LastCommand {
        order: &ordered,
        status,
    };
    let steps = [
        "Read README.md".to_owned(),
        "Edited *all* [files](x)".to_owned(),
    ];
    let told = account(
        Some(&last(ExecutionStatus::Failed)),
        &steps,
        40,
        Some("out of <memory>"),
    );
    assert!(told.contains("build what the plan says"), "{told}");
    assert!(told.contains("It failed: out of \\<memory\\>"), "{told}");
    assert!(told.contains("the last 2 of its 40 steps"), "{told}");
    assert!(told.contains("- Edited \\*all\\* \\[files\\](x)"), "{told}");
    let told = account(Some(&last(ExecutionStatus::Completed)), &steps, 2, None);
    assert!(
        told.contains("It is done.") && told.contains("in order"),
        "{told}"
    );
    let told = account(Some(&last(ExecutionStatus::Running)), &[], 0, None);
    assert!(
        told.contains("under way") && told.contains("No single steps"),
        "{told}"
    );
    assert!(account(None, &[], 0, None).contains("Nothing has been done"));
}
