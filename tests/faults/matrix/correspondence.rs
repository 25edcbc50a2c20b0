//! People who say something to the project manager on GitHub.

use serde_json::{Value, json};

use crate::support::{Client, TestGitHub, wait_until};

/// The repository on which they do.
const SHOP: &str = "acme/shop";

/// How often they say something.
const TIMES: usize = 3;

/// All they said, and where it is answered.
pub struct Correspondence {
    github: TestGitHub,
    project: String,
}

impl Correspondence {
    /// Has them say it, and GitHub tell of it until the server has it.
    pub async fn begin(github: TestGitHub, server: &Client) -> Self {
        github.has(SHOP).permission(SHOP, "alice", "write");
        let made = json!({ "name": "Said", "github_repo_url": github.url(SHOP) });
        let made = server.make(&made).await;
        let project = made["id"].as_str().expect("an id").to_owned();
        for _ in 0..TIMES {
            let hook = github.said(SHOP, 12, "alice", "@pm what can you do?");
            wait_until("the server to have it", async || {
                let answer = hook.to(server).send().await.ok()?;
                answer.status().is_success().then_some(())
            })
            .await;
        }
        Self { github, project }
    }

    /// Waits until all of it is answered, each once.
    pub async fn answered_once(self, server: &Client) {
        let is_answered = |one: &Value| one["status"] == "github_answered";
        wait_until("all to be answered on GitHub", async || {
            let log = server.log(&self.project).await;
            let answered = log.iter().filter(|one| is_answered(one)).count();
            (answered == TIMES).then_some(())
        })
        .await;
        assert_eq!(self.github.comments(SHOP, 12).len(), TIMES);
        assert_eq!(server.messages(&self.project).await.len(), 2 * TIMES);
    }
}
