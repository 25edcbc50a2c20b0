//! `pm migrate` beside a running server, and where there is no database yet.

use std::path::Path;

use super::{database_in, folder, refused};
use crate::support::{Done, ProgramBuilder};

async fn migrate(direction: &str, data: &Path) -> Done {
    ProgramBuilder::with(&["migrate", direction])
        .set("PM__DATA__DIR", data.display())
        .run()
        .await
}

#[tokio::test]
async fn the_tables_of_a_running_server_are_looked_at_and_not_changed() {
    let folder = folder();
    let server = ProgramBuilder::serving(folder.path()).start().await;
    server.project("Shop").await;
    let applied = migrate("status", folder.path()).await;
    assert_eq!(applied.code, Some(0), "{applied:?}");
    let file = database_in(&folder);
    for direction in ["down", "up"] {
        let done = migrate(direction, folder.path()).await;
        let file = file.to_str().expect("a plain name");
        refused(&done, &["another server is using", file, "stop that one"]);
    }
    assert_eq!(migrate("status", folder.path()).await, applied);
    assert_eq!(server.read("/api/projects").await[0]["name"], "Shop");
    server.project("Zoo").await;
    let (status, errors) = server.terminate().await;
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));

    let down = migrate("down", folder.path()).await;
    assert_eq!(down.code, Some(0), "{down:?}");
    assert_eq!(down.output.matches("Pending").count(), 1, "{down:?}");
    assert_eq!(migrate("up", folder.path()).await, applied);
}

#[tokio::test]
async fn only_up_makes_a_database_that_is_not_there() {
    let parent = folder();
    let data = parent.path().join("data");
    for direction in ["status", "down"] {
        let done = migrate(direction, &data).await;
        let data = data.to_str().expect("a plain name");
        refused(&done, &["there is no database", data, "pm migrate up"]);
        assert!(!parent.path().join("data").exists(), "nothing was made");
    }
    let up = migrate("up", &data).await;
    assert_eq!((up.code, up.errors.as_str()), (Some(0), ""));
    assert!(
        up.output.lines().all(|line| line.starts_with("Applied")),
        "{up:?}"
    );
    assert_eq!(migrate("status", &data).await, up);
}
