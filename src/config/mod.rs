//! Settings: `config/default.toml` < the file `PM_ENV` names < plain variables < `PM__SECTION__KEY`.
//!
//! `config/default.toml` is the manual. Whatever is unknown or out of its limits stops the start, all of it in one
//! message, with the names the person used. Only `app` reads this; every other part is handed the values it needs.

mod error;
mod expects;
mod keys;
mod layers;
mod look;
mod origin;
mod sections;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use config::ValueKind;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

pub use error::{Problem, SettingsInvalid};
pub use expects::{Expects, database_url};
pub use keys::{KEYS, Key};
use layers::Layers;
pub use layers::is_path;
pub use look::{Looked, Setting};
pub use origin::Origin;
pub use sections::*;

/// The name of the SQLite file in the data folder.
pub const DATABASE_FILE: &str = "project-manager.db";

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
    pub auth: Auth,
    pub limits: Limits,
    pub data: Data,
    pub database: Database,
    pub log: Log,
    pub feed: Feed,
    pub projects: Projects,
    pub diagnostics: Diagnostics,
    pub workflow: Workflow,
    pub executor: Executor,
    pub offline: Offline,
    pub scar: Scar,
    pub acp: Acp,
    pub llm: Llm,
    pub github: GitHub,
    pub import: Import,
    pub traces: Traces,
    pub notifications: Notifications,
    #[serde(skip)]
    notices: Vec<String>,
    #[serde(skip)]
    secrets: Vec<(&'static str, SecretString)>,
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
        let looked = Self::look_in(folder, environment);
        match looked.problems.is_empty() {
            true => Ok(looked.settings),
            false => Err(SettingsInvalid {
                problems: looked.problems,
            }),
        }
    }

    /// Reads the settings with this process's own environment.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn from_process() -> Result<Self, SettingsInvalid> {
        Self::load(environment())
    }

    fn without_effect(&self, values: &BTreeMap<&'static str, layers::Given>) -> Vec<String> {
        let has_service =
            !self.llm.endpoint.is_empty() || !self.llm.api_key.expose_secret().is_empty();
        let model = values.get("llm.model").filter(|model| {
            !model.origin.is_default() && !has_service && !self.llm.model.is_empty()
        });
        let notice = model.map(|model| {
            format!(
                "{} is set, but there is neither a key nor an address of a service: the project manager answers by its own \
                 rules; set ANTHROPIC_API_KEY or PM__LLM__ENDPOINT",
                model.origin
            )
        });
        let import = ["import.repositories", "import.user", "import.organisation"];
        let import = import.iter().filter_map(|key| values.get(key));
        let import = import.filter(|given| !given.origin.is_default() && !self.import.auto);
        let import = import.map(|given| {
            format!(
                "{} is set and not imported by itself: pm projects import does so now, and SCAR_AUTO_IMPORT=true at each start",
                given.origin
            )
        });
        notice.into_iter().chain(import).collect()
    }

    /// Every setting that is a secret, by its key, as it was given. Some hold more than one.
    pub fn secrets(&self) -> &[(&'static str, SecretString)] {
        &self.secrets
    }

    /// What was set and has no effect as things are, a sentence each, for the log at the start.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }
}

/// This process's own environment. Not `vars()`: it panics on a variable that is no Unicode, also on one that is none of ours.
fn environment() -> impl Iterator<Item = (String, String)> {
    let lossy = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    std::env::vars_os().map(move |(name, value)| (lossy(name), lossy(value)))
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

/// What is wrong when the setting `least` is above the setting `most`. It is the one that somebody chose, which the other
/// follows from; the first where both were.
fn in_order(
    values: &BTreeMap<&'static str, layers::Given>,
    defaults: &BTreeMap<&'static str, ValueKind>,
    least: &str,
    most: &str,
) -> Option<Problem> {
    let number = |given: &layers::Given| given.value.to_string().parse::<f64>().ok();
    let (least, most) = (values.get(least)?, values.get(most)?);
    if number(least)? <= number(most)? {
        return None;
    }
    // By its value: where somebody wrote the default down it is not what is to be changed.
    let is_default = defaults.get(least.key.name) == Some(&least.value);
    let (wrong, other, side) = match is_default {
        true => (most, least, "at least"),
        false => (least, most, "at most"),
    };
    Some(Problem::Value {
        key: wrong.key.name,
        at: wrong.origin.clone(),
        given: wrong.value.to_string(),
        expected: format!("{side} {}, which {} is", other.value, other.origin),
    })
}

/// Whoever is told must be able to see whom that comes from.
fn without_key(values: &BTreeMap<&'static str, layers::Given>) -> Option<Problem> {
    let text = |key: &str| Some(values.get(key)?.value.to_string());
    let is_set = |key: &str| text(key).is_some_and(|text| !text.is_empty());
    let url = values.get("notifications.url")?;
    (is_set("notifications.url") && !is_set("notifications.secret")).then(|| Problem::Missing {
        key: "notifications.secret",
        name: "PM__NOTIFICATIONS__SECRET".to_owned(),
        because: url.origin.to_string(),
        how: "notifications are signed with it, and whoever receives them checks that; `echo \"whsec_$(openssl rand -base64 32)\"` makes one"
            .to_owned(),
    })
}
