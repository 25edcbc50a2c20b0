//! Why a model gave no answer, in words that a person can act on.

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Failure {
    /// No connection.
    #[error("its service cannot be reached")]
    Unreachable,
    /// Silence.
    #[error("its service did not answer in time")]
    TimedOut,
    /// 401 or 403.
    #[error("its service does not accept the key")]
    KeyRefused,
    /// 429.
    #[error("its service says that too much was asked of it")]
    Limited,
    /// 5xx, or the word for it in the middle of an answer.
    #[error("its service is overloaded or broken")]
    Overloaded,
    /// Any other refusal.
    #[error("its service does not take the request (status {0})")]
    Refused(u16),
    /// The answer ended in the middle.
    #[error("its answer broke off in the middle")]
    BrokenOff,
    /// What came is no answer.
    #[error("what it answered could not be understood")]
    Nonsense,
}

impl Failure {
    /// Its name, for figures.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether the same request may be answered a moment later.
    pub fn may_pass(self) -> bool {
        match self {
            Self::Unreachable
            | Self::TimedOut
            | Self::Limited
            | Self::Overloaded
            | Self::BrokenOff => true,
            Self::KeyRefused | Self::Refused(_) | Self::Nonsense => false,
        }
    }

    /// What somebody can do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Unreachable => "Look whether this machine reaches it, and at PM__LLM__ENDPOINT.",
            Self::TimedOut | Self::BrokenOff => "It is asked again with your next message.",
            Self::KeyRefused => {
                "Look at ANTHROPIC_API_KEY, and start the server again with one that is valid."
            }
            Self::Limited => {
                "It passes by itself, or the account's limit or credit is used up. It is asked again with your next message."
            }
            Self::Overloaded => {
                "That is for its provider to mend. It is asked again with your next message."
            }
            Self::Refused(_) | Self::Nonsense => "Look at PM__LLM__MODEL and PM__LLM__ENDPOINT.",
        }
    }

    pub(super) fn of(error: &genai::Error) -> Self {
        use genai::Error;
        if let Some(status) = error.status() {
            return Self::of_status(status.as_u16());
        }
        match error {
            Error::WebStream { error, .. } => match error.downcast_ref::<Error>() {
                Some(inner) => Self::of(inner),
                None => match error.downcast_ref::<reqwest::Error>() {
                    Some(error) if error.is_connect() => Self::Unreachable,
                    Some(error) if error.is_timeout() => Self::TimedOut,
                    Some(error) if error.is_builder() => Self::Refused(0),
                    Some(_) => Self::BrokenOff,
                    None => Self::Nonsense,
                },
            },
            Error::ChatResponse { body, .. } => {
                // Anthropic has it under `error`, Chat Completions as the whole.
                let error = body.get("error").unwrap_or(body);
                let kind = error.get("type").or_else(|| error.get("code"));
                match kind.and_then(serde_json::Value::as_str).unwrap_or_default() {
                    "authentication_error" | "permission_error" | "invalid_api_key" => {
                        Self::KeyRefused
                    }
                    "rate_limit_error" | "rate_limit_exceeded" | "insufficient_quota" => {
                        Self::Limited
                    }
                    "invalid_request_error" | "not_found_error" => Self::Refused(400),
                    _ => Self::Overloaded,
                }
            }
            // Half an event is what the end of a broken connection leaves.
            Error::StreamParse { serde_error, .. } if serde_error.is_eof() => Self::BrokenOff,
            _ => Self::Nonsense,
        }
    }

    fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::KeyRefused,
            408 => Self::TimedOut,
            429 => Self::Limited,
            500.. => Self::Overloaded,
            other => Self::Refused(other),
        }
    }
}
