//! How pull requests are asked for, by who looks at them and by who wants to see them.

use project_manager::db::{Among, pull};

use super::Long;

pub(super) async fn pulls(long: &Long) {
    let (db, project) = (&long.db, long.project);
    // What their checks are cannot be read here.
    let due = pull::due(db, Among::All, 5).await.expect("an answer");
    assert_eq!(due.len(), 0);
    long.uses(&["pull_requests_by_look"]).await;

    let listed = pull::list(db, project, 100).await.expect("an answer");
    assert_eq!(listed.len(), 0);
    long.uses(&["pull_requests_by_number"]).await;
}
