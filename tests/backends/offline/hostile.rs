//! `prime` in checkouts that are odd or mean harm: it reads nothing outside, runs nothing, and comes to its end.

use std::os::unix::fs::symlink;

use super::super::*;

#[tokio::test]
async fn nothing_outside_the_folder_is_read() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "hidden word\n").unwrap();
    let checkout = Checkout::empty();
    checkout.git(&[
        "config",
        "remote.origin.url",
        "https://me:hidden@example.org/x",
    ]);
    symlink(
        outside.path().join("secret"),
        checkout.path().join("README.md"),
    )
    .unwrap();
    symlink(
        "../../../../../../../etc/hosts",
        checkout.path().join("Makefile"),
    )
    .unwrap();
    symlink(".git/config", checkout.path().join("Dockerfile")).unwrap();
    symlink(outside.path(), checkout.path().join("linked")).unwrap();
    fs::write(
        outside.path().join("package.json"),
        "{\"name\": \"hidden\"}",
    )
    .unwrap();
    checkout.write("real.toml", "[package]\nname = \"inside\"\n");
    symlink("real.toml", checkout.path().join("Cargo.toml")).unwrap();
    checkout.commit("Link around");
    let (steps, outcome) = prime(&checkout).await;
    for path in ["README.md", "Makefile", "Dockerfile"] {
        let (summary, output, ok) = result_of(&steps, path);
        assert_eq!((output, ok), ("", false), "{path}");
        assert!(summary.contains("outside"), "{summary}");
    }
    assert!(
        !format!("{steps:?}{outcome:?}").contains("hidden"),
        "{steps:#?}"
    );
    assert!(
        output(&outcome).contains("# inside"),
        "a link that stays inside is followed"
    );
}

#[tokio::test]
async fn what_is_listed_but_cannot_be_read_does_not_stop_the_survey() {
    let checkout = Checkout::with(&[
        ("README.md", "# Gone\n"),
        ("Cargo.toml", "[package\n"),
        ("go.mod", "module m\n"),
        ("main.go", "func main() {}\n"),
    ]);
    fs::remove_file(checkout.path().join("README.md")).unwrap();
    // A pipe would wait for a writer for ever.
    fs::remove_file(checkout.path().join("go.mod")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(checkout.path().join("go.mod"))
            .status()
            .unwrap()
            .success()
    );
    let inner = Checkout::with(&[("x.rs", "")]);
    checkout.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        inner.path().to_str().unwrap(),
        "parts/inner",
    ]);
    let (steps, outcome) = prime(&checkout).await;
    assert!(
        result_of(&steps, "README.md")
            .0
            .contains("not there any more")
    );
    assert!(
        result_of(&steps, "Cargo.toml")
            .0
            .contains("It is not valid")
    );
    assert!(result_of(&steps, "go.mod").0.contains("it is not a file"));
    assert!(
        output(&outcome).contains("`parts/inner` are projects of their own"),
        "{}",
        output(&outcome)
    );
}

#[tokio::test]
async fn bytes_that_are_no_text_and_names_full_of_signs_are_stored_as_text() {
    let checkout = Checkout::empty();
    checkout.write("README.md", b"# Caf\xe9\x00 `x`\n\nGr\xfc\xdfe\x1b[31m.\n");
    checkout.write("a\nb*_`.rs", "fn main() {}\n");
    checkout.commit("Add <b>signs</b>");
    let (steps, outcome) = prime(&checkout).await;
    let all = format!("{steps:?}{outcome:?}");
    assert!(!all.contains("\\0") && !all.contains("\\u{1b}"), "{all}");
    assert!(
        output(&outcome).contains("Gr\u{fffd}\u{fffd}e"),
        "{}",
        output(&outcome)
    );
    assert!(
        output(&outcome).contains(r"Add \<b\>signs\</b\>"),
        "{}",
        output(&outcome)
    );
}

/// Marks that it was run. Asked to sign, it signs; asked for anything else, it fails.
const MARKS: &str = r#"#!/bin/sh
echo "$0 $*" >> "$(dirname "$0")/mark"
case "$*" in *-bsau*)
    cat > /dev/null
    echo "[GNUPG:] SIG_CREATED " >&2
    printf -- '-----BEGIN PGP SIGNATURE-----\n\nnone\n-----END PGP SIGNATURE-----\n'
    exit 0
esac
exit 1
"#;

#[tokio::test]
async fn nothing_that_the_repository_names_is_run_by_a_look_at_it() {
    let checkout = Checkout::with(&[("a.rs", "fn main() {}\n")]);
    let marks = tempfile::tempdir().unwrap();
    let script = marks.path().join("run");
    executable(&script, MARKS);
    let script = script.to_str().unwrap();
    checkout.git(&["config", "gpg.program", script]);
    checkout.git(&["commit", "-q", "--allow-empty", "-S", "-m", "Sign"]);
    for key in [
        "core.fsmonitor",
        "core.pager",
        "pager.log",
        "pager.grep",
        "diff.external",
        "core.editor",
    ] {
        checkout.git(&["config", key, script]);
    }
    checkout.git(&["config", "log.showSignature", "true"]);
    fs::remove_file(checkout.path().join("a.rs")).unwrap();
    checkout.write("b.rs", "fn main() {}\n");
    let mark = marks.path().join("mark");
    fs::remove_file(&mark).expect("the signature to be made by the script");
    let (steps, outcome) = prime(&checkout).await;
    assert_eq!(outcome.status().as_str(), "COMPLETED");
    assert!(!mark.exists(), "{:?}", fs::read_to_string(&mark));
    assert!(result_of(&steps, "git log").1.contains("Sign"));
}
