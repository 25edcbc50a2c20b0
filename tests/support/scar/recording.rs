//! Recorded traffic of the real SCAR, as scripts.

use std::{collections::HashSet, path::Path, time::Duration};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Script;

/// One recording.
pub struct Recording {
    /// Its name.
    pub name: String,
    /// What was posted, and when.
    pub posts: Vec<(DateTime<Utc>, String)>,
    /// Every message there was, in order, each with its time.
    pub messages: Vec<(DateTime<Utc>, String)>,
    /// Every answer that was no success: status, content type and body.
    pub refusals: Vec<(u16, String, String)>,
    /// When the conversation was first seen idle after each message was there.
    idle: Vec<DateTime<Utc>>,
}

/// All recordings, by name.
pub fn recordings() -> Vec<Recording> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/scar");
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .expect("the recordings")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .map(|path| Recording::read(&path))
        .collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

fn refusal(line: &Value) -> Option<(u16, String, String)> {
    let status = u16::try_from(line["status"].as_u64()?).ok()?;
    let text = |key: &str| Some(line[key].as_str()?.to_owned());
    (status >= 400).then_some((status, text("content_type")?, text("raw")?))
}

impl Recording {
    /// The recording of this name.
    pub fn named(name: &str) -> Self {
        recordings()
            .into_iter()
            .find(|recording| recording.name == name)
            .unwrap_or_else(|| panic!("no recording {name}"))
    }

    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a recording");
        let mut recording = Self {
            name: path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned(),
            posts: Vec::new(),
            messages: Vec::new(),
            refusals: Vec::new(),
            idle: Vec::new(),
        };
        let mut seen = HashSet::new();
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).expect("a line of a recording");
            let at = |key: &str| line[key].as_str().and_then(|at| at.parse().ok());
            recording.refusals.extend(refusal(&line));
            match line["kind"].as_str() {
                Some("post") => {
                    let request = line["request"].as_str().unwrap_or_default();
                    let request: Value = serde_json::from_str(request).unwrap_or_default();
                    if let (Some(at), Some(text)) = (at("t_recv"), request["message"].as_str()) {
                        recording.posts.push((at, text.to_owned()));
                    }
                }
                Some("messages") => {
                    let raw = line["raw"].as_str().unwrap_or_default();
                    let answer: Value = serde_json::from_str(raw).unwrap_or_default();
                    for message in answer["messages"].as_array().into_iter().flatten() {
                        let stamp = message["timestamp"].as_str().unwrap_or_default();
                        let text = message["message"].as_str().unwrap_or_default();
                        if seen.insert((stamp.to_owned(), text.to_owned())) {
                            let at = stamp.parse().expect("a timestamp");
                            recording.messages.push((at, text.to_owned()));
                        }
                    }
                }
                Some("concurrency") => {
                    let raw = line["raw"].as_str().unwrap_or_default();
                    if raw.contains("\"activeConversationIds\":[]")
                        && let Some(at) = at("t_send")
                    {
                        recording.idle.push(at);
                    }
                }
                _ => {}
            }
        }
        recording
    }

    /// The script of the command whose messages are these of the recording's, `speed` times as fast. It begins `after`
    /// the message before it, or when it was posted, whichever was later.
    pub fn script(&self, range: std::ops::Range<usize>, speed: u32) -> Script {
        let messages = &self.messages[range.clone()];
        let first = messages.first().expect("a command says something").0;
        let posted = self
            .posts
            .iter()
            .map(|(at, _)| *at)
            .rfind(|at| *at <= first);
        let before = range
            .start
            .checked_sub(1)
            .map(|index| self.messages[index].0);
        let mut last = posted.max(before).unwrap_or(first);
        let mut says = Vec::new();
        for (at, text) in messages {
            let pause = (*at - last).to_std().unwrap_or_default();
            says.push((pause / speed, text.clone()));
            last = *at;
        }
        let idle = self.idle.iter().find(|at| **at >= last);
        let then = idle.map_or(Duration::ZERO, |idle| {
            (*idle - last).to_std().unwrap_or_default()
        });
        Script {
            says,
            then: then.min(Duration::from_secs(1)) / speed,
        }
    }
}
