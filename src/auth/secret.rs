//! Secrets: how they are made, written, told apart and kept.

use std::{fmt::Write as _, str::FromStr};

use argon2::{
    Argon2,
    password_hash::{Error, PasswordHasher as _, PasswordVerifier as _},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::domain::id::TokenId;

/// Bytes of a secret: more than anybody can try.
const SECRET_BYTES: usize = 32;

/// Bytes of the salt of a hash, as argon2's own advice is.
const SALT_BYTES: usize = 16;

/// What a token begins with, so that a scanner finds one that lies about.
pub const TOKEN_PREFIX: &str = "pm_";

/// Characters of a credential that is looked at, at most: ours have 100, one of the settings what a person gave it.
const CREDENTIAL_CHARS_MAX: usize = 1_024;

/// What somebody shows to be let in.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// A token, as programs send it.
    Token(String),
    /// The cookie of a browser that signed in.
    Cookie(String),
}

impl Credential {
    /// A token; none where there can be none of that length.
    pub fn token(text: &str) -> Option<Self> {
        is_of_a_length(text).then(|| Self::Token(text.to_owned()))
    }

    /// A cookie's value; none where there can be none of that length.
    pub fn cookie(text: &str) -> Option<Self> {
        is_of_a_length(text).then(|| Self::Cookie(text.to_owned()))
    }
}

fn is_of_a_length(text: &str) -> bool {
    (1..=CREDENTIAL_CHARS_MAX).contains(&text.len())
}

/// Random bytes.
///
/// # Errors
/// When the system has none, and nothing can be made that nobody guesses.
pub fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// An id and a secret: what a token and a cookie are made of. By the id the row is found, and the secret is compared with
/// what is kept of it there.
#[derive(Clone, PartialEq, Eq)]
pub struct Pair {
    /// Which row.
    pub id: Uuid,
    secret: String,
}

impl Pair {
    /// A new one.
    ///
    /// # Errors
    /// Those of [`random`].
    pub fn new(id: Uuid) -> Result<Self, getrandom::Error> {
        let secret = hex(&random::<SECRET_BYTES>()?);
        Ok(Self { id, secret })
    }

