//! How people order to plan, to build and to fix.

/// At the end of an order, and no part of what it is about.
pub(in crate::agent) const POLITE_ENDS: &[&str] = &[" please", " pls", " thanks", " thank you", " for me", " bitte"];

/// At the end of an order to plan: it is to be built, too.
pub(in crate::agent) const AND_BUILD_IT: &[&str] = &[
    " and build it", " and implement it", " and execute it", " and carry it out", " and make it", " and do it",
    " and then build it", " and then implement it", " and then execute it", " and then carry it out",
    " then build it", " then implement it", " then execute it", " then carry it out", " and build this",
    " and implement this",
];

/// More verbs that order a fix when an issue's number follows.
pub(in crate::agent) const ISSUE_VERBS: &[&str] = &[
    "solve", "resolve", "close", "tackle", "handle", "address", "debug", "take care of", "work on", "look into",
    "do", "start", "start on", "start with", "pick up", "finish", "take on", "complete", "sort out", "get rid of",
    "correct",
];

/// May stand between such a verb and the number.
pub(in crate::agent) const ISSUE_NOUNS: &[&str] = &[
    "the", "issue", "issues", "bug", "bugs", "ticket", "tickets", "problem", "github", "number", "no", "nr", "num",
    "gh", "open", "github's", "defect",
];

/// After a verb they show that it was a noun: "build failed", "plan looks good".
pub(in crate::agent) const NOT_AN_OBJECT: &[&str] = &[
    "is", "was", "are", "were", "has", "have", "had", "will", "would", "can", "could", "should", "must", "might",
    "may", "failed", "fails", "broke", "breaks", "broken", "passed", "passes", "succeeded", "succeeds", "worked",
    "works", "looks", "looked", "seems", "seemed", "needs", "takes", "took", "doesn't", "didn't", "isn't", "wasn't",
    "won't", "can't", "does", "did", "error", "errors", "log", "logs", "output", "status", "failure", "failures",
    "warning", "warnings", "or", "when", "because", "but", "finished", "done", "completed", "started", "comes",
    "came", "sounds", "makes", "contains", "says", "said", "passing", "complete", "ok", "okay",
];

/// Stand for what was said before.
pub(in crate::agent) const PRONOUNS: &[&str] = &[
    "it", "this", "that", "them", "these", "all of it", "all of this", "all that", "this one", "that one",
    "the idea", "the feature", "this feature", "that feature",
];

/// Too little to work on.
pub(in crate::agent) const VAGUE: &[&str] = &[
    "the project", "the code", "the app", "the application", "project", "code", "everything", "something",
    "a feature", "an issue", "a bug", "nothing", "ahead",
];

/// Verbs that carry out [`THE_PLAN`].
pub(in crate::agent) const CARRY_OUT: &[&str] = &[
    "execute", "implement", "build", "carry out", "run", "do", "start", "realize", "realise", "follow", "work on",
    "ahead with", "go ahead with", "proceed with", "start with", "continue with",
];

/// Verbs that order [`A_PLAN`].
pub(in crate::agent) const MAKE: &[&str] = &[
    "make", "write", "create", "draft", "prepare", "work out", "come up with", "give me", "do", "start", "make me",
    "write me", "develop", "set up",
];

/// A plan yet to be written.
pub(in crate::agent) const A_PLAN: &[&str] = &[
    "a plan", "the plan", "plan", "me a plan", "a feature plan", "an implementation plan", "a detailed plan",
    "a short plan",
];

/// Between [`A_PLAN`] and what it is about.
pub(in crate::agent) const ABOUT: &[&str] = &["for", "to", "of", "on", "about", "for how to", "how to"];

/// After work in a list of what is to be done: the checks are part of it anyway.
pub(in crate::agent) const AND_CHECK: &[&str] = &[
    "and test", "and validate", "and then validate", "and then test", "validate", "test", "execute", "and execute",
];

/// The plan there is.
pub(in crate::agent) const THE_PLAN: &[&str] = &[
    "the plan", "plan", "that plan", "this plan", "your plan", "my plan", "our plan", "the newest plan",
    "the latest plan", "the last plan", "the current plan", "what the plan says", "what you planned",
    "what is planned", "what's planned", "the new plan",
];
