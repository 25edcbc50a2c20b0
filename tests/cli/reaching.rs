//! Which server is spoken to, what it is shown, and what is said when there is none.

use project_manager::domain::access::Scope;
use reqwest::StatusCode;

use super::{done, failed, pm};
use crate::{
    auth::make,
    support::{ProgramBuilder, TestApp, TestAppBuilder, free_port, spawn_app, wait_until},
};

/// The token of a test's settings.
const SECRET: &str = "a-token-that-only-this-test-has";

async fn guarded() -> TestApp {
    TestAppBuilder::default().token(SECRET).spawn().await
}

#[tokio::test]
async fn the_server_is_the_one_that_is_named_else_the_one_of_the_settings() {
    let app = spawn_app().await;
    app.project("Shop").await;
    let nobody = format!("http://127.0.0.1:{}", free_port().await);
    let at = |arguments: &[&str]| ProgramBuilder::with(&[&["projects"], arguments].concat());
    for (way, is_reached) in [
        (at(&[]).set("API_PORT", app.port()), true),
        (
            at(&[])
                .set("API_PORT", app.port())
                .set("API_HOST", "0.0.0.0"),
            true,
        ),
        (at(&[]).set("API_PORT", 1).set("PM_SERVER", &app.base), true),
        (at(&["--server", &app.base]).set("PM_SERVER", &nobody), true),
        (at(&["--server", &format!("{}/", app.base)]), true),
        (
            at(&["--server", &nobody]).set("PM_SERVER", &app.base),
            false,
        ),
        // A proxy does not lead to this machine.
        (
            at(&["--server", &app.base]).set("http_proxy", &nobody),
            true,
        ),
    ] {
        let done = way.run().await;
        let code = if is_reached { 0 } else { 4 };
        assert_eq!(done.code, Some(code), "{done:?}");
        assert_eq!(done.output.contains("Shop"), is_reached, "{done:?}");
    }
}

#[tokio::test]
async fn no_server_is_told_with_the_address_how_it_was_chosen_and_what_to_do() {
    let port = free_port().await;
    let nobody = format!("http://127.0.0.1:{port}");
    for (command, words) in [
        (
            ProgramBuilder::with(&["projects"]).set("API_PORT", port),
            "the settings of this folder",
        ),
        (
            ProgramBuilder::with(&["gates"]).set("PM_SERVER", &nobody),
            "PM_SERVER says",
        ),
        (
            ProgramBuilder::with(&["run", "a", "prime", "--server", &nobody]),
            "--server says",
        ),
        (
            ProgramBuilder::with(&["tail", "a", "--server", &nobody]),
            "`pm serve` starts one",
        ),
    ] {
        let done = command.run().await;
        assert_eq!((done.code, done.output.as_str()), (Some(4), ""), "{done:?}");
        for words in [&format!("no server answers at {nobody}"), words] {
            assert!(done.errors.contains(words), "no {words:?} in {done:?}");
        }
    }
    // In these settings the server takes any port.
    let done = ProgramBuilder::with(&["projects"]).run().await;
    assert_eq!(done.code, Some(2), "{done:?}");
    assert!(done.errors.contains("API_PORT is 0"), "{done:?}");
    let done = ProgramBuilder::with(&["projects"])
        .set("API_PORT", "x")
        .run()
        .await;
    assert_eq!(done.code, Some(2), "{done:?}");
    assert!(
        done.errors.contains("API_PORT is \"x\"; expected"),
        "{done:?}"
    );
    let done = ProgramBuilder::with(&["projects", "--server", "localhost:8001"])
        .run()
        .await;
    assert_eq!(done.code, Some(2), "{done:?}");
}

