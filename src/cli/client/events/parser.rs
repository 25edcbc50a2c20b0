//! Events out of bytes, as they come.

/// Bytes of one event at most. The largest activity has two texts of 256 KiB, of which each character may be escaped.
const EVENT_BYTES_MAX: usize = 16 << 20;

/// One event: its name and its data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) data: String,
}

/// An event is larger than any that is meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

/// What came and is no whole event yet.
#[derive(Default)]
pub(super) struct Parser {
    line: Vec<u8>,
    event: Event,
}

impl Parser {
    /// Takes what came; the events that are whole with it.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLarge> {
        let mut whole = Vec::new();
        // A line ends at a line feed, so that no character is cut in two.
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let rest = lines.next_back().unwrap_or_default();
        for end in lines {
            self.line.extend_from_slice(end);
            let line = std::mem::take(&mut self.line);
            let line = String::from_utf8_lossy(&line);
            whole.extend(self.read(line.strip_suffix('\r').unwrap_or(&line)));
        }
        self.line.extend_from_slice(rest);
        match self.line.len() + self.event.data.len() > EVENT_BYTES_MAX {
            true => Err(TooLarge),
            false => Ok(whole),
        }
    }

    /// Takes a line; the event that ends with it.
    fn read(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            return (!event.data.is_empty()).then_some(event);
        }
        // A line without a colon is a field without a value, and one that begins with it a comment.
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                if !self.event.data.is_empty() {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            // The place in the log is in the data as well, and how soon to come back is decided here.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{EVENT_BYTES_MAX, Event, Parser, TooLarge};

    fn event(name: &str, data: &str) -> Event {
        Event {
            name: name.to_owned(),
            data: data.to_owned(),
        }
    }

    #[test]
    fn events_are_the_same_however_their_bytes_are_cut() {
        let text = "retry: 1000\n\nevent: heartbeat\ndata: {\"head\":1}\n\n: a word\nid: 7\r\nevent: activity\r\ndata: \"grün\"\r\n\r\n\
                    event:a\ndata:1\ndata: 2\nunknown\n\nevent: nothing\n\nevent: cut\ndata: x";
        let expected = [
            event("heartbeat", "{\"head\":1}"),
            event("activity", "\"grün\""),
            event("a", "1\n2"),
        ];
        for size in 1..=text.len() {
            let mut parser = Parser::default();
            let found: Vec<Event> = text
                .as_bytes()
                .chunks(size)
                .flat_map(|chunk| parser.take(chunk).expect("small ones"))
                .collect();
            assert_eq!(found, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn what_never_ends_is_given_up() {
        let mut parser = Parser::default();
        let piece = vec![b'x'; 1 << 20];
        let taken = (0..=EVENT_BYTES_MAX >> 20).map(|_| parser.take(&piece));
        assert_eq!(taken.last(), Some(Err(TooLarge)));
    }
}
