//! Running until it is time to end, and ending in order.

use std::time::Duration;

use anyhow::Context as _;
use tokio::time::timeout;

use super::{App, Parts};
use crate::db::lease;

/// How long what runs may take to end, and what is queued to be stored, when the server stops: together with the guards'
/// patience less than the five seconds after which a service manager may lose its own.
const END_IN_ORDER: Duration = Duration::from_secs(4);

/// How long leaving may take: with the database away others find out anyway.
const LEAVE_WITHIN: Duration = Duration::from_millis(500);

/// How long sending the last traces may take: they are the least of what is to be kept.
const TRACES_WITHIN: Duration = Duration::from_millis(500);

impl App {
    /// Runs until a signal, or until an actor it cannot do without is beyond help.
    ///
    /// # Errors
    /// When it ended for another reason than being asked to.
    pub async fn run_until_stopped(self) -> anyhow::Result<()> {
        let Self {
            server,
            lock,
            supervisor,
            stopping,
            arbiters,
            parts,
            ..
        } = self;
        let handle = server.handle();
        let end = async {
            let ended = tokio::select! {
                signal = signal() => signal.map(|name| tracing::info!("stopping: {name}")),
                () = stopping.cancelled() => Ok(()),
                escalation = supervisor.escalated() => Err(escalation.into()),
            };
            // First the streams, which would otherwise keep the server waiting; their clients come back by themselves.
            stopping.cancel();
            let in_order = async {
                let Parts {
                    executor, writer, ..
                } = &parts;
                executor.stand_down().await;
                writer.settled().await
            };
            let (in_order, ()) = tokio::join!(timeout(END_IN_ORDER, in_order), handle.stop(true));
            if !matches!(in_order, Ok(Ok(()))) {
                tracing::warn!("not everything ended in order; the next start closes what is left");
            }
            ended
        };
        let (served, ended) = tokio::join!(server, end);
        supervisor.stand_down();
        for arbiter in arbiters {
            arbiter.stop();
            if arbiter.join().is_err() {
                tracing::error!("a thread of the actors ended with a panic");
            }
        }
        parts.feed.traces().end(TRACES_WITHIN);
        // Only now: nobody is left who would come back.
        leave(&parts).await;
        drop(lock);
        ended?;
        served.context("the HTTP server failed")
    }
}

/// Tells the other servers on this database that what this one did is free. Without it they would find out a lease later.
async fn leave(
    Parts {
        database, leases, ..
    }: &Parts,
) {
    let Some(server) = leases.here().and_then(|here| here.server()) else {
        return;
    };
    let left = async {
        let connection = database.open_for_leases().await?;
        anyhow::Ok(lease::leave(&connection, server).await?)
    };
    if !matches!(timeout(LEAVE_WITHIN, left).await, Ok(Ok(()))) {
        tracing::warn!("the other servers could not be told that this one ends; they find out");
    }
}

async fn signal() -> anyhow::Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot listen for Ctrl-C").map(|()| "Ctrl-C"),
        _ = terminate.recv() => Ok("SIGTERM"),
    }
}
