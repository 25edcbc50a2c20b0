//! The log, page by page.

mod agent;
mod export;
mod filters;
mod index;
mod search;

use serde_json::{Value, json};

use crate::support::{TestApp, spawn_scripted, wait_until};

fn path(project: &str, query: &str) -> String {
    format!("/api/projects/{project}/activity{query}")
}

/// A project with a log of so many activities, all of them.
async fn with_log(length: usize) -> (TestApp, String, Vec<Value>) {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    job.says_all((0..length - 3).map(|line| format!("line {line}")))
        .await;
    job.complete("done");
    let log = wait_until("the whole log", async || {
        let page = app.read(&path(&project, "?limit=1000")).await;
        let items = page["items"].as_array()?.clone();
        (items.len() == length).then_some(items)
    })
    .await;
    (app, project, log)
}

#[tokio::test]
async fn an_activity_has_the_keys_of_the_contract() {
    let (_app, _project, log) = with_log(4).await;
    let seqs: Vec<&Value> = log.iter().map(|activity| &activity["seq"]).collect();
    assert_eq!(seqs, [1, 2, 3, 4], "without gaps, from 1");
    for activity in &log {
        assert!(
            activity["id"]
                .as_str()
                .is_some_and(|id| id.parse::<uuid::Uuid>().is_ok())
        );
        let time = activity["timestamp"].as_str().expect("a time");
        assert!(time.len() == 24 && time.ends_with('Z'), "{time}");
        for key in ["message", "kind"] {
            assert!(activity[key].is_string(), "{key} of {activity}");
        }
        assert_eq!(
            activity.get("phase"),
            Some(&Value::Null),
            "no phase is null: {activity}"
        );
        assert_eq!(activity["command"], "prime");
        assert!(activity["execution_id"].is_string());
    }
    let column = |key: &str| {
        log.iter()
            .map(|activity| activity[key].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(column("source"), ["scar", "scar", "claude", "scar"]);
    assert_eq!(column("kind"), ["status", "status", "text", "status"]);
    assert_eq!(column("verbosity"), [1, 1, 2, 1]);
    assert_eq!(
        column("status"),
        [
            json!("QUEUED"),
            json!("RUNNING"),
            Value::Null,
            json!("COMPLETED")
        ]
    );
    assert!(log[3]["duration_ms"].is_u64());
}

#[tokio::test]
async fn going_forward_page_by_page_shows_the_whole_log_once() {
    let (app, project, log) = with_log(20).await;
    for limit in [1, 3, 7, 10, 20, 21] {
        let (mut found, mut after, mut pages) = (Vec::new(), json!(0), 0);
        while !after.is_null() {
            let page = app
                .read(&path(&project, &format!("?after={after}&limit={limit}")))
                .await;
            assert_eq!(page["head"], 20);
            found.extend(page["items"].as_array().expect("a list").clone());
            after = page["next"].clone();
            pages += 1;
        }
        assert_eq!(found, log, "{limit} at a time");
        assert_eq!(
            pages,
            20_usize.div_ceil(limit),
            "no page is asked for in vain, {limit} at a time"
        );
    }
}

#[tokio::test]
async fn going_back_page_by_page_shows_the_whole_log_once() {
    let (app, project, log) = with_log(20).await;
    for limit in [1, 3, 7, 10, 20, 21] {
        let (mut found, mut query, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = app
                .read(&path(&project, &format!("?limit={limit}{query}")))
                .await;
            found.splice(0..0, page["items"].as_array().expect("a list").clone());
            pages += 1;
            if page["next"].is_null() {
                break;
            }
            query = format!("&before={}", page["next"]);
        }
        assert_eq!(found, log, "{limit} at a time");
        assert_eq!(
            pages,
            20_usize.div_ceil(limit),
            "no page is asked for in vain, {limit} at a time"
        );
    }
}

#[tokio::test]
async fn a_piece_of_the_log_is_found_between_two_places() {
    let (app, project, log) = with_log(20).await;
    let between = app.read(&path(&project, "?after=5&before=9")).await;
    assert_eq!(between["items"], json!(log[5..8]));
    assert_eq!(between["next"], Value::Null);
    let some = app.read(&path(&project, "?after=5&before=9&limit=2")).await;
    assert_eq!(
        (&some["items"], &some["next"]),
        (&json!(log[5..7]), &json!(7))
    );
    for nothing in [
        "?after=20",
        "?after=1000",
        "?before=1",
        "?before=0",
        "?after=9&before=5",
    ] {
        let page = app.read(&path(&project, nothing)).await;
        assert_eq!(
            page,
            json!({ "items": [], "head": 20, "next": null }),
            "{nothing}"
        );
    }
}

#[tokio::test]
async fn without_a_limit_a_page_has_the_newest_hundred_and_never_more_than_a_thousand() {
    let (app, project, log) = with_log(130).await;
    let page = app.read(&path(&project, "")).await;
    assert_eq!(page["items"], json!(log[30..]));
    assert_eq!((&page["head"], &page["next"]), (&json!(130), &json!(31)));
    let page = app.read(&path(&project, "?limit=5000")).await;
    assert_eq!(page["items"], json!(log));
}

#[tokio::test]
async fn a_page_of_a_verbosity_is_filled_with_what_it_shows() {
    let (app, project, log) = with_log(20).await;
    let brief = [&log[0], &log[1], &log[19]];
    let page = app.read(&path(&project, "?verbosity=1&limit=2")).await;
    assert_eq!(
        (&page["items"], &page["next"]),
        (&json!(brief[1..]), &json!(2))
    );
    let page = app
        .read(&path(&project, "?verbosity=1&limit=2&before=2"))
        .await;
    assert_eq!(
        (&page["items"], &page["next"]),
        (&json!(brief[..1]), &Value::Null)
    );
    let page = app.read(&path(&project, "?verbosity=1&after=0")).await;
    assert_eq!(page["items"], json!(brief));
}
