//! Rules about the code that no compiler checks, as tests: which part may use which, what a file may be called and how
//! long it may be, and what never stands in one. The reasons are in CONTRIBUTING.md.
//!
//! They read the files of the checkout and need nothing else. A rule that is in the way is changed here, in a commit
//! that says why; there is no way to silence one at the place where it complains.

mod files;
mod guarantees;
mod layers;
mod paths;
mod reach;
mod shape;
mod words;

/// A place where a rule is broken, in words for the person who has to mend it.
fn finding(path: &str, line: usize, rule: &str, what_to_do: &str) -> String {
    format!("{path}:{line}: {rule}: {what_to_do}")
}

#[track_caller]
fn assert_none(findings: &[String]) {
    assert!(
        findings.is_empty(),
        "{} place(s) break a rule about the code:\n{}",
        findings.len(),
        findings.join("\n")
    );
}
