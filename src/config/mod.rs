//! Settings: `config/default.toml` < the file `PM_ENV` names < plain variables < `PM__SECTION__KEY`.
//!
//! `config/default.toml` is the manual. Whatever is unknown or out of its limits stops the start, all of it in one
//! message, with the names the person used. Only `app` reads this; every other part is handed the values it needs.

mod error;
mod expects;
mod keys;
mod layers;
mod sections;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

pub use error::{Problem, SettingsInvalid};
pub use expects::{Expects, database_url};
pub use keys::{KEYS, Key};
use layers::Layers;
pub use sections::*;

/// The name of the SQLite file in the data folder.
const DATABASE_FILE: &str = "project-manager.db";

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
        problems.extend(in_order(
            &values,
            "notifications.retry_seconds_first",
            "notifications.retry_seconds_longest",
        ));
        problems.extend(without_key(&values));
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
        let secrets = values.values().filter(|given| given.key.is_secret());
        settings.secrets = secrets
            .map(|given| (given.key.name, given.value.to_string().into()))
            .collect();
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

    /// Every setting that is a secret, by its key, as it was given. Some hold more than one.
    pub fn secrets(&self) -> &[(&'static str, SecretString)] {
        &self.secrets
    }

    /// What was set and has no effect as things are, a sentence each, for the log at the start.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }
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
    let number = |given: &layers::Given| given.value.to_string().parse::<f64>().ok();
    let (least, most) = (values.get(least)?, values.get(most)?);
    (number(least)? > number(most)?).then(|| Problem::Value {
        name: least.name.clone(),
        given: least.value.to_string(),
        expected: format!("at most {}, which {} is", most.value, most.name),
    })
}

/// Whoever is told must be able to see whom that comes from.
fn without_key(values: &BTreeMap<&'static str, layers::Given>) -> Option<Problem> {
    let text = |key: &str| Some(values.get(key)?.value.to_string());
    let is_set = |key: &str| text(key).is_some_and(|text| !text.is_empty());
    let url = values.get("notifications.url")?;
    (is_set("notifications.url") && !is_set("notifications.secret")).then(|| Problem::Missing {
        name: "PM__NOTIFICATIONS__SECRET".to_owned(),
        because: url.name.clone(),
        how: "notifications are signed with it, and whoever receives them checks that; `openssl rand -hex 32` makes one"
            .to_owned(),
    })
}
