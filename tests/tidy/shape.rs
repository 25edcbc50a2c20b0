//! How long a file may be and what it may be called.

use super::files::project_files;
use super::{assert_none, finding};

/// Over it a file has a second subject. Half of it is a good moment to look.
const LINES_MAX: usize = 400;

/// What the limit holds for; prose, data and lock files have no subject to split by.
const CODE_FOLDERS: [&str; 6] = [
    "src/",
    "migration/",
    "tests/",
    "benches/",
    "static/",
    "scripts/",
];
const CODE_EXTENSIONS: [&str; 6] = ["rs", "js", "css", "html", "sh", "sql"];

/// Names that say nothing about what is inside; a thing lives with its subject.
const EMPTY_NAMES: [&str; 8] = [
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "types",
    "constants",
    "prelude",
];

/// What was done is in git, what is true is in ARCHITECTURE.md.
const SUMMARY_NAMES: [&str; 6] = [
    "IMPLEMENTATION",
    "FIXES",
    "STATUS",
    "SUMMARY",
    "CHANGES",
    "NOTES",
];

#[test]
fn no_code_file_is_longer_than_four_hundred_lines() {
    let findings: Vec<String> = project_files()
        .iter()
        .filter(|file| {
            file.is_under(&CODE_FOLDERS)
                && file.has_extension(&CODE_EXTENSIONS)
                && !file.is_vendored()
        })
        .filter_map(|file| {
            let lines = lines_without_unit_tests(&file.text);
            let rule = format!("{lines} lines, over {LINES_MAX}");
            (lines > LINES_MAX).then(|| {
                finding(
                    &file.path,
                    LINES_MAX,
                    &rule,
                    "split it by subject, not by kind of item",
                )
            })
        })
        .collect();
    assert_none(&findings);
}

/// Unit tests stand last in a file and are not what makes it hard to read.
fn lines_without_unit_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .windows(2)
        .position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod "))
        .unwrap_or(lines.len())
}

#[test]
fn a_file_is_named_for_its_subject() {
    let mut findings = Vec::new();
    for file in project_files().iter().filter(|file| !file.is_vendored()) {
        let is_code = file.is_under(&CODE_FOLDERS) && file.has_extension(&CODE_EXTENSIONS);
        let is_summary = file.has_extension(&["md"]);
        for name in file.path.split('/') {
            let stem = name.split('.').next().unwrap_or(name);
            if (is_code && EMPTY_NAMES.contains(&stem))
                || (is_summary && SUMMARY_NAMES.contains(&stem))
            {
                let rule = format!("`{name}` says nothing about what is inside");
                let advice =
                    "put each thing beside what uses it, or into a file named for its subject";
                findings.push(finding(&file.path, 1, &rule, advice));
            }
        }
    }
    assert_none(&findings);
}
