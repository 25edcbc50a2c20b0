//! What the project manager says when something ended or has to wait.

use project_manager::{
    agent::{queued_reply, report},
    domain::execution::{Command, ErrorCode, Outcome},
};

use super::{order, sequence};

#[test]
fn a_summary_is_its_own_report() {
    let outcome = Outcome::Completed {
        output: "# Shop\n\nSells things.".into(),
    };
    assert_eq!(
        report(&order(Command::Prime, ""), &outcome, None, &[]),
        "# Shop\n\nSells things."
    );
}

#[test]
fn a_report_in_a_sequence_says_what_follows_and_offers_nothing() {
    let outcome = Outcome::Completed {
        output: String::new(),
    };
    let said = report(
        &order(Command::PlanFeatureGithub, "a shop"),
        &outcome,
        Some(&order(Command::ExecuteGithub, "")),
        &[],
    );
    assert_eq!(
        said,
        "**The plan is written.**\n\nNext: build what the plan says."
    );
}

#[test]
fn a_failure_is_reported_with_its_words_and_with_what_was_left_out() {
    let failure = Outcome::failed(
        ErrorCode::AgentMissing,
        "Connect a coding agent in the settings.",
    );
    let skipped = [
        order(Command::ExecuteGithub, ""),
        order(Command::Validate, ""),
    ];
    let said = report(
        &order(Command::PlanFeatureGithub, "a shop"),
        &failure,
        None,
        &skipped,
    );
    assert!(
        said.contains("Connect a coding agent in the settings."),
        "{said}"
    );
    assert!(
        said.ends_with("- build what the plan says\n- run the checks"),
        "{said}"
    );
}

#[test]
fn failed_checks_are_reported_as_such_with_the_beginning_of_a_long_output() {
    let failure = Outcome::Failed {
        code: ErrorCode::ChecksFailed,
        error: "2 of 41 tests failed.".into(),
        output: format!("```\n{}\n```", "a line of the log\n".repeat(2_000)),
    };
    let said = report(&order(Command::Validate, ""), &failure, None, &[]);
    assert!(
        said.starts_with("**The checks did not go through.**\n\n2 of 41 tests failed."),
        "{said}"
    );
    assert!(said.chars().count() < 9_000, "the whole log is repeated");
    assert_eq!(
        said.matches("```").count(),
        2,
        "the block of code is left open"
    );
}

#[test]
fn a_cancelled_command_is_reported_as_stopped_with_what_was_left_out() {
    let said = report(
        &order(Command::Prime, ""),
        &Outcome::Cancelled,
        None,
        &[order(Command::Validate, "")],
    );
    assert!(
        said.starts_with("**Stopped.**") && said.ends_with("- run the checks"),
        "{said}"
    );
}

#[test]
fn what_waits_is_told_its_place_and_what_it_waits_for() {
    let said = queued_reply(&[order(Command::Validate, "")], 2, Some(Command::Prime));
    assert_eq!(
        said,
        "Noted: run the checks. I'm still looking through the codebase, so this waits for its turn: it is number 2 in line."
    );
    let said = queued_reply(&sequence("a shop"), 1, None);
    assert!(
        said.contains("- write a plan for: a shop\n") && said.ends_with("it comes next."),
        "{said}"
    );
}
