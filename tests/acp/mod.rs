//! Commands in a coding agent on this machine: a whole server, its guard, and a program that speaks the protocol.

mod choosing;
mod copies;
mod disk;
mod ending;
mod limits;
mod looking;
mod permissions;
mod sessions;
mod steps;

use serde_json::{Value, json};

use crate::support::{Checkout, Client, TestApp, acp::ScriptedAgent, wait_until};

/// A server with an agent that does these things, and a project in a checkout.
async fn spawn(actions: &Value) -> Stage {
    Stage::of(ScriptedAgent::doing(actions)).await
}

/// A server, its agent, a checkout and the project in it.
struct Stage {
    app: TestApp,
    agent: ScriptedAgent,
    checkout: Checkout,
    project: String,
}

impl Stage {
    async fn of(agent: ScriptedAgent) -> Self {
        let app = agent.builder().spawn().await;
        Self::on(app, agent).await
    }

    async fn on(app: TestApp, agent: ScriptedAgent) -> Self {
        let checkout = Checkout::with(&[("README.md", "# Shop\n"), ("src/cart.js", "old\n")]);
        let project = app.project_in("Shop", checkout.text()).await;
        Self {
            app,
            agent,
            checkout,
            project,
        }
    }

    /// Runs a command to its end.
    async fn run(&self, command: &str) -> Value {
        let execution = self.app.execute(&self.project, command).await;
        end_of(&self.app, &execution).await
    }

    /// Runs a command with arguments to its end.
    async fn run_with(&self, command: &str, args: &str) -> Value {
        let path = format!("/api/projects/{}/executions", self.project);
        let body = json!({ "command": command, "args": args });
        let execution = crate::support::expect(
            self.app.post(&path).json(&body),
            reqwest::StatusCode::ACCEPTED,
        )
        .await;
        end_of(&self.app, &execution).await
    }

    /// The steps in the log, newest last.
    async fn steps(&self) -> Vec<Value> {
        let log = self.app.log(&self.project).await;
        let steps = log.into_iter();
        steps
            .filter(|activity| activity["source"] == "claude")
            .collect()
    }

    /// The steps of one kind.
    async fn steps_of(&self, kind: &str) -> Vec<Value> {
        let mut steps = self.steps().await;
        steps.retain(|step| step["kind"] == kind);
        steps
    }

    /// The folder of the agent's copy.
    fn copy(&self) -> std::path::PathBuf {
        let data = self.app.database().folder.path();
        data.join("worktrees").join(&self.project)
    }
}

/// An execution, once it has ended.
async fn end_of(client: &Client, execution: &Value) -> Value {
    let id = execution["id"].as_str().expect("an id");
    wait_until("the end of an execution", async || {
        let execution = client.execution(id).await;
        execution["completed_at"].is_string().then_some(execution)
    })
    .await
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// A use of a tool that has only begun.
fn tool(id: &str, title: &str, more: Value) -> Value {
    let mut update = json!({ "sessionUpdate": "tool_call", "toolCallId": id, "title": title });
    merge(&mut update, more);
    json!({ "tell": update })
}

/// More of it.
fn tool_update(id: &str, more: Value) -> Value {
    let mut update = json!({ "sessionUpdate": "tool_call_update", "toolCallId": id });
    merge(&mut update, more);
    json!({ "tell": update })
}

fn merge(into: &mut Value, more: Value) {
    let Value::Object(more) = more else {
        panic!("fields are wanted")
    };
    into.as_object_mut().expect("an object").extend(more);
}

/// What an agent wants to be allowed.
fn ask(id: &str, kind: &str, more: Value) -> Value {
    let mut call = json!({ "toolCallId": id, "title": format!("Do {id}"), "kind": kind });
    merge(&mut call, more);
    json!({ "ask": { "toolCall": call, "options": [
        { "optionId": "once", "name": "Allow", "kind": "allow_once" },
        { "optionId": "always", "name": "Always allow", "kind": "allow_always" },
        { "optionId": "no", "name": "Reject", "kind": "reject_once" },
    ] } })
}
