//! `GET /api/diagnostics`: what is wrong is found, with its cause and the next step, whatever it is.

use project_manager::{
    db::execution,
    domain::finding::{LAG_MAX, STUCK_AFTER},
};
use reqwest::{StatusCode, header};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use serde_json::{Value, json};

use crate::support::{
    Client, Lock, ProgramBuilder, TestAppBuilder, TestDatabase, spawn_app, spawn_scripted,
    wait_until,
};

/// The whole report.
async fn report(client: &Client) -> Value {
    client.read("/api/diagnostics").await
}

/// Waits until something of this kind is found; it, and the report it is in.
async fn found(client: &Client, kind: &str) -> (Value, Value) {
    wait_until(("to be found", kind), async || {
        let report = report(client).await;
        let findings = report["findings"].as_array().expect("a list").clone();
        let finding = findings
            .into_iter()
            .find(|finding| finding["kind"] == kind)?;
        for words in ["what", "cause", "next_step"] {
            assert!(
                finding[words]
                    .as_str()
                    .is_some_and(|words| words.len() > 20),
                "{finding}"
            );
        }
        Some((finding, report))
    })
    .await
}

async fn until_well(client: &Client) -> Value {
    wait_until("nothing to be found", async || {
        Some(report(client).await).filter(|report| report["status"] == "healthy")
    })
    .await
}

#[tokio::test]
async fn a_server_in_which_nothing_is_wrong_says_so_and_all_that_is_known() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    let _stream = app.stream(&project, "").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let report = wait_until("it to run", async || {
        let report = report(&app).await;
        let runs = report["executions"]["running"][0]["command"] == "prime";
        // A busy machine may be slow for a moment, and says so.
        (runs && report["status"] == "healthy").then_some(report)
    })
    .await;
    assert_eq!(report["says"], "Everything works.");
    assert_eq!(report["findings"], json!([]));
    assert_eq!(report["canary"]["status"], "passed");
    assert_eq!(report["server"]["version"], env!("CARGO_PKG_VERSION"));
    assert!(
        report["server"]["disk"]["free_bytes"].as_u64() > Some(0),
        "{report}"
    );
    let kind = if app.database().is_postgres() {
        "postgres"
    } else {
        "sqlite"
    };
    assert_eq!(report["database"]["kind"], kind);
    assert!(
        report["database"]["read_ms"].as_f64() > Some(0.0),
        "{report}"
    );
    assert_eq!(report["backends"][0]["running"], 1);
    assert_eq!(report["model"], Value::Null);
    assert_eq!(report["streams"]["list"][0]["project_id"], project);
    let running = &report["executions"]["running"][0];
    assert_eq!(
        (&running["project_name"], &running["is_stuck"]),
        (&json!("Shop"), &json!(false))
    );
    let actors = report["actors"].as_array().expect("a list");
    assert!(
        actors
            .iter()
            .any(|actor| actor["name"] == "writer" && actor["state"] == "running")
    );
    job.complete("done");
}

#[tokio::test]
async fn a_browser_is_shown_the_page() {
    let app = spawn_app().await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let asked = client
        .build()
        .expect("a client")
        .get(format!("{}/api/diagnostics", app.base));
    let asked = asked.header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
    let answer = asked.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[header::LOCATION], "/#/server");
}

#[tokio::test]
async fn a_database_that_is_locked_is_found_and_the_rest_is_still_told() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let lock = Lock::take(app.database()).await;
    let path = format!("/api/projects/{project}/messages");
    let said = app
        .post(&path)
        .json(&json!({ "content": "hello" }))
        .send()
        .await;
    assert_eq!(
        said.expect("an answer").status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    let (finding, report) = found(&app, "database_away").await;
    assert_eq!(finding["severity"], "broken");
    assert_eq!(report["status"], "broken");
    assert_eq!(report["says"], "1 thing does not work.");
    let what = finding["what"].as_str().expect("words");
    assert!(what.contains("Nothing can be stored"), "{what}");
    assert!(
        report["actors"]
            .as_array()
            .is_some_and(|actors| !actors.is_empty())
    );
    // That what is written does not arrive follows from it.
    assert!(
        !report["findings"].to_string().contains("canary_stuck"),
        "{report}"
    );
    lock.release().await;
    until_well(&app).await;
}

