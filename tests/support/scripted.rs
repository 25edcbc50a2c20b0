//! A backend a test plays by hand: it decides when each step happens and how a command ends.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use futures_util::future::{BoxFuture, FutureExt as _};
use project_manager::{
    backends::{Answer, Backend, Health, Job, NobodyListens, Question, Steps},
    domain::{
        execution::Outcome,
        id::BlockId,
        step::{Step, TextFormat},
    },
};
use serde_json::Value;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{TestApp, TestAppBuilder, patiently};

/// A server with such a backend.
pub async fn spawn_scripted() -> (TestApp, Arc<Scripted>) {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .backend(backend.clone())
        .spawn()
        .await;
    (app, backend)
}

/// The backend. Each command it is given is handed to the test, which plays it.
pub struct Scripted {
    started: mpsc::Sender<RunningJob>,
    jobs: AsyncMutex<mpsc::Receiver<RunningJob>>,
    commands_panic: AtomicBool,
    questions_panic: AtomicBool,
    health: Mutex<Health>,
    kind: Kind,
}

/// What a backend says of itself.
struct Kind {
    name: &'static str,
    label: &'static str,
    slots: usize,
    survives: bool,
}

/// The only one there is, as most tests want it.
const USUAL: Kind = Kind {
    name: "scripted",
    label: "A test",
    slots: 4,
    survives: false,
};

/// A command that runs until the test ends it. Dropping it crashes the backend, which is a panic.
pub struct RunningJob {
    /// The command.
    pub job: Job,
    /// Fires when the command is to be cancelled.
    pub cancel: CancellationToken,
    steps: Mutex<Option<Steps>>,
    end: oneshot::Sender<Outcome>,
}

impl Scripted {
    /// A backend without commands.
    pub fn new() -> Arc<Self> {
        Self::of(USUAL)
    }

    /// One whose commands go on without whoever follows them, who may come back.
    pub fn surviving() -> Arc<Self> {
        Self::of(Kind {
            survives: true,
            ..USUAL
        })
    }

    /// One of several: it runs so many commands side by side.
    pub fn named(name: &'static str, slots: usize) -> Arc<Self> {
        Self::of(Kind {
            name,
            label: name,
            slots,
            ..USUAL
        })
    }

    fn of(kind: Kind) -> Arc<Self> {
        // More than any test runs side by side.
        let (started, jobs) = mpsc::channel(64);
        Arc::new(Self {
            started,
            jobs: AsyncMutex::new(jobs),
            commands_panic: AtomicBool::new(false),
            questions_panic: AtomicBool::new(false),
            health: Mutex::default(),
            kind,
        })
    }

    /// The next command it was given.
    pub async fn next_job(&self) -> RunningJob {
        let mut jobs = self.jobs.lock().await;
        patiently("a command in the backend", jobs.recv())
            .await
            .expect("the backend lives as long as the test")
    }

    /// Whether a command waits to be played.
    pub fn has_job(&self) -> bool {
        self.jobs.try_lock().is_ok_and(|jobs| !jobs.is_empty())
    }

    /// What it says of how it fares from now on.
    pub fn fares(&self, health: Health) {
        *self.health.lock().expect("no panic under the lock") = health;
    }

    /// Whether from now on every command panics as soon as it begins.
    pub fn commands_panic(&self, panic: bool) {
        self.commands_panic.store(panic, Ordering::SeqCst);
    }

    /// Whether from now on it panics when it is asked what it needs: each time something is said in a project without a
    /// folder, and where that is being answered.
    pub fn questions_panic(&self, panic: bool) {
        self.questions_panic.store(panic, Ordering::SeqCst);
    }
}

impl Backend for Scripted {
    fn name(&self) -> &'static str {
        self.kind.name
    }

    fn label(&self) -> &'static str {
        self.kind.label
    }

    fn usual_slots(&self) -> usize {
        self.kind.slots
    }

    fn needs_folder(&self) -> bool {
        assert!(
            !self.questions_panic.load(Ordering::SeqCst),
            "the test asked this backend to panic"
        );
        true
    }

    fn survives(&self) -> bool {
        self.kind.survives
    }

    fn health(&self) -> Health {
        self.health.lock().expect("no panic under the lock").clone()
    }

    fn run<'a>(
        &'a self,
        job: &'a Job,
        steps: Steps,
        cancel: CancellationToken,
    ) -> BoxFuture<'a, Outcome> {
        async move {
            assert!(
                !self.commands_panic.load(Ordering::SeqCst),
                "the test asked this backend to panic"
            );
            let (end, ended) = oneshot::channel();
            let steps = Mutex::new(Some(steps));
            let running = RunningJob {
                job: job.clone(),
                cancel,
                steps,
                end,
            };
            self.started
                .send(running)
                .await
                .expect("the backend lives as long as the test");
            ended
                .await
                .expect("the test dropped the command: this backend crashes")
        }
        .boxed()
    }
}

impl RunningJob {
    /// Does or says something. Returns when it is on its way to the database.
    pub async fn step(&self, step: Step) {
        patiently("a step to be taken", self.steps().send(step))
            .await
            .expect("somebody takes the steps");
    }

    fn steps(&self) -> Steps {
        let steps = self.steps.lock().expect("no panic under the lock");
        steps.clone().expect("the command goes on")
    }

    /// Says something.
    pub async fn says(&self, text: &str) {
        self.step(Step::Text {
            text: text.to_owned(),
            format: TextFormat::Output,
            block: None,
        })
        .await;
    }

    /// Says these one after another.
    pub async fn says_all(&self, lines: impl IntoIterator<Item = String>) {
        for line in lines {
            self.says(&line).await;
        }
    }

    /// Goes on with a text. Returns when that is on its way.
    pub async fn writes(&self, block: BlockId, text: &str) {
        let delta = self.steps();
        patiently("a text to go on", delta.delta(block, text.to_owned()))
            .await
            .expect("somebody takes the steps");
    }

    /// Keeps something for later. Returns when it is stored.
    pub async fn keeps(&self, place: Value, branch: Option<&str>) {
        let steps = self.steps();
        patiently(
            "it to be kept",
            steps.keep(place, branch.map(str::to_owned)),
        )
        .await
        .expect("somebody takes the steps");
    }

    /// Asks a person, and waits for the answer.
    pub async fn asks(&self, question: Question) -> Result<Answer, NobodyListens> {
        let steps = self.steps();
        patiently("an answer", steps.ask(question)).await
    }

    /// Ends the command.
    pub fn end(self, outcome: Outcome) {
        drop(self.steps);
        assert!(
            self.end.send(outcome).is_ok(),
            "nobody waits for the end of the command any more"
        );
    }

    /// Ends the command well.
    pub fn complete(self, output: &str) {
        self.end(Outcome::Completed {
            output: output.to_owned(),
        });
    }
}
