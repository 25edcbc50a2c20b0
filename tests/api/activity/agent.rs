//! What a coding agent tells beside words: filtered, looked for and exported as all else.

use project_manager::domain::step::{Cost, Diff, Step, Usage};
use serde_json::{Value, json};

use super::path;
use crate::support::{TestApp, spawn_scripted, wait_until};

const DIFF: &str = "@@ -1 +1 @@\n-let sum = 0;\n+let sum = tax(0);\n";

/// A project whose command thought, changed a file, told what it took and what nobody knows.
async fn with_steps() -> (TestApp, String, Vec<Value>) {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    for step in [
        Step::Thinking {
            text: "The tax is missing.".to_owned(),
            block: None,
        },
        Step::FileChange {
            tool: "Edit".to_owned(),
            summary: "Edited src/cart.js".to_owned(),
            path: "src/cart.js".to_owned(),
            diff: Some(Diff {
                text: DIFF.to_owned(),
                added: 1,
                removed: 1,
            }),
            call: None,
        },
        Step::Usage(Usage {
            used: 12_000,
            size: 200_000,
            cost: Some(Cost {
                millionths: 1_234_567,
                currency: "USD".to_owned(),
            }),
        }),
        Step::Raw {
            what: "a_new_thing".to_owned(),
            raw: "{}".to_owned(),
        },
    ] {
        job.step(step).await;
    }
    job.complete("done");
    let log = wait_until("the end", async || {
        let log = app.log(&project).await;
        (log.len() == 7).then_some(log)
    })
    .await;
    (app, project, log)
}

async fn listed(app: &TestApp, project: &str, query: &str) -> Vec<Value> {
    let page = app.read(&path(project, query)).await;
    page["items"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn each_kind_is_found_by_its_name_and_by_what_is_in_it() {
    let (app, project, log) = with_steps().await;
    let cost = json!({ "amount": 1.234567, "currency": "USD" });
    assert_eq!(log[4]["data"]["cost"], cost);
    for (query, at) in [
        ("?kind=thinking", 2),
        ("?kind=file_change", 3),
        ("?kind=usage", 4),
        ("?q=tax%20is%20missing", 2),
        ("?q=TAX(0)", 3),
        ("?q=1.23%20usd", 4),
        ("?q=a_new_thing", 5),
    ] {
        assert_eq!(
            listed(&app, &project, query).await,
            [log[at].clone()],
            "{query}"
        );
    }
    // Who does not want to see everything sees no thoughts, and nothing nobody has words for.
    let normal = listed(&app, &project, "?verbosity=2").await;
    let mut expected = log.clone();
    expected.retain(|one| one["verbosity"] != 3);
    assert_eq!((normal, log.len() - expected.len()), (expected, 2));
}

#[tokio::test]
async fn a_page_for_people_has_the_diff_in_a_fence() {
    let (app, project, log) = with_steps().await;
    let exported = path(&project, "/export?format=markdown");
    let page = app
        .get(&exported)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let block = "Edited src/cart.js\n  ```diff\n  @@ -1 +1 @@\n  -let sum = 0;\n  +let sum = tax(0);\n  ```\n";
    assert!(page.contains(block), "{page}");
    assert!(
        page.contains("**Thinking:** The tax is missing.\n"),
        "{page}"
    );
    assert!(
        page.contains("12000 of 200000 tokens in mind; 1.23 USD so far\n"),
        "{page}"
    );
    let lines = app.get(&path(&project, "/export")).send().await.unwrap();
    let lines = lines.text().await.unwrap();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, log);
}
