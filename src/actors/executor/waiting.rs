//! The queue: what waits for a slot, and what is being stored and will.

use actix::prelude::Context;

use super::{
    Executor, QueueError, Queued,
    ending::CancelReply,
    records::{Chosen, Stored},
};
use crate::{
    actors::{reply::Reply, writer::AppendError},
    db::execution::Execution,
    domain::{
        execution::{Command, ExecutionStatus},
        id::{ExecutionId, ProjectId},
    },
};

/// An execution that is being stored.
pub(super) struct Storing {
    project: ProjectId,
    /// Who asked meanwhile for its end.
    pub(super) cancelled: Vec<CancelReply>,
}

impl Storing {
    pub(super) fn new(project: ProjectId) -> Self {
        Self {
            project,
            cancelled: Vec::new(),
        }
    }
}

/// An execution that has no slot yet.
pub(super) struct Waiting {
    pub(super) execution: Execution,
    /// Where its project wants it to run, if it chose.
    pub(super) choice: Option<String>,
    /// Whether it was said what it waits for.
    pub(super) told: bool,
    /// Who asked for its end. Being ended, it is not started.
    pub(super) cancelled: Vec<CancelReply>,
}

/// Whoever queued something, with the answer as far as it is known.
pub(super) struct Unanswered {
    queued: Queued,
    reply: Reply<Result<Queued, QueueError>>,
}

impl Executor {
    /// Takes in what became of an execution that was to be stored.
    pub(super) fn stored(
        &mut self,
        id: ExecutionId,
        stored: Result<Stored, QueueError>,
        reply: Reply<Result<Queued, QueueError>>,
        ctx: &mut Context<Self>,
    ) {
        let storing = self.storing.remove(&id);
        let cancelled = storing.map(|storing| storing.cancelled).unwrap_or_default();
        let Stored {
            chosen,
            is_fresh,
            ahead,
        } = match stored {
            Ok(stored) => stored,
            Err(error) => return self.was_not_stored(error, cancelled, reply, ctx),
        };
        let execution = chosen.execution.clone();
        if let Some(ahead) = ahead {
            for reply in cancelled {
                reply.send(Ok(false));
            }
            reply.send(Ok(ahead.of(execution)));
            // It may be this server's by now, and nobody else tells of it.
            return self.reload(ctx);
        }
        if is_fresh {
            self.take_in(chosen);
        }
        for reply in cancelled {
            // Who asked is not kept so long.
            self.cancel(execution.id, None, reply, ctx);
        }
        self.unanswered.push(Unanswered {
            queued: Queued {
                position: self.place(&execution),
                running: self.runs_in(execution.project_id),
                started: false,
                execution,
            },
            reply,
        });
        self.fill_slots(ctx);
    }

    fn was_not_stored(
        &mut self,
        error: QueueError,
        cancelled: Vec<CancelReply>,
        reply: Reply<Result<Queued, QueueError>>,
        ctx: &mut Context<Self>,
    ) {
        let is_unknown = error == QueueError::Append(AppendError::Unknown);
        for reply in cancelled {
            reply.send(match is_unknown {
                true => Err(AppendError::Unknown),
                false => Ok(false),
            });
        }
        reply.send(Err(error));
        if is_unknown {
            // Whoever was told what: if it is stored, it is run.
            self.reload(ctx);
        }
    }

    /// Answers who queued something, as far as it is known whether it got a slot at once.
    pub(super) fn answer(&mut self) {
        self.note_load();
        for mut unanswered in std::mem::take(&mut self.unanswered) {
            let Execution { id, project_id, .. } = unanswered.queued.execution;
            unanswered.queued.started = self.running.contains_key(&id);
            match self.is_awaited(project_id) && !unanswered.queued.started {
                true => self.unanswered.push(unanswered),
                false => unanswered.reply.send(Ok(unanswered.queued)),
            }
        }
    }

    /// Gives a queued execution its place, unless it has one; it may be known already from reading the records.
    pub(super) fn take_in(&mut self, Chosen { execution, choice }: Chosen) {
        if self.running.contains_key(&execution.id) {
            return;
        }
        let known = |waiting: &&mut Waiting| waiting.execution.id == execution.id;
        if let Some(known) = self.waiting.iter_mut().find(known) {
            known.choice = choice;
            return;
        }
        let order = |execution: &Execution| (execution.queued_at, execution.id);
        let place = self
            .waiting
            .partition_point(|waiting| order(&waiting.execution) < order(&execution));
        let waiting = Waiting {
            execution,
            choice,
            told: false,
            cancelled: Vec::new(),
        };
        self.waiting.insert(place, waiting);
    }

    /// How many wait in a project.
    pub(super) fn waiting_in(&self, project: ProjectId) -> usize {
        let waiting = self.waiting.iter();
        let waiting = waiting.filter(|waiting| waiting.execution.project_id == project);
        let storing = self.storing.values();
        waiting.count() + storing.filter(|storing| storing.project == project).count()
    }

    /// What waits in a project, or will.
    pub(super) fn all_waiting_in(&self, project: ProjectId) -> Vec<ExecutionId> {
        let storing = self.storing.iter();
        let storing = storing.filter(|(_, storing)| storing.project == project);
        let waiting = self.waiting.iter().map(|waiting| &waiting.execution);
        storing
            .map(|(id, _)| *id)
            .chain(
                waiting
                    .filter(|execution| execution.project_id == project)
                    .map(|execution| execution.id),
            )
            .collect()
    }

    /// How many are before this one in its project.
    fn place(&self, execution: &Execution) -> usize {
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
            .map(|waiting| &waiting.execution)
            .take_while(|waiting| waiting.id != execution.id);
        running + before.filter(|waiting| mine(waiting.project_id)).count()
    }

    /// The command that runs in a project.
    fn runs_in(&self, project: ProjectId) -> Option<Command> {
        self.running
            .values()
            .find(|running| running.project == project)
            .map(|running| running.command)
    }
}
