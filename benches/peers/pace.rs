//! When what is published is due: at a steady rate, whether or not the one before it is done.

use std::{
    io::BufRead as _,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// What precedes the time in an event, for who measures.
pub(crate) const MARKER: &str = "emitted_ns=";

/// Moments at a steady rate from now on.
pub(crate) struct Pace {
    began: Instant,
    began_ns: u128,
    rate: f64,
    next: u64,
}

/// One of them.
#[derive(Clone, Copy)]
pub(crate) struct Due {
    /// How many there were before it.
    pub(crate) index: u64,
    /// When, in nanoseconds since 1970.
    pub(crate) unix_ns: u128,
}

impl Pace {
    pub(crate) fn new(rate: f64) -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            began: Instant::now(),
            began_ns: since_1970.unwrap_or_default().as_nanos(),
            rate,
            next: 0,
        }
    }

    fn offset(&self) -> Duration {
        Duration::from_secs_f64(self.next as f64 / self.rate)
    }

    /// How long it is until the next; nothing when it is due.
    pub(crate) fn wait(&self) -> Duration {
        (self.began + self.offset()).saturating_duration_since(Instant::now())
    }

    /// The next, if it is due.
    pub(crate) fn due(&mut self) -> Option<Due> {
        if !self.wait().is_zero() {
            return None;
        }
        let due = Due {
            index: self.next,
            unix_ns: self.began_ns + self.offset().as_nanos(),
        };
        self.next += 1;
        Some(due)
    }
}

/// The rate on standard input: the sign to begin. Nothing when it was closed.
pub(crate) fn rate() -> Option<f64> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).ok()?;
    line.trim().parse().ok()
}

/// Waits, on a thread that has nothing else to do.
#[expect(clippy::disallowed_methods, reason = "no actor lives on this thread")]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// Waits until standard input is closed: the sign to end.
pub(crate) fn wait_for_the_end() {
    while std::io::stdin()
        .lock()
        .read_line(&mut String::new())
        .is_ok_and(|bytes| bytes > 0)
    {}
}

/// An event as our server sends it, of so many bytes.
pub(crate) fn event(seq: u64, due: Due, bytes: usize) -> Vec<u8> {
    let head = format!(
        "id: {seq}\nevent: activity\ndata: {{\"message\":\"{MARKER}{} ",
        due.unix_ns
    );
    let tail = "\"}\n\n";
    let pad = bytes.saturating_sub(head.len() + tail.len());
    format!("{head}{}{tail}", "x".repeat(pad)).into_bytes()
}

/// The number in a path such as `/events/17`: which group a stream belongs to.
pub(crate) fn group(path: &str) -> usize {
    let digits: String = path.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}
