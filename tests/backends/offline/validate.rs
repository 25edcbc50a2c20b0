//! `validate`: the project's own checks, found and run, and the truth about how they ended.

use super::super::{
    processes::{gone, lives, numbers},
    *,
};

/// The command that was run.
fn command_line(steps: &[Step]) -> &str {
    steps
        .iter()
        .find_map(|step| match step {
            Step::Tool { input, .. } => Some(input.as_str()),
            _ => None,
        })
        .expect("a command to be run")
}

fn reason(steps: &[Step]) -> &str {
    steps
        .iter()
        .find_map(|step| match step {
            Step::Status { text } if text.starts_with("Running") => Some(text.as_str()),
            _ => None,
        })
        .expect("the reason to be told")
}

#[tokio::test]
async fn a_rust_project_passes_and_fails_by_its_own_tests() {
    let checkout = Checkout::with(&[
        (
            "Cargo.toml",
            "[package]\nname = \"rocket\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n",
        ),
        ("src/lib.rs", "#[test]\nfn flies() {}\n"),
    ]);
    let (steps, outcome) = validate(options(), &checkout).await;
    assert_eq!(command_line(&steps), "cargo test");
    assert_eq!(
        reason(&steps),
        "Running `cargo test`, because there is a Cargo.toml"
    );
    assert!(
        printed(&steps).contains("test flies ... ok"),
        "{}",
        printed(&steps)
    );
    assert!(output(&outcome).contains(": 1 passed."), "{outcome:?}");

    checkout.write(
        "src/lib.rs",
        "#[test]\nfn flies() {}\n#[test]\nfn lands() { panic!(\"crash\") }\n",
    );
    let (steps, outcome) = validate(options(), &checkout).await;
    let (code, error) = failure(&outcome);
    assert_eq!(code, ErrorCode::ChecksFailed);
    assert!(
        error.contains("exit code 101: 1 passed, 1 failed"),
        "{error}"
    );
    assert!(result_of(&steps, "cargo test").0.contains("exit code 101"));
    let Outcome::Failed { output, .. } = &outcome else {
        unreachable!()
    };
    assert!(output.contains("test result: FAILED"), "{output}");
}

#[tokio::test]
async fn a_node_project_is_tested_by_its_own_script() {
    let checkout = Checkout::with(&[
        (
            "package.json",
            r#"{"name": "web", "scripts": {"test": "node --test --test-reporter=tap"}}"#,
        ),
        ("a.test.js", "require('node:test')('flies', () => {})\n"),
        ("Makefile", "test:\n\tfalse\n"),
    ]);
    let (steps, outcome) = validate(options(), &checkout).await;
    assert_eq!(command_line(&steps), "npm test");
    assert!(reason(&steps).contains("`node --test --test-reporter=tap`"));
    assert!(
        output(&outcome).contains(": 1 passed."),
        "{outcome:?} {}",
        printed(&steps)
    );
}

#[tokio::test]
async fn the_command_is_found_in_the_documented_order() {
    let placeholder = r#"{"scripts": {"test": "echo \"Error: no test specified\" && exit 1"}}"#;
    let recipe = "test:\n\t@echo made\n";
    let cases: [(&[(&str, &str)], &str); 6] = [
        (
            &[("package.json", placeholder), ("Makefile", recipe)],
            "make test",
        ),
        (
            &[
                ("package.json", "{"),
                ("go.mod", "module m\n"),
                ("Makefile", recipe),
            ],
            "go test ./...",
        ),
        (
            &[("go.mod", "module m\n"), ("tests/test_a.py", "")],
            "python3 -m pytest",
        ),
        (
            &[
                ("pyproject.toml", "[tool.pytest.ini_options]\n"),
                ("Makefile", recipe),
            ],
            "python3 -m pytest",
        ),
        (
            &[
                ("pyproject.toml", "[project]\nname = 'x'\n"),
                ("GNUmakefile", recipe),
            ],
            "make test",
        ),
        (
            &[(".venv/bin/python", "no program"), ("conftest.py", "")],
            ".venv/bin/python -m pytest",
        ),
    ];
    for (files, expected) in cases {
        let (steps, outcome) = validate(options(), &Checkout::with(files)).await;
        assert_eq!(command_line(&steps), expected);
        if expected == "make test" {
            assert_eq!(printed(&steps), "made");
            assert_eq!(outcome.status().as_str(), "COMPLETED");
        }
    }
    let checkout = Checkout::with(&[("Cargo.toml", ""), ("check", "")]);
    checkout.script("check", "#!/bin/sh\necho \"$1|$2\"\n");
    let (steps, _) = validate(testing_with(&["./check", "a b", "$HOME"]), &checkout).await;
    assert_eq!(
        reason(&steps),
        "Running `./check 'a b' '$HOME'`, because the settings say so"
    );
    assert_eq!(printed(&steps), "a b|$HOME", "no shell reads the arguments");
}

