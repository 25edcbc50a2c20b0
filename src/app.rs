//! Putting it together: the one file that sees everything.

mod backends;
mod checkout;
mod connection;
mod ending;
pub mod lock;

use std::{
    collections::BTreeMap,
    fs::File,
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
};

use actix_rt::Arbiter;
use actix_web::{
    App as Web, HttpServer,
    dev::Server,
    middleware::from_fn,
    web::{Data, PayloadConfig},
};
use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;

use crate::{
    actors::{
        executor::{ExecutorHandle, Needs},
        indexer::Indexer,
        leaseholder::{self, Work},
        listener,
        sessions::{self, SessionsHandle},
        streamer::Streams,
        supervisor::{RestartLimits, Supervisor},
        writer::WriterHandle,
    },
    agent::llm::{self, Model},
    backends::{Backend, Backends},
    config::Settings,
    db,
    domain::id::ServerId,
    feed::Feed,
    http::{self, About, ChatWindows, Setup},
    leases::Leases,
};

/// How long requests in work may take to end when the server stops. Streams and chat windows end at once.
const SHUTDOWN_SECONDS: u64 = 3;

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

/// What the routes are given.
#[derive(Clone)]
struct Parts {
    reader: db::Reader,
    database: Arc<db::Database>,
    writer: WriterHandle,
    executor: ExecutorHandle,
    sessions: SessionsHandle,
    feed: Feed,
    leases: Leases,
    streams: Streams,
    windows: ChatWindows,
    supervisor: Supervisor,
    about: About,
    setup: Setup,
    backends: Backends,
    model: Option<Model>,
    max_body_bytes: usize,
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
        // Bound first: a port in use is the most usual obstacle, and nothing was touched yet.
        let listener = bind(settings.api.address())?;
        let address = listener
            .local_addr()
            .context("cannot find out the address the server listens on")?;
        let lock = lock::take(&database(&settings))?;
        let stopping = CancellationToken::new();
        let (parts, supervisor, arbiters) = start_actors(&settings, backends, &stopping).await?;
        let server = serve(listener, settings.api.workers(), parts.clone())?;
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
        format!("http://{}", self.address)
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

fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| {
        format!(
            "cannot listen on {address}; if another server has it and that is Project Manager, open http://{address}, \
             else choose another port with API_PORT (0 takes any free one)"
        )
    })
}

/// The language model of these settings; none where neither a key nor an endpoint is given.
fn model(settings: &Settings) -> anyhow::Result<Option<Model>> {
    let llm = settings.llm.clone();
    Model::new(llm::Options {
        model: llm.model,
        endpoint: llm.endpoint,
        api_key: llm.api_key,
        timeout: llm.timeout,
        history_tokens: llm.history_tokens,
        retries: llm.retries,
        retry_first: llm.retry_first,
        retry_longest: llm.retry_longest,
    })
    .context("cannot use the language model of these settings")
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
        server: ServerId::new(),
        option: None,
        for_leases: db::Kept::default(),
    }
}

/// Starts the actors, in the order in which they need each other.
async fn start_actors(
    settings: &Settings,
    backends: Backends,
    stopping: &CancellationToken,
) -> anyhow::Result<(Parts, Supervisor, Vec<Arbiter>)> {
    let (database, model) = (Arc::new(database(settings)), model(settings)?);
    let (reader, connection) = db::connect(&database).await?;
    let (feed, leases) = (Feed::default(), leaseholder::arrive(&database).await?);
    let supervisor = Supervisor::new(RestartLimits::default());
    // Threads of their own: whoever drains a full mailbox in one go keeps its thread's neighbours waiting.
    let (writing, running, conversing) = (Arbiter::new(), Arbiter::new(), Arbiter::new());
    let connection = database.writing_through(connection);
    let (ledger, failed) = (Arc::clone(&database) as _, reader.failed());
    let on = &writing.handle();
    let writer = WriterHandle::start(&supervisor, on, ledger, connection, failed, feed.clone());
    let executor = ExecutorHandle::start(
        &supervisor,
        &running.handle(),
        needs(settings, &writer, &reader, &leases, &backends, &feed),
    );
    let converses = sessions::Parts {
        writer: writer.clone(),
        reader: reader.clone(),
        leases: leases.clone(),
        executor: executor.clone(),
        model: model.clone(),
        feed: feed.clone(),
    };
    let (expires, arbiter) = (settings.workflow.gate_expires(), conversing.handle());
    let sessions = SessionsHandle::start(&supervisor, &arbiter, converses, expires);
    let work = Work::new(&leases, &executor, &sessions);
    leaseholder::start(&supervisor, &running.handle(), &database, work.clone());
    let heard = listener::Parts::new(&database, &reader, &feed, work);
    let hearing = listener::start(&supervisor, &running.handle(), heard);
    let indexing = start_indexer(&supervisor, &writer, &reader);
    let parts = Parts {
        streams: Streams {
            hearing,
            supervisor: supervisor.clone(),
            feed: feed.clone(),
            log: Arc::new(reader.clone()),
            writer: writer.status().clone(),
            backends: backends.clone(),
            heartbeat: settings.feed.heartbeat,
            stopping: stopping.clone(),
        },
        windows: ChatWindows {
            supervisor: supervisor.clone(),
            sessions: sessions.clone(),
            writer: writer.clone(),
            executor: executor.clone(),
            feed: feed.clone(),
            reader: reader.clone(),
            stopping: stopping.clone(),
        },
        reader,
        database,
        writer,
        executor,
        sessions,
        feed,
        leases,
        supervisor: supervisor.clone(),
        about: about(settings),
        setup: setup(&backends),
        backends,
        model,
        max_body_bytes: settings.api.max_body_bytes,
    };
    let arbiters = vec![indexing, conversing, running, writing];
    Ok((parts, supervisor, arbiters))
}

