//! The actors and what they work with: what is started, in which order, and what the routes are given of it.

use std::{collections::BTreeMap, sync::Arc};

use actix_rt::Arbiter;
use tokio_util::sync::CancellationToken;

use super::{
    backends, checkout, database, entrance, github, secrets,
    services::{model, receiver, traces},
};
use crate::{
    actors::{
        canary::{self, CanaryHandle},
        correspondent::CorrespondentHandle,
        executor::{ExecutorHandle, Needs},
        importer::{self, ImporterHandle},
        indexer::Indexer,
        leaseholder::{self, Work},
        listener::{self, Hearing},
        lookout::{self, LookoutHandle},
        notifier::{self, NotifierHandle},
        sessions::{self, SessionsHandle},
        streamer::Streams,
        supervisor::{RestartLimits, Supervisor},
        writer::WriterHandle,
    },
    agent::llm::Model,
    auth,
    backends::{Backend, Backends},
    config::Settings,
    db,
    domain::project::Reach,
    feed::Feed,
    github::GitHub,
    http::{self, About, ChatWindows, Importable, Setup, Webhooks, auth::Door},
    leases::Leases,
    webhook::Receiver,
};

/// What the routes are given.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) reader: db::Reader,
    pub(super) database: Arc<db::Database>,
    pub(super) writer: WriterHandle,
    pub(super) executor: ExecutorHandle,
    pub(super) sessions: SessionsHandle,
    pub(super) feed: Feed,
    pub(super) leases: Leases,
    pub(super) streams: Streams,
    pub(super) windows: ChatWindows,
    pub(super) canary: CanaryHandle,
    pub(super) notifier: Option<NotifierHandle>,
    pub(super) github: GitHub,
    pub(super) correspondent: CorrespondentHandle,
    pub(super) webhooks: Webhooks,
    pub(super) importer: ImporterHandle,
    pub(super) importable: Importable,
    pub(super) lookout: LookoutHandle,
    pub(super) door: Arc<Door>,
    pub(super) supervisor: Supervisor,
    pub(super) about: About,
    pub(super) setup: Setup,
    pub(super) backends: Backends,
    pub(super) model: Option<Model>,
    pub(super) reach: Reach,
    pub(super) max_body_bytes: usize,
}

/// Starts the actors, in the order in which they need each other.
#[expect(clippy::too_many_lines, reason = "a line for each of them")]
pub(super) async fn start_actors(
    settings: &Settings,
    backends: Backends,
    url: String,
    stopping: &CancellationToken,
) -> anyhow::Result<(Parts, Supervisor, Vec<Arbiter>)> {
    let (database, model) = (Arc::new(database(settings)), model(settings)?);
    let (receiver, github) = (receiver(settings)?, github::github(settings)?);
    let (reader, connection) = db::connect(&database).await?;
    let feed = Feed::new(traces(settings, &database)?);
    let leases = leaseholder::arrive(&database).await?;
    let supervisor = Supervisor::new(RestartLimits::default());
    // Threads of their own: whoever drains a full mailbox in one go keeps its thread's neighbours waiting.
    let (writing, running, conversing) = (Arbiter::new(), Arbiter::new(), Arbiter::new());
    let connection = database.writing_through(connection);
    let (ledger, failed) = (Arc::clone(&database) as _, reader.failed());
    let (on, secrets) = (&writing.handle(), secrets::secrets(settings));
    let shown = feed.clone();
    let writer = WriterHandle::start(&supervisor, on, ledger, connection, failed, shown, secrets);
    let needs = needs(
        settings, &writer, &reader, &leases, &backends, &feed, &github,
    );
    let executor = ExecutorHandle::start(&supervisor, &running.handle(), needs);
    let converses = converses(&writer, &reader, &leases, &executor, &model, &feed);
    let (expires, arbiter) = (settings.workflow.gate_expires(), conversing.handle());
    let sessions = SessionsHandle::start(&supervisor, &arbiter, converses.clone(), expires);
    let work = Work::new(&leases, &executor, &sessions, writer.status());
    leaseholder::start(&supervisor, &running.handle(), &database, work.clone());
    let heard = listener::Parts::new(&database, &reader, &feed, work);
    let heard = listener::start(&supervisor, &running.handle(), heard);
    let doorkeeper = entrance::doorkeeper(settings, &reader, &writer).await?;
    auth::start(&supervisor, &running.handle(), &doorkeeper);
    let indexing = start_indexer(&supervisor, &writer, &reader);
    let streams = streams(
        settings,
        &supervisor,
        heard,
        &converses,
        &backends,
        stopping,
    );
    let sings = canary_parts(settings, &database, &writer, &reader, &streams);
    let imports = importer_parts(settings, &writer, &reader, &github, stopping);
    let looks = lookout_parts(settings, &writer, &reader, &leases, &github, stopping);
    let lookout = LookoutHandle::start(&supervisor, &running.handle(), looks);
    let corresponds = github::corresponds(&writer, &reader, &leases, &sessions, &github, stopping);
    let correspondent =
        CorrespondentHandle::start(&supervisor, &running.handle(), corresponds.clone());
    let mut parts = Parts {
        webhooks: github::webhooks(settings, &corresponds, &correspondent, &lookout),
        correspondent,
        canary: CanaryHandle::start(&supervisor, &running.handle(), sings),
        notifier: None,
        importer: ImporterHandle::start(&supervisor, &running.handle(), imports),
        importable: github::importable(settings),
        github,
        lookout,
        windows: windows(&streams, &sessions, &writer, &executor, &reader),
        streams,
        reader,
        database,
        writer,
        executor,
        sessions,
        feed,
        leases,
        door: Arc::new(entrance::door(settings, doorkeeper, stopping)),
        supervisor: supervisor.clone(),
        about: about(settings),
        setup: setup(&backends),
        backends,
        model,
        reach: settings.projects.repositories,
        max_body_bytes: settings.api.max_body_bytes,
    };
    parts.notifier = receiver.map(|to| notifier(settings, to, url, &running.handle(), &parts));
    let arbiters = vec![indexing, conversing, running, writing];
    Ok((parts, supervisor, arbiters))
}

