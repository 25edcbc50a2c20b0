//! What is said to the project manager on GitHub is answered there: once, whatever fails in between.

use std::sync::Arc;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::project_of;
use crate::support::{
    Checkout, Client, Hook, ProgramBuilder, Scripted, TestApp, TestAppBuilder, TestDatabase,
    TestGitHub, expect, github::Fault, wait_until,
};

const SHOP: &str = "acme/shop";

/// A GitHub with a repository to which alice may write.
fn shop() -> TestGitHub {
    let github = TestGitHub::start();
    github.has(SHOP).permission(SHOP, "alice", "write");
    github
}

/// A server whose commands a test plays.
async fn playing(settings: Vec<(&'static str, String)>) -> (TestApp, Arc<Scripted>) {
    let backend = Scripted::new();
    let app = TestAppBuilder::default().backend(backend.clone());
    let set = |app: TestAppBuilder, (name, value): (&str, String)| app.set(name, value);
    (settings.into_iter().fold(app, set).spawn().await, backend)
}

/// The real program on this GitHub.
fn program(github: &TestGitHub, database: &TestDatabase) -> ProgramBuilder {
    let serving = ProgramBuilder::serving_database(database);
    let settings = github.settings().into_iter();
    settings.fold(serving, |program, (name, value)| program.set(name, value))
}

async fn taken(client: &Client, hook: &Hook) {
    let said = expect(hook.to(client), StatusCode::ACCEPTED).await;
    assert_eq!(said["status"], "taken");
}

/// Waits until there are so many comments on issue 12; they.
async fn comments(github: &TestGitHub, count: usize) -> Vec<String> {
    wait_until(format!("{count} comments"), async || {
        Some(github.comments(SHOP, 12)).filter(|comments| comments.len() >= count)
    })
    .await
}

/// The statuses of what the project manager did, in the order of the log.
async fn did(client: &Client, project: &str) -> Vec<String> {
    let log = client.log(project).await.into_iter();
    let statuses = log.filter_map(|one| one["status"].as_str().map(str::to_owned));
    statuses
        .filter(|status| status.starts_with("github_"))
        .collect()
}

/// Waits until the project manager has done this last, about GitHub.
async fn done(client: &Client, project: &str, status: &str) -> Vec<String> {
    wait_until(("in the log", status), async || {
        let did = did(client, project).await;
        (did.last().map(String::as_str) == Some(status)).then_some(did)
    })
    .await
}

/// The words of the activity with this status.
async fn words(client: &Client, project: &str, status: &str) -> String {
    let log = client.log(project).await;
    let found = log.iter().find(|one| one["status"] == status);
    found.expect("it is in the log")["message"]
        .as_str()
        .expect("words")
        .to_owned()
}

/// What alice said is in the conversation and is what was ordered, and nothing that strangers wrote is.
async fn is_done_as_it_was_said(app: &TestApp, project: &str) {
    let messages = app.messages(project).await;
    let words = messages[0]["content"].as_str().expect("words");
    let (said, place) = words.split_once("\n\n").expect("a line that says where");
    assert_eq!(said, "Hey, please fix issue 12!");
    assert!(
        place.starts_with("> Said on GitHub, in issue 12: http://127.0.0.1"),
        "{place}"
    );
    assert!(
        !words.contains("rules") && !words.contains("666"),
        "strangers wrote that: {words}"
    );
    // Nobody ordered what stands in the title.
    let executions = app
        .read(&format!("/api/projects/{project}/executions"))
        .await;
    let args: Vec<&str> = executions
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["command_args"].as_str())
        .collect();
    assert!(
        args.contains(&"Fix issue 12") && args.len() == 4,
        "{args:?}"
    );
    let log = app.log(project).await;
    let posted = log.iter().find(|one| one["kind"] == "message");
    assert_eq!(
        posted.expect("a message")["data"]["by"],
        "alice on GitHub",
        "{log:#?}"
    );
}