    /// What is kept of a secret that comes with each request: it is random, so that a fast digest hides it.
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(self.secret.as_bytes()))
    }

    /// As a token.
    pub fn as_token(&self) -> String {
        format!("{TOKEN_PREFIX}{}", self.as_cookie())
    }

    /// As a cookie's value.
    pub fn as_cookie(&self) -> String {
        format!("{}_{}", self.id.simple(), self.secret)
    }

    /// What is kept of a token's secret: argon2id with its salt and its costs, which are those argon2 advises (19 MiB, two
    /// passes). It takes tens of milliseconds.
    ///
    /// # Errors
    /// Those of argon2, or that there is no salt.
    pub fn hash(&self) -> anyhow::Result<String> {
        let salt = random::<SALT_BYTES>()?;
        let hashed = Argon2::default().hash_password_with_salt(self.secret.as_bytes(), &salt);
        Ok(hashed
            .map_err(|error| anyhow::anyhow!("{error}"))?
            .to_string())
    }

    /// Whether it is the secret this is the hash of.
    ///
    /// # Errors
    /// When it is no hash.
    pub fn is_hashed_as(&self, hash: &str) -> Result<bool, Error> {
        match Argon2::default().verify_password(self.secret.as_bytes(), hash) {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Reads a token.
    pub fn of_token(text: &str) -> Option<(TokenId, Self)> {
        let pair: Self = text.strip_prefix(TOKEN_PREFIX)?.parse().ok()?;
        Some((TokenId(pair.id), pair))
    }
}

/// It is no id with a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPair;

impl FromStr for Pair {
    type Err = NoPair;

    fn from_str(text: &str) -> Result<Self, NoPair> {
        let (id, secret) = text.split_once('_').ok_or(NoPair)?;
        let is_lower_hex = |text: &str| {
            let mut bytes = text.bytes();
            bytes.all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        // In one spelling only: what is remembered of it is remembered by its text.
        if id.len() != 32
            || secret.len() != SECRET_BYTES * 2
            || !is_lower_hex(id)
            || !is_lower_hex(secret)
        {
            return Err(NoPair);
        }
        let id = Uuid::try_parse(id).map_err(|_| NoPair)?;
        let secret = secret.to_owned();
        Ok(Self { id, secret })
    }
}

/// A digest under a key that nobody else has: two texts can be compared by it without telling, by how long that takes, how
/// much of them is alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Keyed([u8; 32]);

/// The key of this process for [`Keyed`].
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A new one.
    ///
    /// # Errors
    /// Those of [`random`].
    pub fn new() -> Result<Self, getrandom::Error> {
        random().map(Self)
    }

    /// The digest of a text of this sort.
    pub fn of(&self, sort: &str, text: &str) -> Keyed {
        let hash = Sha256::new()
            .chain_update(self.0)
            .chain_update(sort)
            .chain_update([0])
            .chain_update(text);
        Keyed(hash.finalize().into())
    }
}

/// The token of the settings: compared by its digest, and never stored. Browsers that showed it have a proof of it in the
/// database, which any server with the same token can check.
pub struct OfSettings {
    digest: Keyed,
    proves: [u8; 32],
}

/// The salt of what proves the token of the settings: the same on every server, for the key must be. It is no secret; what
/// keeps the token from being guessed from a proof is what a guess costs.
const PROOF_SALT: &[u8] = b"project-manager/auth.token";

impl OfSettings {
    /// The one with this text.
    ///
    /// # Errors
    /// Those of argon2.
    pub fn new(key: &Key, token: &str) -> anyhow::Result<Self> {
        let mut proves = [0; 32];
        Argon2::default()
            .hash_password_into(token.as_bytes(), PROOF_SALT, &mut proves)
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        let digest = key.of("token", token);
        Ok(Self { digest, proves })
    }

    /// Whether it is this one.
    pub fn is(&self, digest: Keyed) -> bool {
        self.digest == digest
    }

    /// What proves that whoever signed in with this cookie showed it.
    pub fn proof(&self, cookie: &Pair) -> String {
        let hash = Sha256::new()
            .chain_update(self.proves)
            .chain_update(cookie.id.as_bytes())
            .chain_update(cookie.digest());
        hex(&hash.finalize())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Key, OfSettings, Pair};

    #[test]
    fn a_token_is_read_as_it_was_written_and_in_no_other_spelling() {
        let pair = Pair::new(Uuid::now_v7()).expect("chance");
        let token = pair.as_token();
        assert!(token.starts_with("pm_") && token.len() == 100, "{token}");
        assert!(Pair::of_token(&token).is_some_and(|(id, read)| id.0 == pair.id && read == pair));
        for wrong in [
            "",
            "pm_",
            "pm__",
            &token[3..],
            &token[..99],
            &token.to_uppercase(),
            &token.replace("pm_", "PM_"),
            &format!("{token}0"),
            &format!("{token} "),
            &token.replacen('_', "", 1),
        ] {
            assert!(Pair::of_token(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_kept_of_a_token_is_argon2id_and_holds_for_it_alone() {
        let pair = Pair::new(Uuid::now_v7()).expect("chance");
        let hash = pair.hash().expect("a hash");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert_eq!(pair.is_hashed_as(&hash), Ok(true));
        let other = Pair::new(pair.id).expect("chance");
        assert_eq!(other.is_hashed_as(&hash), Ok(false));
        assert!(pair.is_hashed_as("nonsense").is_err());
    }

    #[test]
    fn a_proof_holds_for_one_cookie_and_one_token_on_every_server() {
        let (here, there) = (Key::new().expect("chance"), Key::new().expect("chance"));
        let ours = OfSettings::new(&here, "a token of the settings").expect("a key");
        let same = OfSettings::new(&there, "a token of the settings").expect("a key");
        let other = OfSettings::new(&here, "another token of them").expect("a key");
        let cookie = Pair::new(Uuid::now_v7()).expect("chance");
        assert_eq!(ours.proof(&cookie), same.proof(&cookie));
        assert_ne!(ours.proof(&cookie), other.proof(&cookie));
        let next = Pair::new(cookie.id).expect("chance");
        assert_ne!(ours.proof(&cookie), ours.proof(&next));
    }
}
