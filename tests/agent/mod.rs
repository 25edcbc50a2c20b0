//! The project manager's rules.

mod account;
mod report;
mod rules;
mod sentences;
mod topics;
mod vision;
mod workflow;

use project_manager::{
    agent::Situation,
    domain::{
        execution::{Command, Order},
        workflow::Workflow,
    },
};

/// A message in a project with a folder, nothing running and nothing offered.
pub(crate) fn idle(text: &str) -> Situation<'_> {
    Situation {
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
    }
}

pub(crate) fn order(command: Command, args: &str) -> Order {
    Order {
        command,
        args: args.to_owned(),
    }
}

/// Plan this, build it, check it.
pub(crate) fn sequence(args: &str) -> Vec<Order> {
    vec![
        order(Command::PlanFeatureGithub, args),
        order(Command::ExecuteGithub, ""),
        order(Command::Validate, ""),
    ]
}