#[tokio::test]
async fn what_is_said_on_an_issue_is_done_and_the_reply_and_each_report_are_comments() {
    let github = shop();
    let (app, backend) = playing(github.settings()).await;
    let checkout = Checkout::with(&[("README.md", "# Shop")]);
    let made = json!({ "name": "Shop", "github_repo_url": github.url(SHOP), "workspace_path": checkout.text() });
    let project = app.make(&made).await["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    taken(
        &app,
        &github.said(SHOP, 12, "alice", "Hey @pm, please fix this!"),
    )
    .await;
    for output in ["Seen.", "Planned, ask @bob.", "Built.", "Checked."] {
        backend.next_job().await.complete(output);
    }
    let comments = comments(&github, 5).await;
    wait_until("all to be stored", async || {
        (did(&app, &project).await.len() == 6).then_some(())
    })
    .await;
    is_done_as_it_was_said(&app, &project).await;
    assert!(comments[0].contains("issue 12"), "{}", comments[0]);
    assert_eq!(
        comments
            .iter()
            .filter(|one| one.starts_with("<!-- project-manager:"))
            .count(),
        5
    );
    let planned = comments
        .iter()
        .find(|one| one.contains("Planned"))
        .expect("a report");
    assert!(
        planned.contains("@\u{200b}bob"),
        "nobody is called: {planned}"
    );
    // Its own comments are none to it, if GitHub tells of them.
    let own = github.said(SHOP, 12, "alice", &comments[0]);
    let answer = expect(own.to(&app), StatusCode::OK).await;
    assert_eq!(answer["status"], "ignored");
    let urls = app
        .log(&project)
        .await
        .iter()
        .filter(|one| one["status"] == "github_answered")
        .map(|one| one["data"]["url"].clone())
        .collect::<Vec<Value>>();
    assert!(
        urls.iter().all(|url| url
            .as_str()
            .is_some_and(|url| url.contains("#issuecomment-"))),
        "{urls:?}"
    );
}

#[tokio::test]
async fn who_may_not_write_to_the_repository_is_not_listened_to_and_the_log_says_so() {
    let github = shop();
    github.permission(SHOP, "mallory", "read");
    let (app, _) = playing(github.settings()).await;
    let project = project_of(&app, &github, SHOP).await;
    taken(&app, &github.said(SHOP, 12, "mallory", "@pm run the tests")).await;
    assert_eq!(
        done(&app, &project, "github_refused").await,
        ["github_mentioned", "github_refused"]
    );
    let why = words(&app, &project, "github_refused").await;
    assert!(
        why.contains("mallory") && why.contains("acme/shop") && !why.contains("run the tests"),
        "{why}"
    );
    assert_eq!(app.messages(&project).await, Vec::<Value>::new());
    // An issue is opened by who may, and what stands in it is said as well.
    let body =
        json!({ "body": "It is broken.\n\n@pm what can you do?", "user": { "login": "alice" } });
    taken(&app, &github.issue_hook(SHOP, "opened", "alice", body)).await;
    comments(&github, 1).await;
    assert_eq!(app.messages(&project).await.len(), 2);
}

#[tokio::test]
async fn without_a_token_nothing_is_done_and_the_log_says_what_is_missing() {
    let github = shop();
    let (app, _) = playing(github.settings_without_token()).await;
    let project = project_of(&app, &github, SHOP).await;
    taken(&app, &github.said(SHOP, 12, "alice", "@pm hello")).await;
    done(&app, &project, "github_refused").await;
    let why = words(&app, &project, "github_refused").await;
    assert!(why.contains("GITHUB_ACCESS_TOKEN"), "{why}");
    assert_eq!(github.requests().len(), 0);
    assert_eq!(app.read("/webhooks/github/health").await["token"], false);
}

#[tokio::test]
async fn of_several_projects_with_a_repository_the_first_one_is_told_and_however_often_it_is_sent_once()
 {
    let github = shop();
    let (app, _) = playing(github.settings()).await;
    let first = project_of(&app, &github, SHOP).await;
    let second = project_of(&app, &github, SHOP).await;
    let hook = github.said(SHOP, 12, "alice", "@pm what can you do?");
    taken(&app, &hook).await;
    for delivery in [hook.delivery.clone(), "another".to_owned()] {
        let again = Hook {
            delivery,
            ..hook.clone()
        };
        let said = expect(again.to(&app), StatusCode::OK).await;
        assert_eq!(said["status"], "had_before");
    }
    done(&app, &first, "github_answered").await;
    assert_eq!(app.messages(&first).await.len(), 2);
    assert_eq!(app.messages(&second).await, Vec::<Value>::new());
    assert_eq!(github.comments(SHOP, 12).len(), 1);
}

#[tokio::test]
async fn a_comment_whose_answer_got_lost_is_not_written_twice_and_what_github_takes_later_is_said_later()
 {
    let github = shop();
    let (app, _) = playing(github.settings()).await;
    let project = project_of(&app, &github, SHOP).await;
    github.next(Fault::Status(502));
    github.next_comment(Fault::BreakAfter);
    taken(
        &app,
        &github.said(SHOP, 12, "alice", "@pm what can you do?"),
    )
    .await;
    wait_until("a request that fails", async || {
        (!github.requests().is_empty()).then_some(())
    })
    .await;
    wait_until("the conversation to be told", async || {
        (app.messages(&project).await.len() == 2).then_some(())
    })
    .await;
    done(&app, &project, "github_answered").await;
    github.takes(0, 1);
    taken(&app, &github.said(SHOP, 12, "alice", "@pm thanks")).await;
    comments(&github, 2).await;
    done(&app, &project, "github_answered").await;
    wait_until("both to be answered", async || {
        (did(&app, &project).await.len() == 4).then_some(())
    })
    .await;
    assert_eq!(github.comments(SHOP, 12).len(), 2);
}

