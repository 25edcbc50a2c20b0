//! The ways to ask for the two commands that change nothing: a look at the code (`prime`) and a run of the checks
//! (`validate`). Each function returns what follows the request, or `None` where there is none.

use super::{
    phrases::looking::{
        ABOUT, CHECK, CHECK_ALONE, CHECKED, CHECKS, CODE, DETERMINERS, GOES_ON, LOOK, LOOK_ALONE,
        RUN, SEE_THAT, STILL, WELL, WHAT_DOES, WHAT_IS, WHAT_IS_IN, WHAT_KIND, WHAT_WORKS,
    },
    sentence::{Word, after, after_any, without},
};

/// A request to look at the code.
pub(super) fn look(words: &[Word]) -> Option<&[Word]> {
    command(words, "prime")
        .or_else(|| look_at_code(words))
        .or_else(|| {
            complete(after_any(words, LOOK_ALONE)?)
                .filter(|rest| rest.is_empty() || rest[0].norm != "of")
        })
        .or_else(|| what_is_in(words))
}

fn look_at_code(words: &[Word]) -> Option<&[Word]> {
    let mut rest = after_any(words, LOOK)?;
    // "Analyze and summarize the project".
    while let Some(more) = after(rest, "and").and_then(|more| after_any(more, LOOK)) {
        rest = more;
    }
    code(rest).and_then(complete)
}

fn what_is_in(words: &[Word]) -> Option<&[Word]> {
    if let Some(rest) = after_any(words, WHAT_IS_IN) {
        return code(rest)
            .or_else(|| after(rest, "here"))
            .and_then(complete);
    }
    if let Some(rest) = after_any(words, WHAT_KIND) {
        let rest = code(rest)?;
        return after_any(
            rest,
            &[
                "is this",
                "is that",
                "is it",
                "this is",
                "do we have",
                "am i looking at",
            ],
        )
        .and_then(complete);
    }
    if let Some(rest) = after_any(words, WHAT_IS)
        .and_then(code)
        .filter(|rest| rest.is_empty())
    {
        return Some(rest);
    }
    let rest = code(after_any(words, WHAT_DOES)?)?;
    after_any(rest, ABOUT).filter(|rest| rest.is_empty())
}

/// Determiners and then one of the words for the code.
fn code(words: &[Word]) -> Option<&[Word]> {
    let bare = without(words, DETERMINERS);
    // "The project" by itself: its last word was taken for a determiner of another.
    let taken = words.len() - bare.len();
    let ends_in_project = taken > 0 && words[taken - 1].norm == "project";
    match after_any(bare, CODE) {
        Some(rest) => Some(rest),
        None if ends_in_project => Some(bare),
        None => None,
    }
}

/// A request to run the checks. "It" is taken for the project: what else would a test run be about?
pub(super) fn check(words: &[Word]) -> Option<&[Word]> {
    command(words, "validate")
        .or_else(|| {
            let rest = after_any(words, RUN)?;
            named(rest, CHECKS).and_then(complete)
        })
        .or_else(|| {
            let rest = after_any(words, CHECK)?;
            named(rest, CHECKED).and_then(complete)
        })
        .or_else(|| complete(after_any(words, CHECK_ALONE)?))
        .or_else(|| see_that(words))
        .or_else(|| does_it_work(words))
}

/// Determiners and then one of `nouns`; a noun may be taken for a determiner, "all" for instance.
fn named<'w>(words: &'w [Word], nouns: &[&str]) -> Option<&'w [Word]> {
    let bare = without(words, DETERMINERS);
    let last_taken = words.len() - bare.len();
    after_any(bare, nouns).or_else(|| after_any(&words[last_taken.saturating_sub(1)..], nouns))
}

fn see_that(words: &[Word]) -> Option<&[Word]> {
    let rest = after_any(words, SEE_THAT)?;
    let rest = without(
        rest,
        &[
            "if",
            "whether",
            "that",
            "for me",
            "to me",
            "me",
            "once more",
            "again",
        ],
    );
    works(rest).or_else(|| does_it_work(rest))
}

fn does_it_work(words: &[Word]) -> Option<&[Word]> {
    works(after_any(
        words,
        &[
            "does",
            "do",
            "is",
            "are",
            "will",
            "did you check that",
            "have you checked that",
        ],
    )?)
}

/// What works, and that it does: a question even without "does", when it is asked as one.
pub(super) fn works(words: &[Word]) -> Option<&[Word]> {
    let rest = without(after_any(words, WHAT_WORKS)?, STILL);
    let rest = after_any(rest, WELL)?;
    let rest = without(
        rest,
        &[
            "again",
            "now",
            "still",
            "at the moment",
            "right now",
            "today",
            "please",
            "at all",
            "for me",
            "yet",
            "then",
        ],
    );
    // Nothing may follow but another request: "is it ok if I go home" is about something else.
    (rest.is_empty() || rest[0].after_pause || rest[0].norm == "and").then_some(rest)
}

/// The command by its own name: `/prime`, "run validate".
pub(super) fn command<'w>(words: &'w [Word], name: &str) -> Option<&'w [Word]> {
    let words = without(
        words,
        &[
            "run",
            "start",
            "execute",
            "do",
            "launch",
            "trigger",
            "use",
            "the",
            "command",
            "command-invoke",
            "call",
            "invoke",
        ],
    );
    let rest = after(words, name)?;
    complete(without(rest, &["command"])).filter(|rest| {
        rest.is_empty()
            || rest[0].after_pause
            || ["and", "then", "please", "now", "again", "first"].contains(&rest[0].norm.as_str())
    })
}

fn complete(rest: &[Word]) -> Option<&[Word]> {
    let goes_on = rest.first().is_none_or(|next| {
        next.after_pause && !next.after_colon || GOES_ON.contains(&next.norm.as_str())
    });
    goes_on.then_some(rest)
}
