//! Ctrl-C and SIGTERM, heard by a thread of their own.
//!
//! Who does not read what is shown stops this program where it writes. Whoever wants to leave is not to wait for that: so what
//! leaves at once does not go by way of the thread that shows. The first Ctrl-C after an order is for the command, and told to
//! that thread; any other, and SIGTERM, end the program here, with the words that were left for it.

use std::{
    io, process,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::Duration,
};

use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{Signal, SignalKind, signal},
    sync::{oneshot, watch},
};

use crate::cli::client::{
    failure::{Failure, INTERRUPTED, TERMINATED},
    screen::say_last,
};

/// How long saying something may take before it is left unsaid: standard error may be a pipe that nobody reads.
const SAID_WITHIN: Duration = Duration::from_millis(500);

/// What was heard, and what is said when the program ends by it.
pub(super) struct Interrupts {
    came: watch::Receiver<bool>,
    parting: Arc<Parting>,
}

/// The last words. There are none before anything was ordered: then the first Ctrl-C ends the program as well.
#[derive(Default)]
struct Parting(Mutex<Option<String>>);

impl Interrupts {
    /// Listens from here on.
    pub(super) async fn listen() -> Result<Self, Failure> {
        let (told, came) = watch::channel(false);
        let parting = Arc::<Parting>::default();
        let words = Arc::clone(&parting);
        let (ready, listens) = oneshot::channel();
        let hear = move || match listen() {
            Ok((runtime, signals)) => {
                // Nobody waits for it only where the program is about to end.
                let _ = ready.send(Ok(()));
                runtime.block_on(hear(signals, &told, &words));
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        };
        // It ends with the program: it holds nothing that would have to be put away.
        let begun = thread::Builder::new()
            .name("signals".to_owned())
            .spawn(hear);
        let listens = match begun {
            Ok(_) => listens
                .await
                .unwrap_or_else(|_| Err(io::Error::other("the thread for it ended"))),
            Err(error) => Err(error),
        };
        listens.map_err(|error| Failure::NotDone(format!("cannot listen for Ctrl-C: {error}")))?;
        Ok(Self { came, parting })
    }

    /// Whether there was a Ctrl-C.
    pub(super) fn came(&self) -> bool {
        *self.came.borrow()
    }

    /// Returns at the first Ctrl-C, also when that was before.
    pub(super) async fn first(&self) {
        let mut came = self.came.clone();
        if came.wait_for(|came| *came).await.is_err() {
            // Nobody listens any more, so nothing can come.
            std::future::pending().await
        }
    }

    /// What is said when the program is ended from here on.
    pub(super) fn parting(&self, words: String) {
        *self.parting.held() = Some(words);
    }
}

impl Parting {
    fn held(&self) -> MutexGuard<'_, Option<String>> {
        // A text is whole whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn listen() -> io::Result<(Runtime, [Signal; 2])> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let signals = {
        let _entered = runtime.enter();
        [
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        ]
    };
    Ok((runtime, signals))
}

/// Hears until it is time to end the program.
async fn hear(signals: [Signal; 2], told: &watch::Sender<bool>, parting: &Parting) {
    let [mut interrupt, mut terminate] = signals;
    let code = loop {
        tokio::select! {
            biased;
            _ = terminate.recv() => break TERMINATED,
            _ = interrupt.recv() => {
                let is_ordered = parting.held().is_some();
                if told.send_replace(true) || !is_ordered {
                    break INTERRUPTED;
                }
                say_in_time("Ctrl-C once more leaves at once.".to_owned());
            }
        }
    };
    let words = parting.held().take();
    say_in_time(words.unwrap_or_else(|| "Nothing was ordered.".to_owned()));
    process::exit(code.into());
}

fn say_in_time(words: String) {
    let (said, done) = mpsc::sync_channel(1);
    let say = move || {
        say_last(&words);
        let _ = said.send(());
    };
    // Where there is not even a thread for it, it stays unsaid.
    if thread::Builder::new().spawn(say).is_ok() {
        let _ = done.recv_timeout(SAID_WITHIN);
    }
}
