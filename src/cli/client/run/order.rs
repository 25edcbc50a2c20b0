//! What is ordered, and what it comes behind.

use clap::ValueEnum;
use serde_json::json;

use super::{Run, ending::quoted, interrupts::Interrupts, title};
use crate::cli::client::{
    api::Api,
    failure::Failure,
    projects::running,
    text::count,
    wire::{Execution, Project},
};

/// A command that can be ordered, by either of its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Ordered {
    /// Get to know the codebase and sum it up; changes nothing.
    #[value(alias = "PRIME")]
    Prime,
    /// Write a plan for a feature on a branch of its own.
    #[value(alias = "PLAN_FEATURE_GITHUB")]
    PlanFeatureGithub,
    /// Carry out the newest plan.
    #[value(alias = "EXECUTE_GITHUB")]
    ExecuteGithub,
    /// Run the project's own tests and checks.
    #[value(alias = "VALIDATE")]
    Validate,
}

impl Ordered {
    /// As the API calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Prime => "prime",
            Self::PlanFeatureGithub => "plan-feature-github",
            Self::ExecuteGithub => "execute-github",
            Self::Validate => "validate",
        }
    }
}

/// How a project stood before the order.
pub(super) struct Before {
    /// All that the order leads to comes after this `seq`.
    pub(super) head: i64,
    running: Option<Execution>,
}

/// Looks how a project stands.
pub(super) async fn before(api: &Api, project: &Project) -> Result<Before, Failure> {
    let now: Project = api.read(&format!("/api/projects/{}", project.id)).await?;
    Ok(Before {
        head: now.head,
        running: now.running,
    })
}

/// Orders the command; what came of it, as a type and as it came.
///
/// Whoever presses Ctrl-C meanwhile has it stopped as soon as it is known which it is: the server may have taken the order
/// already, and an order that is not waited for would run without anybody knowing.
pub(super) async fn placed(
    api: &Api,
    asked: &Run,
    project: &Project,
    interrupts: &Interrupts,
) -> Result<(Execution, String), Failure> {
    let name = asked.command.name();
    interrupts.parting(format!(
        "Whether {name} was ordered is not known; this shows it: pm executions {}",
        quoted(project)
    ));
    let key = uuid::Uuid::now_v7().to_string();
    let path = format!("/api/projects/{}/executions", project.id);
    let body = json!({ "command": name, "args": asked.args.join(" ") });
    let order = api.post(&path, &body, Some(&key));
    tokio::pin!(order);
    let answer = tokio::select! {
        biased;
        answer = &mut order => answer,
        () = interrupts.first() => {
            api.screen.word("As soon as the server has taken the order, it is asked to stop the command.");
            order.await
        }
    }?;
    Ok((api.understood(&answer.text)?, answer.text))
}

/// That it is queued, and behind what.
pub(super) fn told(project: &Project, execution: &Execution, before: &Before) -> String {
    let title = title(project, execution);
    let behind = match (execution.position, &before.running) {
        (0, _) => return title,
        (1, Some(first)) => running(first),
        (more, Some(first)) => {
            let more = i64::try_from(more - 1).unwrap_or(i64::MAX);
            format!("{} and {} more", running(first), count(more, "command"))
        }
        (more, None) => count(i64::try_from(more).unwrap_or(i64::MAX), "command"),
    };
    format!("{title}\nQueued behind {behind}.")
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::Ordered;
    use crate::domain::execution::Command;

    #[test]
    fn each_command_that_can_be_ordered_is_one_by_either_of_its_names() {
        for ordered in Ordered::value_variants() {
            let command = Command::parse(ordered.name()).expect("a command");
            for name in [command.as_str(), command.as_type()] {
                assert_eq!(Ordered::from_str(name, false).as_ref(), Ok(ordered));
            }
        }
        let all = [
            Command::Prime,
            Command::PlanFeatureGithub,
            Command::ExecuteGithub,
            Command::Validate,
        ];
        assert_eq!(all.len(), Ordered::value_variants().len());
    }
}
