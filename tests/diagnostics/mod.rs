//! The server says how it is: the canary, what is wrong and what to do about it, and the figures.

mod canary;
mod findings;
mod grafana;
mod metrics;

use serde_json::Value;

use crate::support::{Client, wait_until};

/// What is said of the way of a change, in this project.
async fn connection_test(client: &Client, project: &str) -> Value {
    let path = format!("/api/diagnostics/sse/{project}");
    client.read(&path).await["connection_test"].take()
}

/// Waits until what is said of the way of a change fits; it.
async fn tested(client: &Client, project: &str, fits: impl Fn(&Value) -> bool) -> Value {
    wait_until("a test that fits", async || {
        Some(connection_test(client, project).await).filter(|test| fits(test))
    })
    .await
}
