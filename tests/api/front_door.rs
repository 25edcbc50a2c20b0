//! The main job, end to end: a person writes, the offline backend works on a real checkout, and every step is seen.

use serde_json::{Value, json};

use crate::support::{Checkout, TestApp, Window, spawn_app, wait_until};

fn shop() -> Checkout {
    Checkout::with(&[
        ("README.md", "# Shop\n\nSells books to people who read.\n"),
        (
            "Cargo.toml",
            "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        ),
        ("src/main.rs", "fn main() {\n    println!(\"open\");\n}\n"),
        ("tests/opens.rs", "#[test]\nfn the_shop_opens() {}\n"),
    ])
}

/// The positions in a log of what fits.
fn places(log: &[Value], fits: impl Fn(&Value) -> bool) -> Vec<usize> {
    log.iter()
        .enumerate()
        .filter(|(_, activity)| fits(activity))
        .map(|(at, _)| at)
        .collect()
}

#[tokio::test]
async fn analyze_the_codebase_is_stored_shown_and_done_step_by_step() {
    let app = spawn_app().await;
    let checkout = shop();
    let project = app.project_in("Shop", checkout.text()).await;
    let mut stream = app.stream(&project, "?verbosity=3").await;
    let mut window = Window::open(&app, &project).await;
    window.say("analyze the codebase").await;

    let said = window.next().await;
    assert_eq!(
        said["type"], "chat",
        "first of all the message is shown: {said}"
    );
    assert_eq!(said["data"]["content"], "analyze the codebase");
    let shown: Vec<Value> = stream
        .activities_until(|data| data["source"] == "scar" && data["status"] == "COMPLETED")
        .await
        .into_iter()
        .map(|event| event.data)
        .collect();

    let log = app.log(&project).await;
    assert_eq!(
        shown,
        log[..shown.len()],
        "what was shown live is what is stored"
    );
    assert_eq!(
        shown[0]["kind"], "message",
        "it is stored before anything acts on it"
    );
    assert_eq!(shown[0]["data"]["message_id"], said["data"]["id"]);
    let status = |status: &'static str| {
        move |activity: &Value| activity["source"] == "scar" && activity["status"] == status
    };
    let lifecycle = ["QUEUED", "RUNNING", "COMPLETED"].map(|name| places(&shown, status(name)));
    assert!(
        lifecycle.iter().all(|found| found.len() == 1),
        "each once: {lifecycle:?}"
    );
    let steps = places(&shown, |activity| activity["source"] == "claude");
    assert!(steps.len() > 5, "there are steps: {shown:#?}");
    assert!(
        steps
            .iter()
            .all(|step| lifecycle[1][0] < *step && *step < lifecycle[2][0]),
        "all of them while it runs"
    );
    let tools = |name: &'static str| {
        places(&shown, |activity| {
            activity["tool"] == name && activity["kind"] == "tool"
        })
    };
    assert!(!tools("Read").is_empty(), "files are read");
    assert!(shown.iter().any(|activity| {
        activity["detail"]
            .as_str()
            .is_some_and(|text| text.contains("README.md"))
    }));
    let calls = places(&shown, |activity| activity["kind"] == "tool").len();
    let results = places(&shown, |activity| activity["kind"] == "tool_result").len();
    assert_eq!(calls, results, "each tool has its result");

    summary_is_told(&app, &project, &mut window).await;
}

/// The summary is the execution's output and, word for word, the last message.
async fn summary_is_told(app: &TestApp, project: &str, window: &mut Window) {
    let executions = app
        .read(&format!("/api/projects/{project}/executions"))
        .await;
    let execution = &executions[0];
    assert_eq!(executions.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (
            &execution["command_type"],
            &execution["status"],
            &execution["error"]
        ),
        (&json!("PRIME"), &json!("COMPLETED"), &Value::Null)
    );
    let summary = execution["output"].as_str().expect("a summary");
    assert!(summary.contains("Rust"), "it names the language: {summary}");
    let acknowledged = window.next_of("chat").await;
    assert_eq!(acknowledged["role"], "assistant");
    window.next_chat("assistant", summary).await;
    let messages = app.messages(project).await;
    assert_eq!(
        messages.len(),
        3,
        "asked, acknowledged, summed up: {messages:?}"
    );
    assert_eq!(messages[2]["content"], summary);
}

#[tokio::test]
async fn run_the_checks_runs_the_projects_own_and_says_what_came_of_them() {
    let app = spawn_app().await;
    let passing = "check:\n\t@echo all is well\ntest: check\n";
    let failing = "check:\n\t@echo two of seven failed; exit 3\ntest: check\n";
    for (makefile, status, words) in [
        (passing, "COMPLETED", "passed"),
        (failing, "FAILED", "did not pass"),
    ] {
        let checkout = Checkout::with(&[("Makefile", makefile)]);
        let project = app.project_in("Shop", checkout.text()).await;
        let mut stream = app.stream(&project, "").await;
        app.say(&project, "run the checks").await;
        let shown = stream
            .activities_until(|data| data["source"] == "scar" && data["status"] == status)
            .await;
        let line = makefile
            .split("echo ")
            .nth(1)
            .and_then(|rest| rest.split(['\n', ';']).next())
            .expect("it says something");
        // Lines that come at once are one step.
        let is_shown = shown.iter().any(|event| {
            let text = event.data["message"].as_str().expect("words");
            event.data["kind"] == "text" && text.lines().any(|shown| shown == line)
        });
        assert!(is_shown, "{line:?} is in a step: {shown:#?}");
        let report = wait_until("the report", async || {
            app.messages(&project).await.into_iter().nth(2)
        })
        .await;
        let report = report["content"].as_str().expect("words").to_owned();
        assert!(report.contains(words), "{report}");
    }
}

#[tokio::test]
async fn a_project_without_a_folder_says_so_instead_of_pretending() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    app.say(&project, "analyze the codebase").await;
    let last = wait_until("the last word", async || {
        let messages = app.messages(&project).await;
        let running = app.read(&format!("/api/projects/{project}")).await["running"].take();
        let words = messages.last()?["content"].as_str()?.to_owned();
        (running.is_null() && words.contains("folder")).then_some(words)
    })
    .await;
    assert!(last.contains("folder"), "{last}");
    let executions = app
        .read(&format!(
            "/api/projects/{project}/executions?status=COMPLETED"
        ))
        .await;
    assert_eq!(executions, json!([]));
}

#[tokio::test]
async fn a_folder_that_went_away_is_named() {
    let app = spawn_app().await;
    let checkout = shop();
    let project = app.project_in("Shop", checkout.text()).await;
    let place = checkout.text().to_owned();
    drop(checkout);
    let execution = app.execute(&project, "prime").await;
    let id = execution["id"].as_str().expect("an id").to_owned();
    let failed = wait_until("its end", async || {
        Some(app.execution(&id).await).filter(|now| now["status"] == "FAILED")
    })
    .await;
    assert_eq!(failed["error_code"], "workspace_missing");
    assert!(
        failed["error"]
            .as_str()
            .is_some_and(|words| words.contains(&place)),
        "{failed}"
    );
}
