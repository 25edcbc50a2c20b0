//! One way back for a boot and for a restart: what is queued waits again, what runs is kept if its poller lives
//! and given a new one if not.

use std::collections::{BTreeMap, BTreeSet};

use actix::{ActorFutureExt as _, AsyncContext as _, WrapFuture as _, prelude::Context};

use super::{
    Ended, Executor,
    records::{Chosen, unfinished},
};
use crate::{
    domain::{
        execution::ExecutionStatus,
        id::{ExecutionId, ProjectId},
    },
    leases::Hold,
};

/// The records are being read, beside everything else.
#[derive(Default)]
pub(super) struct Reading {
    /// What waited when that began: what of it is not found has been ended by another server.
    waited: Vec<ExecutionId>,
    /// Projects in which one had ended before: what follows it is in the records.
    awaited: BTreeSet<ProjectId>,
    /// What has ended since: the records may have been read before.
    ended: BTreeMap<ExecutionId, ProjectId>,
    /// Whether they are to be read once more, for what happened since.
    again: bool,
}

impl Executor {
    /// Reads everything back. Nothing else is done before.
    pub(super) fn recover(&mut self, ctx: &mut Context<Self>) {
        // Of a poller that ended while this was down, what is left to do is found in its record.
        self.running
            .retain(|_, running| running.poller.is_connected());
        self.let_go(ctx);
        ctx.wait(unfinished(self.parts.reader.clone()).into_actor(self).map(
            |unfinished, executor, ctx| {
                for chosen in executor.held(unfinished.unwrap_or_default()) {
                    match chosen.execution.status {
                        ExecutionStatus::Queued => executor.take_in(chosen),
                        ExecutionStatus::Running => executor.pick_up(chosen, ctx),
                        ExecutionStatus::Completed
                        | ExecutionStatus::Failed
                        | ExecutionStatus::Cancelled => {}
                    }
                }
                executor.fill_slots(ctx);
                executor.tell_of_missed_ends(ctx);
                // What an earlier life was storing as it crashed may be stored only now.
                executor.reload(ctx);
            },
        ));
    }

    /// Whoever followed it is gone. A new poller finds out what has become of it.
    fn pick_up(&mut self, Chosen { execution, .. }: Chosen, ctx: &mut Context<Self>) {
        let is_over = |held: &Hold| self.over.get(&execution.id) == Some(held);
        let hold = self.parts.leases.hold(execution.project_id);
        let is_over = hold.as_ref().is_some_and(is_over);
        if is_over || self.running.contains_key(&execution.id) || self.standing_down.is_some() {
            return;
        }
        let backend = execution.backend.as_deref();
        let backend = backend.and_then(|name| self.parts.backends.named(name));
        let backend = backend.map(|backend| backend.name());
        self.start(execution, backend, ctx);
    }

    /// Adds what was queued by others in the meantime, and sees where projects want their commands to run now.
    pub(super) fn reload(&mut self, ctx: &mut Context<Self>) {
        match &mut self.reading {
            Some(reading) => reading.again = true,
            None => self.read(BTreeSet::new(), ctx),
        }
    }

    /// One that ran has ended: reads what follows it. Until then nothing else starts in its project.
    pub(super) fn reload_after(&mut self, ended: Ended, ctx: &mut Context<Self>) {
        self.is_past(ended);
        match &mut self.reading {
            Some(reading) => reading.again = true,
            None => self.read(BTreeSet::from([ended.project]), ctx),
        }
    }

    /// One has ended, whatever the records that are being read still show.
    pub(super) fn is_past(&mut self, ended: Ended) {
        if let Some(reading) = &mut self.reading {
            reading.ended.insert(ended.execution, ended.project);
        }
    }

    /// Whether something that was queued before anything else in a project may be known only when the records are read.
    pub(super) fn is_awaited(&self, project: ProjectId) -> bool {
        self.reading.as_ref().is_some_and(|reading| {
            let mut ended = reading.ended.values();
            reading.awaited.contains(&project) || ended.any(|in_project| *in_project == project)
        })
    }

    /// Reads the records beside everything else: it takes as long as the database is away.
    fn read(&mut self, awaited: BTreeSet<ProjectId>, ctx: &mut Context<Self>) {
        let waiting = self.waiting.iter();
        self.reading = Some(Reading {
            waited: waiting.map(|waiting| waiting.execution.id).collect(),
            awaited,
            ..Reading::default()
        });
        let (writer, reader) = (self.parts.writer.clone(), self.parts.reader.clone());
        let read = async move {
            // What somebody stopped waiting for may be stored only now.
            if let Err(error) = writer.settled().await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "what is queued just now may be seen only later");
            }
            unfinished(reader).await
        };
        ctx.spawn(
            read.into_actor(self)
                .map(|unfinished, executor, ctx| executor.was_read(unfinished, ctx)),
        );
    }

    /// Those that this server is to run.
    fn held(&self, unfinished: Vec<Chosen>) -> Vec<Chosen> {
        let mut held = unfinished;
        held.retain(|chosen| self.parts.leases.holds(chosen.execution.project_id));
        held
    }

    fn was_read(&mut self, unfinished: Option<Vec<Chosen>>, ctx: &mut Context<Self>) {
        let Reading {
            waited,
            ended,
            again,
            ..
        } = self.reading.take().unwrap_or_default();
        let is_there = |id: &ExecutionId| {
            let mut unfinished = unfinished.iter().flatten();
            unfinished.any(|chosen| chosen.execution.id == *id)
        };
        self.let_go(ctx);
        if unfinished.is_some() {
            self.over.retain(|id, _| is_there(id));
        }
        let gone = waited.into_iter().filter(|id| !is_there(id));
        for id in gone.filter(|_| unfinished.is_some()).collect::<Vec<_>>() {
            self.ended_elsewhere(id, ctx);
        }
        let unfinished = self.held(unfinished.unwrap_or_default()).into_iter();
        for chosen in unfinished.filter(|chosen| !ended.contains_key(&chosen.execution.id)) {
            let id = chosen.execution.id;
            match chosen.execution.status {
                ExecutionStatus::Queued => self.take_in(chosen),
                // A poller tells of its end before it goes. One that is gone all the same cannot any more.
                ExecutionStatus::Running if self.running.contains_key(&id) => {
                    self.close(id, "ended without a word", ctx);
                }
                // Another server ran it.
                ExecutionStatus::Running => self.pick_up(chosen, ctx),
                ExecutionStatus::Completed
                | ExecutionStatus::Failed
                | ExecutionStatus::Cancelled => {}
            }
        }
        if again {
            self.read(ended.into_values().collect(), ctx);
        }
        self.fill_slots(ctx);
    }
}
