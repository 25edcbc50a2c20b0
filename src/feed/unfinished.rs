//! A text while it is written: what may be shown of it already.

use crate::domain::redaction::Secrets;

/// A text that is being written. Shown is what it has but for secrets, and but for an end that may become one.
pub(super) struct Unfinished {
    secrets: Secrets,
    written: String,
    /// How much of it was looked at.
    settled: usize,
    shown: String,
    bytes_max: usize,
}

/// What is to be shown now.
pub(super) enum More {
    /// It goes on so.
    On(String),
    /// It is all of this: what was shown before has turned out to be the beginning of a secret.
    Anew(String),
}

impl Unfinished {
    /// Begins one, of which so many bytes are kept at most.
    pub(super) fn new(secrets: &Secrets, bytes_max: usize) -> Self {
        Self {
            secrets: secrets.clone(),
            written: String::new(),
            settled: 0,
            shown: String::new(),
            bytes_max,
        }
    }

    /// It goes on so; what may be shown now that was not before. None after what did not fit: it would not be how the text
    /// goes on.
    pub(super) fn more(&mut self, text: &str) -> Option<More> {
        if self.written.len() + text.len() > self.bytes_max {
            self.bytes_max = 0;
            return None;
        }
        self.written.push_str(text);
        let settled = Secrets::settled(&self.written);
        if settled <= self.settled {
            return None;
        }
        self.settled = settled;
        // From its beginning: where a secret starts depends on what stands before it.
        let mut shown = self.written[..settled].to_owned();
        self.secrets.cut(&mut shown);
        let more = match shown.strip_prefix(self.shown.as_str()) {
            Some("") => None,
            Some(more) => Some(More::On(more.to_owned())),
            None => Some(More::Anew(shown.clone())),
        };
        self.shown = shown;
        more
    }

    /// All that is kept of it.
    pub(super) fn written(&self) -> &str {
        &self.written
    }

    /// It begins again.
    pub(super) fn again(&mut self) {
        self.written.clear();
        self.shown.clear();
        self.settled = 0;
    }
}