#[tokio::test]
async fn a_server_that_asks_who_one_is_is_shown_a_token_that_is_never_printed() {
    let app = guarded().await;
    app.project("Shop").await;
    let file = app.database().folder.path().join("a-token");
    std::fs::write(&file, format!("{SECRET}\n")).expect("a file");
    let told = failed(&app, &["projects"], 4).await;
    for words in ["asks who you are", "PM_TOKEN", "pm token create"] {
        assert!(told.errors.contains(words), "no {words:?} in {told:?}");
    }
    let projects = || pm(&app, &["projects"]);
    for way in [
        projects().set("PM_TOKEN", SECRET),
        projects().set("PM_TOKEN_FILE", file.display()),
        projects().set("PM__AUTH__TOKEN", SECRET),
        projects().set("PM__AUTH__TOKEN_FILE", file.display()),
        projects()
            .set("PM_TOKEN", SECRET)
            .set("PM__AUTH__TOKEN", "another-token-of-sixteen"),
    ] {
        let done = way
            .set("RUST_LOG", "trace")
            .set("LOG_LEVEL", "trace")
            .run()
            .await;
        assert_eq!((done.code, done.errors.as_str()), (Some(0), ""), "{done:?}");
        assert!(done.output.contains("Shop"), "{done:?}");
    }
    let wrong = "not-a-token-of-this-server";
    for (way, code, words) in [
        (
            projects().set("PM_TOKEN", wrong),
            4,
            "It was shown the token of PM_TOKEN",
        ),
        (
            projects().set("PM__AUTH__TOKEN", wrong),
            4,
            "the settings (auth.token)",
        ),
        (
            projects()
                .set("PM_TOKEN", wrong)
                .set("PM_TOKEN_FILE", file.display()),
            2,
            "are both set",
        ),
        (
            projects().set("PM_TOKEN_FILE", "/nowhere"),
            2,
            "PM_TOKEN_FILE=/nowhere cannot be used",
        ),
        (
            projects().set("PM_TOKEN", format!("{wrong}\u{7}")),
            2,
            "cannot be sent",
        ),
    ] {
        let done = way.run().await;
        assert_eq!(done.code, Some(code), "{done:?}");
        assert!(done.errors.contains(words), "no {words:?} in {done:?}");
        assert!(!done.errors.contains(wrong), "{done:?}");
    }
}

#[tokio::test]
async fn the_token_of_the_settings_is_not_shown_to_a_server_elsewhere() {
    // It leads to this machine, and is no address of it: so for the program it is elsewhere.
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await;
    let listener = listener.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let url = format!("http://0.0.0.0:{port}");
    let asked = async || {
        let (mut client, _) = listener.accept().await.expect("a client");
        let mut bytes = vec![0; 4096];
        let read = tokio::io::AsyncReadExt::read(&mut client, &mut bytes).await;
        String::from_utf8_lossy(&bytes[..read.expect("a request")]).into_owned()
    };
    for (variable, is_shown) in [("PM__AUTH__TOKEN", false), ("PM_TOKEN", true)] {
        let projects = ProgramBuilder::with(&["projects", "--server", &url]).set(variable, SECRET);
        let (request, _) = tokio::join!(asked(), async { projects.follow() });
        assert!(request.starts_with("GET /api/projects"), "{request}");
        assert_eq!(request.contains(SECRET), is_shown, "{variable}: {request}");
    }
}

#[tokio::test]
async fn a_token_that_does_not_reach_is_told_which_would() {
    let app = guarded().await;
    app.project("Shop").await;
    let token = make(app.database(), "reader", Scope::Read).await;
    let told = pm(&app, &["run", "Shop", "prime"])
        .set("PM_TOKEN", &token)
        .run()
        .await;
    assert_eq!(told.code, Some(4), "{told:?}");
    assert!(told.errors.contains("it needs the scope write"), "{told:?}");
    assert!(!told.errors.contains(&token), "{told:?}");
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_asked_again() {
    let app = TestAppBuilder::default()
        .token(SECRET)
        .set("PM__LIMITS__REQUESTS_PER_SECOND", 1)
        .spawn()
        .await;
    app.project("Shop").await;
    let status = async || {
        let answer = app.get("/api/projects").send().await;
        answer.expect("an answer").status()
    };
    // It may have been a second too late, after which it may ask again.
    wait_until("a command that had to wait", async || {
        while status().await != StatusCode::TOO_MANY_REQUESTS {}
        let done = pm(&app, &["projects"]).set("PM_TOKEN", SECRET).run().await;
        assert_eq!(done.code, Some(0), "{done:?}");
        assert!(done.output.contains("Shop"), "{done:?}");
        done.errors.contains("Trying again in ").then_some(())
    })
    .await;
}

#[tokio::test]
async fn completions_have_every_command_but_the_hidden_one() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = ProgramBuilder::with(&["completions", shell]).run().await;
        assert_eq!((script.code, script.errors.as_str()), (Some(0), ""));
        for command in [
            "serve",
            "run",
            "tail",
            "projects",
            "executions",
            "gates",
            "approve",
            "token",
            "completions",
        ] {
            assert!(script.output.contains(command), "{shell} has no {command}");
        }
        assert!(
            !script.output.contains("guard"),
            "{shell} has the hidden command"
        );
    }
    let app = spawn_app().await;
    let help = done(&app, &["run", "--help"]).await;
    assert!(
        help.contains("Exit codes: 0 it completed, 1 it failed"),
        "{help}"
    );
}
