//! Gates that were not decided in time.

use std::time::Duration;

use actix::{ActorFutureExt as _, AsyncContext as _, WrapFuture as _, prelude::Context};

use super::{Sessions, left::overdue};
use crate::{
    actors::session::{self, WorkflowOrder},
    domain::workflow::GateStatus,
};

impl Sessions {
    /// Has every gate that was not decided in time expire.
    pub(super) fn expire_gates(&mut self, limit: Duration, ctx: &mut Context<Self>) {
        let reader = self.parts.reader.clone();
        let overdue = async move { overdue(&reader, limit).await };
        ctx.spawn(overdue.into_actor(self).map(|overdue, sessions, ctx| {
            let leases = sessions.parts.leases.clone();
            let held = overdue
                .into_iter()
                .filter(|(project, _)| leases.holds(*project));
            for (project, gate) in held {
                let order = WorkflowOrder::Decide(session::Decision {
                    gate,
                    status: GateStatus::Expired,
                    response: None,
                });
                let session = sessions.session(project, ctx);
                // One that has no room now, or fails, is found again the next time.
                if let Ok(answer) = session.ask(|reply| session::MoveWorkflow {
                    order,
                    by: None,
                    reply,
                }) {
                    let expired = async move { drop(answer.await) };
                    ctx.spawn(expired.into_actor(sessions));
                }
            }
        }));
    }
}
