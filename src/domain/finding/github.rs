//! What is wrong with GitHub, as far as it concerns projects.

use super::{Facts, Finding, Unanswered, bare, time, warning};

/// What people said to the project manager on GitHub cannot be answered there.
pub(super) fn mentions_failing(facts: &Facts) -> Option<Finding> {
    let Unanswered {
        at,
        why,
        waiting,
        given_up,
    } = facts.unanswered.as_ref()?;
    let what = format!(
        "What is said to the project manager on GitHub cannot be answered: at the last try, {}, {}. Not answered yet: {waiting}; given up \
         lately: {given_up}.",
        time(*at),
        bare(why),
    );
    Some(warning(
        "mentions_failing",
        what,
        "GitHub is away or takes no more requests for now, or the token of this server may not do what is needed.",
        "Look at https://www.githubstatus.com and at the token (GITHUB_ACCESS_TOKEN): it needs to read and write issues of the \
         repository. What waits is answered by itself when GitHub takes it; what was given up has to be said again.",
    ))
}
