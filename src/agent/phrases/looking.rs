//! How people ask for a look at the code and for a run of the checks.

/// Words that may follow a complete request. Anything else makes it one about something else: "check the code style".
pub(in crate::agent) const GOES_ON: &[&str] = &[
    "and", "then", "to", "so", "for", "in", "of", "please", "pls", "now", "again", "first", "quickly", "thanks",
    "thank", "with", "if", "that", "which", "here", "today", "carefully", "thoroughly", "yet", "but", "right",
    "bitte", "deeply", "briefly", "me", "we", "i", "you", "as", "still", "because", "also", "too", "at", "on", "or",
    "while", "one", "properly", "instead", "myself", "yourself", "really", "pm", "until", "there", "about", "from",
];

/// May stand in front of a noun.
pub(in crate::agent) const DETERMINERS: &[&str] = &[
    "the", "this", "that", "these", "those", "my", "our", "your", "its", "whole", "entire", "complete", "full",
    "existing", "current", "all", "all of", "all the", "a", "an", "some", "every", "any", "of", "git", "github",
    "in", "inside", "automated", "unit", "integration", "end-to-end", "e2e", "project's", "project", "quick",
    "short", "available", "usual", "other", "into", "at", "through", "over", "own", "new", "present", "den", "das",
    "die", "dir den", "dir das", "le", "el",
];

/// Words for the project's code.
pub(in crate::agent) const CODE: &[&str] = &[
    "codebase", "code base", "code-base", "code", "repo", "repository", "project", "source code", "source",
    "sources", "app", "application", "workspace", "checkout", "folder", "directory", "files", "program", "software",
    "website", "codebase's code",
];

/// Verbs that ask for a look at the code when a word for it follows.
pub(in crate::agent) const LOOK: &[&str] = &[
    "analyze", "analyse", "analyzing", "analysing", "analyzed", "examine", "explore", "exploring", "inspect",
    "scan", "study", "summarize", "summarise", "summarizing", "summarising", "describe", "understand", "index",
    "review", "reviewing", "read", "read through", "reading", "look at", "look over", "look through", "look into",
    "look around", "look around in", "looking at", "have a look at", "have a look into", "have a look through",
    "have a look around", "take a look at", "take a look around", "take a look into", "take a look through",
    "have a quick look at", "take a quick look at", "have another look at", "take another look at", "look again at",
    "get to know", "getting to know", "get familiar with", "familiarize yourself with", "familiarise yourself with",
    "get acquainted with", "learn", "learn about", "go through", "walk through", "walk me through", "tell me about",
    "tell me something about", "explain", "explain to me", "explain me", "give me an overview of",
    "give an overview of", "give me a summary of", "give me an overview about", "give us an overview of",
    "show me around", "give me a tour of", "get an overview of", "make a summary of", "write a summary of",
    "do an analysis of", "run an analysis of", "run an analysis on", "make an analysis of",
    "perform an analysis of", "start an analysis of", "do a review of", "do a scan of", "sum up", "check out",
    "dig into", "dive into", "investigate", "get up to speed with", "get up to speed on", "prime",
    "prime yourself on", "prime yourself with", "priming", "map", "map out", "survey", "research",
    "i want an overview of", "i need an overview of", "peek at", "have a peek at", "take a peek at",
    "start analyzing", "start analysing", "start with analyzing", "make yourself familiar with",
    "find your way around", "see", "show me", "show us", "analysiere", "analysier", "untersuche", "schau dir",
    "analyse de", "analyser", "analiza", "start the analysis of", "onboard yourself on",
    "give me a quick overview of", "give me a quick summary of", "give me a short overview of",
    "give me a short summary of", "give me a brief overview of", "give me a brief summary of", "through",
];

/// Complete by themselves.
pub(in crate::agent) const LOOK_ALONE: &[&str] = &[
    "prime", "analyze", "analyse", "analysis", "have a look", "take a look", "look around", "have a look around",
    "take a look around", "run an analysis", "do an analysis", "start an analysis", "start the analysis",
    "run the analysis", "analyze it", "analyse it", "analyze everything", "analyse everything", "analyze this",
    "analyse this", "explore it", "inspect it", "summarize it", "give me an overview", "give me a summary",
    "give an overview", "i want an overview", "prime yourself", "show me around", "look at it", "take a look at it",
    "have a look at it", "get to know it", "look at everything", "see what we have", "see what's there",
    "start analyzing", "start analysing", "scan it", "do a scan", "what do we have here", "what have we got here",
    "analyze the current state",
];

/// Ask for a look when a word for the code follows.
pub(in crate::agent) const WHAT_IS_IN: &[&str] = &[
    "what's in", "what is in", "whats in", "what's inside", "what is inside", "what do we have in",
    "what have we got in", "what can you see in", "what do you see in", "show me what's in", "tell me what's in",
    "tell me what is in", "see what's in", "see what is in", "find out what's in", "look what's in",
    "what's going on in", "summarize what's in", "summarise what's in", "describe what's in", "explain what's in",
];

/// Complete with a word for the code after them.
pub(in crate::agent) const WHAT_IS: &[&str] = &[
    "what is this", "what's this", "whats this", "what is that", "what is our", "what's our", "what is my",
    "what's my",
];

