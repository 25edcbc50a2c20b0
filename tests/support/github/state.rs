//! What a GitHub has and allows.

use std::{
    collections::{BTreeMap, VecDeque},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use serde_json::Value;

use super::{Fault, shapes};
use crate::support::listening::{Came, Reply};

/// Requests that are taken in an hour: of somebody, and of anybody.
const LIMIT: u64 = 5_000;
const LIMIT_OF_ANYBODY: u64 = 60;

/// One repository.
#[derive(Debug, Default)]
pub struct Repository {
    pub id: u64,
    pub name: String,
    /// Names it had before.
    pub was: Vec<String>,
    pub private: bool,
    pub issues: Vec<Value>,
    /// Issues that are made up when they are asked for.
    pub more_issues: u64,
    pub pulls: Vec<Value>,
    /// By commit.
    pub checks: BTreeMap<String, Value>,
    /// The status that who asks for check runs is answered with, if nobody may read them.
    pub checks_hidden: Option<u16>,
    /// By login.
    pub people: BTreeMap<String, String>,
    /// By issue.
    pub comments: Vec<(u64, Value)>,
}

impl Repository {
    pub fn new(name: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        Self {
            id: hasher.finish() >> 32,
            name: name.to_owned(),
            ..Self::default()
        }
    }
}

/// All of it.
#[derive(Default)]
pub struct State {
    pub port: u16,
    pub repositories: Vec<Repository>,
    pub requests: Vec<Came>,
    pub next: VecDeque<Fault>,
    /// What goes wrong with the next comment that is written.
    pub next_comment: Option<Fault>,
    pub always: Option<Fault>,
    pub is_revoked: bool,
    /// Requests that are left, and when there are more, in seconds since 1970.
    left: Option<(u64, u64)>,
}

impl State {
    pub fn find(&self, name: &str) -> Option<&Repository> {
        self.repositories
            .iter()
            .find(|one| one.name.eq_ignore_ascii_case(name))
    }

    pub fn find_mut(&mut self, name: &str) -> Option<&mut Repository> {
        self.repositories
            .iter_mut()
            .find(|one| one.name.eq_ignore_ascii_case(name))
    }

    pub fn takes(&mut self, requests: u64, seconds: u64) {
        self.left = Some((requests, now() + seconds));
    }

    /// Takes one of the requests that are left; whether there was one.
    pub fn take_one(&mut self) -> bool {
        match &mut self.left {
            Some((left, resets)) if *resets > now() => match left.checked_sub(1) {
                Some(less) => {
                    *left = less;
                    true
                }
                None => false,
            },
            left => {
                *left = None;
                true
            }
        }
    }

    pub fn give_one_back(&mut self) {
        if let Some((left, _)) = &mut self.left {
            *left += 1;
        }
    }

    /// An answer with these words, and the headers GitHub adds.
    pub fn says(&self, status: u16, body: &Value, headers: &[(&str, String)]) -> Reply {
        let limit = match self.left {
            _ if status == 401 => LIMIT_OF_ANYBODY,
            _ => LIMIT,
        };
        let (left, resets) = self.left.unwrap_or((limit - 1, now() + 3_600));
        // What has not changed costs nothing.
        let left = left + u64::from(status == 304);
        let body = match status {
            304 => String::new(),
            _ => body.to_string(),
        };
        let mut text = format!(
            "HTTP/1.1 {status} {}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\
             X-RateLimit-Limit: {limit}\r\nX-RateLimit-Remaining: {left}\r\nX-RateLimit-Reset: {resets}\r\n\
             X-RateLimit-Resource: core\r\nX-GitHub-Media-Type: github.v3; format=json\r\n",
            shapes::words(status),
            body.len(),
        );
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        Reply::Text(text + "\r\n" + &body)
    }
}

/// Changes what `with` names.
pub fn merge(value: &mut Value, with: Value) {
    match (value, with) {
        (Value::Object(value), Value::Object(with)) => {
            for (key, with) in with {
                merge(value.entry(key).or_insert(Value::Null), with);
            }
        }
        (value, with) => *value = with,
    }
}

/// Seconds since 1970.
pub fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.expect("it is later than 1970").as_secs()
}
