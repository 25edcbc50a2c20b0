//! Putting it together: the one file that sees everything.

pub mod backends;
mod checkout;
mod connection;
mod ending;
pub mod entrance;
mod figures;
mod github;
pub mod lock;
mod parts;
mod secrets;
mod services;
mod serving;

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::Path,
};

use actix_rt::Arbiter;
use actix_web::dev::Server;
use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;

pub use self::{github::github, services::model};
use self::{
    parts::{Parts, start_actors},
    serving::serve,
};
use crate::{
    actors::{supervisor::Supervisor, writer::WriterHandle},
    backends::Backends,
    config::Settings,
    db,
    domain::id::ServerId,
};

/// The server, ready to run.
pub struct App {
    address: SocketAddr,
    server: Server,
    supervisor: Supervisor,
    stopping: CancellationToken,
    arbiters: Vec<Arbiter>,
    parts: Parts,
    /// Held until the end.
    lock: Option<File>,
}

impl App {
    /// Opens the database, starts the actors and binds the address. `guard` is the program whose `guard` command keeps
    /// the children of commands: this one.
    ///
    /// # Errors
    /// Whatever stands in the way, with what to do about it.
    pub async fn build(settings: Settings, guard: &Path) -> anyhow::Result<Self> {
        for notice in settings.notices() {
            tracing::warn!("{notice}");
        }
        let backends = backends::backends(&settings, guard)?;
        Self::with_backends(settings, backends).await
    }

    /// As [`App::build`], with backends of the caller's.
    ///
    /// # Errors
    /// As [`App::build`].
    pub async fn with_backends(settings: Settings, backends: Backends) -> anyhow::Result<Self> {
        let database = database(&settings);
        // Before anybody can reach it.
        entrance::ensure_guarded(&settings, &database).await?;
        // Bound first: a port in use is the most usual obstacle, and nothing was touched yet.
        let listener = bind(settings.api.address())?;
        let address = listener
            .local_addr()
            .context("cannot find out the address the server listens on")?;
        let lock = lock::take(&database)?;
        let stopping = CancellationToken::new();
        let (parts, supervisor, arbiters) =
            start_actors(&settings, backends, url_of(address), &stopping).await?;
        let server = serve(listener, settings.api.workers(), parts.clone())?;
        if settings.import.auto {
            // Beside everything else: what GitHub needs nobody waits for. Whoever asked for an import before this has theirs.
            let _ = parts.importer.import(parts.importable.now().await);
        }
        Ok(Self {
            address,
            server,
            supervisor,
            stopping,
            arbiters,
            parts,
            lock,
        })
    }

    /// The port it listens on; the real one when 0 was asked for.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Where a browser finds it.
    pub fn url(&self) -> String {
        url_of(self.address)
    }

    /// What ends the server when cancelled, as a signal does.
    pub fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Who looks after the actors.
    pub fn supervisor(&self) -> Supervisor {
        self.supervisor.clone()
    }

    /// The one who writes.
    pub fn writer(&self) -> WriterHandle {
        self.parts.writer.clone()
    }
}

fn url_of(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// Listens on this address.
///
/// # Errors
/// When that cannot be, with what to do about it.
pub fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| {
        format!(
            "cannot listen on {address}; if another server has it and that is Project Manager, open http://{address}, \
             else choose another port with API_PORT (0 takes any free one)"
        )
    })
}

/// The database of these settings.
pub fn database(settings: &Settings) -> db::Database {
    db::Database {
        url: settings.database.url.expose_secret().to_owned(),
        readers: settings.database.readers,
        acquire_timeout: settings.database.acquire_timeout,
        statement_timeout: settings.database.statement_timeout,
        lease: settings.database.lease,
        retention: db::apply::Retention {
            activities: settings.feed.retention,
        },
        wanted: settings.notifications.wanted(),
        server: ServerId::new(),
        option: None,
        for_leases: db::Kept::default(),
    }
}
