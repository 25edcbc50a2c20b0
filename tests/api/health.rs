//! Whether the server lives and can do its work.

mod healthcheck;

use serde_json::json;

use crate::support::{TestAppBuilder, spawn_app};

#[tokio::test]
async fn health_says_what_the_server_is() {
    let app = TestAppBuilder::default()
        .set("PM__APP__NAME", "Our Manager")
        .set("PM__APP__ENVIRONMENT", "staging")
        .spawn()
        .await;
    assert_eq!(
        app.read("/health").await,
        json!({
            "status": "healthy", "app_name": "Our Manager", "environment": "staging",
            "version": env!("CARGO_PKG_VERSION"),
        })
    );
}

#[tokio::test]
async fn each_check_is_named_with_what_came_of_it() {
    let app = spawn_app().await;
    assert_eq!(app.read("/health/live").await, json!({ "status": "alive" }));
    assert_eq!(
        app.read("/health/db").await,
        json!({ "status": "healthy", "checks": { "database": "ok" } })
    );
    assert_eq!(
        app.ready().await,
        json!({ "status": "healthy", "checks": { "database": "ok", "actors": "ok" } })
    );
}

#[tokio::test]
async fn with_its_tables_gone_the_server_says_that_the_database_is_the_matter() {
    use sea_orm::ConnectionTrait as _;
    let app = spawn_app().await;
    let database = app.database().connect().await;
    database
        .execute_unprepared("ALTER TABLE projects RENAME TO elsewhere")
        .await
        .expect("the table goes");
    for path in ["/health/db", "/health/ready"] {
        let answer = app.get(path).send().await.expect("an answer");
        assert_eq!(answer.status(), 503, "{path}");
        let report: serde_json::Value = answer.json().await.expect("JSON");
        assert_eq!(report["status"], "unhealthy");
        let words = report["checks"]["database"].as_str().expect("words");
        assert!(words.contains("projects"), "{words}");
    }
    assert_eq!(app.read("/health/live").await["status"], "alive");
    database
        .execute_unprepared("ALTER TABLE elsewhere RENAME TO projects")
        .await
        .expect("the table comes back");
    assert_eq!(app.ready().await["status"], "healthy");
    database.close().await.expect("a closed connection");
}
