//! Reading SCAR's list of messages as it arrives. SCAR always sends the whole list, which grows for as long as it runs:
//! what was taken in before is passed over without being kept, and never more than one message is held.

use serde::Deserialize;

/// Bytes one message may have at most. A coding agent's longest are some hundred kilobytes.
const ENTRY_BYTES_MAX: usize = 16 << 20;

/// Bytes all that is not a message may have at most: the conversation's name and a few signs.
const FRAME_BYTES_MAX: usize = 64 << 10;

/// Bytes of the answer an error repeats.
const SHOWN_BYTES: usize = 80;

/// One message, as SCAR sends it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Message {
    /// What it says.
    #[serde(rename = "message")]
    pub text: String,
    /// When it was sent, as SCAR writes it.
    #[serde(default)]
    pub timestamp: String,
}

/// Why an answer is no list of messages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}; it began with {began:?}")]
pub struct ListError {
    what: String,
    began: String,
}

/// Takes an answer in pieces.
#[derive(Debug)]
pub struct ListReader {
    skip: usize,
    place: Place,
    scan: Scan,
    /// What is being collected: a key or an entry.
    buffer: Vec<u8>,
    entries: usize,
    frame_bytes: usize,
    seen_list: bool,
    began: Vec<u8>,
}

/// Where in the document the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    FirstKey,
    Key,
    InKey,
    Colon,
    Value,
    InValue,
    AfterValue,
    FirstEntry,
    Entry,
    InEntry,
    AfterEntry,
    End,
}

/// Follows one JSON value to its end.
#[derive(Debug, Default)]
struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Scan {
    /// How many of `bytes` belong to the value, if it ends in them. `bytes` of the first call begin with the value.
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string {
                at += self.string(&bytes[at..])?;
                if self.depth == 0 {
                    return Some(at);
                }
                continue;
            }
            match bytes[at] {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 1 => self.depth -= 1,
                b'}' | b']' if self.depth == 1 => {
                    self.depth = 0;
                    return Some(at + 1);
                }
                // After a number, `true`, `false` or `null`.
                b'}' | b']' | b',' if self.depth == 0 => return Some(at),
                byte if self.depth == 0 && byte.is_ascii_whitespace() => return Some(at),
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// How many of `bytes` belong to the string that was begun, if it ends in them.
    fn string(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            if self.escaped {
                self.escaped = false;
                at += 1;
                continue;
            }
            at += bytes[at..]
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\'))?;
            if bytes[at] == b'"' {
                self.in_string = false;
                return Some(at + 1);
            }
            self.escaped = true;
            at += 1;
        }
        None
    }
}

impl ListReader {
    /// A reader that hands out the messages from the index `skip` on, and the very first one: a list that begins with
    /// another message is another list.
    pub fn new(skip: usize) -> Self {
        Self {
            skip,
            place: Place::Start,
            scan: Scan::default(),
            buffer: Vec::new(),
            entries: 0,
            frame_bytes: 0,
            seen_list: false,
            began: Vec::new(),
        }
    }

    /// Takes the next piece and adds the messages that end in it, each with its index, to `taken`.
    ///
    /// # Errors
    /// [`ListError`]; the messages before the fault were handed out all the same.
    pub fn push(
        &mut self,
        piece: &[u8],
        taken: &mut Vec<(usize, Message)>,
    ) -> Result<(), ListError> {
        let room = SHOWN_BYTES.saturating_sub(self.began.len());
        self.began.extend(piece.iter().take(room));
        let mut at = 0;
        while at < piece.len() {
            at += match self.place {
                Place::InEntry => self.entry(&piece[at..], taken)?,
                Place::InKey | Place::InValue => self.value(&piece[at..])?,
                _ => self.frame(piece[at])?,
            };
        }
        Ok(())
    }

    /// How many messages the list has.
    ///
    /// # Errors
    /// [`ListError`] when the answer was not whole, or had no list.
    pub fn finish(self) -> Result<usize, ListError> {
        match self.place {
            Place::End if self.seen_list => Ok(self.entries),
            Place::End => Err(self.wrong("the answer has no list of messages")),
            Place::Start => Err(self.wrong("the answer is empty")),
            _ => Err(self.wrong("the answer ends in the middle")),
        }
    }