/// Begin a question about what the code is or does.
pub(in crate::agent) const WHAT_DOES: &[&str] = &[
    "what does", "tell me what", "explain what", "what can", "how does", "explain how", "tell me how", "what",
    "how", "find out what", "find out how", "see what", "do you know what", "what is", "what's", "whats",
    "tell me what's", "how is", "how's", "what are", "summarize what", "summarise what", "describe what",
    "explain to me what", "explain to me how", "show me what", "show me how",
];

/// How a question begun with [`WHAT_DOES`] ends after the code was named.
pub(in crate::agent) const ABOUT: &[&str] = &[
    "do", "does", "work", "works", "about", "all about", "for", "good for", "made of", "built with", "is about",
    "is for", "is", "does and how it works", "built", "structured", "organised", "organized", "made", "set up",
    "laid out", "written in", "is built", "is structured", "is organised", "is organized", "made up of",
    "consist of", "contain", "contains",
];

/// "… project is this?"
pub(in crate::agent) const WHAT_KIND: &[&str] = &["what kind of", "what sort of", "what type of", "which kind of"];

/// Verbs that ask for a run of the checks when one of [`CHECKS`] follows.
pub(in crate::agent) const RUN: &[&str] = &[
    "run", "re-run", "rerun", "execute", "start", "do", "try", "launch", "perform", "repeat", "kick off",
    "go through", "running", "rerunning", "start running", "can i have", "give me", "make", "let the", "i want",
    "try running", "redo", "use", "trigger", "führe", "starte",
];

/// Words for the checks.
pub(in crate::agent) const CHECKS: &[&str] = &[
    "tests", "test", "checks", "check", "test suite", "testsuite", "test-suite", "suite", "specs", "validation",
    "validations", "validate", "verification", "tests and checks", "checks and tests", "tests and the checks",
    "checks and the tests", "ci", "test run", "quality checks", "test cases", "testing", "tests aus",
    "die tests aus", "die tests",
];

/// Verbs that ask for a run of the checks when one of [`CHECKED`] follows.
pub(in crate::agent) const CHECK: &[&str] = &[
    "validate", "validating", "test", "testing", "verify", "verifying", "check", "checking", "re-test", "retest",
    "recheck", "re-check", "double-check", "double check", "re-validate", "revalidate", "test out", "check on",
    "check over", "go check", "check up on", "teste", "prüfe",
];

/// What can be checked.
pub(in crate::agent) const CHECKED: &[&str] = &[
    "everything", "all", "it all", "codebase", "code base", "code", "project", "app", "application", "build",
    "repo", "repository", "changes", "result", "results", "things", "software", "program", "tests", "website",
    "whole thing", "implementation",
];

/// Complete by themselves.
pub(in crate::agent) const CHECK_ALONE: &[&str] = &[
    "validate", "verify", "validation", "validate it", "validate this", "validate that", "verify it", "test it",
    "check it", "verify this", "test this", "run checks", "run tests", "check everything", "test everything",
    "do a check", "do a test run", "run a test", "run a check", "did i break anything", "did we break anything",
    "did you break anything", "did i break something", "did that break anything", "did we break something",
    "did you break something", "did anything break", "is anything broken", "is something broken", "is it broken",
    "is everything still in one piece", "any errors", "are there any errors", "are there errors", "build and test",
    "test all", "build and test it", "make test", "run make test", "cargo test", "run cargo test", "npm test",
    "run npm test", "pytest", "run pytest", "go test", "run go test", "anything broken",
    "did the change break anything", "did that change break anything", "did the changes break anything",
];

/// "… everything works".
pub(in crate::agent) const SEE_THAT: &[&str] = &[
    "check", "verify", "make sure", "ensure", "see", "tell me", "find out", "confirm", "test", "double check",
    "double-check", "let me know", "show me", "i want to know", "i need to know", "i'd like to know", "do you know",
    "checking", "be sure", "look", "assure me", "prove", "i wonder", "tell", "say", "have a look", "take a look",
];

/// What is asked about in "does … still work".
pub(in crate::agent) const WHAT_WORKS: &[&str] = &[
    "everything", "it", "it all", "all", "all of it", "all tests", "all the tests", "all of the tests", "the tests",
    "tests", "our tests", "my tests", "the checks", "all checks", "all the checks", "checks", "the code",
    "the codebase", "the code base", "the project", "this project", "our project", "my project", "the app",
    "the application", "our app", "my app", "this app", "the build", "the software", "the program", "things",
    "all things", "the whole thing", "the website", "the test suite", "my code", "our code", "this code", "this",
    "the whole project", "the repo", "the tests all", "these tests", "any tests", "any of the tests", "any test",
];

/// May stand between [`WHAT_WORKS`] and [`WELL`].
pub(in crate::agent) const STILL: &[&str] = &[
    "still", "all", "really", "actually", "now", "even", "currently", "is", "are", "being", "completely",
    "correctly", "properly", "is still", "are still", "just",
];

/// How something works, or does not.
pub(in crate::agent) const WELL: &[&str] = &[
    "work", "works", "working", "working fine", "working properly", "working correctly", "work fine", "works fine",
    "pass", "passes", "passing", "run", "runs", "run through", "runs through", "ok", "okay", "fine", "good",
    "green", "healthy", "in order", "all right", "alright", "broken", "red", "failing", "fail", "fails", "correct",
    "valid", "as it should", "as it should be", "as expected", "work as expected", "works as expected",
    "work properly", "works properly", "work correctly", "works correctly", "work as it should",
    "works as it should", "succeed", "build", "builds", "compile", "compiles", "work together", "fit together",
    "stable", "in good shape", "in good order", "working as expected", "working as it should",
];
