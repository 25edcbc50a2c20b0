//! What a backend keeps of a command, for the next one in its project.

use serde_json::{Value, json};

use crate::support::{RunningJob, Scripted, TestApp, TestAppBuilder, expect};

/// The next command in a project, which its backend is given.
async fn next(app: &TestApp, project: &str, backend: &Scripted) -> RunningJob {
    app.execute(project, "prime").await;
    backend.next_job().await
}

#[tokio::test]
async fn what_a_backend_kept_last_in_a_project_is_given_to_its_next_command_there() {
    let (backend, other) = (Scripted::new(), Scripted::named("other", 4));
    let app = TestAppBuilder::default()
        .backend(backend.clone())
        .and(other.clone())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    let job = next(&app, &project, &backend).await;
    assert_eq!(job.job.before, None);
    job.keeps(json!({ "session": 1 }), None).await;
    job.keeps(json!({ "session": 2 }), Some("pm/prime-1")).await;
    // What is said later without a branch leaves it as it is.
    job.keeps(json!({ "session": 3 }), None).await;
    let execution = app.execution(&job.job.execution.to_string()).await;
    assert_eq!(execution["branch_name"], "pm/prime-1");
    job.complete("done");
    // One that keeps nothing is passed over.
    for _ in 0..2 {
        let job = next(&app, &project, &backend).await;
        assert_eq!(job.job.before, Some(json!({ "session": 3 })));
        let id = job.job.execution.to_string();
        assert_eq!(app.execution(&id).await["branch_name"], Value::Null);
        job.complete("done");
    }
    // It is nothing to another project, nor to another backend.
    let till = app.project("Till").await;
    let job = next(&app, &till, &backend).await;
    assert_eq!(job.job.before, None);
    job.complete("done");
    let path = format!("/api/projects/{project}");
    let moved = app.patch(&path).json(&json!({ "backend": "other" }));
    expect(moved, reqwest::StatusCode::OK).await;
    let job = next(&app, &project, &other).await;
    assert_eq!(job.job.before, None);
    job.complete("done");
}
