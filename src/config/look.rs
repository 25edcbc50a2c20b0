//! A look at the settings that does not stop at what is wrong: for whoever is to be told all of it.

use std::{collections::BTreeMap, path::Path};

use config::ValueKind;
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    DATABASE_FILE, Key, Layers, Origin, Problem, Settings, data_dir, environment, in_order,
    without_key,
};

/// Settings of which the first may not be above the second.
const IN_ORDER: [(&str, &str); 3] = [
    ("scar.poll_ms_min", "scar.poll_ms_max"),
    ("llm.retry_ms_first", "llm.retry_ms_longest"),
    (
        "notifications.retry_seconds_first",
        "notifications.retry_seconds_longest",
    ),
];

/// What was found.
#[derive(Debug)]
pub struct Looked {
    /// The settings, with the next weaker value in place of one that cannot be used; see [`Looked::is_known`].
    pub settings: Settings,
    /// Every setting, in the order of the manual.
    pub every: Vec<Setting>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// A setting, and where its value stands.
#[derive(Debug)]
pub struct Setting {
    /// Which one.
    pub key: &'static Key,
    /// Where it stands.
    pub origin: Origin,
    /// Its value as a variable would have it; of some settings it is a secret.
    pub value: SecretString,
    /// What it would be if nobody had chosen.
    pub default: String,
}

impl Looked {
    /// Whether these settings have the values somebody means them to have.
    pub fn is_known(&self, keys: &[&str]) -> bool {
        let hidden = |problem: &Problem| match problem {
            // It may hold any of them.
            Problem::Environment { .. } | Problem::File { .. } => true,
            _ => problem.hides().is_some_and(|key| keys.contains(&key)),
        };
        !self.problems.iter().any(hidden)
    }

    /// This setting.
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.every.iter().find(|setting| setting.key.name == name)
    }
}

impl Settings {
    /// Looks at this process's own.
    pub fn look() -> Looked {
        Self::look_in(Path::new(""), environment())
    }

    /// Looks at them as if `folder` were the current one.
    pub fn look_in(
        folder: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Looked {
        let environment: BTreeMap<String, String> = environment.into_iter().collect();
        let Layers {
            mut values,
            defaults,
            mut problems,
        } = Layers::read(folder, &environment);
        if let Some(dir) = values.get_mut("data.dir") {
            match data_dir(&dir.value.to_string(), &environment) {
                Some(found) => {
                    let text = found.to_string_lossy();
                    match dir.key.expects.accept(&text.as_ref().into()) {
                        Ok(found) => dir.value = found,
                        Err(expected) => problems.push(Problem::DataFolder {
                            given: format!("{found:?}"),
                            expected,
                        }),
                    }
                }
                None => problems.push(Problem::NoDataFolder),
            }
        }
        for (least, most) in IN_ORDER {
            problems.extend(in_order(&values, &defaults, least, most));
        }
        problems.extend(without_key(&values));
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
        let every = super::KEYS.iter().filter_map(|key| {
            let given = values.get(key.name)?;
            Some(Setting {
                key,
                origin: given.origin.clone(),
                value: text(&given.value).into(),
                default: text(defaults.get(key.name)?),
            })
        });
        Looked {
            every: every.collect(),
            settings,
            problems,
        }
    }
}

/// A value as a variable has it: words with spaces between, as a list where one of them has a space.
fn text(value: &ValueKind) -> String {
    let ValueKind::Array(words) = value else {
        return value.to_string();
    };
    let words: Vec<String> = words.iter().map(|word| word.kind.to_string()).collect();
    let is_plain = |word: &String| !word.is_empty() && !word.contains(char::is_whitespace);
    match words.iter().all(is_plain) && !words.first().is_some_and(|word| word.starts_with('[')) {
        true => words.join(" "),
        false => format!("{words:?}"),
    }
}
