//! Where settings come from, the weakest first: the default file, the environment's file, plain variables, `PM__…`.
//!
//! Each layer becomes a list of [`Given`] values that remember what the person called them, so that a refusal names the
//! variable or the file and key they used. A value is checked in the layer it stands in, also when a later one wins.

use std::{collections::BTreeMap, fs, io::Read as _, path::Path};

use config::{File, FileFormat, Source, Value, ValueKind};

use super::{
    error::Problem,
    expects::Expects,
    keys::{KEYS, Key},
    origin::{DEFAULT_FILE, Origin},
};

const DEFAULT: &str = include_str!("../../config/default.toml");

/// The environments whose files are inside the program.
const EMBEDDED: &[(&str, &str)] = &[
    ("development", include_str!("../../config/development.toml")),
    ("test", include_str!("../../config/test.toml")),
    ("production", include_str!("../../config/production.toml")),
];

/// How alike two names must be, from 0 to 1, for one to be meant by the other: a wrong letter or a forgotten ending, not
/// merely the same section.
const LIKENESS_MIN: f64 = 0.8;

/// A file larger than this is not the secret it was meant to be.
const SECRET_BYTES_MAX: u64 = 65_536;

/// A value, and where it was found.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) key: &'static Key,
    pub(super) origin: Origin,
    pub(super) value: ValueKind,
}

/// What all layers together say: the accepted values by key, the last one wins, and everything that was wrong.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub(super) values: BTreeMap<&'static str, Given>,
    /// What the values would be if nobody had chosen any.
    pub(super) defaults: BTreeMap<&'static str, ValueKind>,
    pub(super) problems: Vec<Problem>,
}

impl Layers {
    pub(super) fn read(folder: &Path, environment: &BTreeMap<String, String>) -> Self {
        let mut layers = Self::default();
        layers.file(DEFAULT_FILE, DEFAULT);
        let defaults = layers.values.iter();
        layers.defaults = defaults
            .map(|(key, given)| (*key, given.value.clone()))
            .collect();
        // Empty counts as not set, as for the plain names.
        if let Some(name) = environment.get("PM_ENV").filter(|name| !name.is_empty()) {
            layers.environment_file(folder, name);
        }
        for key in KEYS {
            if let Some(plain) = key.plain {
                layers.variable(environment, key, plain, |text| !text.is_empty());
            }
        }
        for key in KEYS {
            layers.variable(environment, key, &key.variable(), |_| true);
        }
        layers.unknown_variables(environment);
        layers
    }

    fn environment_file(&mut self, folder: &Path, name: &str) {
        let embedded = EMBEDDED.iter().find(|(known, _)| *known == name);
        let file = format!("config/{name}.toml");
        let text = match embedded {
            Some((_, text)) => Ok((*text).to_owned()),
            // A name, not a path.
            None if name.contains(['/', '\\', '\0']) => Err(std::io::ErrorKind::NotFound.into()),
            None => fs::read_to_string(folder.join(&file)),
        };
        match text {
            Ok(text) => {
                let origin = Origin::Variable("PM_ENV".to_owned());
                self.take("app.environment", origin, name.into());
                self.file(&file, &text);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                self.problems.push(Problem::Environment {
                    given: name.to_owned(),
                    file,
                });
            }
            Err(error) => self.problems.push(Problem::File {
                file,
                reason: error.to_string(),
            }),
        }
    }

    fn file(&mut self, file: &str, text: &str) {
        match File::from_str(text, FileFormat::Toml).collect() {
            Ok(table) => {
                let mut leaves = BTreeMap::new();
                flatten("", table, &mut leaves);
                for (key, value) in leaves {
                    let origin = Origin::File {
                        key: key.clone(),
                        file: file.to_owned(),
                    };
                    self.take(&key, origin, value);
                }
            }
            Err(error) => self.problems.push(Problem::File {
                file: file.to_owned(),
                reason: without_excerpt(&error.to_string()),
            }),
        }
    }

    fn variable(
        &mut self,
        environment: &BTreeMap<String, String>,
        key: &'static Key,
        name: &str,
        counts: fn(&str) -> bool,
    ) {
        let file = format!("{name}_FILE");
        let text = environment.get(name).filter(|text| counts(text));
        let path = environment.get(&file).filter(|path| !path.is_empty());
        match (text, path) {
            (_, Some(_)) if !key.is_secret() => self.problems.push(Problem::NoSecret {
                name: name.to_owned(),
            }),
            (Some(_), Some(_)) => self.problems.push(Problem::Twice {
                key: key.name,
                name: name.to_owned(),
            }),
            (Some(text), None) => {
                let origin = Origin::Variable(name.to_owned());
                self.take(key.name, origin, key.expects.read(text));
            }
            (None, Some(path)) => {
                let (variable, path) = (file, path.clone());
                match read_secret(&path) {
                    Ok(secret) => {
                        let origin = Origin::SecretFile { variable, path };
                        self.take(key.name, origin, secret.into());
                    }
                    Err(reason) => self.problems.push(Problem::SecretFile {
                        key: key.name,
                        variable,
                        path: is_path(&path).then_some(path),
                        reason,
                    }),
                }
            }
            (None, None) => {}
        }
    }

