//! The command line's commands that speak to a running server, with the real program and real servers.

mod between;
mod breaking;
mod deciding;
mod lists;
mod looks;
mod reaching;
mod running;
mod tailing;

use serde_json::Value;

use crate::support::{Client, Done, ProgramBuilder};

/// A command that speaks to this server.
fn pm(server: &Client, arguments: &[&str]) -> ProgramBuilder {
    ProgramBuilder::with(arguments).set("PM_SERVER", &server.base)
}

/// Runs a command that must do what it is asked for; its output.
async fn done(server: &Client, arguments: &[&str]) -> String {
    let done = pm(server, arguments).run().await;
    assert_eq!(
        (done.code, done.errors.as_str()),
        (Some(0), ""),
        "{arguments:?}: {}",
        done.output
    );
    done.output
}

/// A command that must not be done; how it ended.
async fn failed(server: &Client, arguments: &[&str], code: i32) -> Done {
    let done = pm(server, arguments).run().await;
    assert_eq!(done.code, Some(code), "{arguments:?}: {done:?}");
    done
}

/// Each line as JSON.
fn json_lines(output: &str) -> Vec<Value> {
    let parsed = output.lines().map(serde_json::from_str);
    parsed
        .collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("{error}: {output}"))
}

/// What an activity or an execution is called.
fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}
