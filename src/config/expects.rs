//! What a setting may be, and how its text is read.

use std::net::{IpAddr, Ipv6Addr};

use config::{Value, ValueKind};
use url::Url;

use crate::domain::{network::Network, notification::SigningKey};

/// What a setting may be.
#[derive(Debug)]
pub enum Expects {
    /// Text of a bounded length that is not blank.
    Name,
    /// A folder; may be empty.
    Folder,
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// How much to log.
    Level,
    /// A whole number within limits, both included.
    Whole(i64, i64),
    /// A number within limits, both included.
    Seconds(f64, f64),
    /// Yes or no.
    Switch,
    /// The login of a user or an organisation of GitHub; may be empty.
    Login,
    /// The words of a command.
    Words,
    /// An address of this machine.
    Address,
    /// Where the server is for browsers: scheme, host and port; may be empty.
    Origin,
    /// Addresses of machines, or of whole networks.
    Networks,
    /// The address of a database; may hold a password.
    Database,
    /// An http or https address; may be empty.
    Web,
    /// An http or https address whose path may be a secret; may be empty, and is never shown.
    Hook,
    /// A key that signs; may be empty, and is never shown.
    Key,
    /// Some of a few words, at least one.
    SomeOf(&'static [&'static str]),
    /// The name of a language model; may be empty.
    Model,
    /// A secret; never shown.
    Secret,
    /// A secret nobody guesses, that goes into a header; may be empty, and is never shown.
    Token,
    /// Headers of requests, as OpenTelemetry's variables have them; a secret, and may be empty.
    Headers,
}

/// Characters in a [`Expects::Name`] at most.
const NAME_CHARS_MAX: usize = 100;

/// Characters in a [`Expects::Token`]: with fewer somebody may guess it, and no header has more.
const TOKEN_CHARS: std::ops::RangeInclusive<usize> = 16..=1_024;

impl Expects {
    /// Reads a variable's text as the kind of value this is. What cannot be read stays text, for [`Self::accept`] to refuse.
    pub(super) fn read(&self, text: &str) -> ValueKind {
        let trimmed = text.trim();
        let number = match self {
            Self::Whole(..) => trimmed.parse().map(ValueKind::I64).ok(),
            Self::Seconds(..) => trimmed.parse().map(ValueKind::Float).ok(),
            Self::Switch => switch(trimmed).map(ValueKind::Boolean),
            // A list that cannot be read stays text as well.
            Self::Words | Self::Networks | Self::SomeOf(_) if trimmed.starts_with('[') => {
                list(trimmed)
            }
            Self::Words | Self::Networks | Self::SomeOf(_) => Some(
                trimmed
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
                    .into(),
            ),
            _ => None,
        };
        number.unwrap_or_else(|| ValueKind::String(text.to_owned()))
    }

    /// The value as the program uses it, or what was expected instead.
    pub(super) fn accept(&self, value: &ValueKind) -> Result<ValueKind, String> {
        self.canonical(value).ok_or_else(|| self.description())
    }

    fn canonical(&self, value: &ValueKind) -> Option<ValueKind> {
        match (self, value) {
            (Self::Whole(min, max), ValueKind::I64(number)) => (min..=max)
                .contains(&number)
                .then_some(ValueKind::I64(*number)),
            (Self::Seconds(..), ValueKind::I64(number)) => {
                self.canonical(&ValueKind::Float(*number as f64))
            }
            (Self::Seconds(min, max), ValueKind::Float(number)) => (min..=max)
                .contains(&number)
                .then_some(ValueKind::Float(*number)),
            (Self::Switch, ValueKind::Boolean(is_on)) => Some(ValueKind::Boolean(*is_on)),
            (Self::Words, ValueKind::Array(words)) => words
                .iter()
                .all(|word| matches!(&word.kind, ValueKind::String(word) if !word.is_empty()))
                .then(|| value.clone()),
            (Self::Networks, ValueKind::Array(networks)) => networks
                .iter()
                .all(|network| matches!(&network.kind, ValueKind::String(text) if text.parse::<Network>().is_ok()))
                .then(|| value.clone()),
            (Self::SomeOf(known), ValueKind::Array(words)) => (!words.is_empty()
                && words.iter().all(|word| {
                    matches!(&word.kind, ValueKind::String(word) if known.contains(&word.as_str()))
                }))
            .then(|| value.clone()),
            (_, ValueKind::String(text)) => self.canonical_text(text.trim()).map(ValueKind::String),
            _ => None,
        }
    }

