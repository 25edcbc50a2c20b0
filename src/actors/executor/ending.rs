//! Ending executions: because a person asked, or because what followed one is gone; and telling who follows the ends.

use std::{collections::VecDeque, time::Duration};

use actix::{
    ActorFutureExt as _, AsyncContext as _, Handler as _, Message, WrapFuture as _,
    prelude::{Context, Recipient},
};
use tokio::time::timeout;

use super::{
    Ended, Executor, Missed, Running,
    elsewhere::Elsewhere,
    records::{cancel_waiting, close},
    waiting::Waiting,
};
use crate::{
    actors::{
        patience::tell_patiently,
        poller,
        reply::{Answer, Reply},
        supervisor::Unsent,
        writer::AppendError,
    },
    domain::{
        access::By,
        id::{ExecutionId, ProjectId},
    },
};

/// How long whoever asked for an end waits for it: longer than a group of processes is given to end by itself, shorter
/// than a person's patience.
pub(super) const END_WITHIN: Duration = Duration::from_secs(10);

/// Where the answer to a wish for an end goes: whether that was what ended it.
pub(super) type CancelReply = Reply<Result<bool, AppendError>>;

impl Executor {
    /// Ends one; see [`Cancel`](super::Cancel).
    pub(super) fn cancel(
        &mut self,
        id: ExecutionId,
        by: By,
        reply: CancelReply,
        ctx: &mut Context<Self>,
    ) {
        if let Some(running) = self.running.get_mut(&id) {
            // Somebody may ask again and again for the end of what takes its time.
            running.cancelled.retain(|reply| !reply.is_abandoned());
            running.cancelled.push(reply);
            match running.poller.tell(poller::Cancel { by }) {
                // A full mailbox has nothing but the same wish in it.
                Ok(()) | Err(Unsent::Full) => {}
                Err(Unsent::Gone) => self.close(id, "ended without a word", ctx),
            }
        } else if let Some(storing) = self.storing.get_mut(&id) {
            storing.cancelled.push(reply);
        } else {
            self.cancel_waiting(id, by, reply, ctx);
        }
    }

    fn cancel_waiting(
        &mut self,
        id: ExecutionId,
        by: By,
        reply: CancelReply,
        ctx: &mut Context<Self>,
    ) {
        let mut waiting = self.waiting.iter_mut();
        let Some(waiting) = waiting.find(|waiting| waiting.execution.id == id) else {
            return reply.send(Ok(false));
        };
        waiting.cancelled.push(reply);
        if waiting.cancelled.len() > 1 {
            // It is being ended already, and the answer is the same.
            return;
        }
        let ended = Ended {
            execution: id,
            project: waiting.execution.project_id,
        };
        let writer = self.parts.writer.signed(by);
        let cancel = cancel_waiting(writer, waiting.execution.clone());
        ctx.spawn(
            cancel
                .into_actor(self)
                .map(move |result, executor, ctx| executor.cancelled(ended, result, ctx)),
        );
    }

    /// Takes in what became of one that waited and was to be ended.
    fn cancelled(
        &mut self,
        ended: Ended,
        result: Result<bool, AppendError>,
        ctx: &mut Context<Self>,
    ) {
        let mut waiting = self.waiting.iter();
        let place = waiting.position(|waiting| waiting.execution.id == ended.execution);
        let Some(place) = place else {
            return;
        };
        let replies = std::mem::take(&mut self.waiting[place].cancelled);
        match &result {
            Ok(_) => {
                self.waiting.remove(place);
                self.is_past(ended);
                self.tell_follower(ended, ctx);
            }
            // It waits as before.
            Err(AppendError::Overloaded | AppendError::Unavailable) => {}
            // Whether it waits is in its record.
            Err(_) => {
                self.waiting.remove(place);
                self.reload(ctx);
            }
        }
        for reply in replies {
            reply.send(result.clone());
        }
        self.fill_slots(ctx);
    }

    /// Ends whatever runs or waits in a project; see [`Stop`](super::Stop). Each is told to end before any is waited for,
    /// so that one that cannot be ended keeps no other running.
    pub(super) fn stop(
        &mut self,
        project: ProjectId,
        by: &By,
        ctx: &mut Context<Self>,
    ) -> impl Future<Output = Result<(), AppendError>> + use<> {
        let running = self.running.iter();
        let running = running.filter(|(_, running)| running.project == project);
        let running: Vec<ExecutionId> = running.map(|(id, _)| *id).collect();
        // What waits is marked first, so that it does not start in between.
        let waiting = self.tell_to_end(self.all_waiting_in(project), by, ctx);
        let running = self.tell_to_end(running, by, ctx);
        async move {
            let (waiting, running) = tokio::join!(all(waiting), timeout(END_WITHIN, all(running)));
            // What has not ended by then still will.
            waiting.and(running.unwrap_or(Ok(())))
        }
    }

