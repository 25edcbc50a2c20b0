//! Pull requests: which one a command opened is known from what it says, and what becomes of it from GitHub.

mod following;
mod linking;
mod surviving;

use std::sync::Arc;

use serde_json::{Value, json};

use super::project_of;
use crate::{
    scar::FAST,
    support::{
        Client, ProgramBuilder, TestApp, TestAppBuilder, TestDatabase, TestGitHub,
        scar::{Run, TestScar},
        wait_until,
    },
};

/// The repository that both GitHub and SCAR have.
const REPOSITORY: &str = "acme/demo-shop";

/// A GitHub with a pull request in it, and a SCAR whose commands are played by hand.
pub struct Place {
    github: TestGitHub,
    scar: Arc<TestScar>,
}

impl Place {
    pub fn new() -> Self {
        let (github, scar) = (TestGitHub::start(), TestScar::start());
        github.has(REPOSITORY);
        github.pull(REPOSITORY, json!({ "number": 7, "title": "Add prices" }));
        Self { github, scar }
    }

    /// What a server is set to here.
    fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = self.github.settings();
        settings.push(("SCAR_BASE_URL", self.scar.address()));
        settings.extend(FAST.map(|(name, value)| (name, value.to_owned())));
        settings
    }

    async fn app(&self) -> TestApp {
        let settings = self.settings().into_iter();
        let app = settings.fold(TestAppBuilder::default(), |app, (name, value)| {
            app.set(name, value)
        });
        app.spawn().await
    }

    pub fn program(&self, database: &TestDatabase) -> ProgramBuilder {
        let settings = self.settings().into_iter();
        let program = ProgramBuilder::serving_database(database);
        settings.fold(program, |program, (name, value)| program.set(name, value))
    }

    pub async fn project(&self, client: &Client) -> String {
        project_of(client, &self.github, REPOSITORY).await
    }

    /// Has a command begin that opens pull requests: the execution, and the command for the test to play.
    async fn opening(&self, client: &Client, project: &str) -> (String, Run) {
        let execution = client.execute(project, "execute-github").await;
        let id = execution["id"].as_str().expect("an id").to_owned();
        (id, self.scar.next_run().await)
    }

    /// The address of a pull request.
    fn url(&self, number: u64) -> String {
        format!("{}/pull/{number}", self.github.url(REPOSITORY))
    }

    /// Has a command tell of pull request 7, and end; the execution.
    pub async fn opened(&self, client: &Client, project: &str) -> String {
        let (execution, run) = self.opening(client, project).await;
        run.say(&format!("I opened [#7]({}).", self.url(7)));
        run.end();
        told(client, project, &["pull_request_opened"]).await;
        execution
    }

    /// What is so of pull request 7 from now on.
    pub fn change(&self, with: Value) {
        let mut pull = json!({ "number": 7, "title": "Add prices" });
        for (key, value) in with.as_object().expect("keys") {
            pull[key] = value.clone();
        }
        self.github.pull(REPOSITORY, pull);
    }

    /// How the checks of pull request 7 stand from now on: names, and conclusions for those that have ended.
    fn checks(&self, checks: &[(&str, Option<&str>)]) {
        let run = |(name, conclusion): &(&str, Option<&str>)| {
            let status = conclusion.map_or("in_progress", |_| "completed");
            json!({ "name": name, "status": status, "conclusion": conclusion })
        };
        let runs: Vec<Value> = checks.iter().map(run).collect();
        self.github.checks(REPOSITORY, "sha-of-7", json!(runs));
    }
}

/// What is known of a project's pull requests.
async fn pulls(client: &Client, project: &str) -> Value {
    let path = format!("/api/projects/{project}/pull-requests");
    client.read(&path).await
}

/// Waits until what is known of the newest one is as `is_so` says; it.
async fn pull_when(client: &Client, project: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    wait_until("the pull request to be so", async || {
        let newest = pulls(client, project).await[0].clone();
        is_so(&newest).then_some(newest)
    })
    .await
}

/// What the log tells of pull requests, but for their addresses.
async fn news(client: &Client, project: &str) -> Vec<Value> {
    let log = client.log(project).await;
    let is_news = |one: &Value| {
        !one["data"]["pull_request"].is_null() && one["status"] != "pull_request_linked"
    };
    log.into_iter().filter(is_news).collect()
}

/// Waits until exactly this was told of them, in this order; the activities.
pub async fn told(client: &Client, project: &str, statuses: &[&str]) -> Vec<Value> {
    wait_until(format!("{statuses:?} to be told"), async || {
        let news = news(client, project).await;
        let told: Vec<&str> = news
            .iter()
            .filter_map(|one| one["status"].as_str())
            .collect();
        assert!(
            statuses.starts_with(&told),
            "{told:?} was told, not {statuses:?}"
        );
        (told.len() == statuses.len()).then_some(news)
    })
    .await
}
