//! A planned crash, in the middle of what cannot be reached from outside: where a line is logged.

use std::{
    io::{Error, Write},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
};

use tracing::{Dispatch, Level, subscriber::DefaultGuard};

/// A place that logs for the first time asks whether anybody listens and remembers the answer. With one subscriber in the
/// process it asks on its own thread alone, where another test may run that has none; with a second one it asks all.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| {
    let silent = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_writer(std::io::sink);
    Dispatch::new(silent.finish())
});

/// The first who logs these words on this thread panics. Until it is dropped.
pub struct Tripwire {
    _guard: DefaultGuard,
}

impl Tripwire {
    /// Stretches it.
    pub fn at(words: &'static str) -> Self {
        LazyLock::force(&SECOND);
        let wire = Wire {
            words,
            is_whole: Arc::new(AtomicBool::new(true)),
        };
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .with_writer(move || wire.clone())
            .finish();
        Self {
            _guard: tracing::subscriber::set_default(subscriber),
        }
    }
}

#[derive(Clone)]
struct Wire {
    words: &'static str,
    is_whole: Arc<AtomicBool>,
}

impl Write for Wire {
    fn write(&mut self, line: &[u8]) -> Result<usize, Error> {
        let is_here = String::from_utf8_lossy(line).contains(self.words);
        assert!(
            !(is_here && self.is_whole.swap(false, Ordering::SeqCst)),
            "the test planned a crash here: {}",
            self.words
        );
        Ok(line.len())
    }

    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