    /// One byte between values. How many bytes it took: none when a value begins with it.
    fn frame(&mut self, byte: u8) -> Result<usize, ListError> {
        if byte.is_ascii_whitespace() {
            return self.count_sign(1);
        }
        let (next, took) = match (self.place, byte) {
            (Place::Start, b'{') => (Place::FirstKey, 1),
            (Place::FirstKey | Place::AfterValue, b'}') => (Place::End, 1),
            (Place::FirstKey | Place::Key, b'"') => (Place::InKey, 0),
            (Place::Colon, b':') => (Place::Value, 1),
            (Place::Value, b'[') if self.buffer == b"\"messages\"" => {
                self.seen_list = true;
                (Place::FirstEntry, 1)
            }
            (Place::Value, _) => (Place::InValue, 0),
            (Place::AfterValue, b',') => (Place::Key, 1),
            (Place::FirstEntry | Place::AfterEntry, b']') => (Place::AfterValue, 1),
            (Place::FirstEntry | Place::Entry, b'{') => (Place::InEntry, 0),
            (Place::AfterEntry, b',') => (Place::Entry, 1),
            _ => return Err(self.wrong("the answer is no list of messages")),
        };
        self.place = next;
        if matches!(next, Place::InKey | Place::InValue | Place::InEntry) {
            self.scan = Scan::default();
            self.buffer.clear();
        }
        self.count_sign(took)
    }

    /// Counts signs between values. Those between messages grow with their number, and are no reason to stop.
    fn count_sign(&mut self, took: usize) -> Result<usize, ListError> {
        match self.place {
            Place::FirstEntry | Place::Entry | Place::InEntry | Place::AfterEntry => Ok(took),
            _ => self.count(took),
        }
    }

    /// Part of a key, or of a value nobody wants.
    fn value(&mut self, bytes: &[u8]) -> Result<usize, ListError> {
        let end = self.scan.end(bytes);
        let took = end.unwrap_or(bytes.len());
        if self.place == Place::InKey {
            self.buffer.extend_from_slice(&bytes[..took]);
        }
        if end.is_some() {
            self.place = match self.place {
                Place::InKey => Place::Colon,
                _ => Place::AfterValue,
            };
        }
        self.count(took)
    }

    /// Part of an entry of the list.
    fn entry(
        &mut self,
        bytes: &[u8],
        taken: &mut Vec<(usize, Message)>,
    ) -> Result<usize, ListError> {
        let wanted = self.entries >= self.skip || self.entries == 0;
        let end = self.scan.end(bytes);
        let took = end.unwrap_or(bytes.len());
        if wanted {
            if self.buffer.len() + took > ENTRY_BYTES_MAX {
                return Err(self.wrong("a message is longer than SCAR's can be"));
            }
            self.buffer.extend_from_slice(&bytes[..took]);
        }
        if end.is_some() {
            if wanted {
                let message = parse(&self.buffer)
                    .map_err(|error| self.wrong(&format!("a message is not readable ({error})")))?;
                taken.push((self.entries, message));
            }
            // A long message's room is given back.
            self.buffer = Vec::new();
            self.entries += 1;
            self.place = Place::AfterEntry;
        }
        Ok(took)
    }

    /// Counts bytes that belong to no message.
    fn count(&mut self, took: usize) -> Result<usize, ListError> {
        self.frame_bytes += took;
        if self.frame_bytes > FRAME_BYTES_MAX {
            return Err(self.wrong("the answer goes on without a list of messages"));
        }
        Ok(took)
    }

    fn wrong(&self, what: &str) -> ListError {
        ListError {
            what: what.to_owned(),
            began: String::from_utf8_lossy(&self.began).into_owned(),
        }
    }
}

fn parse(entry: &[u8]) -> Result<Message, serde_json::Error> {
    serde_json::from_slice(entry).or_else(|error| match without_halves(entry) {
        Some(repaired) => serde_json::from_slice(&repaired),
        None => Err(error),
    })
}

/// The entry with a replacement sign for each half of a surrogate pair that stands alone; none when there is none. SCAR
/// cuts commands at 100 UTF-16 units, also in the middle of an emoji, and JavaScript writes the half it is left with.
fn without_halves(entry: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(entry).ok()?;
    let unit = |at: usize| -> Option<u16> {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut repaired = Vec::with_capacity(entry.len());
    let (mut at, mut changed) = (0, false);
    while at < entry.len() {
        let length = match (unit(at), unit(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                changed = true;
                repaired.extend_from_slice(b"\\ufffd");
                at += 6;
                continue;
            }
            (Some(_), _) => 6,
            (None, _) if entry[at] == b'\\' => 2,
            (None, _) => 1,
        };
        repaired.extend_from_slice(&entry[at..(at + length).min(entry.len())]);
        at += length;
    }
    changed.then_some(repaired)
}
