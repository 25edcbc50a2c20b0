//! `prime`: what is read is told, and nothing else.

use super::super::*;

/// The names of the tools in the order of their use, and whether each was followed by its result.
fn tools(steps: &[Step]) -> Vec<&str> {
    let mut tools = Vec::new();
    let mut open = None;
    for step in steps {
        match step {
            Step::FileChange { .. }
            | Step::Plan { .. }
            | Step::Thinking { .. }
            | Step::Usage(_)
            | Step::Raw { .. } => {
                panic!("the offline backend changes nothing and plans nothing")
            }
            Step::Tool { tool, .. } => {
                assert_eq!(open, None, "a tool without a result");
                open = Some(tool.as_str());
            }
            Step::ToolResult { tool, .. } => {
                assert_eq!(
                    open.take(),
                    Some(tool.as_str()),
                    "a result without its tool"
                );
                tools.push(tool.as_str());
            }
            Step::Text { .. } | Step::Status { .. } => {}
        }
    }
    assert_eq!(open, None);
    tools
}

#[tokio::test]
async fn a_rust_project_is_listed_read_searched_and_summed_up() {
    let checkout = Checkout::with(&[
        (
            "README.md",
            "# Rocket\n\n[![ci](x)](y)\n\nRocket flies *things* to the moon.\n\n## Use\n",
        ),
        (
            "Cargo.toml",
            "[package]\nname = \"rocket\"\nversion = \"0.1.0\"\n",
        ),
        ("src/main.rs", "fn main() {}\n"),
        (
            "src/wing.rs",
            "#[test]\nfn one() {}\n\n    #[test]\n    fn two() {}\n",
        ),
        ("docs/a/b.txt", "prose\n"),
    ]);
    let (steps, outcome) = prime(&checkout).await;
    assert_eq!(
        tools(&steps),
        [
            "List", "Bash", "Bash", "Bash", "Read", "Read", "Search", "Search"
        ]
    );
    let (summary, listed, _) = result_of(&steps, "git ls-files");
    assert_eq!(summary, "5 files in 3 folders");
    assert_eq!(
        listed,
        "Cargo.toml\nREADME.md\ndocs/a/b.txt\nsrc/main.rs\nsrc/wing.rs"
    );
    assert_eq!(
        result_of(&steps, "branch --show-current").0,
        "On the branch main"
    );
    assert!(
        result_of(&steps, "git log")
            .1
            .contains("Ada\tAdd everything")
    );
    assert_eq!(result_of(&steps, "README.md").0, "7 lines");
    assert_eq!(
        result_of(&steps, "fn main").1,
        "src/main.rs:1:fn main() {}\n"
    );
    assert_eq!(
        result_of(&steps, "git grep -I -z -E -c").0,
        "2 tests in 1 file"
    );
    let summary = output(&outcome);
    for expected in [
        "# Rocket\n",
        "> Rocket flies *things* to the moon.",
        "It has 5 files in 3 folders. By their names they are written in Rust (2 files).",
        "Cargo, the build tool of Rust (`Cargo.toml`)",
        "`cargo run` starts the program rocket",
        "`src/main.rs`, line 1 (Rust program)",
        "I found 2 tests in 1 file in Rust. Its own tools run them with `cargo test`.",
        "The branch `main` has 1 commit.",
        "Run the checks",
    ] {
        assert!(summary.contains(expected), "{expected:?} in {summary}");
    }
    let last = steps.last().unwrap();
    assert_eq!(
        *last,
        Step::Text {
            text: summary.to_owned(),
            format: TextFormat::Markdown,
            block: None,
        }
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of kinds")]
async fn other_kinds_of_project_are_recognised_by_their_own_files() {
    type Case = (
        &'static [(&'static str, &'static str)],
        &'static [&'static str],
    );
    let cases: [Case; 5] = [
        (
            &[
                (
                    "package.json",
                    r#"{"name": "web", "description": "A page.", "scripts": {"start": "node server.js", "test": "node --test"}}"#,
                ),
                ("server.js", "listen()\n"),
                ("a.test.js", "test('it', () => {})\n"),
            ],
            &[
                "# web",
                "> A page.",
                "`npm start` starts `node server.js`",
                "1 test in 1 file in JavaScript",
                "`npm test`",
            ],
        ),
        (
            &[
                (
                    "pyproject.toml",
                    "[project]\nname = 'snake'\n[project.scripts]\nhiss = 'snake:main'\n[tool.pytest.ini_options]\n",
                ),
                ("snake.py", "if __name__ == '__main__':\n    main()\n"),
                (
                    "tests/test_snake.py",
                    "def test_a():\n    pass\nclass T:\n    async def test_b(self):\n        pass\n",
                ),
            ],
            &[
                "# snake",
                "`hiss` starts `snake:main`",
                "`snake.py`, line 1 (Python program)",
                "2 tests in 1 file in Python",
                "`python3 -m pytest`",
            ],
        ),
        (
            &[
                ("go.mod", "module example.org/gopher\n"),
                ("main.go", "package main\nfunc main() {}\n"),
                ("a_test.go", "func TestA(t *testing.T) {}\n"),
            ],
            &[
                "# example.org/gopher",
                "`go run .` starts main.go",
                "`main.go`, line 2 (Go program)",
                "1 test in 1 file in Go",
                "`go test ./...`",
            ],
        ),
        (
            &[
                ("Makefile", "run: a\n\t./a\ntest:\n\t./check\n"),
                ("a.c", "int main(void) { return 0; }\n"),
            ],
            &[
                "`make run` starts the recipe run",
                "`a.c`, line 1 (C or C++ program)",
                "I found no tests in it.",
                "`make test`",
            ],
        ),
        (
            &[("notes.txt", "nothing to run\n")],
            &[
                "None of them is in a programming language",
                "I found nothing in it that can be started",
                "I found no tests in it.",
            ],
        ),
    ];
    for (files, expected) in cases {
        let (steps, outcome) = prime(&Checkout::with(files)).await;
        tools(&steps);
        for expected in expected {
            assert!(
                output(&outcome).contains(expected),
                "{expected:?} in {}",
                output(&outcome)
            );
        }
    }
}

#[tokio::test]
async fn an_empty_checkout_is_told_as_it_is() {
    let (_, outcome) = prime(&Checkout::empty()).await;
    let summary = output(&outcome);
    for expected in [
        "It has no README",
        "There are no files in it yet.",
        "Nothing has been committed",
    ] {
        assert!(summary.contains(expected), "{expected:?} in {summary}");
    }
    assert!(!summary.contains("Run the checks"), "{summary}");
}

#[tokio::test]
async fn files_that_are_not_added_yet_are_seen_and_said_to_be_so() {
    let checkout = Checkout::empty();
    checkout.write("main.py", "if __name__ == '__main__':\n    pass\n");
    checkout.write(".gitignore", "secret\n");
    checkout.write("secret", "hidden\n");
    let (steps, outcome) = prime(&checkout).await;
    assert!(output(&outcome).contains("It has 2 files, none of them added to git yet."));
    assert!(output(&outcome).contains("`main.py`, line 1 (Python program)"));
    assert!(!format!("{steps:?}").contains("secret"));
}

#[tokio::test]
async fn what_is_shown_of_a_large_project_is_bounded_and_the_rest_is_counted() {
    let checkout = Checkout::empty();
    checkout.write(
        "README.md",
        format!("# Big\n\n{}\n", "word ".repeat(100_000)),
    );
    for number in 0..300 {
        checkout.write(
            &format!("src/file-with-a-long-name-{number}.rs"),
            "fn main() {}\n",
        );
    }
    checkout.commit("Grow");
    let (steps, outcome) = prime(&checkout).await;
    let (summary, listed, _) = result_of(&steps, "git ls-files");
    assert_eq!(summary, "301 files in 1 folder");
    assert!(listed.ends_with("… and 101 more"), "{listed}");
    let (summary, text, ok) = result_of(&steps, "README.md");
    assert!(
        ok && text.len() <= 16 * 1024 && summary.contains("bytes more were not read"),
        "{summary}"
    );
    let cut = steps.iter().any(|step| matches!(step, Step::ToolResult { tool, cut_bytes, .. } if tool == "Read" && *cut_bytes == 256 * 1024 - 16 * 1024));
    assert!(cut, "the cut is told");
    assert!(
        output(&outcome).contains("and 294 more"),
        "{}",
        output(&outcome)
    );
    assert!(output(&outcome).len() < 4000, "{}", output(&outcome));
}

#[tokio::test]
async fn a_survey_that_nobody_wants_any_more_is_cancelled() {
    let checkout = Checkout::with(&[("a", "")]);
    let offline = Offline::new(options());
    let job = job(Kind::Prime, Some(checkout.path()));
    let (steps, mut taken) = steps_ahead(1);
    let cancel = CancellationToken::new();
    let watching = async {
        // In the middle: at the first step, which is on its way while the next one waits.
        taken.recv().await.unwrap();
        cancel.cancel();
    };
    let (outcome, ()) = tokio::join!(offline.run(&job, steps, cancel.clone()), watching);
    assert_eq!(outcome, Outcome::Cancelled);
}
