//! Which pull request a command opened.

use project_manager::domain::step::Step;
use serde_json::{Value, json};

use super::{Place, REPOSITORY, pull_when, pulls, told};
use crate::{
    scar::end_of,
    support::{Scripted, TestAppBuilder},
    workflow::{answer_all, say, stands},
};

#[tokio::test]
async fn what_a_command_says_it_opened_is_linked_to_it_with_its_branch() {
    let place = Place::new();
    place.github.pull(REPOSITORY, json!({ "number": 3 }));
    let app = place.app().await;
    let project = place.project(&app).await;
    let (execution, run) = place.opening(&app, &project).await;
    run.say(&format!("Last time it was {}, so", place.url(3)));
    run.say("🔧 BASH\ngh pr create --fill");
    run.say(&format!(
        "I opened **[#7]({})**. It has the prices.",
        place.url(7)
    ));
    let pull = pull_when(&app, &project, |pull| {
        pull["number"] == 7 && pull["looked_at"].is_string()
    })
    .await;
    // While the command still runs.
    let running = app.execution(&execution).await;
    assert_eq!(running["status"], "RUNNING");
    run.end();
    let expected = json!({ "number": 7, "url": place.url(7), "state": "open", "checks": "none" });
    let shown = end_of(&app, &running).await;
    assert_eq!(shown["pull_request"], expected);
    assert_eq!(shown["branch_name"], "feature-7");
    let path = format!("/api/projects/{project}/executions");
    assert_eq!(app.read(&path).await[0]["pull_request"], expected);
    assert_eq!(
        pull,
        json!({
            "number": 7, "title": "Add prices", "url": place.url(7), "branch": "feature-7", "author": "octocat", "state": "open",
            "draft": false, "checks": { "state": "none", "passed": 0, "failed": 0, "pending": 0, "failed_names": [] },
            "created_at": "2026-04-22T13:33:48.000Z", "updated_at": "2026-04-23T13:33:48.000Z",
            "execution_id": execution, "phase_id": null, "looked_at": pull["looked_at"], "trouble": null,
        })
    );
    let log = app.log(&project).await;
    let linked = log
        .iter()
        .filter(|one| one["status"] == "pull_request_linked");
    let linked: Vec<&Value> = linked.map(|one| &one["message"]).collect();
    let (third, seventh) = (place.url(3), place.url(7));
    assert_eq!(
        linked,
        [
            &json!(format!("Its pull request is #3: {third}")),
            &json!(format!("Its pull request is #7: {seventh}")),
        ]
    );
    // With the step that tells of it.
    let at = log
        .iter()
        .position(|one| one["message"] == json!(format!("Its pull request is #7: {seventh}")));
    let before = &log[at.expect("it is linked") - 1];
    assert!(before["message"].as_str().unwrap().contains("I opened"));
}

#[tokio::test]
async fn only_pull_requests_of_the_projects_own_repository_are_linked_and_only_by_what_opens_some()
{
    let place = Place::new();
    place
        .github
        .has("acme/demo-shop-old")
        .pull("acme/demo-shop-old", json!({ "number": 7 }));
    let app = place.app().await;
    let project = place.project(&app).await;
    let (execution, run) = place.opening(&app, &project).await;
    let api = place.github.api();
    run.say(&format!("See {api}/acme/demo-shop-old/pull/7 first."));
    run.say(&format!("And {api}/notacme/demo-shop/pull/7"));
    run.say("https://github.com/acme/demo-shop/pull/7");
    run.say(&format!("{api}/acme/demo-shop/pull/new/prices"));
    run.say(&format!(
        "https://evil.example/?to={api}/acme/demo-shop/pull/7"
    ));
    run.end();
    let ended = end_of(&app, &json!({ "id": execution })).await;
    assert_eq!(
        (&ended["status"], &ended["pull_request"]),
        (&json!("COMPLETED"), &Value::Null)
    );
    let looking = app.execute(&project, "prime").await;
    let run = place.scar.next_run().await;
    run.say(&format!("There is {} to be looked at.", place.url(7)));
    run.end();
    assert_eq!(end_of(&app, &looking).await["pull_request"], Value::Null);
    assert_eq!(pulls(&app, &project).await, json!([]));
    assert_eq!(place.github.requests().len(), 0, "GitHub was asked nothing");
}

#[tokio::test]
async fn a_phase_of_the_workflow_has_the_pull_request_its_command_opened() {
    let place = Place::new();
    let backend = Scripted::new();
    let app = TestAppBuilder::default().backend(backend.clone());
    let settings = place.github.settings().into_iter();
    let app = settings
        .fold(app, |app, (name, value)| app.set(name, value))
        .spawn()
        .await;
    let project = place.project(&app).await;
    answer_all(&app, &project).await;
    say(&app, &project, "approve").await;
    backend.next_job().await.complete("# Pots");
    backend.next_job().await.complete("1. A basket");
    stands(&app, &project, "awaiting_approval").await;
    say(&app, &project, "approve").await;
    let job = backend.next_job().await;
    assert_eq!(job.job.order.command.as_str(), "execute-github");
    // What was only read is somebody else's word.
    job.step(answered("Read", &format!("old: {}", place.url(3))))
        .await;
    job.step(answered("Bash", &format!("{}\n", place.url(7))))
        .await;
    let news = told(&app, &project, &["pull_request_opened"]).await;
    assert_eq!(news[0]["phase"], "Execute Implementation", "{}", news[0]);
    let workflow = app.read(&format!("/api/projects/{project}/workflow")).await;
    let with: Vec<&Value> = workflow["phases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|phase| !phase["pull_request"].is_null())
        .collect();
    let expected = json!({ "number": 7, "url": place.url(7), "state": "open", "checks": "none" });
    assert_eq!(with.len(), 1, "{workflow}");
    assert_eq!(
        (&with[0]["pull_request"], &with[0]["branch"]),
        (&expected, &json!("feature-7"))
    );
    assert_eq!(pulls(&app, &project).await[0]["phase_id"], with[0]["id"]);
    job.complete("Built.");
}

fn answered(tool: &str, output: &str) -> Step {
    Step::ToolResult {
        tool: tool.to_owned(),
        summary: "1 line".to_owned(),
        output: output.to_owned(),
        cut_bytes: 0,
        ok: true,
        duration_ms: 1,
        call: None,
    }
}