    fn canonical_text(&self, text: &str) -> Option<String> {
        let accepted = match self {
            Self::Whole(..)
            | Self::Seconds(..)
            | Self::Switch
            | Self::Words
            | Self::Networks
            | Self::SomeOf(_) => return None,
            Self::Address => return address(text).map(|address| address.to_string()),
            Self::Origin => return origin(text),
            Self::Level => return level(text).map(str::to_owned),
            Self::Database => return database(text),
            Self::Name => !text.is_empty() && text.chars().count() <= NAME_CHARS_MAX,
            // sqlx reads the file's place from an address, in which these mean something else.
            Self::Folder => !text.contains(['?', '%', '\0']),
            Self::OneOf(words) => words.contains(&text),
            // Everybody who looks sees it, so no name and password belong in it.
            Self::Web => {
                text.is_empty()
                    || (has_host(text, &["http", "https"]) && !text.contains(['@', '?', '#']))
            }
            Self::Hook => text.is_empty() || is_hook(text),
            Self::Key => text.is_empty() || SigningKey::parse(text).is_ok(),
            Self::Model => {
                text.chars().count() <= NAME_CHARS_MAX && !text.contains(char::is_whitespace)
            }
            Self::Login => {
                let is_sign = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
                text.len() <= NAME_CHARS_MAX && text.chars().all(is_sign)
            }
            Self::Secret => true,
            Self::Headers => {
                let mut each = text.split(',').filter(|one| !one.trim().is_empty());
                each.all(|one| {
                    one.split_once('=')
                        .is_some_and(|(name, _)| is_header(name.trim()))
                })
            }
            Self::Token => {
                let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
                text.is_empty() || (is_visible && TOKEN_CHARS.contains(&text.len()))
            }
        };
        accepted.then(|| text.to_owned())
    }

    fn description(&self) -> String {
        match self {
            Self::Name => format!("1 to {NAME_CHARS_MAX} characters of text"),
            Self::Folder => "a folder whose path has neither ? nor % in it".to_owned(),
            Self::OneOf(words) => words.join(" or "),
            Self::Level => "error, warn, info, debug or trace".to_owned(),
            Self::Whole(min, max) => format!("a whole number from {min} to {max}"),
            Self::Seconds(min, max) => format!("a number of seconds from {min} to {max}"),
            Self::Switch => "true or false".to_owned(),
            Self::Login => format!("a login of GitHub: letters, digits, - and _, {NAME_CHARS_MAX} at most"),
            Self::Words => "the words of a command, such as [\"npm\", \"test\"]".to_owned(),
            Self::Address => "an address of this machine: 127.0.0.1, ::1 or localhost for this machine alone, 0.0.0.0 \
                or :: for everybody who reaches it"
                .to_owned(),
            Self::Origin => "an address as a browser shows it without a path, such as https://pm.example.com".to_owned(),
            Self::Networks => "addresses such as [\"127.0.0.1\", \"10.0.0.0/8\"]".to_owned(),
            Self::Database => "the address of a database: sqlite:///path/to/file.db or \
                postgres://user:password@host/name, in whose user and password @ is written %40, : %3A, / %2F, ? %3F, # %23 \
                and % %25 (a database in memory would be lost at the end)"
                .to_owned(),
            Self::Web => "an address that starts with http:// or https:// and has no user name, ? or # in it".to_owned(),
            Self::Hook => "an address that starts with http:// or https:// and has no user name and no password in it"
                .to_owned(),
            // It has the sentence, as it knows the limits.
            Self::Key => match SigningKey::parse("") {
                Err(expected) => expected.to_string(),
                Ok(_) => "a key".to_owned(),
            },
            Self::SomeOf(words) => format!("one or more of {}", words.join(", ")),
            Self::Model => format!("the name of a model: no spaces, {NAME_CHARS_MAX} characters at most"),
            Self::Secret => "text".to_owned(),
            Self::Headers => "headers as name=value, with commas between, such as authorization=Bearer%20…".to_owned(),
            Self::Token => format!(
                "{} to {} letters, digits and signs without a space; openssl rand -hex 32 makes one",
                TOKEN_CHARS.start(),
                TOKEN_CHARS.end()
            ),
        }
    }
}

