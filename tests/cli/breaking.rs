//! `pm run` where something between it and its server, or between it and who reads it, does not do what it should.

use project_manager::domain::execution::Outcome;
use serde_json::json;

use super::{
    between::{Between, Way, answer},
    json_lines, pm,
};
use crate::support::{Checkout, ProgramBuilder, TestApp, spawn_app, spawn_scripted};

const PASSES: &str = "test:\n\t@echo 'ok 1 - adds'\n";
const FAILS: &str = "test:\n\t@echo 'not ok 1 - adds'\n\t@exit 3\n";

/// A server with a project whose checks do this; held with its folder.
async fn shop(makefile: &str) -> (TestApp, Checkout) {
    let app = spawn_app().await;
    let checkout = Checkout::with(&[("Makefile", makefile)]);
    app.project_in("Shop", checkout.text()).await;
    (app, checkout)
}

/// The command line, by way of the proxy.
fn by(between: &Between, arguments: &[&str]) -> ProgramBuilder {
    ProgramBuilder::with(arguments).set("PM_SERVER", &between.base)
}

/// A stream that ends before it begins.
fn no_stream(request: &str) -> Way {
    match request.contains("/api/sse/") {
        true => answer("200 OK", "text/event-stream", ""),
        false => Way::Pass,
    }
}

#[tokio::test]
async fn a_command_that_has_ended_is_told_also_where_no_stream_gets_through() {
    let (app, _checkout) = shop(PASSES).await;
    let between = Between::to(&app, no_stream).await;
    let ended = by(&between, &["run", "Shop", "validate"]).run().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.output.contains("validate completed"), "{ended:?}");
    assert!(!ended.errors.contains("is open again"), "{ended:?}");
}

#[tokio::test]
async fn a_stream_that_is_opened_and_tells_nothing_counts_as_a_server_that_is_away() {
    let (app, backend) = spawn_scripted().await;
    app.project("Shop").await;
    let between = Between::to(&app, no_stream).await;
    let run = by(&between, &["run", "Shop", "prime", "--give-up-after", "1"]).follow();
    let job = backend.next_job().await;
    let ended = run.ended().await;
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(ended.errors.contains("away for 1 s"), "{ended:?}");
    job.complete("done");
}

#[tokio::test]
async fn an_end_that_was_seen_is_told_where_the_server_says_no_more_of_it() {
    let no_execution = |request: &str| match request.starts_with("GET /api/executions/") {
        true => answer("500 Internal Server Error", "text/plain", "no"),
        false => Way::Pass,
    };
    for (makefile, code, words) in [
        (
            PASSES,
            0,
            ["validate completed after", "validate completed"],
        ),
        (FAILS, 1, ["(checks_failed)", "ended with exit code"]),
    ] {
        let (app, _checkout) = shop(makefile).await;
        let between = Between::to(&app, no_execution).await;
        let ended = by(&between, &["run", "Shop", "validate"]).run().await;
        assert_eq!(ended.code, Some(code), "{ended:?}");
        for words in words {
            assert!(ended.output.contains(words), "no {words:?} in {ended:?}");
        }
        let said = "That it ended was seen";
        assert!(ended.errors.contains(said), "{ended:?}");
    }
}

#[tokio::test]
async fn where_nobody_reads_a_command_is_no_success_and_goes_on() {
    let (app, backend) = spawn_scripted().await;
    app.project("Shop").await;
    // At its first line already, and at a later one.
    let at_once = pm(&app, &["run", "Shop", "prime"]).follow();
    let ended = at_once.closed(std::future::ready(())).await;
    assert_eq!(ended.code, Some(141), "{ended:?}");
    let words = "Nobody reads what is shown. The command goes on at the server";
    assert!(ended.errors.contains(words), "{ended:?}");
    backend.next_job().await.complete("done");
    let mut later = pm(&app, &["run", "Shop", "prime"]).follow();
    let job = backend.next_job().await;
    later.until("Started prime").await;
    let ended = later.closed(async { job.complete("done") }).await;
    assert_eq!(ended.code, Some(141), "{ended:?}");
}

#[tokio::test]
async fn an_order_that_is_not_answered_can_be_left() {
    let (app, _backend) = spawn_scripted().await;
    app.project("Shop").await;
    let between = Between::to(&app, |request| match request.starts_with("POST ") {
        true => Way::Hold,
        false => Way::Pass,
    })
    .await;
    let run = by(&between, &["run", "Shop", "prime"]).follow();
    between.holds().await;
    run.interrupt();
    run.said("As soon as the server has taken the order").await;
    run.interrupt();
    let ended = run.ended().await;
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.errors.contains("pm executions Shop"), "{ended:?}");
    // Before there is an order there is nothing to be stopped.
    let between = Between::to(&app, |request| match request.contains("/api/projects/") {
        true => Way::Hold,
        false => Way::Pass,
    })
    .await;
    let run = by(&between, &["run", "Shop", "prime"]).follow();
    between.holds().await;
    run.interrupt();
    let ended = run.ended().await;
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.errors.contains("Nothing was ordered"), "{ended:?}");
}

