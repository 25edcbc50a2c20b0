//! Trying the last command again, and telling what it did.

use project_manager::{
    agent::{Decision, LastCommand, STEPS_TOLD, Situation, account, decide},
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
fn an_account_tells_the_last_steps_and_how_it_ended() {
    let ordered = order(Command::ExecuteGithub, "");
    let last = |status| LastCommand {
        order: &ordered,
        status,
    };
    let steps = ["Read README.md", "Edited *all* [files](x)"];
    let failed = last(ExecutionStatus::Failed);
    let told = account(&failed, &steps, Some("out of <memory>"));
    for words in [
        "build what the plan says",
        "It failed: out of \\<memory\\>",
        "what was done, in order",
        "- Read README.md\n- Edited \\*all\\* \\[files\\](x)",
    ] {
        assert!(told.contains(words), "{words:?} in {told}");
    }
    let many: Vec<String> = (0..=STEPS_TOLD).map(|n| format!("Read {n}.md")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let told = account(&last(ExecutionStatus::Completed), &many, None);
    assert!(
        told.contains("It is done.") && told.contains("its last 15 steps"),
        "{told}"
    );
    assert!(
        !told.contains("Read 0.md") && told.contains("- Read 1.md"),
        "{told}"
    );
    let told = account(&last(ExecutionStatus::Running), &[], None);
    assert!(
        told.contains("under way") && told.contains("No single steps"),
        "{told}"
    );
}
