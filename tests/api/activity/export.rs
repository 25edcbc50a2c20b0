//! The log as a file.

use project_manager::domain::{
    change::{Change, Reported},
    step::Step,
};
use reqwest::{Response, StatusCode};
use serde_json::Value;

use super::{path, with_log};
use crate::support::{TestApp, patiently, refused, refused_field, spawn_scripted, wait_until};

async fn export(app: &TestApp, project: &str, query: &str) -> Response {
    let answer = app.get(&path(project, &format!("/export{query}"))).send();
    let answer = patiently("a file", answer)
        .await
        .expect("the server answers");
    assert_eq!(answer.status(), StatusCode::OK, "{query}");
    answer
}

async fn text(app: &TestApp, project: &str, query: &str) -> String {
    let file = export(app, project, query).await;
    patiently("all of a file", file.text())
        .await
        .expect("the file is whole")
}

async fn lines(app: &TestApp, project: &str, query: &str) -> Vec<Value> {
    let text = text(app, project, query).await;
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect()
}

#[tokio::test]
async fn a_log_is_exported_whole_a_line_an_activity_under_its_projects_name() {
    let (app, project, log) = with_log(900).await;
    for query in ["", "?format=jsonl"] {
        assert_eq!(lines(&app, &project, query).await, log);
    }
    let file = export(&app, &project, "").await;
    assert_eq!(
        file.headers()["content-type"],
        "application/x-ndjson; charset=utf-8"
    );
    assert_eq!(
        file.headers()["content-disposition"],
        "attachment; filename=\"shop-activity.jsonl\""
    );
    let file = export(&app, &project, "?format=markdown").await;
    assert_eq!(
        file.headers()["content-type"],
        "text/markdown; charset=utf-8"
    );
    assert_eq!(
        file.headers()["content-disposition"],
        "attachment; filename=\"shop-activity.md\""
    );
}

#[tokio::test]
async fn a_part_of_a_log_is_exported_as_it_is_listed() {
    let (app, project, log) = with_log(30).await;
    for (query, expected) in [
        ("?after=5&before=9", &log[5..8]),
        ("?q=LINE%202&before=26", &log[22..25]),
        ("?errors=true", &[]),
        ("?after=30", &[]),
    ] {
        let mut expected = expected.to_vec();
        if query.contains("q=") {
            // "line 2" is before "line 20" as well.
            expected.insert(0, log[4].clone());
        }
        assert_eq!(lines(&app, &project, query).await, expected, "{query}");
    }
    let brief = lines(&app, &project, "?verbosity=1").await;
    assert_eq!(brief, [log[0].clone(), log[1].clone(), log[29].clone()]);
}

#[tokio::test]
async fn large_texts_are_exported_whole_however_many() {
    let (app, _backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let id = project.parse().expect("an id");
    let message = "ä".repeat(100_000);
    for _ in 0..20 {
        let change = Change::Noticed {
            message: message.clone(),
            status: "noticed",
        };
        let stored = app.writer().append(vec![Reported::now(id, change)]).await;
        stored.expect("it is stored");
    }
    let exported = lines(&app, &project, "").await;
    assert_eq!(exported.len(), 20);
    assert!(exported.iter().all(|one| one["message"] == message));
}

#[tokio::test]
async fn a_page_for_people_has_what_was_said_under_its_command_and_nothing_breaks_out_of_it() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop & *co*").await;
    app.say(&project, "hello <b>").await;
    wait_until("the reply", async || {
        (app.messages(&project).await.len() == 2).then_some(())
    })
    .await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    job.step(Step::ToolResult {
        tool: "Read".to_owned(),
        summary: "2 lines".to_owned(),
        output: "```\n# no heading\n~~~~\r`````\n".to_owned(),
        cut_bytes: 12,
        ok: false,
        duration_ms: 1_500,
        call: None,
    })
    .await;
    job.complete("done");
    wait_until("the end", async || {
        let log = app.log(&project).await;
        log.last()
            .is_some_and(|last| last["status"] == "COMPLETED")
            .then_some(())
    })
    .await;
    let page = text(&app, &project, "?format=markdown").await;
    let untimed: Vec<&str> = page
        .lines()
        .map(|line| match line.strip_prefix("- ") {
            Some(timed) => timed.split_once(' ').map_or(timed, |(_, said)| said),
            None => line,
        })
        .collect();
    assert_eq!(untimed[0], "# Shop \\& \\*co\\*: activity");
    let headings: Vec<&&str> = untimed
        .iter()
        .filter(|line| line.starts_with("### "))
        .collect();
    assert_eq!(headings, [&"### Conversation", &"### prime"]);
    assert!(untimed.contains(&"**You:** hello \\<b\\>"), "{page}");
    let block = "**Failed:** 2 lines (1.5 s)\n  ``````\n  ```\n  # no heading\n  ~~~~\n  `````\n  ``````\n  (12 more bytes were not kept.)";
    assert!(untimed.join("\n").contains(block), "{page}");
    let nothing = text(&app, &project, "?format=markdown&kind=error").await;
    assert!(nothing.contains("A part of it") && nothing.ends_with("\nNothing.\n"));
}

#[tokio::test]
async fn what_cannot_be_exported_is_refused() {
    let (app, _backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    refused_field(app.get(&path(&project, "/export?format=pdf")), "format").await;
    let nobody = "01890000-0000-7000-8000-000000000000";
    refused(app.get(&path(nobody, "/export")), StatusCode::NOT_FOUND).await;
    refused_field(app.get(&path("shop", "/export")), "project_id").await;
}
