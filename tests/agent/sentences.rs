//! Sentences, and what each must lead to.

use project_manager::{
    agent::{Decision, decide},
    domain::execution::{Command, Order},
};

use super::{idle, order, sequence};

/// What a message should lead to.
#[derive(Debug, Clone, Copy)]
enum Expected {
    /// `prime`, by itself.
    Prime,
    /// `validate`, by itself.
    Validate,
    /// Both, in this order.
    PrimeThenValidate,
    /// A plan for this and nothing else.
    Plan(&'static str),
    /// Plan this, build, check.
    Sequence(&'static str),
    /// A look at the code, then plan this, build, check.
    LookAndSequence(&'static str),
    /// Carry out the plan there is, and check.
    Execute,
    /// Only words, and these among them.
    Says(&'static str),
    /// What the last command did.
    Account,
    NewTopic,
}

use Expected::{
    Account, Execute, LookAndSequence, NewTopic, Plan, Prime, PrimeThenValidate, Says, Sequence,
    Validate,
};

const NOT_UNDERSTOOD: Expected = Says("I'm not sure what you'd like me to do");
const HELD: Expected = Says("I won't start anything");
const OFFERS_PLAN: Expected = Says("Shall I write a plan for it?");
const OFFERS_ALL: Expected = Says("Shall I plan it and build it?");

/// In a project with a folder, nothing running and nothing offered.
const SENTENCES: &[(&str, Expected)] = &[
    // Looking at the code starts at once.
    ("analyze the codebase", Prime),
    ("Analyse the code base.", Prime),
    ("ANALYZE THE CODEBASE!!!", Prime),
    ("please analyze the codebase", Prime),
    ("Hey PM, could you please analyze our codebase?", Prime),
    ("Can you have a look at the code?", Prime),
    ("have a look at the code", Prime),
    ("Take a look at the repo please", Prime),
    ("what's in this repo?", Prime),
    ("What’s in this repo?", Prime),
    ("What is this project about?", Prime),
    ("what does this project do?", Prime),
    ("get to know the code base", Prime),
    ("Summarize the project", Prime),
    ("summarise the project for me", Prime),
    ("Tell me about the project.", Prime),
    ("Give me an overview of the codebase", Prime),
    ("explore the repository", Prime),
    ("go ahead and analyze the project", Prime),
    ("I'd like you to analyze the whole codebase", Prime),
    ("Let's analyze the codebase first", Prime),
    ("analyze the codebase and tell me what it does", Prime),
    ("Analyze and summarize the project", Prime),
    ("prime", Prime),
    ("run prime", Prime),
    ("/prime", Prime),
    ("Prime the project.", Prime),
    ("would you mind analyzing the codebase?", Prime),
    ("\"analyze the codebase\"", Prime),
    ("Don't forget to analyze the codebase", Prime),
    ("Hello! I am new here. Please analyze the codebase.", Prime),
    ("how is the project structured?", Prime),
    // So does checking.
    ("run validation", Validate),
    ("Run the tests", Validate),
    ("run the tests again please", Validate),
    ("Could you run all the tests?", Validate),
    ("run the checks", Validate),
    ("Run the test suite.", Validate),
    ("run validate", Validate),
    ("validate", Validate),
    ("Validate everything", Validate),
    ("validate the project", Validate),
    ("check that everything works", Validate),
    ("Please check if everything still works.", Validate),
    ("make sure the tests pass", Validate),
    ("does it still work?", Validate),
    ("Does everything still work", Validate),
    ("do the tests pass?", Validate),
    ("are the tests green?", Validate),
    ("is everything ok?", Validate),
    ("Did I break anything?", Validate),
    ("test the app", Validate),
    ("rerun the tests", Validate),
    ("I have fixed the login. Run the tests.", Validate),
    ("no, run the tests instead", Validate),
    ("Run the tests, but don't change anything", Validate),
    ("analyze the codebase and run the tests", PrimeThenValidate),
    (
        "Analyze the codebase. Then run the tests.",
        PrimeThenValidate,
    ),
    ("Run the tests. Does it work?", Validate),
    // An order to plan or to build is the yes.
    ("plan a dark mode", Plan("a dark mode")),
    (
        "Plan Dark Mode for the Settings page.",
        Plan("Dark Mode for the Settings page"),
    ),
    ("Could you please plan a login page?", Plan("a login page")),
    ("hey pm, plan a login page, please", Plan("a login page")),
    ("Plan: a login page", Plan("a login page")),
    ("make a plan for a login page", Plan("a login page")),
    ("Write a plan to add OAuth", Plan("add OAuth")),
    ("I want you to plan a login page", Plan("a login page")),
    (
        "plan a login page. It should ask for an email address.",
        Plan("a login page. It should ask for an email address."),
    ),
    ("plan-feature-github dark mode", Plan("dark mode")),
    (
        "Plan a shop. Don't build it yet.",
        Plan("a shop. Don't build it yet."),
    ),
    ("plan issue 12", Plan("issue 12")),
    ("plan and implement a dark mode", Sequence("a dark mode")),
    (
        "Plan, implement and validate a dark mode",
        Sequence("a dark mode"),
    ),
    ("plan and build a dark mode", Sequence("a dark mode")),
    ("plan a dark mode and build it", Sequence("a dark mode")),
    (
        "Plan the CSV export, then implement it please.",
        Sequence("the CSV export"),
    ),
    ("implement a dark mode", Sequence("a dark mode")),
    ("Can you implement a dark mode?", Sequence("a dark mode")),
    (
        "please go ahead and implement the CSV export",
        Sequence("the CSV export"),
    ),
    ("implement issue 12", Sequence("issue 12")),
    (
        "We need a page with all the orders. Please plan and implement it.",
        Sequence("We need a page with all the orders."),
    ),
    ("build a dark mode", LookAndSequence("a dark mode")),
    (
        "Build me a page that lists all orders!",
        LookAndSequence("a page that lists all orders"),
    ),
    ("fix issue 12", LookAndSequence("Fix issue 12")),
    ("Fix #12", LookAndSequence("Fix #12")),
    ("fix bug #12 please", LookAndSequence("Fix bug #12")),
    ("fix the login bug", LookAndSequence("Fix the login bug")),
    ("Could you fix issue #7?", LookAndSequence("Fix issue #7")),
    ("resolve issue 12", LookAndSequence("Fix issue 12")),
    ("work on issue 12", LookAndSequence("Fix issue 12")),
    ("implement the plan", Execute),
    ("carry out the plan", Execute),
    ("Execute the newest plan, please", Execute),
    // A wish or a question is not.
    ("we could add a dark mode", OFFERS_PLAN),
    ("Should we add a dark mode?", OFFERS_PLAN),
    ("should we plan a dark mode?", OFFERS_PLAN),
    ("Should we implement a dark mode?", OFFERS_PLAN),
    ("It would be nice to have a dark mode", OFFERS_PLAN),
    ("I want a login page", OFFERS_PLAN),
    ("How about a dark mode?", OFFERS_PLAN),
    ("Maybe we should build a shop", OFFERS_PLAN),
    ("I'm thinking about a newsletter", OFFERS_PLAN),
    ("Plan a dark mode?", OFFERS_PLAN),
    ("I want to plan a dark mode", OFFERS_PLAN),
    ("can we implement a dark mode?", OFFERS_ALL),
    ("Add a dark mode", OFFERS_ALL),
    ("create a login page", OFFERS_ALL),
    // A negation is a no, also when the order comes first.
    ("don't run it yet", HELD),
    ("do not analyze yet", HELD),
    ("Don’t analyze the codebase yet", HELD),
    ("please don't run the tests", HELD),
    ("Do not plan anything yet.", HELD),
    ("Let's not implement the dark mode", HELD),
    ("not yet", HELD),
    ("No.", HELD),
    ("nein", HELD),
    ("non merci", HELD),
    ("never mind", HELD),
    ("hold on", HELD),
    ("Analyze the codebase? No, not yet.", HELD),
    ("Plan a shop. But don't start yet.", HELD),
    ("Implement a dark mode, but don't start yet", HELD),
    ("you don't need to run the tests", HELD),
    ("I don't want you to run the tests", HELD),
    // Without what it is about, it asks.
    ("plan", Says("What should I plan?")),
    ("plan it", Says("What should I plan?")),
    ("Implement this.", Says("What should I implement?")),
    ("build it", Says("What should I build?")),
    ("fix it", Says("What should I fix?")),
    // A yes to nothing.
    ("yes", Says("What would you like me to go ahead with?")),
    ("do it", Says("What would you like me to go ahead with?")),
    // Somebody else's words, and words that only look like an order.
    ("The README says: run the tests", NOT_UNDERSTOOD),
    (
        "He wrote \"Please look around. Run the tests.\" to me",
        NOT_UNDERSTOOD,
    ),
    (
        "> analyze the codebase\nwhat did you mean by that?",
        NOT_UNDERSTOOD,
    ),
    (
        "My list for today:\n- run the tests\n- fix issue 12",
        NOT_UNDERSTOOD,
    ),
    (
        "This is in the log:\nBuild a\nrun the tests",
        NOT_UNDERSTOOD,
    ),
    ("```\nrun the tests\n```", NOT_UNDERSTOOD),
    ("I told them to run the tests yesterday", NOT_UNDERSTOOD),
    ("Build failed with error 3", NOT_UNDERSTOOD),
    ("The plan is good", NOT_UNDERSTOOD),
    ("Plan looks good to my colleague", NOT_UNDERSTOOD),
    ("fix: typo in the header", NOT_UNDERSTOOD),
    ("check the code style", NOT_UNDERSTOOD),
    ("stop using the old logo", NOT_UNDERSTOOD),
    ("How do I run the tests on my machine?", NOT_UNDERSTOOD),
    ("The weather is nice", NOT_UNDERSTOOD),
    ("???", NOT_UNDERSTOOD),
    // Found by trying what people would write next.
    ("Can you build websites?", OFFERS_ALL),
    ("Should we run the tests?", Says("Shall I run the checks?")),
    (
        "maybe we should analyze the codebase",
        Says("Shall I look through the codebase?"),
    ),
    (
        "it would be nice if you could run the tests",
        Says("Shall I run the checks?"),
    ),
    ("Are you able to build a shop?", OFFERS_ALL),
    ("planning poker is fun", NOT_UNDERSTOOD),
    ("run tests before each commit", NOT_UNDERSTOOD),
    ("execute the script", NOT_UNDERSTOOD),
    ("Stop. Run the tests instead.", Validate),
    ("everything ok?", Validate),
    ("show me the project", Prime),
    ("Go through the code base", Prime),
    ("Can you summarize what this project does?", Prime),
    ("give me a quick overview of the project", Prime),
    ("what is this repo?", Prime),
    ("would you mind planning a shop?", Plan("a shop")),
    (
        "We need a shop with a cart. Plan it, but don't build it.",
        Plan("We need a shop with a cart."),
    ),
    ("“plan a shop”", Plan("a shop")),
    ("plan, execute and validate a shop", Sequence("a shop")),
    (
        "Implement this:\n\n> a page\n> with orders",
        Sequence("> a page\n> with orders"),
    ),
    (
        "The login is broken for everyone. Fix it!",
        LookAndSequence("Fix this: The login is broken for everyone."),
    ),
    (
        "implement it as we discussed",
        Says("What should I implement?"),
    ),
    (
        "Implement a CSV export. Don't change the layout.",
        Sequence("a CSV export. Don't change the layout."),
    ),
    ("go ahead with the plan", Execute),
    ("don't change anything", HELD),
    // Conversation.
    ("hi", Says("Hello!")),
    ("Good morning!", Says("Hello!")),
    ("help", Says("analyze the codebase")),
    ("What can you do?", Says("fix issue 12")),
    ("thanks!", Says("You're welcome")),
    ("Thank you very much", Says("You're welcome")),
    ("what is running?", Says("Nothing is running right now")),
    ("status", Says("Nothing is running right now")),
    ("stop", Says("Nothing is running now.")),
    ("Cancel that, please", Says("Nothing is running now.")),
    ("try again", Says("Nothing has been done")),
    ("Ok, once more please", Says("Nothing has been done")),
    ("Could you try it again?", Says("Nothing has been done")),
    ("noch einmal bitte", Says("Nothing has been done")),
    ("What did SCAR do?", Account),
    ("what have you done so far?", Account),
    ("So, what happened?", Account),
    ("Was ist passiert?", Account),
    ("new topic", NewTopic),
    ("Let's start over", NewTopic),
];

fn orders(expected: Expected) -> Option<Vec<Order>> {
    let prime = || order(Command::Prime, "");
    let validate = || order(Command::Validate, "");
    Some(match expected {
        Prime => vec![prime()],
        Validate => vec![validate()],
        PrimeThenValidate => vec![prime(), validate()],
        Plan(args) => vec![order(Command::PlanFeatureGithub, args)],
        Sequence(args) => sequence(args),
        LookAndSequence(args) => [vec![prime()], sequence(args)].concat(),
        Execute => vec![order(Command::ExecuteGithub, ""), validate()],
        Says(_) | Account | NewTopic => return None,
    })
}

fn is_as_expected(decision: &Decision, expected: Expected) -> bool {
    match (decision, expected) {
        (
            Decision::Run {
                orders: found,
                reply,
            },
            _,
        ) => orders(expected).as_ref() == Some(found) && !reply.is_empty(),
        (Decision::Reply(reply) | Decision::Stop { reply }, Says(words)) => reply.contains(words),
        (Decision::Account, Account) | (Decision::NewTopic { .. }, NewTopic) => true,
        _ => false,
    }
}

#[test]
fn every_sentence_leads_to_what_it_asks_for() {
    let wrong: Vec<String> = SENTENCES
        .iter()
        .map(|(text, expected)| (text, expected, decide(&idle(text))))
        .filter(|(_, expected, decision)| !is_as_expected(decision, **expected))
        .map(|(text, expected, decision)| {
            format!("{text:?}\n    expected {expected:?}\n    found {decision:?}")
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        SENTENCES.len(),
        wrong.join("\n")
    );
}
