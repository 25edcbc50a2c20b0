//! What each section of the settings holds, as the program uses it. `config/default.toml` describes every key.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZero,
    path::PathBuf,
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer};

use crate::domain::{
    notification::{Event, Wanted},
    project::{Permissions, Reach},
};

/// Threads that answer requests at most when their number follows the cores: they only pass data on.
const WORKERS_MAX: usize = 8;

/// `[app]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct App {
    pub name: String,
    pub environment: String,
}

/// `[api]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Api {
    pub host: IpAddr,
    pub port: u16,
    workers: usize,
    pub max_body_bytes: usize,
    /// As a browser writes it in `Origin`; may be empty.
    pub public_url: String,
    pub trusted_proxies: Vec<String>,
}

/// `[auth]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Auth {
    pub token: SecretString,
    #[serde(rename = "sign_in_seconds", deserialize_with = "seconds")]
    pub sign_in_lasts: Duration,
}

/// `[limits]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Limits {
    pub requests_per_second: u32,
    pub streams: usize,
    pub tries_per_minute: u32,
}

/// `[data]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// Never empty: the default has been looked up.
    pub dir: PathBuf,
}

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Database {
    /// As sqlx reads it, `sqlite://path` or `postgres://…`; never empty.
    pub url: SecretString,
    pub readers: u32,
    #[serde(rename = "acquire_timeout_seconds", deserialize_with = "seconds")]
    pub acquire_timeout: Duration,
    #[serde(rename = "statement_timeout_seconds", deserialize_with = "seconds")]
    pub statement_timeout: Duration,
    #[serde(rename = "lease_seconds", deserialize_with = "seconds")]
    pub lease: Duration,
}

/// `[log]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Log {
    pub level: Level,
    pub format: LogFormat,
}

/// How much to log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl Level {
    /// As a `tracing` filter spells it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For programs: an object a line.
    Json,
}

/// `[feed]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Feed {
    #[serde(rename = "heartbeat_seconds", deserialize_with = "seconds")]
    pub heartbeat: Duration,
    pub retention: i64,
}

/// `[projects]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Projects {
    pub repositories: Reach,
}

/// `[workflow]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    #[serde(rename = "gate_expires_seconds", deserialize_with = "seconds")]
    gate_expires: Duration,
}

impl Workflow {
    /// How long a person may take to decide at a gate, if there is a limit.
    pub fn gate_expires(&self) -> Option<Duration> {
        (!self.gate_expires.is_zero()).then_some(self.gate_expires)
    }
}

/// `[diagnostics]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diagnostics {
    #[serde(rename = "canary_seconds", deserialize_with = "seconds")]
    canary: Duration,
}

impl Diagnostics {
    /// How often it is tested that what is written arrives, if at all without being asked.
    pub fn canary_every(&self) -> Option<Duration> {
        (!self.canary.is_zero()).then_some(self.canary)
    }
}

/// `[executor]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Executor {
    slots: usize,
    #[serde(rename = "time_limit_seconds", deserialize_with = "seconds")]
    pub time_limit: Duration,
}

/// `[offline]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Offline {
    pub test_command: Vec<String>,
}

/// `[scar]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Scar {
    pub base_url: String,
    #[serde(rename = "timeout_seconds", deserialize_with = "seconds")]
    pub timeout: Duration,
    pub conversation_prefix: String,
    #[serde(rename = "stall_seconds", deserialize_with = "seconds")]
    pub stall: Duration,
    #[serde(rename = "quiet_seconds", deserialize_with = "seconds")]
    pub quiet: Duration,
    #[serde(rename = "poll_ms_min", deserialize_with = "millis")]
    pub poll_shortest: Duration,
    #[serde(rename = "poll_ms_max", deserialize_with = "millis")]
    pub poll_longest: Duration,
    #[serde(rename = "request_timeout_seconds", deserialize_with = "seconds")]
    pub request_timeout: Duration,
    #[serde(rename = "retry_ms_first", deserialize_with = "millis")]
    pub retry_first: Duration,
    #[serde(rename = "retry_ms_longest", deserialize_with = "millis")]
    pub retry_longest: Duration,
    #[serde(rename = "give_up_seconds", deserialize_with = "seconds")]
    pub give_up: Duration,
}

