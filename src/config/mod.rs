//! Settings: `config/default.toml` < the file `PM_ENV` names < plain variables < `PM__SECTION__KEY`.
//!
//! `config/default.toml` is the manual. Whatever is unknown or out of its limits stops the start, all of it in one
//! message, with the names the person used. Only `app` reads this; every other part is handed the values it needs.

mod acp;
mod error;
mod keys;
mod layers;

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    num::NonZero,
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

pub use acp::Acp;
pub use error::{Problem, SettingsInvalid};
pub use keys::{Expects, KEYS, Key, database_url};
use layers::Layers;

/// The name of the SQLite file in the data folder.
const DATABASE_FILE: &str = "project-manager.db";

/// Threads that answer requests at most when their number follows the cores: they only pass data on.
const WORKERS_MAX: usize = 8;

/// Everything that can be set. Each field is described in `config/default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "config/default.toml documents every section and key, once"
)]
pub struct Settings {
    pub app: App,
    pub api: Api,
    pub data: Data,
    pub database: Database,
    pub log: Log,
    pub feed: Feed,
    pub workflow: Workflow,
    pub executor: Executor,
    pub offline: Offline,
    pub scar: Scar,
    pub acp: Acp,
    pub llm: Llm,
    #[serde(skip)]
    notices: Vec<String>,
}

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

impl Settings {
    /// Reads the settings from these variables, and from the current folder where `PM_ENV` names a file of one's own.
    ///
    /// # Errors
    /// [`SettingsInvalid`] with everything that is unknown or out of its limits.
    pub fn load(
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsInvalid> {
        Self::load_in(Path::new(""), environment)
    }

    /// Reads the settings as if `folder` were the current one: it and the environment are parameters, so that a test need
    /// not change the process's own.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_in(
        folder: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsInvalid> {
        let environment: BTreeMap<String, String> = environment.into_iter().collect();
        let Layers {
            mut values,
            mut problems,
        } = Layers::read(folder, &environment);
        if let Some(dir) = values.get_mut("data.dir") {
            match data_dir(&dir.value.to_string(), &environment) {
                Some(found) => match dir
                    .key
                    .expects
                    .accept(&found.to_string_lossy().as_ref().into())
                {
                    Ok(found) => dir.value = found,
                    Err(expected) => problems.push(Problem::Value {
                        name: "the folder to keep data in (set PM__DATA__DIR to another)"
                            .to_owned(),
                        given: format!("{found:?}"),
                        expected,
                    }),
                },
                None => problems.push(Problem::NoDataFolder),
            }
        }
        problems.extend(in_order(&values, "scar.poll_ms_min", "scar.poll_ms_max"));
        problems.extend(in_order(
            &values,
            "llm.retry_ms_first",
            "llm.retry_ms_longest",
        ));
        if !problems.is_empty() {
            return Err(SettingsInvalid { problems });
        }
        let mut builder = config::Config::builder();
        for given in values.values() {
            builder = builder
                .set_override(given.key.name, given.value.clone())
                .expect("a known key is a valid path");
        }
        let mut settings: Self = builder
            .build()
            .and_then(config::Config::try_deserialize)
            .expect("every key has an accepted value: config/default.toml holds all of them, and a test says so");
        if settings.database.url.expose_secret().is_empty() {
            let file = settings.data.dir.join(DATABASE_FILE);
            settings.database.url = format!("sqlite://{}", file.display()).into();
        }
        settings.notices = settings.without_effect(&values);
        Ok(settings)
    }

    /// Reads the settings with this process's own environment.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn from_process() -> Result<Self, SettingsInvalid> {
        // Not `vars()`: it panics on a variable that is no Unicode, also on one that is none of ours.
        let lossy = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        Self::load(std::env::vars_os().map(|(name, value)| (lossy(name), lossy(value))))
    }

    fn without_effect(&self, values: &BTreeMap<&'static str, layers::Given>) -> Vec<String> {
        let has_service =
            !self.llm.endpoint.is_empty() || !self.llm.api_key.expose_secret().is_empty();
        let model = values
            .get("llm.model")
            .filter(|model| model.chosen && !has_service && !self.llm.model.is_empty());
        let notice = model.map(|model| {
            format!(
                "{} is set, but there is neither a key nor an address of a service: the project manager answers by its own \
                 rules; set ANTHROPIC_API_KEY or PM__LLM__ENDPOINT",
                model.name
            )
        });
        notice.into_iter().collect()
    }

    /// What was set and has no effect as things are, a sentence each, for the log at the start.
    pub fn notices(&self) -> &[String] {
        &self.notices
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

/// The folder `dir` names; an empty one means the place where this machine keeps the data of programs.
fn data_dir(dir: &str, environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    let home = environment
        .get("HOME")
        .filter(|home| !home.is_empty())
        .map(Path::new);
    if let Some(inside) = dir.strip_prefix("~/") {
        // A shell replaces it, a service file or .env does not, and a folder called ~ is never meant.
        return home.map(|home| home.join(inside));
    }
    if !dir.is_empty() {
        return Some(PathBuf::from(dir));
    }
    // The standard says to ignore a relative one.
    let xdg = environment
        .get("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    xdg.or_else(|| home.map(|home| home.join(".local/share")))
        .map(|data| data.join("project-manager"))
}

/// What is wrong when the setting `least` is above the setting `most`.
fn in_order(
    values: &BTreeMap<&'static str, layers::Given>,
    least: &str,
    most: &str,
) -> Option<Problem> {
    let number = |given: &layers::Given| given.value.to_string().parse::<i64>().ok();
    let (least, most) = (values.get(least)?, values.get(most)?);
    (number(least)? > number(most)?).then(|| Problem::Value {
        name: least.name.clone(),
        given: least.value.to_string(),
        expected: format!("at most {}, which {} is", most.value, most.name),
    })
}
