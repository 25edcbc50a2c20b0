//! The feed of a project, from a cursor on: each activity once, in order, however often the connection breaks.
//!
//! Whoever reads it holds the `seq` up to which it has seen everything. A connection that ends, or on which nothing comes any
//! more, not even a heartbeat, is opened anew with that cursor; what is told beside the activities are words for a person.

mod parser;

use std::{collections::VecDeque, time::Duration};

use reqwest::Response;
use serde::Deserialize;
use tokio::time::{Instant, timeout};

use self::parser::{Event, Parser};
use super::{api::Api, failure::Failure, wire::Activity};
use crate::delay::Delays;

/// How long nothing may come on a stream that has not said how often it beats: three of the usual heartbeats.
const SILENCE_USUAL: Duration = Duration::from_secs(45);

/// How many heartbeats may be missing.
const BEATS_MISSED_MAX: u32 = 3;

/// A silence that is shorter than this is none, however often a stream beats: a machine may be busy.
const SILENCE_LEAST: Duration = Duration::from_secs(5);

/// The first and the longest wait before a stream is opened anew.
const RETRY_FIRST: Duration = Duration::from_millis(200);
const RETRY_LONGEST: Duration = Duration::from_secs(5);

/// A connection that lasted so long was a good one: after it the waits begin anew.
const STEADY: Duration = Duration::from_secs(10);

/// What is told.
pub(super) enum Told {
    /// Something happened: as a type, and as it came.
    Activity(Box<Activity>, String),
    /// Something about the connection, or about the server, in words.
    Word(String),
    /// Activities are missing, in words: what was waited for may have been among them.
    Gap(String),
    /// A lost stream was tried to be opened again: whether it tells anything from here on is not known, and what is waited for may
    /// be over.
    Again,
}

/// A feed that is being read.
pub(super) struct Feed<'a> {
    api: &'a Api,
    path: String,
    cursor: i64,
    connection: Option<Connection>,
    delays: Delays,
    told: VecDeque<Told>,
    /// Why there is nothing more to come, once all that came before was told.
    over: Option<Failure>,
    /// Since when nothing comes, after something did or should have. A connection alone is no sign of a server: what stands
    /// before it takes connections, too.
    away_since: Option<Instant>,
    /// How long that may be.
    away_max: Option<Duration>,
    /// What was said last of why there is none: it is said once.
    last_word: Option<String>,
}

struct Connection {
    response: Response,
    parser: Parser,
    opened: Instant,
    silence_max: Duration,
}

impl<'a> Feed<'a> {
    /// The feed of this project after `cursor`. Without `away_max` the server is waited for however long it is away.
    pub(super) fn new(
        api: &'a Api,
        project: &str,
        verbosity: u8,
        cursor: i64,
        away_max: Option<Duration>,
    ) -> Self {
        Self {
            api,
            path: format!("/api/sse/scar/{project}?verbosity={verbosity}"),
            cursor,
            connection: None,
            delays: Delays::new(RETRY_FIRST, RETRY_LONGEST),
            told: VecDeque::new(),
            over: None,
            away_since: None,
            away_max,
            last_word: None,
        }
    }

    /// The `seq` up to which everything was told.
    pub(super) fn cursor(&self) -> i64 {
        self.cursor
    }

    /// What is told next. It has to be waited for to its end: begun anew, it would wait anew.
    pub(super) async fn next(&mut self) -> Result<Told, Failure> {
        loop {
            if let Some(told) = self.told.pop_front() {
                return Ok(told);
            }
            if let Some(over) = self.over.take() {
                return Err(over);
            }
            let Some(connection) = &mut self.connection else {
                self.connect().await?;
                continue;
            };
            let left = match (self.away_max, self.away_since) {
                (Some(most), Some(since)) => most.saturating_sub(since.elapsed()),
                _ => Duration::MAX,
            };
            let silence_max = connection.silence_max.min(left.max(SILENCE_LEAST));
            match timeout(silence_max, connection.response.chunk()).await {
                Ok(Ok(Some(bytes))) => match connection.parser.take(&bytes) {
                    Ok(events) => {
                        for event in events {
                            self.take(event);
                        }
                    }
                    Err(parser::TooLarge) => {
                        self.broke("what came is larger than anything that is meant")
                    }
                },
                Ok(Ok(None)) => self.broke("the server ended it"),
                Ok(Err(_)) => self.broke("it broke off"),
                Err(_) => self.broke(&format!("nothing came for {} s", silence_max.as_secs())),
            }
        }
    }