/// `[acp]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Acp {
    pub command: Vec<String>,
    pub env: SecretString,
    pub permissions: Permissions,
    #[serde(rename = "start_seconds", deserialize_with = "seconds")]
    pub start_limit: Duration,
    #[serde(rename = "stall_seconds", deserialize_with = "seconds")]
    pub stall: Duration,
    #[serde(rename = "permission_expires_seconds", deserialize_with = "seconds")]
    pub permission_expires: Duration,
}

/// `[llm]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Llm {
    pub model: String,
    pub endpoint: String,
    pub api_key: SecretString,
    #[serde(rename = "timeout_seconds", deserialize_with = "seconds")]
    pub timeout: Duration,
    pub history_tokens: usize,
    pub retries: u32,
    #[serde(rename = "retry_ms_first", deserialize_with = "millis")]
    pub retry_first: Duration,
    #[serde(rename = "retry_ms_longest", deserialize_with = "millis")]
    pub retry_longest: Duration,
}

/// `[github]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct GitHub {
    /// May be empty.
    pub token: SecretString,
    /// Empty: nothing is taken.
    pub webhook_secret: SecretString,
    /// Empty: from anywhere.
    pub webhook_sources: Vec<String>,
    pub api_url: String,
    #[serde(rename = "timeout_seconds", deserialize_with = "seconds")]
    pub timeout: Duration,
    #[serde(rename = "cache_seconds", deserialize_with = "seconds")]
    pub cache: Duration,
    #[serde(rename = "look_seconds", deserialize_with = "seconds")]
    pub look: Duration,
}

/// `[import]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Import {
    /// May be empty.
    pub file: PathBuf,
    pub repositories: Vec<String>,
    /// May be empty.
    pub user: String,
    /// May be empty.
    pub organisation: String,
    pub auto: bool,
}

/// `[traces]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Traces {
    pub endpoint: String,
    pub headers: SecretString,
}

/// `[notifications]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Notifications {
    /// Its path may be a secret; may be empty.
    pub url: SecretString,
    /// Not empty where there is an address.
    pub secret: SecretString,
    events: Vec<Event>,
    #[serde(rename = "timeout_seconds", deserialize_with = "seconds")]
    pub timeout: Duration,
    #[serde(rename = "retry_seconds_first", deserialize_with = "seconds")]
    pub retry_first: Duration,
    #[serde(rename = "retry_seconds_longest", deserialize_with = "seconds")]
    pub retry_longest: Duration,
    #[serde(rename = "give_up_seconds", deserialize_with = "seconds")]
    pub give_up: Duration,
}

impl Notifications {
    /// What somebody is told of: nothing where nobody is.
    pub fn wanted(&self) -> Wanted {
        match self.url.expose_secret() {
            "" => Wanted::default(),
            _ => Wanted::of(self.events.iter().copied()),
        }
    }
}

impl Executor {
    /// How many commands may run at the same time, when `usual` is what suits the place they run in.
    pub fn slots(&self, usual: usize) -> usize {
        match self.slots {
            0 => usual,
            chosen => chosen,
        }
    }
}

impl Api {
    /// The address to listen on.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// Whether others than this machine can reach it: by its address, or through a proxy under a name of its own.
    pub fn is_exposed(&self) -> bool {
        !self.host.is_loopback() || !self.public_url.is_empty()
    }

    /// How many threads answer requests.
    pub fn workers(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism()
                .map_or(1, NonZero::get)
                .min(WORKERS_MAX),
            chosen => chosen,
        }
    }
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    f64::deserialize(deserializer).map(Duration::from_secs_f64)
}

fn millis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_millis)
}
