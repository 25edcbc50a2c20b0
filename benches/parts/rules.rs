//! The rules: what is made of a message, of an event in a workflow, and of a change on its way into the log.

use std::hint::black_box;

use anyhow::ensure;
use project_manager::{
    agent::{self, Situation},
    domain::{
        change::Change,
        id::ExecutionId,
        redaction::Secrets,
        workflow::{End, Event, Standing, Workflow},
    },
};

use super::{
    recorded,
    workload::{Work, Workload},
};

/// What people say: orders, wishes, small talk, and a text that is about none of it.
const SAID: [&str; 8] = [
    "Hi there!",
    "Get to know the code, please.",
    "Plan and implement a dark mode for the settings page, then run the checks.",
    "We could add a search, should we?",
    "Don't run it yet.",
    "How far are you?",
    "I want an app for tea lovers: people can save teas, rate them and share lists with friends. Let's write the vision.",
    "The login page shows an error when the password has an umlaut in it, and my colleague says that it was not so last week; \
     she has tried it in two browsers, with and without the new keyboard.",
];

/// From an idea to checked work, with a plan that is rejected and a command that fails.
const EVENTS: [Event; 12] = [
    Event::VisionReady,
    Event::Approved,
    Event::CommandEnded(End::Completed),
    Event::CommandEnded(End::Completed),
    Event::Rejected,
    Event::Continued,
    Event::CommandEnded(End::Completed),
    Event::Approved,
    Event::CommandEnded(End::Failed),
    Event::Continued,
    Event::CommandEnded(End::Completed),
    Event::CommandEnded(End::Completed),
];

pub(crate) fn workloads() -> Vec<Workload> {
    vec![
        Workload {
            name: "rules/eight-messages",
            times: 2,
            ready: decide,
        },
        Workload {
            name: "rules/workflow",
            times: 200,
            ready: workflow,
        },
        Workload {
            name: "rules/log-words",
            times: 100,
            ready: words,
        },
        Workload {
            name: "rules/redaction",
            times: 10,
            ready: redaction,
        },
    ]
}

/// What the project manager decides to do about each.
fn decide() -> anyhow::Result<Work> {
    Ok(Box::new(|| {
        for text in SAID {
            black_box(agent::decide(&Situation {
                text,
                project_name: "Shop",
                has_workspace: true,
                running: None,
                queued: 0,
                previous_reply: None,
                last: None,
                said: &[],
                workflow: Workflow::default(),
                has_vision: false,
            }));
        }
    }))
}

/// All that happens to a workflow until a person is asked about the work.
fn workflow() -> anyhow::Result<Work> {
    let end = || {
        EVENTS
            .into_iter()
            .try_fold(Workflow::default(), |workflow, event| {
                Ok::<_, project_manager::domain::workflow::NotNow>(workflow.apply(event)?.workflow)
            })
    };
    ensure!(
        end()?.standing() == Standing::AwaitingApproval,
        "the events do not lead to the end"
    );
    Ok(Box::new(move || {
        black_box(end()).expect("as before");
    }))
}

/// The words the log keeps of what was recorded.
fn words() -> anyhow::Result<Work> {
    let changes = recorded::changes(ExecutionId::new())?;
    Ok(Box::new(move || {
        for change in &changes {
            black_box(change.entry());
        }
    }))
}

/// What is stored of it: without what looks like a secret, or is known to be one.
fn redaction() -> anyhow::Result<Work> {
    let changes = recorded::changes(ExecutionId::new())?;
    let secrets = Secrets::new(["hunter2-hunter2".to_owned()]);
    Ok(Box::new(move || {
        for change in &changes {
            black_box(Change::clone(change).without(&secrets));
        }
    }))
}