#[tokio::test]
async fn a_command_that_has_said_nothing_for_long_is_found_with_its_project() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let begun = project_manager::clock::now() - STUCK_AFTER - chrono::TimeDelta::seconds(1);
    let db = app.database().connect().await;
    wait_until("it to be stored as running", async || {
        let begun = execution::Entity::update_many()
            .col_expr(execution::Column::StartedAt, Expr::value(begun))
            .filter(execution::Column::Status.eq("RUNNING"))
            .exec(&db)
            .await;
        (begun.expect("an update").rows_affected > 0).then_some(())
    })
    .await;
    let (finding, report) = found(&app, "execution_stuck").await;
    assert_eq!(
        (&finding["project_id"], &finding["severity"]),
        (&json!(project), &json!("warning"))
    );
    assert!(
        finding["what"]
            .as_str()
            .is_some_and(|what| what.starts_with("“prime” in Shop")),
        "{finding}"
    );
    assert_eq!(report["executions"]["running"][0]["is_stuck"], true);
    assert_eq!(report["status"], "degraded");
    let says = "Everything works, but 1 thing is worth a look.";
    assert_eq!(report["says"], says);
    job.says("I am here").await;
    until_well(&app).await;
    job.complete("done");
    db.close().await.expect("a closed connection");
}

#[tokio::test]
async fn a_stream_that_is_not_read_is_found_to_lag() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    // Opened and never read.
    let stream = app
        .get(&format!("/api/sse/scar/{project}"))
        .send()
        .await
        .expect("a stream");
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    let line = "word ".repeat(2_000);
    // More than the systems on both sides keep for it.
    job.says_all((0..LAG_MAX * 6).map(|number| format!("{number} {line}")))
        .await;
    let (finding, report) = found(&app, "stream_lags").await;
    assert_eq!(finding["project_id"], project);
    assert!(
        report["streams"]["list"][0]["lag"].as_i64() > Some(LAG_MAX),
        "{}",
        report["streams"]
    );
    drop(stream);
    until_well(&app).await;
    job.complete("done");
}

#[tokio::test]
async fn a_part_that_crashed_is_found_with_why() {
    let database = TestDatabase::new().await;
    let server = ProgramBuilder::serving_database(&database)
        .set("FAILPOINTS", "before-queue=1*panic->off")
        .start()
        .await;
    let project = server.project("Shop").await;
    let path = format!("/api/projects/{project}/executions");
    drop(
        server
            .post(&path)
            .json(&json!({ "command": "prime" }))
            .send()
            .await,
    );
    let (finding, report) = found(&server, "part_failed").await;
    let what = finding["what"].as_str().expect("words");
    assert!(
        what.contains("“executor”") && what.contains("panicked"),
        "{what}"
    );
    assert_eq!(report["crashes"], 1);
}

#[tokio::test]
async fn a_scar_and_a_model_that_are_away_are_found() {
    let nobody = "http://127.0.0.1:9";
    let app = TestAppBuilder::default()
        .set("SCAR_BASE_URL", nobody)
        .set("PM__LLM__ENDPOINT", nobody)
        .set("PM__LLM__RETRIES", 0)
        .spawn()
        .await;
    assert_eq!(report(&app).await["model"]["status"], "not_asked_yet");
    // Three in a row open the circuit.
    for _ in 0..3 {
        app.get("/health/scar").send().await.expect("an answer");
    }
    let (finding, _) = found(&app, "backend_away").await;
    assert!(
        finding["what"]
            .as_str()
            .is_some_and(|what| what.starts_with("SCAR does not answer")),
        "{finding}"
    );
    let project = app.project("Shop").await;
    app.say(&project, "how are you?").await;
    let (finding, report) = found(&app, "model_away").await;
    assert_eq!(
        (&finding["severity"], &report["status"]),
        (&json!("warning"), &json!("broken"))
    );
    let says = "1 thing does not work, and 1 more worth a look.";
    assert_eq!(report["says"], says);
}
