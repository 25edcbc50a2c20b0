//! The vision document, question by question.

use project_manager::{
    agent::{Decision, Said, Situation, decide},
    domain::{
        message::Role,
        vision::{Priority, VisionDocument},
    },
};

use super::idle;

/// Somebody who answers.
#[derive(Default)]
struct Talk {
    said: Vec<(Role, String)>,
}

impl Talk {
    /// Says something, and returns what was decided.
    fn say(&mut self, text: &str) -> Decision {
        let said: Vec<Said<'_>> = self
            .said
            .iter()
            .map(|(role, text)| Said { role: *role, text })
            .collect();
        let previous = self
            .said
            .iter()
            .rev()
            .find(|(role, _)| *role == Role::Assistant);
        let decision = decide(&Situation {
            said: &said,
            previous_reply: previous.map(|(_, text)| text.as_str()),
            ..idle(text)
        });
        self.said.push((Role::User, text.to_owned()));
        if let Decision::Reply(reply) | Decision::Ask(reply) = &decision {
            self.said.push((Role::Assistant, reply.clone()));
        }
        decision
    }

    fn hear(&mut self, text: &str) -> String {
        match self.say(text) {
            Decision::Reply(reply) | Decision::Ask(reply) => reply,
            other => panic!("{text} led to {other:?}"),
        }
    }

    fn document(&mut self, answers: &[&str]) -> VisionDocument {
        let (last, first) = answers.split_last().unwrap();
        for answer in first {
            self.hear(answer);
        }
        match self.say(last) {
            Decision::SaveVision(document) => document,
            other => panic!("the last answer led to {other:?}"),
        }
    }
}

const ANSWERS: [&str; 8] = [
    "A shop for pottery.",
    "People who like handmade cups",
    "They find us at markets only",
    "They can order from home",
    "- must: a basket\n- search (nice to have)\n- sign in: with an e-mail",
    "They look around, choose and pay",
    "Ten orders a week, nobody asks where their parcel is",
    "No auctions",
];

#[test]
fn the_answers_make_the_document() {
    let mut talk = Talk::default();
    assert!(
        talk.hear("start the workflow")
            .ends_with("One or two sentences are enough.")
    );
    let document = talk.document(&ANSWERS);
    assert_eq!(document.what_it_is, "A shop for pottery.");
    assert_eq!(document.who_its_for, "People who like handmade cups");
    let features: Vec<_> = document
        .key_features
        .iter()
        .map(|one| (one.name.as_str(), one.description.as_str(), one.priority))
        .collect();
    assert_eq!(
        features,
        [
            ("a basket", "", Priority::High),
            ("search", "", Priority::Low),
            ("sign in", "with an e-mail", Priority::Medium),
        ]
    );
    assert_eq!(
        document.success_metrics,
        ["Ten orders a week", "nobody asks where their parcel is"]
    );
    assert_eq!(document.out_of_scope, ["No auctions"]);
    assert!(document.missing().is_empty());
    let markdown = document.to_markdown("Pots");
    for part in [
        "# Pots: vision",
        "## Key features",
        "- **a basket** (high priority)",
        "## What it does not do",
    ] {
        assert!(markdown.contains(part), "{part} is in {markdown}");
    }
    assert!(markdown.find("a basket").unwrap() < markdown.find("sign in").unwrap());
    assert!(markdown.find("sign in").unwrap() < markdown.find("search").unwrap());
}

#[test]
fn what_is_needed_is_asked_again_and_the_rest_may_be_skipped() {
    let mut talk = Talk::default();
    talk.hear("I have an idea");
    assert!(talk.hear("skip").contains("I can't do without this one"));
    let document = talk.document(&[
        ANSWERS[0],
        ANSWERS[1],
        ANSWERS[2],
        ANSWERS[3],
        "a basket, search and paying",
        "skip",
        "I don't know yet",
        "skip",
    ]);
    assert_eq!(document.what_it_is, "A shop for pottery.");
    let names: Vec<&str> = document
        .key_features
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["a basket", "search and paying"]);
    assert!(document.user_journey.is_empty());
    assert!(document.success_metrics.is_empty() && document.out_of_scope.is_empty());
}

#[test]
fn help_and_a_change_of_mind_are_heard_in_between() {
    let mut talk = Talk::default();
    talk.hear("write a vision document");
    talk.hear(ANSWERS[0]);
    let help = talk.hear("help");
    assert!(
        help.contains("analyze the codebase") && help.contains("**Question 2 of 8.**"),
        "{help}"
    );
    assert!(talk.hear(ANSWERS[1]).contains("**Question 3 of 8.**"));
    assert!(
        talk.hear("never mind")
            .contains("we leave the vision document")
    );
    // What comes next is no answer any more.
    assert!(talk.hear("A shop for hats").contains("I'm not sure"));
}

#[test]
fn an_answer_is_an_answer_also_when_it_sounds_like_an_order() {
    let mut talk = Talk::default();
    talk.hear("start the workflow");
    assert!(
        talk.hear("Build a shop and run the tests")
            .contains("**Question 2 of 8.**")
    );
    assert!(talk.hear("yes").contains("**Question 3 of 8.**"));
}

#[test]
fn begun_anew_nothing_of_the_first_answers_is_left() {
    let mut talk = Talk::default();
    talk.hear("start the workflow");
    talk.hear("A shop for hats");
    talk.hear("never mind");
    talk.hear("start the workflow");
    let document = talk.document(&ANSWERS);
    assert_eq!(document.what_it_is, "A shop for pottery.");
}
