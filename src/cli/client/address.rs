//! Which server is spoken to, and which token it is shown.
//!
//! The address is what `--server` says, else PM_SERVER, else where the settings of this folder have a server listen. The token
//! is in PM_TOKEN or in the file PM_TOKEN_FILE names, else it is the one of the settings. It is never on the command line, where
//! every program of this machine could read it. The token of the settings is shown to the server of the settings and on this
//! machine only: an address that was mistyped, or that somebody talked one into, must not get it.

use std::{
    env, fs,
    io::Read as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::failure::Failure;
use crate::config::Settings;

/// The variable with the server's address.
const SERVER: &str = "PM_SERVER";

/// The variable with the token.
const TOKEN: &str = "PM_TOKEN";

/// The variable with the file that holds the token.
const TOKEN_FILE: &str = "PM_TOKEN_FILE";

/// A file larger than this is not the token it was meant to be.
const TOKEN_BYTES_MAX: u64 = 65_536;

/// A server, and how it came to be the one that is meant.
pub(super) struct Server {
    /// Its address without a slash behind it: paths are put there.
    pub(super) base: String,
    /// Whether no proxy is asked for it: none leads to this machine, and none is to read the token of the settings, which it
    /// would without TLS.
    pub(super) is_direct: bool,
    chosen: Chosen,
    /// What it is shown.
    pub(super) token: Option<Token>,
    /// Whether the settings have a token that this server is not shown.
    is_withheld: bool,
}

/// Who said where the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chosen {
    Option,
    Variable,
    Settings,
}

/// A token, and what it was given in.
pub(super) struct Token {
    secret: SecretString,
    given_in: &'static str,
}

impl Server {
    /// Finds the server that is meant. `asked` is what `--server` says.
    pub(super) fn find(asked: Option<&str>) -> Result<Self, Failure> {
        let given = given_token()?;
        let variable = variable(SERVER);
        let (url, chosen) = match (asked, &variable) {
            (Some(text), _) => (parse("--server", text)?, Chosen::Option),
            (None, Some(text)) => (parse(SERVER, text)?, Chosen::Variable),
            (None, None) => {
                let settings = Settings::from_process()?;
                let url = listens_at(settings.api.address())?;
                return Ok(Self::new(url, Chosen::Settings, given, Some(&settings)));
            }
        };
        let settings = match (&given, is_loopback(&url)) {
            (None, true) => Some(Settings::from_process()?),
            // A server elsewhere has nothing to do with the settings of this folder, right or wrong; it may be their own all
            // the same.
            (None, false) => Settings::from_process().ok(),
            (Some(_), _) => None,
        };
        Ok(Self::new(url, chosen, given, settings.as_ref()))
    }

    fn new(url: Url, chosen: Chosen, given: Option<Token>, settings: Option<&Settings>) -> Self {
        let is_own = chosen == Chosen::Settings
            || is_loopback(&url)
            || settings.is_some_and(|settings| {
                url.origin().ascii_serialization() == settings.api.public_url
            });
        let of_settings = settings.filter(|_| given.is_none()).and_then(|settings| {
            let secret = settings.auth.token.clone();
            (!secret.expose_secret().is_empty()).then_some(secret)
        });
        let mut is_withheld = false;
        let token = given.or_else(|| {
            let secret = of_settings?;
            is_withheld = !is_own;
            let given_in = "the settings (auth.token)";
            is_own.then_some(Token { secret, given_in })
        });
        Self {
            base: url.as_str().trim_end_matches('/').to_owned(),
            is_direct: is_loopback(&url) || (is_own && url.scheme() == "http"),
            chosen,
            token,
            is_withheld,
        }
    }

    /// How the address came about, and how to choose another.
    pub(super) fn way(&self) -> &'static str {
        match self.chosen {
            Chosen::Option => "That is what --server says.",
            Chosen::Variable => "That is what PM_SERVER says.",
            Chosen::Settings => {
                "That is where the settings of this folder have it listen; another one is chosen with --server URL or PM_SERVER."
            }
        }
    }

    /// What to do where the server asks who one is.
    pub(super) fn way_in(&self) -> String {
        match (&self.token, self.is_withheld) {
            (Some(token), _) => format!("It was shown the token of {}.", token.given_in),
            (None, true) => format!(
                "The token of this folder's settings is shown only to their own server and on this machine. Give one for this \
                 server in {TOKEN}, or its file in {TOKEN_FILE}."
            ),
            (None, false) => format!(
                "Have a token made where the server runs (pm token create NAME), and give it in {TOKEN}, or its file in \
                 {TOKEN_FILE}."
            ),
        }
    }
}

