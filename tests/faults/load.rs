//! What a server is put to work with: a checkout, a SCAR that does as it is told, and a project of each.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Checkout, Client, ProgramBuilder, TestDatabase,
    scar::{Script, TestScar},
    wait_until,
};

/// Steps of a command in SCAR.
const STEPS: usize = 8;

/// All of it, for as long as it is held.
pub struct Load {
    pub database: TestDatabase,
    scar: Arc<TestScar>,
    checkout: Checkout,
}

impl Load {
    pub async fn new() -> Self {
        let scar = TestScar::start();
        let texts: Vec<String> = (0..STEPS).map(|number| format!("step {number}")).collect();
        for command in ["prime", "validate"] {
            scar.script(
                command,
                Script::every(Duration::from_millis(2), texts.clone()),
            );
        }
        Self {
            database: TestDatabase::new().await,
            scar,
            checkout: Checkout::with(&[("README.md", "# Shop\n"), ("checks.sh", "echo fine\n")]),
        }
    }

    /// A server with this load.
    pub fn serving(&self) -> ProgramBuilder {
        let serving = ProgramBuilder::serving_database(&self.database)
            .set("SCAR_BASE_URL", self.scar.address())
            .set("PM__OFFLINE__TEST_COMMAND", "sh checks.sh");
        crate::scar::FAST
            .iter()
            .fold(serving, |serving, (name, value)| serving.set(name, value))
    }

    /// Makes a project whose commands run in the server, and one whose commands run in SCAR.
    pub async fn projects(&self, server: &Client) -> Vec<String> {
        let here =
            json!({ "name": "Here", "workspace_path": self.checkout.text(), "backend": "offline" });
        let there =
            json!({ "name": "There", "github_repo_url": "https://github.com/acme/demo-shop" });
        vec![made(server, &here).await, made(server, &there).await]
    }
}

/// Makes a project, however often that fails.
async fn made(server: &Client, body: &Value) -> String {
    let key = Uuid::now_v7().to_string();
    wait_until("a project", async || {
        let asked = server.post("/api/projects").header("Idempotency-Key", &key);
        let answer = asked.json(body).send().await.ok()?;
        let answer: Value = answer.json().await.ok()?;
        answer["id"].as_str().map(str::to_owned)
    })
    .await
}
