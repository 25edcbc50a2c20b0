//! `docs/guarantees.md` promises and `docs/security.md` says what stops whom; each names the tests that hold it, and each of
//! them must exist.

use std::collections::BTreeSet;

use super::{assert_none, files::project_files, finding};

const PAGE: &str = "docs/guarantees.md";

/// The pages that name tests.
const PAGES: [&str; 2] = [PAGE, "docs/security.md"];

/// What a line of the table of threats begins with, and how many cells it has.
const THREATS: (&str, usize) = ("| threat |", 3);

/// What each section of a promise has to say, each as the beginning of a paragraph.
const PARTS: [&str; 3] = ["**Limits.**", "**Held by**", "**Seen to catch.**"];

#[test]
fn every_test_a_guarantee_names_exists() {
    let files = project_files();
    let tests: BTreeSet<String> = files
        .iter()
        .filter(|file| file.path.starts_with("tests/") && file.has_extension(&["rs"]))
        .flat_map(|file| tests_of(&file.path, &file.text))
        .collect();
    let browser: String = files
        .iter()
        .filter(|file| file.path.starts_with("tests/e2e/"))
        .map(|file| file.text.as_str())
        .collect();
    let mut findings = Vec::new();
    let pages = files
        .iter()
        .filter(|file| PAGES.contains(&file.path.as_str()));
    for page in pages {
        for (line, text) in page.lines() {
            for named in
                in_code(text).filter(|code| code.contains("::") && !code.contains(['/', ' ']))
            {
                if !tests.contains(named) && named != "::1" {
                    let rule = format!("there is no test {named}");
                    let what_to_do = "name it as `cargo test --test it` lists it";
                    findings.push(finding(&page.path, line, &rule, what_to_do));
                }
            }
            // A browser test is a sentence in quotation marks.
            let quoted = text.split('“').skip(1);
            for named in quoted.filter_map(|rest| rest.split('”').next()) {
                if !browser.contains(&format!("\"{named}\"")) {
                    let rule = format!("there is no browser test “{named}”");
                    findings.push(finding(
                        &page.path,
                        line,
                        &rule,
                        "name it as tests/e2e does",
                    ));
                }
            }
        }
    }
    assert_none(&findings);
}

#[test]
fn every_threat_has_something_that_stops_it_and_a_test() {
    let files = project_files();
    let page = files.iter().find(|file| file.path == PAGES[1]);
    let page = page.expect("the page about security is there");
    let (head, cells) = THREATS;
    let table = page.text.split(head).nth(1).expect("a table of threats");
    let rows: Vec<&str> = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert!(rows.len() >= 20, "{} threats", rows.len());
    for row in rows {
        let found: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        assert_eq!(found.len(), cells, "{row}");
        let test = found[cells - 1];
        assert!(test.contains("::") || test.contains('“'), "no test: {row}");
    }
}

#[test]
fn every_guarantee_has_its_limits_its_tests_and_what_they_caught() {
    let files = project_files();
    let page = files
        .iter()
        .find(|file| file.path == PAGE)
        .expect("the page is there");
    let sections: Vec<&str> = page.text.split("\n## ").skip(1).collect();
    assert!(sections.len() >= 6, "each promise has a section");
    for section in sections {
        let title = section.lines().next().unwrap_or_default();
        for part in PARTS {
            assert!(
                section.contains(&format!("\n{part}")),
                "{PAGE}: {title}: there is no {part}"
            );
        }
        assert!(section.contains("::"), "{PAGE}: {title}: no test is named");
    }
}

/// The tests of a file, as `cargo test --test it` lists them.
fn tests_of<'a>(path: &'a str, text: &'a str) -> impl Iterator<Item = String> + 'a {
    let module = path
        .trim_start_matches("tests/")
        .trim_end_matches(".rs")
        .trim_end_matches("/mod")
        .replace('/', "::");
    let mut is_test = false;
    text.lines().filter_map(move |line| {
        let line = line.trim();
        let begins = ["#[test]", "#[tokio::test", "#[actix_web::test]"];
        if begins.iter().any(|begins| line.starts_with(begins)) {
            is_test = true;
        }
        let name = line
            .strip_prefix("async fn ")
            .or_else(|| line.strip_prefix("fn "))
            .filter(|_| is_test)?;
        is_test = false;
        Some(format!("{module}::{}", name.split('(').next()?))
    })
}

/// What stands between backquotes.
fn in_code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}