impl Token {
    /// As it is sent.
    pub(super) fn header(&self) -> Result<HeaderValue, Failure> {
        let text = format!("Bearer {}", self.secret.expose_secret());
        let mut header = HeaderValue::from_str(&text).map_err(|_| {
            Failure::Misused(format!(
                "the token of {} cannot be sent: it has characters that no token has",
                self.given_in
            ))
        })?;
        header.set_sensitive(true);
        Ok(header)
    }
}

/// A variable that is set to something: an empty one counts as not set.
fn variable(name: &str) -> Option<String> {
    let text = env::var_os(name)?.to_string_lossy().trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn given_token() -> Result<Option<Token>, Failure> {
    match (variable(TOKEN), variable(TOKEN_FILE)) {
        (Some(_), Some(_)) => Err(Failure::Misused(format!(
            "{TOKEN} and {TOKEN_FILE} are both set; set only one of them"
        ))),
        (Some(text), None) => Ok(Some(Token {
            secret: text.into(),
            given_in: TOKEN,
        })),
        (None, Some(path)) => {
            let secret = read(&path).map_err(|why| {
                Failure::Misused(format!("{TOKEN_FILE}={path} cannot be used: {why}"))
            })?;
            Ok(Some(Token {
                secret: secret.into(),
                given_in: TOKEN_FILE,
            }))
        }
        (None, None) => Ok(None),
    }
}

fn read(path: &str) -> Result<String, String> {
    let mut text = String::new();
    fs::File::open(path)
        .and_then(|file| file.take(TOKEN_BYTES_MAX + 1).read_to_string(&mut text))
        .map_err(|error| error.to_string())?;
    match text.trim() {
        "" => Err("it is empty; write the token into it".to_owned()),
        token if token.len() as u64 > TOKEN_BYTES_MAX => Err(format!(
            "it has more than {TOKEN_BYTES_MAX} bytes, which no token has"
        )),
        token => Ok(token.to_owned()),
    }
}

/// Reads an address. It is not repeated: a password may stand in it.
fn parse(name: &str, text: &str) -> Result<Url, Failure> {
    let misused = |why: &str| Failure::Misused(format!("{name} is no address of a server: {why}"));
    let url = Url::parse(text.trim())
        .map_err(|error| misused(&format!("{error}; it looks like http://127.0.0.1:8001")))?;
    if !["http", "https"].contains(&url.scheme()) || url.host().is_none() {
        return Err(misused(
            "it begins with http:// or https://, such as http://127.0.0.1:8001",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(misused(&format!(
            "leave name and password out of it; a token is given in {TOKEN}"
        )));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(misused("leave out what stands behind ? or #"));
    }
    Ok(url)
}

/// Where a server that listens there is reached from this machine.
fn listens_at(address: SocketAddr) -> Result<Url, Failure> {
    if address.port() == 0 {
        return Err(Failure::Misused(
            "API_PORT is 0, so nobody can know which port the server took; say where it is with --server URL or PM_SERVER"
                .to_owned(),
        ));
    }
    let host: IpAddr = match address.ip() {
        IpAddr::V4(host) if host.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(host) if host.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    };
    let address = SocketAddr::new(host, address.port());
    Url::parse(&format!("http://{address}"))
        .map_err(|error| Failure::Misused(format!("http://{address} is no address: {error}")))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_loopback, listens_at, parse};

    #[test]
    fn a_server_that_listens_everywhere_is_reached_on_this_machine() {
        for (listens, reached) in [
            ("127.0.0.1:8001", "http://127.0.0.1:8001/"),
            ("0.0.0.0:8001", "http://127.0.0.1:8001/"),
            ("[::]:9000", "http://[::1]:9000/"),
            ("192.0.2.1:80", "http://192.0.2.1/"),
        ] {
            let url = listens_at(listens.parse().expect("an address")).expect("an address");
            assert_eq!(url.as_str(), reached);
        }
        assert!(listens_at("127.0.0.1:0".parse().expect("an address")).is_err());
    }

    #[test]
    fn an_address_is_one_of_a_server_and_a_password_in_it_is_not_repeated() {
        for text in [
            "localhost:8001",
            "ftp://localhost",
            "",
            "http://",
            "http://me:hunter2@localhost:8001",
            "http://localhost:8001/?a=hunter2",
        ] {
            let error = parse("--server", text).expect_err(text).to_string();
            assert!(
                error.contains("--server is no address of a server"),
                "{error}"
            );
            assert!(!error.contains("hunter2"), "{error}");
        }
        for (text, is_here) in [
            ("http://localhost:8001", true),
            ("http://[::1]:8001/", true),
            ("https://pm.example.com/there", false),
        ] {
            let url = parse("--server", text).expect(text);
            assert_eq!(is_loopback(&url), is_here, "{text}");
        }
    }
}
