//! What the project manager makes of what people write.

use project_manager::{
    agent::{Decision, Situation, decide, report},
    domain::execution::{Command, Order, Outcome},
};

use super::{idle, order, sequence};

/// The orders of a decision to run, and none of any other.
fn run(situation: &Situation<'_>) -> Vec<Order> {
    match decide(situation) {
        Decision::Run { orders, .. } => orders,
        _ => Vec::new(),
    }
}

fn reply(situation: &Situation<'_>) -> String {
    match decide(situation) {
        Decision::Reply(reply)
        | Decision::Ask(reply)
        | Decision::Run { reply, .. }
        | Decision::Stop { reply }
        | Decision::Retry { reply }
        | Decision::NewTopic { reply } => reply,
        Decision::Account | Decision::SaveVision(_) | Decision::Workflow(_) => String::new(),
    }
}

#[test]
fn a_yes_in_many_words_and_languages_starts_exactly_what_was_offered() {
    let offer = reply(&idle("We could add a dark mode to the *settings*"));
    for yes in [
        "yes",
        "Yes!",
        "yes, please",
        "sure",
        "OK",
        "okay, do it",
        "go ahead",
        "yes go ahead",
        "sounds good",
        "Ja bitte",
        "oui",
        "sí",
        "да",
        "はい",
        "好的",
        "👍",
        "yes, plan it",
        "please do",
        "Let's do it!",
        "plan it",
    ] {
        let situation = Situation {
            previous_reply: Some(&offer),
            ..idle(yes)
        };
        assert_eq!(
            run(&situation),
            [order(
                Command::PlanFeatureGithub,
                "add a dark mode to the *settings*"
            )],
            "{yes:?}"
        );
    }
    for no in [
        "no",
        "No thanks",
        "not yet",
        "nein",
        "later",
        "yes, but don't start yet",
        "what would that cost?",
        "thanks",
    ] {
        let situation = Situation {
            previous_reply: Some(&offer),
            ..idle(no)
        };
        assert_eq!(run(&situation), [], "{no:?}");
    }
}

#[test]
fn an_offer_keeps_every_line_of_the_wish() {
    let wish = "a login page:\n- with email\n\n> quoted by me\n- and a \"remember me\" box";
    let offer = reply(&idle(&format!("I want {wish}")));
    let situation = Situation {
        previous_reply: Some(&offer),
        ..idle("implement it")
    };
    assert_eq!(run(&situation), sequence(wish));
}

#[test]
fn a_wish_too_long_to_repeat_is_not_started_by_a_yes() {
    let text = format!("we could add {}", "many words ".repeat(300));
    let said = reply(&idle(&text));
    assert!(said.contains("**plan**"), "{said}");
    assert_eq!(
        run(&Situation {
            previous_reply: Some(&said),
            ..idle("yes")
        }),
        []
    );
}

#[test]
fn a_yes_starts_nothing_when_the_reply_before_only_quoted_an_offer() {
    let earlier = "> a shop\n\nShall I write a plan for it?\n\nThat was my question yesterday.";
    assert_eq!(
        run(&Situation {
            previous_reply: Some(earlier),
            ..idle("yes")
        }),
        []
    );
}

#[test]
fn after_a_plan_is_written_a_yes_or_build_it_carries_it_out() {
    let plan = order(Command::PlanFeatureGithub, "a shop");
    let said = report(
        &plan,
        &Outcome::Completed {
            output: "Plan: 3 steps".into(),
        },
        None,
        &[],
    );
    for text in ["yes", "implement it", "build it", "go ahead"] {
        let situation = Situation {
            previous_reply: Some(&said),
            ..idle(text)
        };
        assert_eq!(
            run(&situation),
            [
                order(Command::ExecuteGithub, ""),
                order(Command::Validate, "")
            ],
            "{text:?}"
        );
    }
}

#[test]
fn a_very_long_pasted_text_orders_nothing_by_a_sentence_in_its_middle_or_at_its_end() {
    let text = format!(
        "I found this on the web. {}Run the tests. Fix issue 12.",
        "It goes on like this for a while. ".repeat(40)
    );
    assert_eq!(run(&idle(&text)), []);
    let ordered = format!("Implement the following. {text}");
    let [plan, ..] = &run(&idle(&ordered))[..] else {
        panic!("the first sentence is an order")
    };
    assert!(
        plan.args.ends_with("Fix issue 12."),
        "the order's text was cut: {:?}",
        plan.args
    );
}

#[test]
fn the_longest_message_of_any_kind_is_answered() {
    for text in [
        "no ",
        "yes ",
        "and ",
        "plan ",
        "\"",
        "> \n",
        "run the tests and ",
        "👍",
        "é",
        "don't ",
    ] {
        let text = text.repeat(20_000 / text.chars().count());
        assert!(!reply(&idle(&text)).is_empty());
    }
}

#[test]
fn stop_ends_what_runs_or_waits_however_it_is_said() {
    for text in [
        "stop",
        "STOP!!",
        "please stop",
        "stop it",
        "stop the tests",
        "cancel",
        "abort",
        "Stop everything now.",
        "stopp",
        "No, stop!",
        "🛑",
    ] {
        let running = Situation {
            running: Some(Command::Validate),
            ..idle(text)
        };
        assert!(
            matches!(decide(&running), Decision::Stop { .. }),
            "{text:?} while running"
        );
        let waiting = Situation {
            queued: 1,
            ..idle(text)
        };
        assert!(
            matches!(decide(&waiting), Decision::Stop { .. }),
            "{text:?} while waiting"
        );
    }
    for text in [
        "don't stop",
        "stop using the old logo",
        "The bus stop is near",
        "when does it stop?",
    ] {
        let running = Situation {
            running: Some(Command::Validate),
            ..idle(text)
        };
        assert!(
            !matches!(decide(&running), Decision::Stop { .. }),
            "{text:?}"
        );
    }
}

#[test]
fn asked_what_is_running_it_names_the_command_and_what_waits() {
    for text in [
        "what is running?",
        "What’s running?",
        "status",
        "are you done?",
        "is it still working?",
        "what are you doing right now?",
    ] {
        let said = reply(&Situation {
            running: Some(Command::Validate),
            queued: 2,
            ..idle(text)
        });
        assert!(
            said.contains("running the checks") && said.contains("2 more"),
            "{text:?}: {said}"
        );
    }
}

#[test]
fn in_a_project_without_a_folder_it_says_to_add_one() {
    for text in [
        "hi",
        "help",
        "hm",
        "analyze the codebase",
        "we could add a dark mode",
    ] {
        let said = reply(&Situation {
            has_workspace: false,
            ..idle(text)
        });
        assert!(said.contains("has no folder"), "{text:?}: {said}");
    }
}

#[test]
fn a_sequence_is_told_step_by_step_before_it_starts() {
    let said = reply(&idle("fix issue 12"));
    for step in [
        "1. look through the codebase",
        "2. write a plan for: Fix issue 12",
        "3. build what the plan says",
        "4. run the checks",
    ] {
        assert!(said.contains(step), "{step:?} is missing in {said}");
    }
}
