//! Whether a message leaves what was talked about before it.

use project_manager::agent::leaves_topic;

#[test]
fn who_names_something_else_to_talk_about_begins_a_topic() {
    for text in [
        "Let's discuss the newsletter",
        "let’s talk about our prices instead.",
        "Different topic: can customers pay by card?",
        "OK, another topic, the opening hours",
        "but we weren't discussing the newsletter!",
        "Changing the subject, who writes the invoices?",
        "Neues Thema: der Versand",
    ] {
        assert!(leaves_topic(text), "{text}");
    }
}

#[test]
fn who_goes_on_or_says_nothing_but_that_does_not() {
    for text in [
        "hello",
        "yes",
        "run the checks",
        "Let's discuss it",
        "let's talk about that again",
        "new topic",
        "let's talk about something else",
        "I would like to plan a page where customers discuss topics",
        "The page should say: let's discuss the newsletter",
        "> Let's discuss the newsletter",
        "",
    ] {
        assert!(!leaves_topic(text), "{text}");
    }
}