/// Starts the indexer on a thread of its own: it computes.
fn start_indexer(supervisor: &Supervisor, writer: &WriterHandle, reader: &db::Reader) -> Arbiter {
    let indexing = Arbiter::new();
    let (writer, reader) = (writer.clone(), reader.clone());
    Indexer::start(supervisor, &indexing.handle(), writer, reader);
    indexing
}

/// What the executor works with.
fn needs(
    settings: &Settings,
    writer: &WriterHandle,
    reader: &db::Reader,
    leases: &Leases,
    backends: &Backends,
    feed: &Feed,
) -> Needs {
    Needs {
        writer: writer.clone(),
        reader: reader.clone(),
        leases: leases.clone(),
        backends: backends.clone(),
        feed: feed.clone(),
        slots: slots(settings, backends),
        permission_expires: settings.acp.permission_expires,
    }
}

/// How many commands run side by side in each backend.
fn slots(settings: &Settings, backends: &Backends) -> BTreeMap<&'static str, usize> {
    let slots = |backend: &dyn Backend| settings.executor.slots(backend.usual_slots());
    let all = backends.all().iter();
    all.map(|backend| (backend.name(), slots(backend.as_ref())))
        .collect()
}

fn about(settings: &Settings) -> About {
    About {
        app_name: settings.app.name.clone(),
        environment: settings.app.environment.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn setup(backends: &Backends) -> Setup {
    let usual = backends.default_one();
    let reason = backends::reason(usual.as_ref());
    Setup {
        suggested_project: std::env::current_dir()
            .ok()
            .and_then(|folder| checkout::around(&folder)),
        backend: http::BackendInUse {
            name: usual.name(),
            reason,
        },
        backends: backends
            .all()
            .iter()
            .map(|backend| http::BackendThere {
                name: backend.name(),
                label: backend.label(),
            })
            .collect(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

fn serve(listener: TcpListener, workers: usize, parts: Parts) -> anyhow::Result<Server> {
    let server = HttpServer::new(move || {
        let parts = parts.clone();
        Web::new()
            .app_data(Data::new(parts.reader))
            .app_data(Data::new(parts.writer))
            .app_data(Data::new(parts.executor))
            .app_data(Data::new(parts.sessions))
            .app_data(Data::new(parts.feed))
            .app_data(Data::new(parts.leases))
            .app_data(Data::new(parts.streams))
            .app_data(Data::new(parts.windows))
            .app_data(Data::new(parts.supervisor))
            .app_data(Data::new(parts.about))
            .app_data(Data::new(parts.setup))
            .app_data(Data::new(parts.backends))
            .app_data(Data::new(parts.model))
            .app_data(PayloadConfig::new(parts.max_body_bytes))
            .configure(http::routes)
            .wrap(from_fn(http::reject_foreign))
            .wrap(from_fn(http::panic_is_500))
    })
    .workers(workers)
    .on_connect(connection::set_up)
    // A client that goes away is noticed at once, and not at the next write.
    .h1_allow_half_closed(false)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .disable_signals()
    .listen(listener)
    .context("cannot start the HTTP server")?;
    Ok(server.run())
}
