//! A server that behaves like SCAR: it takes messages, works on conversations one message after another and on ten
//! conversations at a time, keeps everything in memory, and fails on demand.
//!
//! What a command says is told by a [`Script`], or by hand: without a script each command is handed to the test as a
//! [`Run`]. It uses nothing of the product, and runs on a thread of its own, so that it outlives servers.

mod fault;
mod http;
mod memory;
mod recording;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::sync::{Mutex as AsyncMutex, mpsc};

pub use self::{
    fault::{Fault, Step},
    recording::{Recording, recordings},
};
use self::{http::Serving, memory::Memory};
use super::patiently;

/// What a command says, each text after a pause, and how long it goes on after the last.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// The texts.
    pub says: Vec<(Duration, String)>,
    /// What comes after the last text and before the end.
    pub then: Duration,
}

impl Script {
    /// Says these one after the other, with the same pause before each.
    pub fn every(pause: Duration, texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            says: texts.into_iter().map(|text| (pause, text.into())).collect(),
            then: Duration::ZERO,
        }
    }
}

/// Commands that may wait for the test to play them: more than any test runs side by side.
const RUNS_MAX: usize = 64;

/// The server.
pub struct TestScar {
    shared: Arc<Shared>,
    port: u16,
    serving: Mutex<Option<Serving>>,
    runs: AsyncMutex<mpsc::Receiver<Run>>,
}

/// What all connections and runs share.
struct Shared {
    memory: Mutex<Memory>,
    faults: Mutex<Vec<(Step, Fault, usize)>>,
    /// Where commands without a script go.
    by_hand: mpsc::Sender<Run>,
}

/// A command the test plays.
pub struct Run {
    /// Which conversation it is in.
    pub conversation: String,
    /// What was posted.
    pub command: String,
    generation: u64,
    shared: Arc<Shared>,
}

impl TestScar {
    /// A SCAR that knows the repository `demo-shop`.
    pub fn start() -> Arc<Self> {
        let (by_hand, runs) = mpsc::channel(RUNS_MAX);
        let shared = Arc::new(Shared {
            memory: Mutex::new(Memory::default()),
            faults: Mutex::new(Vec::new()),
            by_hand,
        });
        let serving = Serving::start(Arc::clone(&shared), 0);
        Arc::new(Self {
            shared,
            port: serving.port,
            serving: Mutex::new(Some(serving)),
            runs: AsyncMutex::new(runs),
        })
    }

    /// Its address.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on the command of this name says this.
    pub fn script(&self, command: &str, script: Script) {
        self.memory().scripts.insert(command.to_owned(), script);
    }

    /// The next command that was given to SCAR and has no script.
    pub async fn next_run(&self) -> Run {
        let mut runs = self.runs.lock().await;
        patiently("a command in SCAR", runs.recv())
            .await
            .expect("SCAR lives as long as the test")
    }

    /// The next `times` requests of this sort fail so.
    pub fn fail(&self, step: Step, fault: Fault, times: usize) {
        self.shared
            .faults
            .lock()
            .expect("no test panics here")
            .push((step, fault, times));
    }

    /// No request fails any more.
    pub fn heal(&self) {
        self.shared
            .faults
            .lock()
            .expect("no test panics here")
            .clear();
    }

    /// Dies: connections break, new ones are refused, and all it knew is gone.
    pub fn kill(&self) {
        if let Some(serving) = self.serving.lock().expect("no test panics here").take() {
            serving.stop();
        }
        self.memory().forget_everything();
    }

    /// Is there again, at the same address and knowing nothing.
    pub fn start_again(&self) {
        let mut serving = self.serving.lock().expect("no test panics here");
        assert!(serving.is_none(), "SCAR was killed before");
        *serving = Some(Serving::start(Arc::clone(&self.shared), self.port));
    }

    /// Empties a conversation's list, as a DELETE does.
    pub fn delete(&self, conversation: &str) {
        self.memory().lists.remove(conversation);
    }

    /// Puts a message into a conversation, as one that comes from an earlier command.
    pub fn say(&self, conversation: &str, text: &str) {
        self.memory().say(conversation, text);
    }

    /// Every message that was posted, as conversation and text, in order.
    pub fn posts(&self) -> Vec<(String, String)> {
        self.memory().posts.clone()
    }

    /// How many requests were made of a sort.
    pub fn requests(&self, step: Step) -> usize {
        self.memory().requests.get(&step).copied().unwrap_or(0)
    }

    /// How many connections were ever made.
    pub fn connections(&self) -> usize {
        self.memory().connections
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.shared.memory.lock().expect("no test panics here")
    }
}

impl Drop for TestScar {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.lock().expect("no test panics here").take() {
            serving.stop();
        }
    }
}

impl Run {
    /// Says something, unless SCAR was restarted meanwhile.
    pub fn say(&self, text: &str) {
        let mut memory = self.shared.memory.lock().expect("no test panics here");
        if memory.generation == self.generation {
            memory.say(&self.conversation, text);
        }
    }

    /// Ends.
    pub fn end(self) {
        memory::ended(&self.shared, self.generation, &self.conversation);
    }
}
