//! What is shown is harmless and fits where it is shown: a terminal, a pipe, a program.

use super::{done, json_lines, pm};
use crate::support::{Checkout, Client, ProgramBuilder, spawn_app};

/// What a terminal would obey: erase, colour, a title, the clipboard, and the same in one character.
const EVIL: &str =
    "\u{1b}[2J\u{1b}[31mred\u{1b}]0;title\u{7}\u{1b}]52;c;bmV2ZXI=\u{7}\u{9b}2J\u{202e}done\u{8}\r";

/// A project whose name and messages are orders to a terminal.
async fn evil(app: &Client) -> String {
    let project = app.project(&format!("Shop {EVIL}")).await;
    app.say(&project, &format!("hello {EVIL} world")).await;
    project
}

/// The program's output where it believes to write to a terminal with colours.
async fn coloured(app: &Client, arguments: &[&str]) -> String {
    let done = pm(app, arguments).set("CLICOLOR_FORCE", 1).run().await;
    assert_eq!(done.code, Some(0), "{done:?}");
    done.output
}

/// Whether all that a terminal would obey in it is a change of colour, as this program makes them.
fn is_harmless(output: &str) -> bool {
    let mut rest = output;
    while let Some(at) = rest.find('\u{1b}') {
        let sequence = &rest[at + 1..];
        let end = sequence.find(|one: char| one.is_ascii_alphabetic());
        if !sequence.starts_with('[') || end.is_none_or(|end| !sequence[end..].starts_with('m')) {
            return false;
        }
        rest = sequence;
    }
    !output.contains(|one: char| {
        one != '\u{1b}' && one != '\n' && (one.is_control() || one == '\u{202e}')
    })
}

#[tokio::test]
async fn what_a_terminal_would_obey_in_a_text_from_elsewhere_does_not_reach_it() {
    let app = spawn_app().await;
    let project = evil(&app).await;
    for arguments in [&["projects"][..], &["tail", &project, "--no-follow"]] {
        let output = coloured(&app, arguments).await;
        assert!(output.contains('\u{1b}'), "it has colours: {output:?}");
        assert!(is_harmless(&output), "{output:?}");
        assert!(
            output.contains("red") && output.contains("done"),
            "{output:?}"
        );
        assert!(
            !output.contains("title") && !output.contains("bmV2"),
            "{output:?}"
        );
    }
    let output = coloured(&app, &["tail", &project, "--no-follow", "--json"]).await;
    assert!(
        !output.contains(|one: char| one != '\n' && (one.is_control() || one == '\u{202e}')),
        "{output:?}"
    );
    // Programs are given all there was.
    assert_eq!(json_lines(&output), app.log(&project).await);
    let missing = pm(&app, &["tail", &format!("Nowhere {EVIL}")])
        .set("CLICOLOR_FORCE", 1)
        .run()
        .await;
    assert!(is_harmless(&missing.errors), "{missing:?}");
}

#[tokio::test]
async fn a_pipe_gets_lines_without_colours() {
    let app = spawn_app().await;
    let checkout = Checkout::with(&[("Makefile", "test:\n\t@echo 'ok 1 - adds'\n")]);
    app.project_in("Shop", checkout.text()).await;
    for arguments in [
        &["run", "Shop", "validate"][..],
        &["projects"],
        &["executions"],
        &["tail", "Shop", "--no-follow"],
    ] {
        let output = done(&app, arguments).await;
        assert!(!output.contains(['\u{1b}', '\r']), "{output:?}");
    }
}

#[tokio::test]
async fn a_terminal_gets_colours_unless_it_is_told_not_to_and_a_line_with_what_is_being_done() {
    let app = spawn_app().await;
    let checkout = Checkout::with(&[(
        "Makefile",
        "test:\n\t@echo 'ok 1 - adds'\n\t@echo 'not ok 2 - x'; exit 1\n",
    )]);
    app.project_in("Shop", checkout.text()).await;
    let run = ["run", "Shop", "validate"];
    let on_terminal = || ProgramBuilder::on_terminal(&run).set("PM_SERVER", &app.base);
    let seen = on_terminal().run().await;
    assert_eq!(seen.code, Some(1), "{seen:?}");
    // However long it took until then.
    let says_now = |output: &str| {
        let mut lines = output.split("\r\u{1b}[2K");
        lines.any(|line| line.starts_with("validate, ") && line.ends_with(": Run make test"))
    };
    assert!(
        seen.output.contains("\u{1b}[31mvalidate failed"),
        "{seen:?}"
    );
    assert!(says_now(&seen.output), "{seen:?}");
    let seen = on_terminal().set("NO_COLOR", 1).run().await;
    assert!(
        !seen.output.contains("\u{1b}[31m") && !seen.output.contains("\u{1b}[1m"),
        "{seen:?}"
    );
    assert!(says_now(&seen.output), "{seen:?}");
    let seen = on_terminal().set("TERM", "dumb").run().await;
    assert!(!seen.output.contains('\u{1b}'), "{seen:?}");
}
