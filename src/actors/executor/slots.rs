//! Giving what waits its slot: one a project, and in each backend as many as suit it.

use std::collections::{BTreeMap, BTreeSet};

use actix::{AsyncContext as _, WrapFuture as _, prelude::Context};

use super::{
    Executor, GivenUp, Parts, ending::CancelReply, records::say_waiting, waiting::Waiting,
};
use crate::{
    actors::{
        poller::{self, Poller, Reins},
        supervisor::{Child, Policy, Spec},
    },
    backends::Backend,
    db::execution::Execution,
    domain::{
        change::{Change, Reported},
        execution::{Command, Notice, NoticeStatus},
        id::{ActivityId, ProjectId},
    },
    leases::Hold,
};

/// An execution that has a slot.
pub(super) struct Running {
    pub(super) project: ProjectId,
    /// With which this server runs it.
    pub(super) hold: Hold,
    pub(super) command: Command,
    /// The backend whose slot it has; none where its backend is not there any more, which is all its poller will say.
    pub(super) backend: Option<&'static str>,
    pub(super) poller: Child<Poller>,
    pub(super) reins: Reins,
    /// Whether its poller ended without a word, and it is being closed.
    pub(super) closing: bool,
    /// Who asked for its end and waits for it.
    pub(super) cancelled: Vec<CancelReply>,
}

/// How much the executor has to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Load {
    /// Executions that have no slot yet.
    pub waiting: usize,
    /// Executions that run, by backend.
    pub running: BTreeMap<&'static str, usize>,
}

impl Executor {
    /// Tells who looks how much there is to do.
    pub(super) fn note_load(&self) {
        let backends = self.parts.backends.all().iter();
        let running = backends.map(|backend| (backend.name(), self.runs_of(backend.name())));
        self.load.send_replace(Load {
            waiting: self.waiting.len(),
            running: running.collect(),
        });
    }

    /// Starts what waits, as far as there are slots, in the order it was queued; what would be next in its project and finds
    /// its backend full says so.
    pub(super) fn fill_slots(&mut self, ctx: &mut Context<Self>) {
        if self.standing_down.is_some() {
            return self.answer();
        }
        let running = self.running.values().map(|running| running.project);
        let mut busy: BTreeSet<ProjectId> = running.collect();
        let mut at = 0;
        while let Some(next) = self.waiting.get(at) {
            let backends = &self.parts.backends;
            let backend = backends.chosen(next.choice.as_deref()).cloned();
            let project = next.execution.project_id;
            let is_ending = !next.cancelled.is_empty();
            if is_ending || self.is_awaited(project) || !busy.insert(project) {
                at += 1;
                continue;
            }
            if let Some(backend) = &backend
                && self.runs_of(backend.name()) >= self.slots_of(backend.name())
            {
                self.tell_waiting(at, backend.as_ref(), ctx);
                at += 1;
                continue;
            }
            if let Some(Waiting { execution, .. }) = self.waiting.remove(at) {
                self.start(execution, backend.map(|backend| backend.name()), ctx);
            }
        }
        self.answer();
    }

    fn runs_of(&self, backend: &str) -> usize {
        let running = self.running.values();
        running
            .filter(|running| running.backend == Some(backend))
            .count()
    }

    fn slots_of(&self, backend: &str) -> usize {
        self.slots.get(backend).copied().unwrap_or(usize::MAX)
    }

    /// Says, once, what an execution waits for.
    fn tell_waiting(&mut self, at: usize, backend: &dyn Backend, ctx: &mut Context<Self>) {
        let running = match self.runs_of(backend.name()) {
            1 => "1 command already runs".to_owned(),
            several => format!("{several} commands already run"),
        };
        let waiting = &mut self.waiting[at];
        if std::mem::replace(&mut waiting.told, true) {
            return;
        }
        let execution = &waiting.execution;
        let message = format!(
            "{running} in {}, as many as may at a time. This one begins when one of them has ended.",
            backend.place()
        );
        let change = Change::ExecutionNoticed {
            execution: execution.id,
            command: execution.order.command,
            notice: Notice {
                status: NoticeStatus::Waiting,
                message,
            },
        };
        let waits = Reported {
            // Made from the execution's, so that a restart does not say it again.
            id: ActivityId(execution.id.0),
            ..Reported::now(execution.project_id, change).in_phase(execution.phase)
        };
        ctx.spawn(say_waiting(self.parts.writer.clone(), waits).into_actor(self));
    }

    pub(super) fn start(
        &mut self,
        execution: Execution,
        backend: Option<&'static str>,
        ctx: &mut Context<Self>,
    ) {
        // Another server runs it.
        let Some(hold) = self.parts.leases.hold(execution.project_id) else {
            return;
        };
        let reins = Reins::default();
        let Parts {
            supervisor,
            arbiter,
            writer,
            reader,
            backends,
            feed,
            stopping,
            permission_expires,
            site,
            ..
        } = self.parts.clone();
        let (address, id) = (ctx.address(), execution.id);
        let spec = Spec {
            name: format!("poller {id}"),
            parent: "executor",
            policy: Policy::SetAside {
                on_give_up: Box::new(move |given_up| {
                    let why = given_up.why;
                    let told = address.try_send(GivenUp { execution: id, why });
                    if told.is_err() {
                        // The executor sees that it is gone when it next reads the records, or when it starts again.
                        tracing::error!(execution.id = %id, "an execution lost its poller and nobody could be told");
                    }
                }),
            },
            mailbox: poller::MAILBOX,
        };
        let executor = ctx.address();
        let (project, command) = (execution.project_id, execution.order.command);
        let (held, guided) = (hold.clone(), reins.clone());
        let poller = supervisor.start(spec, &arbiter, move |_| {
            let parts = poller::Parts {
                hold: held.clone(),
                reins: guided.clone(),
                writer: writer.holding(&held),
                reader: reader.clone(),
                backends: backends.clone(),
                feed: feed.clone(),
                executor: executor.clone(),
                stopping: stopping.clone(),
                permission_expires,
                site: site.clone(),
            };
            Poller::new(execution.clone(), parts)
        });
        self.running.insert(
            id,
            Running {
                project,
                hold,
                command,
                backend,
                poller,
                reins,
                closing: false,
                cancelled: Vec::new(),
            },
        );
    }
}
