//! One run: who is there, what befalls them, and what must hold in the end. All of it follows from a seed.

use std::{panic::resume_unwind, sync::Arc, time::Duration};

use actix_rt::{Arbiter, System};
use project_manager::{
    actors::{
        streamer::Streams,
        supervisor::{RestartLimits, State, Supervisor},
        writer::WriterHandle,
    },
    backends::Backends,
    delay::{self, pause},
    domain::{activity::Verbosity, change::Reported, id::ProjectId, redaction::Secrets},
    feed::Feed,
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    answers::{Asked, check_logs},
    callers::Caller,
    changes::{Changes, noticed},
    clients::{Begin, Client},
    database::Database,
    reading::Reading,
    trace::Trace,
};
use crate::support::{Chance, Scripted};

/// On the clock of the run: what is not over by then never is.
const OVER_WITHIN: Duration = Duration::from_secs(1_800);

/// Runs the schedule of this seed.
///
/// # Panics
/// When something does not hold.
pub(super) fn run(seed: u64, trace: &Trace) {
    let runtime = || {
        // The clock stands still while anybody has something to do, and then goes to the next moment somebody waits for.
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime")
    };
    System::with_tokio_rt(runtime).block_on(async {
        timeout(OVER_WITHIN, schedule(seed, trace))
            .await
            .expect("a run that ends");
    });
}

async fn schedule(seed: u64, trace: &Trace) {
    let began = Instant::now();
    let mut run = Run::begin(seed, trace);
    let (clients, callers) = (run.clients(), run.callers());
    let asked: Vec<Asked> = all_of(callers).await.into_iter().flatten().collect();
    run.comes_to_rest().await;
    all_of(clients).await;
    // Streams whose clients have gone end by themselves.
    pause(Duration::from_secs(1)).await;
    run.check_who_is_left(began);
    check_logs(&run.database, &asked);
    run.supervisor.stand_down();
}

/// Who is there.
struct Run<'a> {
    trace: &'a Trace,
    chance: Chance,
    projects: [ProjectId; 2],
    database: Database,
    feed: Feed,
    supervisor: Supervisor,
    writer: WriterHandle,
    quiet: CancellationToken,
    /// Held as long as the writer listens.
    _tells: watch::Sender<()>,
}

impl<'a> Run<'a> {
    fn begin(seed: u64, trace: &'a Trace) -> Self {
        delay::seed(seed);
        let mut chance = Chance::of(seed);
        let projects = [1, 2].map(|number| ProjectId(Uuid::from_u64_pair(0, number)));
        let database = Database::new(&projects, trace.pen("database"), chance.apart());
        let (feed, supervisor) = (Feed::default(), Supervisor::new(RestartLimits::default()));
        // Nobody tells: an outage of reading is the streams' to deal with here, and the writer finds out by writing.
        let (tells, reads_failed) = watch::channel(());
        let writer = WriterHandle::start(
            &supervisor,
            &Arbiter::current(),
            Arc::new(database.clone()),
            database.connection(),
            reads_failed,
            feed.clone(),
            Secrets::default(),
        );
        Self {
            _tells: tells,
            trace,
            chance,
            projects,
            database,
            feed,
            supervisor,
            writer,
            quiet: CancellationToken::new(),
        }
    }

    fn clients(&mut self) -> JoinSet<()> {
        let mut clients = JoinSet::new();
        for number in 0..2 + self.chance.below(3) {
            let pen = self.trace.pen(format!("client {number}"));
            let log = Reading::new(self.database.clone(), pen.clone(), self.chance.apart());
            let client = Client {
                project: self.projects[number % self.projects.len()],
                verbosity: [Verbosity::Brief, Verbosity::Normal, Verbosity::Full]
                    [self.chance.below(3)],
                begin: match self.chance.once_in(2) {
                    true => Begin::After(0),
                    false => Begin::WithLast(1 + self.chance.below(8) as u64),
                },
                streams: Streams {
                    hearing: None,
                    supervisor: self.supervisor.clone(),
                    feed: self.feed.clone(),
                    log: Arc::new(log),
                    writer: self.writer.status().clone(),
                    backends: Backends::new(Scripted::new()),
                    heartbeat: Duration::from_secs(10),
                    stopping: CancellationToken::new(),
                },
                database: self.database.clone(),
                chance: self.chance.apart(),
                pen,
                quiet: self.quiet.clone(),
            };
            clients.spawn_local(client.watch());
        }
        clients
    }

    fn callers(&mut self) -> JoinSet<Vec<Asked>> {
        let mut callers = JoinSet::new();
        for number in 1..2 + self.chance.below(4) {
            let caller = Caller {
                changes: Changes::new(number as u64, &self.projects, self.chance.apart()),
                writer: self.writer.clone(),
                database: self.database.clone(),
                chance: self.chance.apart(),
                pen: self.trace.pen(format!("caller {number}")),
            };
            callers.spawn_local(caller.call());
        }
        callers
    }

    /// All trouble is over, and the writer has done what there was to do.
    async fn comes_to_rest(&self) {
        let healed_at = self.database.weather().healed_at();
        pause(healed_at.saturating_duration_since(Instant::now())).await;
        let settled = self.writer.settled().await;
        assert_eq!(settled, Ok(()), "the writer is there");
        for project in self.database.late() {
            // What was committed only after the writer had looked for it in vain is shown with what comes next.
            let next = vec![Reported::now(project, noticed("the next"))];
            let stored = self.writer.append(next).await;
            assert!(stored.is_ok(), "nothing speaks against it");
        }
        self.quiet.cancel();
    }

    /// Nothing waits, nothing is away, and of the actors only the writer is left, restarted as often as it was crashed.
    fn check_who_is_left(&self, began: Instant) {
        let status = self.writer.status();
        assert_eq!(status.figures().queue, 0);
        assert_eq!(*status.degraded().borrow(), None);
        let statuses = self.supervisor.statuses().into_iter();
        let running = statuses.filter(|status| status.state == State::Running);
        let running: Vec<_> = running
            .map(|status| (status.name, status.restarts))
            .collect();
        let crashes = self.database.crashes_since(began);
        assert_eq!(running, [("writer".to_owned(), crashes)]);
    }
}

/// What each of these gives; a panic of one is passed on.
async fn all_of<T: 'static>(mut tasks: JoinSet<T>) -> Vec<T> {
    let mut all = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok(given) => all.push(given),
            Err(error) => resume_unwind(error.into_panic()),
        }
    }
    all
}
