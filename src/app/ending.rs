//! Running until it is time to end, and ending in order.

use std::time::Duration;

use anyhow::Context as _;
use tokio::time::timeout;

use super::{App, Parts};

/// How long what runs may take to end, and what is queued to be stored, when the server stops: together with the guards'
/// patience less than the five seconds after which a service manager may lose its own.
const END_IN_ORDER: Duration = Duration::from_secs(4);

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
        drop(lock);
        ended?;
        served.context("the HTTP server failed")
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