#[tokio::test]
async fn a_stop_that_is_asked_for_while_the_server_is_away_reaches_it_when_it_is_back() {
    let (app, backend) = spawn_scripted().await;
    app.project("Shop").await;
    let between = Between::to(&app, |_| Way::Pass).await;
    let mut run = by(&between, &["run", "Shop", "prime"]).follow();
    let job = backend.next_job().await;
    run.until("Started prime").await;
    between.goes_away();
    run.said("it is opened again").await;
    run.interrupt();
    run.said("as soon as it can be").await;
    between.comes_back();
    job.cancel.cancelled().await;
    job.end(Outcome::Cancelled);
    let ended = run.ended().await;
    assert_eq!(ended.code, Some(3), "{ended:?}");
}

#[tokio::test]
async fn a_second_ctrl_c_leaves_also_where_nobody_takes_what_is_written() {
    let (app, backend) = spawn_scripted().await;
    app.project("Shop").await;
    let mut run = pm(&app, &["run", "Shop", "prime", "--json"]).follow();
    let job = backend.next_job().await;
    // Several times what a pipe holds.
    for _ in 0..4 {
        job.says(&"x".repeat(100_000)).await;
    }
    run.is_stuffed().await;
    run.interrupt();
    run.said("once more leaves at once").await;
    run.interrupt();
    let ended = run.ended_unread().await;
    assert_eq!(ended.code, Some(130), "{ended:?}");
    job.complete("done");
}

#[tokio::test]
async fn when_it_is_ended_it_says_how_to_see_what_comes_of_the_command() {
    let (app, backend) = spawn_scripted().await;
    app.project("Shop").await;
    let mut run = pm(&app, &["run", "Shop", "prime"]).follow();
    let job = backend.next_job().await;
    run.until("Started prime").await;
    run.terminate();
    let ended = run.ended().await;
    assert_eq!(ended.code, Some(143), "{ended:?}");
    let words = "The command goes on at the server; this shows what comes of it: pm tail Shop";
    assert!(ended.errors.contains(words), "{ended:?}");
    job.complete("done");
}

#[tokio::test]
async fn what_answers_and_is_no_such_server_is_told_and_not_printed() {
    let app = spawn_app().await;
    let page = |_: &str| answer("200 OK", "text/html", "<html>Welcome</html>");
    let between = Between::to(&app, page).await;
    for arguments in [&["projects"][..], &["projects", "--json"]] {
        let told = by(&between, arguments).run().await;
        assert_eq!((told.code, told.output.as_str()), (Some(4), ""), "{told:?}");
        assert!(told.errors.contains("no Project Manager"), "{told:?}");
    }
    let endless = |_: &str| answer("200 OK", "application/json", &"[".repeat((256 << 20) + 1));
    let between = Between::to(&app, endless).await;
    let told = by(&between, &["projects", "--json"]).run().await;
    assert_eq!((told.code, told.output.as_str()), (Some(4), ""), "{told:?}");
    assert!(told.errors.contains("more than 256 MiB"), "{told:?}");
}

#[tokio::test]
async fn no_proxy_stands_before_the_server_of_the_settings() {
    let app = spawn_app().await;
    let proxy = Between::to(&app, |_| answer("200 OK", "application/json", "[]")).await;
    let projects = || {
        let projects = ProgramBuilder::with(&["projects", "--json"]);
        projects
            .set("http_proxy", &proxy.base)
            .set("PM__AUTH__TOKEN", "a-token-that-only-this-test-has")
    };
    // Nobody can be there, and no address of this machine is needed for it.
    let (host, url) = ("255.255.255.255", "http://255.255.255.255:1");
    for (way, is_by_proxy) in [
        (projects().set("API_HOST", host).set("API_PORT", 1), false),
        (
            projects()
                .set("PM_SERVER", url)
                .set("PM__API__PUBLIC_URL", url),
            false,
        ),
        (projects().set("PM_SERVER", url), true),
    ] {
        let told = way.run().await;
        let code = if is_by_proxy { 0 } else { 4 };
        assert_eq!(told.code, Some(code), "{told:?}");
        match is_by_proxy {
            true => assert_eq!(json_lines(&told.output), [json!([])]),
            false => assert!(told.errors.contains("no server answers"), "{told:?}"),
        }
    }
}