#[tokio::test]
async fn a_project_without_checks_is_told_how_to_get_some() {
    let checkout = Checkout::with(&[("README.md", ""), ("Makefile", "build:\n")]);
    let (_, outcome) = validate(options(), &checkout).await;
    let (code, error) = failure(&outcome);
    assert_eq!(code, ErrorCode::ChecksFailed);
    assert!(
        error.contains("no checks to run") && error.contains("`offline.test_command`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_command_that_cannot_be_started_is_named_with_what_to_do() {
    let checkout = Checkout::empty();
    checkout.write("plain", "#!/bin/sh\n");
    checkout.script("stray", "#!/no/such/interpreter\n");
    let cases = [
        ("./plain", "chmod +x ./plain"),
        ("./absent", "there is no such file"),
        ("./stray", "first line names is not there"),
        ("no-such-program", "not installed"),
        (".", "it is a folder"),
    ];
    for (program, words) in cases {
        let (steps, outcome) = validate(testing_with(&[program]), &checkout).await;
        let (code, error) = failure(&outcome);
        assert_eq!(code, ErrorCode::ChecksFailed);
        assert!(
            error.contains(words) && error.contains(&format!("`{program}`")),
            "{error}"
        );
        assert_eq!(result_of(&steps, program).0, "Could not be started");
    }
}

#[tokio::test]
async fn an_end_by_a_signal_is_told_in_words() {
    let checkout = Checkout::empty();
    let (_, outcome) = validate(
        testing_with(&["sh", "-c", "echo here; kill -9 $$"]),
        &checkout,
    )
    .await;
    let (code, error) = failure(&outcome);
    assert_eq!(code, ErrorCode::ChecksFailed);
    assert!(
        error.contains("signal 9: it was killed, perhaps for want of memory"),
        "{error}"
    );
}

/// A script that starts another program, says both numbers and waits.
const HANGS: &str = "#!/bin/sh\nsleep 1000 & echo \"pid $!\"\necho \"pid $$\"\nwait\n";

#[tokio::test]
async fn a_cancel_ends_everything_before_it_is_told() {
    let checkout = Checkout::empty();
    checkout.script("hangs", HANGS);
    let offline = Offline::new(testing_with(&["./hangs"]));
    let job = job(Kind::Validate, Some(checkout.path()));
    let (steps, mut taken) = steps_ahead(4);
    let cancel = CancellationToken::new();
    let watching = async {
        let mut said = String::new();
        while numbers(&said, "pid ").len() < 2 {
            if let Step::Text { text, .. } = taken.recv().await.unwrap() {
                said.push_str(&text);
                said.push('\n');
            }
        }
        cancel.cancel();
        numbers(&said, "pid ")
    };
    let (outcome, pids) = tokio::join!(offline.run(&job, steps, cancel.clone()), watching);
    assert!(pids.iter().all(|&pid| !lives(pid)), "{pids:?}");
    assert_eq!(outcome, Outcome::Cancelled);
}

#[tokio::test]
async fn a_run_that_is_dropped_leaves_nothing_behind() {
    let checkout = Checkout::empty();
    checkout.script("hangs", HANGS);
    let offline = Offline::new(testing_with(&["./hangs"]));
    let job = job(Kind::Validate, Some(checkout.path()));
    let (steps, mut taken) = steps_ahead(4);
    let mut said = String::new();
    let running = offline.run(&job, steps, CancellationToken::new());
    let watching = async {
        while numbers(&said, "pid ").len() < 2 {
            if let Step::Text { text, .. } = taken.recv().await.unwrap() {
                said.push_str(&text);
                said.push('\n');
            }
        }
    };
    tokio::select! {
        outcome = running => panic!("it ended: {outcome:?}"),
        () = watching => {}
    }
    gone(&numbers(&said, "pid ")).await;
}

#[tokio::test]
async fn what_takes_too_long_is_ended_with_everything_it_started() {
    let checkout = Checkout::empty();
    checkout.script(
        "hangs",
        "#!/bin/sh\nexec > said 2>&1\nsleep 1000 & echo \"pid $!\"\necho \"pid $$\"\nwait\n",
    );
    let options = OfflineOptions {
        time_limit: Duration::from_secs(3),
        ..testing_with(&["./hangs"])
    };
    let (_, outcome) = validate(options, &checkout).await;
    let (code, error) = failure(&outcome);
    assert_eq!(code, ErrorCode::TimedOut);
    assert!(error.contains("took too long: `./hangs`"), "{error}");
    let pids = numbers(
        &fs::read_to_string(checkout.path().join("said")).unwrap(),
        "pid ",
    );
    assert_eq!(pids.len(), 2, "the limit is long enough for it to begin");
    assert!(pids.iter().all(|&pid| !lives(pid)), "{pids:?}");
}
