//! What the doctor sees of GitHub.

use super::Setup;
use crate::support::{TestGitHub, github::TOKEN};

#[tokio::test]
async fn the_token_for_github_is_tried_where_there_is_one() {
    let mut setup = Setup::new();
    let github = TestGitHub::start();
    setup.set("PM__GITHUB__API_URL", github.api());
    setup.set("GITHUB_ACCESS_TOKEN", TOKEN);
    let report = setup.doctor().await;
    report.is_well();
    let found = report.words("github", "ok");
    assert!(
        found.ends_with("answers and takes the token; 4990 more requests are taken in this hour"),
        "{found}"
    );
    github.revoke_token();
    let report = setup.doctor().await;
    // The server works without it.
    report.is_well();
    let found = report.words("github", "warning");
    assert!(found.contains("was revoked"), "{found}");
    assert!(!report.found.to_string().contains(TOKEN));
    let fix = report.check("github", "warning")["fixes"][0].clone();
    setup.apply(&fix);
    setup.doctor().await.words("github", "ok");
    github.goes_down();
    let report = setup.doctor().await;
    let found = report.words("github", "warning");
    assert!(found.contains("Connection refused"), "{found}");
}
