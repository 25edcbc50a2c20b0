//! What cannot be done is said, with what to do instead.

use super::super::*;

#[tokio::test]
async fn what_needs_a_coding_agent_says_how_to_connect_one() {
    for command in [Kind::PlanFeatureGithub, Kind::ExecuteGithub] {
        let (steps, outcome) = run(options(), command, None).await;
        let (code, error) = failure(&outcome);
        assert_eq!(code, ErrorCode::AgentMissing);
        assert!(error.contains("SCAR_BASE_URL"), "{error}");
        assert_eq!(steps, []);
    }
}

#[tokio::test]
async fn a_folder_that_is_no_checkout_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let gone = dir.path().join("gone");
    let cases = [
        (dir.path(), "is not a git checkout", "git init"),
        (file.as_path(), "is not a folder", "git checkout"),
        (gone.as_path(), "does not exist", "another folder"),
    ];
    for command in [Kind::Prime, Kind::Validate] {
        for (path, what, remedy) in cases {
            let (steps, outcome) = run(options(), command, Some(path)).await;
            let (code, error) = failure(&outcome);
            assert_eq!(code, ErrorCode::WorkspaceMissing);
            let named = fs::canonicalize(path).unwrap_or(path.to_owned());
            assert!(error.contains(what) && error.contains(remedy), "{error}");
            assert!(
                error.contains(named.to_str().unwrap()) || error.contains(path.to_str().unwrap()),
                "{error}"
            );
            assert_eq!(steps, []);
        }
        let (_, outcome) = run(options(), command, None).await;
        let (code, error) = failure(&outcome);
        assert_eq!(code, ErrorCode::WorkspaceMissing);
        assert!(error.contains("no folder yet"), "{error}");
    }
}

/// A guard in an environment of its own.
fn guard_with(dir: &Path, setup: &str) -> OfflineOptions {
    let path = dir.join("guard");
    let text = format!("#!/bin/sh\n{setup}\nexec {} \"$@\"\n", guard().display());
    executable(&path, &text);
    OfflineOptions {
        guard: path,
        ..options()
    }
}

#[tokio::test]
async fn a_folder_that_git_does_not_trust_is_explained() {
    let checkout = Checkout::with(&[("a", "")]);
    let dir = tempfile::tempdir().unwrap();
    let options = guard_with(
        dir.path(),
        "GIT_TEST_ASSUME_DIFFERENT_OWNER=1; export GIT_TEST_ASSUME_DIFFERENT_OWNER",
    );
    let (_, outcome) = run(options, Kind::Prime, Some(checkout.path())).await;
    let (code, error) = failure(&outcome);
    assert_eq!(code, ErrorCode::WorkspaceMissing);
    assert!(
        error.contains("belongs to another user") && error.contains("safe.directory"),
        "{error}"
    );
    assert!(error.contains("detected dubious ownership"), "{error}");
}

#[tokio::test]
async fn a_machine_without_git_is_told_to_install_it() {
    let checkout = Checkout::with(&[("a", "")]);
    let dir = tempfile::tempdir().unwrap();
    let (_, outcome) = run(
        guard_with(dir.path(), "PATH=/nowhere"),
        Kind::Prime,
        Some(checkout.path()),
    )
    .await;
    let (code, error) = failure(&outcome);
    assert_eq!(code, ErrorCode::AgentError);
    assert!(error.contains("Install git"), "{error}");
}

#[tokio::test]
async fn a_missing_guard_is_not_blamed_on_the_folder() {
    let checkout = Checkout::with(&[("a", "")]);
    let options = OfflineOptions {
        guard: "/no/such/guard".into(),
        ..options()
    };
    let (_, outcome) = run(options, Kind::Prime, Some(checkout.path())).await;
    let (code, error) = failure(&outcome);
    assert_eq!(code, ErrorCode::AgentError);
    assert!(error.contains("/no/such/guard"), "{error}");
}