    fn unknown_variables(&mut self, environment: &BTreeMap<String, String>) {
        let known: Vec<String> = KEYS.iter().map(Key::variable).collect();
        for name in environment.keys().filter(|name| name.starts_with("PM__")) {
            let is_known = |known: &str| KEYS.iter().any(|key| key.variable() == known);
            // That only a secret has a file is said where it is read.
            if !is_known(name) && !name.strip_suffix("_FILE").is_some_and(is_known) {
                self.problems.push(Problem::Unknown {
                    at: Origin::Variable(name.clone()),
                    nearest: nearest_variable(name, &known),
                });
            }
        }
    }

    fn take(&mut self, key: &str, origin: Origin, value: ValueKind) {
        let Some(key) = Key::find(key) else {
            let nearest = nearest(key, KEYS.iter().map(|key| key.name));
            let at = origin;
            self.problems.push(Problem::Unknown { at, nearest });
            return;
        };
        match key.expects.accept(&value) {
            Ok(value) => {
                self.values.insert(key.name, Given { key, origin, value });
            }
            Err(expected) => self.problems.push(Problem::Value {
                key: key.name,
                at: origin,
                given: shown(key, &value),
                expected,
            }),
        }
    }
}

/// A section of a key nobody knows, an empty table for instance, becomes a leaf itself: it is refused by its name.
fn flatten(
    prefix: &str,
    table: config::Map<String, Value>,
    leaves: &mut BTreeMap<String, ValueKind>,
) {
    for (name, value) in table {
        let path = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}.{name}")
        };
        let is_section = KEYS
            .iter()
            .any(|key| key.name.starts_with(&format!("{path}.")));
        match value.kind {
            ValueKind::Table(inner) if is_section || !inner.is_empty() => {
                flatten(&path, inner, leaves)
            }
            kind => {
                leaves.insert(path, kind);
            }
        }
    }
}

/// Whether a text may be shown as the path of a file: somebody may have put the secret itself where its file is to be named.
pub fn is_path(text: &str) -> bool {
    let begins = ["/", "./", "../", "~"];
    begins.iter().any(|begin| text.starts_with(begin)) || fs::symlink_metadata(text).is_ok()
}

/// What is wrong with a file, without the line of it that is drawn there: a secret may stand in it.
fn without_excerpt(reason: &str) -> String {
    let lines = reason.lines().filter(|line| !line.contains(" |"));
    lines.map(str::trim).collect::<Vec<_>>().join(": ")
}

/// What the file holds. The line end that editors and `echo` put behind it goes where the space around any value does.
fn read_secret(path: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    // Read, not asked for its size: a pipe or a device says it has none.
    fs::File::open(path)
        .and_then(|file| file.take(SECRET_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > SECRET_BYTES_MAX {
        return Err(format!(
            "it has more than {SECRET_BYTES_MAX} bytes, which no secret has; name the file that holds the secret alone"
        ));
    }
    let text =
        String::from_utf8(bytes).map_err(|_| "it is no text in UTF-8; write it anew".to_owned())?;
    if text.trim().is_empty() {
        return Err("it is empty; write the secret into it, or leave the variable out".to_owned());
    }
    Ok(text)
}

/// A variable that names a file is meant for one: with `_FILE` again, where the setting may have one.
fn nearest_variable(name: &str, known: &[String]) -> Option<String> {
    let known = || known.iter().map(String::as_str);
    let Some(bare) = name.strip_suffix("_FILE") else {
        return nearest(name, known());
    };
    let meant = nearest(bare, known())?;
    let has_file = KEYS
        .iter()
        .any(|key| key.is_secret() && key.variable() == meant);
    Some(match has_file {
        true => format!("{meant}_FILE"),
        false => meant,
    })
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    // Compared in one case and without the prefix, which would make any two alike.
    let bare = |name: &str| name.trim_start_matches("PM__").to_lowercase();
    known
        .map(|known| (strsim::jaro_winkler(&bare(name), &bare(known)), known))
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .map(|(_, known)| known.to_owned())
}

/// The value as it may be shown. Of an address only the scheme: a password may stand anywhere in a broken one.
fn shown(key: &Key, value: &ValueKind) -> String {
    // What an address is refused for may be a password or a key in it.
    let may_hold_one = |text: &str| {
        matches!(key.expects, Expects::Web | Expects::Origin) && text.contains(['@', '?', '#'])
    };
    match value {
        ValueKind::String(text) if key.is_secret() || may_hold_one(text) => {
            match text.split_once("://") {
                Some((scheme, _))
                    if scheme
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || c == '+') =>
                {
                    format!("{scheme}://… (the rest is not shown)")
                }
                _ => "something that is not shown here".to_owned(),
            }
        }
        _ if key.is_secret() => "something that is not shown here".to_owned(),
        ValueKind::String(text) => format!("{text:?}"),
        ValueKind::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| shown(key, &item.kind)).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}
