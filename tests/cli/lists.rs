//! `pm projects` and `pm executions`.

use serde_json::{Value, json};

use super::{done, id, json_lines};
use crate::support::spawn_scripted;

/// The lines of a table, in words.
fn rows(output: &str) -> Vec<Vec<&str>> {
    let lines = output.lines();
    lines
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|one| !one.is_empty())
                .collect()
        })
        .collect()
}

#[tokio::test]
async fn projects_are_listed_with_what_runs_and_an_id_that_is_enough() {
    let (app, backend) = spawn_scripted().await;
    assert!(
        done(&app, &["projects"])
            .await
            .contains("There is no project yet")
    );
    let shop = app.project("Shop").await;
    app.project("Zoo").await;
    app.execute(&shop, "prime").await;
    let job = backend.next_job().await;
    let output = done(&app, &["projects"]).await;
    let rows = rows(&output);
    assert_eq!(
        rows[0],
        ["name", "status", "runs", "needs you", "activity", "id"]
    );
    assert_eq!(rows[1][..3], ["Zoo", "brainstorming", "-"]);
    assert_eq!(rows[2][..2], ["Shop", "brainstorming"]);
    assert!(rows[2][2].starts_with("prime ("), "{output}");
    let short = rows[2][5];
    assert!(
        shop.starts_with(short) && short.len() < shop.len(),
        "{output}"
    );
    done(&app, &["tail", short, "--no-follow"]).await;
    let [listed] = json_lines(&done(&app, &["projects", "--json"]).await)
        .try_into()
        .expect("one line");
    assert_eq!(listed, app.read("/api/projects").await);
    job.complete("done");
}

#[tokio::test]
async fn executions_are_listed_newest_first_of_all_projects_or_of_one() {
    let (app, backend) = spawn_scripted().await;
    let (shop, zoo) = (app.project("Shop").await, app.project("Zoo").await);
    app.project("Idle").await;
    let mut ran = Vec::new();
    for project in [&shop, &zoo, &shop, &zoo, &shop] {
        let execution = app.execute(project, "prime").await;
        let job = backend.next_job().await;
        job.complete("done");
        let id = id(&execution).to_owned();
        crate::support::wait_until("its end", async || {
            let now = app.execution(&id).await;
            (now["status"] == "COMPLETED").then_some(())
        })
        .await;
        ran.push(id);
    }
    ran.reverse();
    let listed = async |arguments: &[&str]| {
        let all = [&["executions", "--json"], arguments].concat();
        let [list] = json_lines(&done(&app, &all).await).try_into().expect("one");
        list
    };
    let ids = |list: &Value| -> Vec<String> {
        let list = list.as_array().expect("a list").iter();
        list.map(|one| id(one).to_owned()).collect()
    };
    assert_eq!(ids(&listed(&[]).await), ran);
    assert_eq!(ids(&listed(&["-n", "2"]).await), ran[..2]);
    assert_eq!(
        ids(&listed(&["zoo"]).await),
        [ran[1].clone(), ran[3].clone()]
    );
    assert_eq!(listed(&["--status", "FAILED"]).await, json!([]));
    assert_eq!(listed(&["idle"]).await, json!([]));
    assert_eq!(listed(&["-n", "1"]).await[0], app.execution(&ran[0]).await);
    let output = done(&app, &["executions", "shop", "--status", "completed"]).await;
    let rows = rows(&output);
    assert_eq!(rows.len(), 4, "{output}");
    assert_eq!(rows[1][..3], ["Shop", "prime", "completed"], "{output}");
    assert!(ran[0].starts_with(rows[1][6]), "{output}");
}