/// What streams and chat windows work with; they see what the sessions store.
fn streams(
    settings: &Settings,
    supervisor: &Supervisor,
    hearing: Option<Hearing>,
    converses: &sessions::Parts,
    backends: &Backends,
    stopping: &CancellationToken,
) -> Streams {
    Streams {
        hearing,
        supervisor: supervisor.clone(),
        feed: converses.feed.clone(),
        log: Arc::new(converses.reader.clone()),
        writer: converses.writer.status().clone(),
        backends: backends.clone(),
        heartbeat: settings.feed.heartbeat,
        stopping: stopping.clone(),
    }
}

/// What the sessions work with.
fn converses(
    writer: &WriterHandle,
    reader: &db::Reader,
    leases: &Leases,
    executor: &ExecutorHandle,
    model: &Option<Model>,
    feed: &Feed,
) -> sessions::Parts {
    sessions::Parts {
        writer: writer.clone(),
        reader: reader.clone(),
        leases: leases.clone(),
        executor: executor.clone(),
        model: model.clone(),
        feed: feed.clone(),
    }
}

/// Starts the notifier.
fn notifier(
    settings: &Settings,
    receiver: Receiver,
    url: String,
    arbiter: &actix_rt::ArbiterHandle,
    parts: &Parts,
) -> NotifierHandle {
    let tells = notifier_parts(settings, receiver, url, parts);
    NotifierHandle::start(&parts.supervisor, arbiter, tells)
}

/// What the notifier works with; `url` is where the server listens.
fn notifier_parts(
    settings: &Settings,
    receiver: Receiver,
    url: String,
    parts: &Parts,
) -> notifier::Parts {
    let notifications = &settings.notifications;
    notifier::Parts {
        writer: parts.writer.clone(),
        reader: parts.reader.clone(),
        leases: parts.leases.clone(),
        receiver,
        schedule: notifier::Schedule {
            retry_first: notifications.retry_first,
            retry_longest: notifications.retry_longest,
            give_up: notifications.give_up,
        },
        server: match settings.api.public_url.as_str() {
            "" => url,
            public => public.to_owned(),
        },
        stopping: parts.streams.stopping.clone(),
    }
}

/// What the importer works with.
fn importer_parts(
    settings: &Settings,
    writer: &WriterHandle,
    reader: &db::Reader,
    github: &GitHub,
    stopping: &CancellationToken,
) -> importer::Parts {
    importer::Parts {
        writer: writer.clone(),
        reader: reader.clone(),
        github: github.clone(),
        reach: settings.projects.repositories,
        stopping: stopping.clone(),
    }
}

/// What the lookout works with.
fn lookout_parts(
    settings: &Settings,
    writer: &WriterHandle,
    reader: &db::Reader,
    leases: &Leases,
    github: &GitHub,
    stopping: &CancellationToken,
) -> lookout::Parts {
    lookout::Parts {
        writer: writer.clone(),
        reader: reader.clone(),
        leases: leases.clone(),
        github: github.clone(),
        every: settings.github.look,
        stopping: stopping.clone(),
    }
}

/// What chat windows work with; they watch as streams do.
fn windows(
    streams: &Streams,
    sessions: &SessionsHandle,
    writer: &WriterHandle,
    executor: &ExecutorHandle,
    reader: &db::Reader,
) -> ChatWindows {
    ChatWindows {
        supervisor: streams.supervisor.clone(),
        sessions: sessions.clone(),
        writer: writer.clone(),
        executor: executor.clone(),
        feed: streams.feed.clone(),
        reader: reader.clone(),
        stopping: streams.stopping.clone(),
    }
}

/// What the canary works with: streams as all others, of a log of its own.
fn canary_parts(
    settings: &Settings,
    database: &db::Database,
    writer: &WriterHandle,
    reader: &db::Reader,
    streams: &Streams,
) -> canary::Parts {
    let server = database.server;
    let log = db::canary::CanaryLog {
        reader: reader.clone(),
        server,
    };
    canary::Parts {
        writer: writer.clone(),
        reader: reader.clone(),
        streams: Streams {
            log: Arc::new(log),
            ..streams.clone()
        },
        server,
        every: settings.diagnostics.canary_every(),
    }
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
    github: &GitHub,
) -> Needs {
    Needs {
        writer: writer.clone(),
        reader: reader.clone(),
        leases: leases.clone(),
        backends: backends.clone(),
        feed: feed.clone(),
        slots: slots(settings, backends),
        permission_expires: settings.acp.permission_expires,
        site: github.site().clone(),
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
        data_folder: settings.data.dir.clone(),
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