    /// Opens the stream, or finds out that it cannot be.
    async fn connect(&mut self) -> Result<(), Failure> {
        let is_again = self.away_since.is_some();
        if is_again {
            self.delays.wait().await;
        }
        match self.api.open(&self.path, self.cursor).await {
            Ok(response) => {
                self.connection = Some(Connection {
                    response,
                    parser: Parser::default(),
                    opened: Instant::now(),
                    silence_max: SILENCE_USUAL,
                });
            }
            Err(failure) if failure.may_pass() => {
                let why = failure.in_short();
                self.is_away(&why);
                if self.over.is_none() {
                    self.say_once(format!("{why} It is tried again and again."));
                }
            }
            Err(failure) => return Err(failure),
        }
        if is_again {
            self.told.push_back(Told::Again);
        }
        Ok(())
    }

    /// Nothing comes: for how long already, and whether that is too long.
    fn is_away(&mut self, why: &str) {
        let since = *self.away_since.get_or_insert_with(Instant::now);
        if let Some(most) = self.away_max
            && since.elapsed() >= most
        {
            self.over = Some(Failure::NotReached {
                what: format!("the server was away for {} s", most.as_secs()),
                advice: format!("The last try: {why}"),
            });
        }
    }

    fn broke(&mut self, why: &str) {
        let lasted = self.connection.take().map(|one| one.opened.elapsed());
        if lasted.is_some_and(|lasted| lasted >= STEADY) {
            self.delays.reset();
            self.last_word = None;
        }
        // The first time it is only lost; one on which nothing came since is no better than none.
        match self.away_since {
            None => self.away_since = Some(Instant::now()),
            Some(_) => self.is_away(&format!("the stream is lost ({why}).")),
        }
        if self.over.is_none() {
            self.say_once(format!("The stream is lost ({why}); it is opened again."));
        }
    }

    fn say_once(&mut self, word: String) {
        if self.last_word.as_ref() != Some(&word) {
            self.told.push_back(Told::Word(word.clone()));
            self.last_word = Some(word);
        }
    }

    fn take(&mut self, event: Event) {
        if self.away_since.take().is_some() {
            let word = format!("The stream is open again, after activity {}.", self.cursor);
            self.told.push_back(Told::Word(word));
        }
        match event.name.as_str() {
            "activity" => self.take_activity(event.data),
            "heartbeat" => self.take_heartbeat(&event.data),
            "gap" => self.take_gap(&event.data),
            "system" => {
                if let Ok(Words {
                    message, reason, ..
                }) = serde_json::from_str(&event.data)
                {
                    let reason = reason.map(|reason| format!(" ({reason})"));
                    let word = format!("{message}{}", reason.unwrap_or_default());
                    self.told.push_back(Told::Word(word));
                }
            }
            "error" => {
                let words: Words = serde_json::from_str(&event.data).unwrap_or_default();
                if words.code.as_deref() == Some("PROJECT_DELETED") {
                    self.over = Some(Failure::NotDone(words.message));
                } else {
                    self.say_once(words.message);
                }
            }
            // A text that is being written comes again as a whole; what a later server tells is for later programs.
            _ => {}
        }
    }

    fn take_activity(&mut self, data: String) {
        match serde_json::from_str::<Activity>(&data) {
            Ok(activity) if activity.seq > self.cursor => {
                self.cursor = activity.seq;
                self.told
                    .push_back(Told::Activity(Box::new(activity), data));
            }
            Ok(_) => {}
            Err(error) => self.say_once(format!(
                "An activity is not understood ({error}); is the server of another version?"
            )),
        }
    }

    fn take_heartbeat(&mut self, data: &str) {
        let Ok(Heartbeat { interval_ms }) = serde_json::from_str(data) else {
            return;
        };
        if let Some(connection) = &mut self.connection {
            let beats = Duration::from_millis(interval_ms).saturating_mul(BEATS_MISSED_MAX);
            connection.silence_max = beats.max(SILENCE_LEAST);
        }
    }

    fn take_gap(&mut self, data: &str) {
        let Ok(Gap { from, to, reason }) = serde_json::from_str(data) else {
            return;
        };
        let word = match reason.as_str() {
            "ahead" => format!(
                "The server's log ends at {to}, and here {from} was seen: it was restored from an older copy. What comes now is \
                 new."
            ),
            _ => format!(
                "Activities {from} to {to} are missing: the server does not keep them any more."
            ),
        };
        self.cursor = to;
        self.told.push_back(Told::Gap(word));
    }
}

#[derive(Deserialize)]
struct Heartbeat {
    interval_ms: u64,
}

#[derive(Deserialize)]
struct Gap {
    from: i64,
    to: i64,
    reason: String,
}

#[derive(Default, Deserialize)]
struct Words {
    message: String,
    code: Option<String>,
    reason: Option<String>,
}
