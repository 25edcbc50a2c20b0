//! A disk without room for a copy.

use serde_json::json;

use super::{end_of, text};
use crate::support::{Checkout, ProgramBuilder, acp::ScriptedAgent};

#[tokio::test]
async fn a_copy_there_is_no_room_for_is_said_not_to_fit_and_leaves_nothing_half_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let agent = ScriptedAgent::doing(&json!([]));
    let large = "x".repeat(400 << 10);
    let checkout = Checkout::with(&[("README.md", "# Shop\n"), ("large.txt", &large)]);
    let small = "mkdir \"$PM__DATA__DIR/worktrees\" && \
                 mount -t tmpfs -o size=100k none \"$PM__DATA__DIR/worktrees\"";
    let server = ProgramBuilder::serving_apart(folder.path(), small)
        .set("PM__ACP__COMMAND", agent.line())
        .start()
        .await;
    let project = server.project_in("Shop", checkout.text()).await;
    let execution = server.execute(&project, "prime").await;
    let ended = end_of(&server, &execution).await;
    assert_eq!(ended["error_code"], "workspace_missing", "{ended}");
    let error = text(&ended["error"]);
    assert!(error.contains("could not be made ready"), "{error}");
    assert!(error.contains("unable to write file"), "{error}");
    let listed = server
        .read(&format!("/api/projects/{project}/worktrees"))
        .await;
    assert_eq!(listed, json!([]));
}
