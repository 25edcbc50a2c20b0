//! What people write about the workflow, and what each must lead to.

use project_manager::{
    agent::{Decision, Situation, decide, workflow::Wish},
    domain::workflow::{PhaseName, PhaseStatus, Workflow},
};

use super::idle;

fn at(phase: PhaseName, status: PhaseStatus) -> Workflow {
    let done = PhaseName::ALL.into_iter().filter(|one| *one < phase);
    let done = done.map(|one| (one, PhaseStatus::Completed));
    Workflow::of(done.chain([(phase, status)]))
}

fn wish(text: &str, workflow: Workflow) -> Option<Wish> {
    let situation = Situation {
        workflow,
        has_vision: true,
        ..idle(text)
    };
    match decide(&situation) {
        Decision::Workflow(wish) => Some(wish),
        _ => None,
    }
}

#[test]
fn a_yes_in_many_words_approves_what_is_asked_and_nothing_when_nothing_is() {
    let asks = at(PhaseName::Plan, PhaseStatus::AwaitingApproval);
    for yes in [
        "approve",
        "Approved!",
        "I approve",
        "approve the plan",
        "yes",
        "Yes, please",
        "looks good",
        "ja",
        "sí",
        "да",
        "👍",
        "Go ahead",
        "ok",
        "yes, approve it",
        "LGTM",
    ] {
        assert_eq!(wish(yes, asks), Some(Wish::Approve), "{yes}");
        let at_work = at(PhaseName::Execute, PhaseStatus::InProgress);
        assert_eq!(wish(yes, at_work), None, "{yes}");
        assert_eq!(wish(yes, Workflow::default()), None, "{yes}");
    }
}

#[test]
fn nothing_but_a_clear_yes_approves() {
    let asks = at(PhaseName::Plan, PhaseStatus::AwaitingApproval);
    for other in [
        "what does the plan say?",
        "I don't approve",
        "not yet",
        "don't approve it yet",
        "maybe",
        "hm",
        "no",
        "wait",
        "could you approve it?",
        "> approve",
        "\"approve\" is what the text says",
        "yes but change the colour",
        "approve it when the tests pass",
        "does it look good?",
        "the agent says: approve",
        "```\napprove\n```",
        "- approve",
        "should I approve?",
        "who approves this?",
        "disapprove",
    ] {
        assert_ne!(wish(other, asks), Some(Wish::Approve), "{other}");
    }
}

#[test]
fn a_no_needs_its_reason_and_keeps_it_as_it_was_written() {
    let asks = at(PhaseName::Plan, PhaseStatus::AwaitingApproval);
    for (text, reason) in [
        ("reject, the basket is missing", "the basket is missing"),
        ("Reject: no Dark Mode please", "no Dark Mode please"),
        (
            "please reject the plan because it is TOO long",
            "it is TOO long",
        ),
        ("I reject it: wrong colour", "wrong colour"),
    ] {
        let expected = Wish::Reject {
            reason: reason.to_owned(),
        };
        assert_eq!(wish(text, asks), Some(expected), "{text}");
    }
    for text in ["reject", "no", "nope", "reject it"] {
        let situation = Situation {
            workflow: asks,
            ..idle(text)
        };
        let Decision::Reply(reply) = decide(&situation) else {
            panic!("{text}: nothing is decided without a reason");
        };
        assert!(reply.contains("What should be different?"), "{reply}");
    }
    assert_eq!(wish("reject, it is wrong", Workflow::default()), None);
}

#[test]
fn a_decision_on_what_is_not_asked_about_is_none() {
    let asks = at(PhaseName::VisionReview, PhaseStatus::AwaitingApproval);
    for text in ["approve the plan", "Reject the plan, it is too long"] {
        let situation = Situation {
            workflow: asks,
            ..idle(text)
        };
        let Decision::Reply(reply) = decide(&situation) else {
            panic!("{text}: nothing is decided");
        };
        assert!(reply.contains("the **vision** that waits"), "{reply}");
    }
    assert_eq!(wish("approve the vision", asks), Some(Wish::Approve));
    let reason = "the plan is not what I want to read about".to_owned();
    let about_the_plan = format!("reject it, {reason}");
    assert_eq!(wish(&about_the_plan, asks), Some(Wish::Reject { reason }));
}

#[test]
fn a_yes_to_an_offer_is_no_yes_to_the_gate() {
    let offer = "> a dark mode\n\nShall I write a plan for it?";
    let situation = Situation {
        workflow: at(PhaseName::Plan, PhaseStatus::AwaitingApproval),
        previous_reply: Some(offer),
        ..idle("yes")
    };
    assert!(matches!(decide(&situation), Decision::Run { .. }));
}

#[test]
fn it_goes_on_when_somebody_says_so_and_it_can() {
    for status in [PhaseStatus::Paused, PhaseStatus::Failed] {
        for text in [
            "continue",
            "Continue the workflow, please",
            "resume",
            "go on",
        ] {
            let workflow = at(PhaseName::Execute, status);
            assert_eq!(wish(text, workflow), Some(Wish::Continue), "{text}");
        }
    }
    let at_work = at(PhaseName::Execute, PhaseStatus::InProgress);
    assert_eq!(wish("continue", at_work), None);
    assert_eq!(wish("reset the workflow", at_work), Some(Wish::Reset));
}

#[test]
fn it_begins_with_the_vision_there_is_or_with_the_questions_for_one() {
    assert_eq!(
        wish("start the workflow", Workflow::default()),
        Some(Wish::Begin)
    );
    for text in [
        "start the workflow",
        "I have an idea",
        "let's write a vision document",
    ] {
        let Decision::Reply(reply) = decide(&idle(text)) else {
            panic!("{text}: a question is asked");
        };
        assert!(reply.contains("**Question 1 of 8.**"), "{reply}");
    }
    let situation = Situation {
        workflow: at(PhaseName::Plan, PhaseStatus::AwaitingApproval),
        has_vision: true,
        ..idle("start the workflow")
    };
    let Decision::Reply(reply) = decide(&situation) else {
        panic!("it has begun already");
    };
    assert!(reply.contains("phase 3 of 5"), "{reply}");
}

#[test]
fn where_it_stands_is_part_of_how_things_are() {
    let situation = Situation {
        workflow: at(PhaseName::Validate, PhaseStatus::Failed),
        ..idle("status")
    };
    let Decision::Reply(reply) = decide(&situation) else {
        panic!("it is only told");
    };
    assert!(
        reply.contains("phase 5 of 5: **Validate & Test** failed"),
        "{reply}"
    );
}