#[tokio::test]
async fn a_comment_is_found_among_more_than_a_page_of_them_and_is_not_written_twice() {
    let (github, database) = (shop(), TestDatabase::new().await);
    github.many_comments(SHOP, 12, 150);
    // It is written, and the server fails before it has kept that; and the pages it looked through before are still good.
    let server = program(&github, &database)
        .set("FAILPOINTS", "mention-answered=1*panic->off")
        .set("PM__GITHUB__CACHE_SECONDS", 600)
        .start()
        .await;
    let project = project_of(&server, &github, SHOP).await;
    taken(&server, &github.said(SHOP, 12, "alice", "@pm hello")).await;
    done(&server, &project, "github_answered").await;
    server.logged("mention-answered").await;
    assert_eq!(github.comments(SHOP, 12).len(), 151);
}

#[tokio::test]
async fn what_github_does_not_let_this_server_do_is_given_up_and_the_log_says_why_once() {
    let github = shop();
    github.revoke_token();
    let (app, _) = playing(github.settings()).await;
    let project = project_of(&app, &github, SHOP).await;
    taken(&app, &github.said(SHOP, 12, "alice", "@pm hello")).await;
    let did = done(&app, &project, "github_given_up").await;
    assert_eq!(did, ["github_mentioned", "github_given_up"]);
    let diagnosed = app.read("/api/diagnostics").await;
    let findings = diagnosed["findings"].as_array().expect("a list");
    let is_found = |one: &Value| one["kind"] == "mentions_failing";
    assert!(findings.iter().any(is_found), "{findings:#?}");
    let why = words(&app, &project, "github_given_up").await;
    assert!(
        why.contains("token") && why.contains("GITHUB_ACCESS_TOKEN"),
        "{why}"
    );
}

#[tokio::test]
async fn whatever_the_server_fails_at_and_however_often_it_is_killed_it_is_said_and_answered_once()
{
    let (github, database) = (shop(), TestDatabase::new().await);
    // It fails right before each step, and right after it, before it is stored that it was done.
    let failing =
        "mention-taken=1*panic->off;mention-posted=1*panic->off;mention-answered=1*panic->off";
    let server = program(&github, &database)
        .set("FAILPOINTS", failing)
        .start()
        .await;
    let project = project_of(&server, &github, SHOP).await;
    taken(
        &server,
        &github.said(SHOP, 12, "alice", "@pm what can you do?"),
    )
    .await;
    done(&server, &project, "github_answered").await;
    server.logged("mention-answered").await;
    assert_eq!(
        (
            github.comments(SHOP, 12).len(),
            server.messages(&project).await.len()
        ),
        (1, 2)
    );
    // What was taken while GitHub is away is answered by the next server; what it was told last got lost on its way back.
    github.goes_down();
    taken(&server, &github.said(SHOP, 12, "alice", "@pm thanks")).await;
    server.kill().await;
    github.next_comment(Fault::BreakAfter);
    github.comes_up();
    let server = program(&github, &database).start().await;
    comments(&github, 2).await;
    wait_until("it to be stored", async || {
        (did(&server, &project).await.len() == 4).then_some(())
    })
    .await;
    server.kill().await;
    let server = program(&github, &database).start().await;
    taken(&server, &github.said(SHOP, 12, "alice", "@pm hello")).await;
    comments(&github, 3).await;
    wait_until("the last to be stored", async || {
        (did(&server, &project).await.len() == 6).then_some(())
    })
    .await;
    assert_eq!(
        (
            github.comments(SHOP, 12).len(),
            server.messages(&project).await.len()
        ),
        (3, 6)
    );
}

#[tokio::test]
async fn of_two_servers_whichever_is_told_it_is_answered_once() {
    if std::env::var("TEST_DATABASE").as_deref() != Ok("postgres") {
        return;
    }
    let (github, database) = (shop(), TestDatabase::new().await);
    let (one, other) = (
        program(&github, &database).start().await,
        program(&github, &database).start().await,
    );
    let project = project_of(&one, &github, SHOP).await;
    let hook = github.said(SHOP, 12, "alice", "@pm what can you do?");
    taken(&other, &hook).await;
    assert_eq!(
        expect(hook.to(&one), StatusCode::OK).await["status"],
        "had_before"
    );
    taken(&one, &github.said(SHOP, 12, "alice", "@pm thanks")).await;
    comments(&github, 2).await;
    wait_until("both to be stored", async || {
        (did(&other, &project).await.len() == 4).then_some(())
    })
    .await;
    assert_eq!(
        (
            github.comments(SHOP, 12).len(),
            one.messages(&project).await.len()
        ),
        (2, 4)
    );
}
