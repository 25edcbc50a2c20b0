//! Giving what waits its slot, and telling who follows.

use actix::{
    AsyncContext as _, WrapFuture as _,
    prelude::{Context, Recipient},
};

use super::{Ended, Executor, GivenUp, Parts, Running};
use crate::{
    actors::{
        patience::tell_patiently,
        poller::{self, Poller},
        supervisor::{Policy, Spec, Unsent},
    },
    db::execution::Execution,
    domain::{
        execution::{Command, ExecutionStatus},
        id::ProjectId,
    },
};

impl Executor {
    /// How many are before this one in its project.
    pub(super) fn place(&self, execution: &Execution) -> usize {
        if execution.status != ExecutionStatus::Queued {
            return 0;
        }
        let mine = |project| project == execution.project_id;
        let running = self
            .running
            .iter()
            .filter(|(id, running)| mine(running.project) && **id != execution.id)
            .count();
        let before = self
            .waiting
            .iter()
            .take_while(|waiting| waiting.id != execution.id);
        running + before.filter(|waiting| mine(waiting.project_id)).count()
    }

    /// The command that runs in a project.
    pub(super) fn runs_in(&self, project: ProjectId) -> Option<Command> {
        self.running
            .values()
            .find(|running| running.project == project)
            .map(|running| running.command)
    }

    /// Starts what waits, as far as there are slots: in the order it was queued, one a project.
    pub(super) fn fill_slots(&mut self, ctx: &mut Context<Self>) {
        while self.running.len() < self.slots {
            let busy: Vec<ProjectId> = self
                .running
                .values()
                .map(|running| running.project)
                .collect();
            let Some(next) = self
                .waiting
                .iter()
                .position(|waiting| !busy.contains(&waiting.project_id))
            else {
                return;
            };
            if let Some(execution) = self.waiting.remove(next) {
                self.start(execution, ctx);
            }
        }
    }

    pub(super) fn start(&mut self, execution: Execution, ctx: &mut Context<Self>) {
        let Parts {
            supervisor,
            arbiter,
            writer,
            reader,
            backends,
        } = self.parts.clone();
        let ended = Ended {
            execution: execution.id,
            project: execution.project_id,
        };
        let (address, order) = (ctx.address(), execution.order.clone());
        let spec = Spec {
            name: format!("poller {}", execution.id),
            parent: "executor",
            policy: Policy::SetAside {
                on_give_up: Box::new(move |given_up| {
                    let told = address.try_send(GivenUp {
                        ended,
                        order,
                        why: given_up.why,
                    });
                    if told.is_err() {
                        // The executor is full or ending; when it starts again it closes what has no poller.
                        tracing::error!(execution.id = %ended.execution, "an execution lost its poller and nobody could be told");
                    }
                }),
            },
            mailbox: poller::MAILBOX,
        };
        let executor = ctx.address();
        let (project, command) = (execution.project_id, execution.order.command);
        let poller = supervisor.start(spec, &arbiter, move |_| {
            Poller::new(
                execution.clone(),
                writer.clone(),
                reader.clone(),
                backends.clone(),
                executor.clone(),
            )
        });
        self.running.insert(
            ended.execution,
            Running {
                project,
                command,
                poller,
                cancelled: Vec::new(),
            },
        );
    }

    pub(super) fn tell_follower(&self, ended: Ended, ctx: &mut Context<Self>) {
        let Some(follower) = self.follower.clone() else {
            return;
        };
        ctx.spawn(tell(follower, ended).into_actor(self));
    }
}

/// Tells the follower, however full its mailbox.
async fn tell(follower: Recipient<Ended>, ended: Ended) {
    tell_patiently(|| follower.try_send(ended).map_err(Unsent::from)).await;
}
