//! The doorkeeper's rounds: who is inside and should not be any more, and whether anybody is to be asked at all.

use std::time::Duration;

use actix::{
    AsyncContext as _, WrapFuture as _,
    prelude::{Actor, Context, Supervised},
};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{Doorkeeper, known::GOOD_FOR};
use crate::{
    actors::supervisor::{Policy, Spec, Supervisor},
    domain::{access::Access, change::Reported},
};

/// Between two rounds: so long a stream goes on at most after its token was revoked, and as long as a request is let in.
const EVERY: Duration = GOOD_FOR;

/// Between two times at which it is stored which tokens were used: `last_used_at` is for people, and a minute is exact enough.
const USES_EVERY: Duration = Duration::from_secs(60);

/// Makes the rounds.
struct Rounds {
    doorkeeper: Doorkeeper,
}

impl Actor for Rounds {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let doorkeeper = self.doorkeeper.clone();
        ctx.spawn(async move { doorkeeper.go_round().await }.into_actor(self));
    }
}

impl Supervised for Rounds {}

/// Starts the rounds under `supervisor`. Without them nobody would be shown out, so the server is not without them.
pub fn start(supervisor: &Supervisor, arbiter: &actix_rt::ArbiterHandle, doorkeeper: &Doorkeeper) {
    let spec = Spec {
        name: "doorkeeper".to_owned(),
        parent: "supervisor",
        policy: Policy::Permanent,
        mailbox: 1,
    };
    let doorkeeper = doorkeeper.clone();
    // Nobody speaks to it: it lives as long as the server.
    drop(supervisor.start(spec, arbiter, move |_| Rounds {
        doorkeeper: doorkeeper.clone(),
    }));
}

impl Doorkeeper {
    /// Goes round for ever.
    async fn go_round(&self) {
        let mut rounds = interval(EVERY);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stored = Instant::now();
        loop {
            rounds.tick().await;
            if let Err(error) = self.look_whether_on().await {
                // What was known goes on being true: with the database away nobody can make or revoke a token either.
                let error = &error as &dyn std::error::Error;
                tracing::debug!(error, "whether there are tokens could not be looked up");
            }
            self.show_out_who_is_gone().await;
            self.0.known.tidy();
            if stored.elapsed() >= USES_EVERY {
                stored = Instant::now();
                self.store_uses().await;
            }
        }
    }

    async fn show_out_who_is_gone(&self) {
        for who in self.0.inside.who() {
            match self.is_still_good(&who).await {
                Ok(true) => {}
                Ok(false) => {
                    tracing::info!(name = %who.name, "somebody is not let in any more; what they had open ends");
                    self.show_out(who.shown);
                }
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    return tracing::debug!(error, "who is inside could not be looked up");
                }
            }
        }
    }

    /// Stores which tokens were used. What cannot be stored now is not worth keeping: it is for people to look at.
    async fn store_uses(&self) {
        let used = std::mem::take(&mut *self.used());
        for token in used {
            let used = vec![Reported::access(Access::TokenUsed(token))];
            if let Err(error) = self.0.writer.append_now(used).await {
                let error = &error as &dyn std::error::Error;
                tracing::debug!(error, token.id = %token, "the use of a token was not stored");
            }
        }
    }
}
