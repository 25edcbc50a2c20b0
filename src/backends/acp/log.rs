//! What an agent complained about last: for diagnostics, and for a person whose command failed.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Lines kept: what a crash prints.
const LINES_MAX: usize = 40;

/// Bytes of a line kept.
const LINE_BYTES_MAX: usize = 400;

/// Bytes read at once.
const CHUNK_BYTES: usize = 8 * 1024;

/// Bytes of a value from which on it is hidden: a shorter one is no key, and would be found in half of all words.
const HIDDEN_BYTES_MIN: usize = 8;

/// The last lines of one agent. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Log {
    lines: Arc<Mutex<VecDeque<String>>>,
    /// Values of its environment, which may be keys.
    hidden: Arc<Vec<String>>,
}

impl Log {
    /// The lines, oldest first.
    pub(super) fn lines(&self) -> Vec<String> {
        self.lock().iter().cloned().collect()
    }

    /// One that shows none of these values.
    pub(super) fn hiding(values: impl IntoIterator<Item = String>) -> Self {
        let values = values.into_iter();
        let hidden = values.filter(|value| value.len() >= HIDDEN_BYTES_MIN);
        Self {
            lines: Arc::default(),
            hidden: Arc::new(hidden.collect()),
        }
    }

    /// The last line, as an addition to a sentence.
    pub(super) fn last_words(&self) -> String {
        match self.lock().back() {
            Some(line) => format!(" The last it said: {line}"),
            None => String::new(),
        }
    }

    /// Keeps a line.
    pub(super) fn push(&self, line: &[u8]) {
        let kept = String::from_utf8_lossy(&line[..line.len().min(LINE_BYTES_MAX)]);
        let printable: String = kept.chars().filter(|c| !c.is_control()).collect();
        if printable.trim().is_empty() {
            return;
        }
        let hide = |line: String, value: &String| line.replace(value.as_str(), "…");
        let printable = self.hidden.iter().fold(printable, hide);
        let mut lines = self.lock();
        if lines.len() == LINES_MAX {
            lines.pop_front();
        }
        lines.push_back(printable);
    }

    /// Keeps what comes, to its end.
    pub(super) async fn follow(&self, mut errors: impl AsyncRead + Unpin) {
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut line = Vec::new();
        while let Ok(read @ 1..) = errors.read(&mut chunk).await {
            for &byte in &chunk[..read] {
                if byte == b'\n' {
                    self.push(&line);
                    line.clear();
                } else if line.len() < LINE_BYTES_MAX {
                    line.push(byte);
                }
            }
        }
        self.push(&line);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<String>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
