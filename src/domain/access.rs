//! Who may do what: the scopes of tokens, their names, and what is kept of a browser that signed in.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

use super::{
    Invalid, bounded,
    id::{SignInId, TokenId},
};

/// Characters in a token's name at most: it stands in a list and beside what was done with it.
const NAME_CHARS_MAX: usize = 60;

/// Who did something: the name of the token they showed. None where nobody is asked who they are, and for what the server
/// does by itself.
pub type By = Option<Arc<str>>;

/// How far a token reaches; each reaches as far as those before it. `docs/security.md` has what needs which.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Scope {
    /// To look: everything that is asked for and nothing that is changed.
    Read,
    /// To work: projects, chat, commands, approvals.
    Write,
    /// What cannot be taken back, and what concerns the whole server.
    Admin,
}

/// A token's name, for people: which program has it, or who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenName(String);

impl TokenName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`Invalid`] for one that is empty, too long or more than a line.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let name = bounded("the name of a token", text, NAME_CHARS_MAX)?;
        if name.contains(char::is_control) {
            let why = "the name of a token is one line of text";
            return Err(Invalid(why.to_owned()));
        }
        Ok(Self(name))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What happened to who may use the server. It belongs to no project, and no log tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// A browser showed a token.
    SignedIn(SignIn),
    /// A person signed out.
    SignedOut(SignInId),
    /// A token was used.
    TokenUsed(TokenId),
}

/// What is kept of a browser that signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Its id.
    pub id: SignInId,
    /// Of its secret, in hexadecimal.
    pub digest: String,
    /// With which token; none with the one of the settings.
    pub token: Option<TokenId>,
    /// That it was that one.
    pub proof: Option<String>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::{Scope, TokenName};

    #[test]
    fn a_scope_reaches_as_far_as_those_before_it() {
        assert!(Scope::Read < Scope::Write && Scope::Write < Scope::Admin);
        assert_eq!("write".parse(), Ok(Scope::Write));
        assert_eq!(Scope::Admin.to_string(), "admin");
    }

    #[test]
    fn a_name_is_one_line_of_some_length() {
        assert!(TokenName::parse("  the phone ").is_ok_and(|name| name.as_str() == "the phone"));
        for wrong in ["", " ", "two\nlines", "\u{1b}[31mred", &"x".repeat(61)] {
            assert!(TokenName::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