    fn tell_to_end(
        &mut self,
        executions: Vec<ExecutionId>,
        by: &By,
        ctx: &mut Context<Self>,
    ) -> Vec<Answer<Result<bool, AppendError>>> {
        executions
            .into_iter()
            .map(|id| {
                let (reply, answer) = Reply::uncounted();
                self.cancel(id, by.clone(), reply, ctx);
                answer
            })
            .collect()
    }

    /// Ends an execution whose poller does not come back. It may have ended in order and its [`Ended`] be on its way, which
    /// is as good.
    pub(super) fn close(&mut self, id: ExecutionId, why: &str, ctx: &mut Context<Self>) {
        let Some(running) = self.running.get_mut(&id) else {
            return;
        };
        if running.closing || running.poller.is_connected() {
            return;
        }
        running.closing = true;
        let ended = Ended {
            execution: id,
            project: running.project,
        };
        let command = running.command;
        let error = format!(
            "the part of the server that followed {} {why}; try again",
            command.as_str()
        );
        let close = close(
            self.parts.writer.holding(&running.hold),
            ended,
            command,
            error,
        );
        ctx.spawn(close.into_actor(self).map(move |is_closed, executor, ctx| {
            if is_closed && executor.running.contains_key(&id) {
                executor.handle(ended, ctx);
            }
        }));
    }

    /// Lets go of what another server runs from now on. It goes on there, so it is not ended here.
    pub(super) fn let_go(&mut self, ctx: &mut Context<Self>) {
        let leases = self.parts.leases.clone();
        let lost = self.running.extract_if(.., |_, running| {
            leases.hold(running.project).as_ref() != Some(&running.hold)
        });
        let mut unended = Vec::new();
        for (id, running) in lost {
            tracing::info!(project.id = %running.project, execution.id = %id, "another server runs this execution now");
            running.reins.let_go.cancel();
            unended.extend(running.cancelled.into_iter().map(|reply| (id, reply)));
        }
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        let is_held = |waiting: &Waiting| leases.holds(waiting.execution.project_id);
        let (kept, gone): (VecDeque<Waiting>, VecDeque<Waiting>) = waiting.partition(is_held);
        self.waiting = kept;
        for waiting in gone {
            let Waiting {
                execution,
                cancelled,
                ..
            } = waiting;
            unended.extend(cancelled.into_iter().map(|reply| (execution.id, reply)));
        }
        // Whoever runs it now is asked.
        for (id, reply) in unended {
            let (writer, reader) = (self.parts.writer.clone(), self.parts.reader.clone());
            let elsewhere = Elsewhere::new(writer, reader, ctx.address().recipient());
            let asked = async move { reply.send(elsewhere.cancel(id).await) };
            ctx.spawn(asked.into_actor(self));
        }
    }

    /// What waited has been ended by another server.
    pub(super) fn ended_elsewhere(&mut self, id: ExecutionId, ctx: &mut Context<Self>) {
        let mut waiting = self.waiting.iter();
        let place = waiting.position(|waiting| waiting.execution.id == id);
        let Some(Waiting {
            execution,
            cancelled,
            ..
        }) = place.and_then(|place| self.waiting.remove(place))
        else {
            return;
        };
        let ended = Ended {
            execution: id,
            project: execution.project_id,
        };
        self.tell_follower(ended, ctx);
        for reply in cancelled {
            reply.send(Ok(true));
        }
    }

    /// Answers who waits for the end of what ends with the server, if it has.
    pub(super) fn stood_down(&mut self) {
        let backends = &self.parts.backends;
        let survives = |running: &Running| {
            let backend = running.backend.and_then(|name| backends.named(name));
            backend.is_some_and(|backend| backend.survives())
        };
        if self.running.values().all(survives) {
            for reply in self.standing_down.iter_mut().flat_map(std::mem::take) {
                reply.send(());
            }
        }
    }

    pub(super) fn tell_follower(&self, ended: Ended, ctx: &mut Context<Self>) {
        if let Some(follower) = self.follower.clone() {
            ctx.spawn(tell(follower.ended, ended).into_actor(self));
        }
    }

    /// Tells who follows that a crash may have swallowed ends.
    pub(super) fn tell_of_missed_ends(&self, ctx: &mut Context<Self>) {
        if let Some(follower) = self.follower.clone() {
            ctx.spawn(tell(follower.missed, Missed { project: None }).into_actor(self));
        }
    }
}

/// When all of these are decided: the first error, if there was one.
async fn all(answers: Vec<Answer<Result<bool, AppendError>>>) -> Result<(), AppendError> {
    let mut first = Ok(());
    for answer in answers {
        let decided = answer.await.map_err(AppendError::from).flatten();
        first = first.and(decided.map(|_| ()));
    }
    first
}

/// Tells the follower, however full its mailbox.
async fn tell<M>(follower: Recipient<M>, message: M)
where
    M: Message<Result = ()> + Send + Copy + 'static,
{
    tell_patiently(|| follower.try_send(message).map_err(Unsent::from)).await;
}