/// What a variable says of something that is on or off.
fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" | "" => Some(false),
        _ => None,
    }
}

/// Whether a header can be called that.
fn is_header(name: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_sign)
}

fn is_hook(text: &str) -> bool {
    let url = Url::parse(text);
    url.is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    })
}

fn list(text: &str) -> Option<ValueKind> {
    use config::{File, FileFormat, Source};
    let line = format!("list = {text}");
    let mut table = File::from_str(&line, FileFormat::Toml).collect().ok()?;
    table.remove("list").map(|value: Value| value.kind)
}

/// `localhost` becomes an address: what it resolves to is up to the machine.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    if bare.eq_ignore_ascii_case("localhost") {
        return Some(IpAddr::from([127, 0, 0, 1]));
    }
    bare.parse().ok()
}

/// Scheme, host and port as a browser writes them in `Origin`: in small letters, and without the port that is meant anyway.
fn origin(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some(String::new());
    }
    let text = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
    let (scheme, place) = text.split_once("://")?;
    let usual = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let place = place.strip_suffix(usual).unwrap_or(place);
    let (host, port) = match place.rsplit_once(':') {
        // The last colon of an address of version 6 is within its brackets.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (place, None),
    };
    let is_host = match host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => {
            let mut labels = host.split('.');
            labels.all(|label| {
                let mut bytes = label.bytes();
                !label.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
        }
    };
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    (is_host && is_port).then(|| format!("{scheme}://{place}"))
}

fn level(text: &str) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "error" | "critical" | "fatal" => Some("error"),
        "warn" | "warning" => Some("warn"),
        "info" => Some("info"),
        "debug" => Some("debug"),
        "trace" => Some("trace"),
        _ => None,
    }
}

/// The address as sqlx reads it; empty stays empty.
fn database(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some(String::new());
    }
    let (scheme, rest) = text.split_once(':')?;
    let (engine, driver) = match scheme.split_once('+') {
        Some((engine, driver)) => (engine, Some(driver)),
        None => (scheme, None),
    };
    match engine {
        "postgres" | "postgresql" => {
            // asyncpg's name for it; dropped, the connection would silently be allowed to go without encryption.
            let rest = match driver {
                Some(_) => rest
                    .replace("?ssl=", "?sslmode=")
                    .replace("&ssl=", "&sslmode="),
                None => rest.to_owned(),
            };
            let url = format!("postgres:{rest}");
            (has_host(&url, &["postgres"]) && is_whole(&url)).then_some(url)
        }
        "sqlite" => {
            let path = match driver {
                // SQLAlchemy: three slashes and a relative path, or four and an absolute one.
                Some(_) => rest.strip_prefix("///")?,
                None => rest.strip_prefix("//").unwrap_or(rest),
            };
            let path = path.strip_suffix("?mode=rwc").unwrap_or(path);
            let is_file =
                !path.is_empty() && !path.contains(":memory:") && !path.contains(['?', '%', '\0']);
            is_file.then(|| format!("sqlite://{path}"))
        }
        _ => None,
    }
}

/// The address of a database in an argument, as sqlx reads it; none where it is none.
pub fn database_url(text: &str) -> Option<String> {
    database(text).filter(|url| !url.is_empty())
}

/// Whether an address ends its user and password where whoever wrote it meant: a sign in them that is not written as %… ends
/// them too early, and the rest of a password would count as the name of a machine or a database, which are shown.
fn is_whole(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        let behind = [Some(url.path()), url.query(), url.fragment()];
        !behind.into_iter().flatten().any(|part| part.contains('@'))
    })
}

fn has_host(url: &str, schemes: &[&str]) -> bool {
    url.split_once("://").is_some_and(|(scheme, rest)| {
        schemes.contains(&scheme)
            && !rest.starts_with('/')
            && !rest.is_empty()
            && !rest.contains(char::is_whitespace)
    })
}
