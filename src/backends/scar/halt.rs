//! Why a command was not followed to an end of its own, and what a person reads of it.

use super::Options;
use crate::{
    backends::{NobodyListens, silence::in_short},
    domain::execution::{ErrorCode, Outcome},
};

/// Why a command was not followed to an end of its own.
#[derive(Debug)]
pub(super) enum Halt {
    /// A person asked for it.
    Cancelled,
    /// It took longer than a command may.
    TimedOut,
    /// SCAR lost it with everything else it had in memory.
    Restarted,
    /// So it was found when this server came back to it.
    Lost,
    /// SCAR was away for longer than one waits; the last reason.
    Away(String),
    /// SCAR would not do it; its words.
    Rejected(String),
    /// Whether an old SCAR has the command cannot be found out.
    Unsure,
    /// Something here is wrong.
    Broken(String),
    /// Nobody takes the steps any more.
    NobodyListens,
}

impl From<NobodyListens> for Halt {
    fn from(_: NobodyListens) -> Self {
        Self::NobodyListens
    }
}

impl Halt {
    /// The outcome it leads to; `output` is what the agent had said.
    pub(super) fn outcome(self, address: &str, options: &Options, output: String) -> Outcome {
        let (code, error) = match self {
            Self::Cancelled | Self::NobodyListens => return Outcome::Cancelled,
            Self::TimedOut => (
                ErrorCode::TimedOut,
                format!(
                    "SCAR did not finish this within {} (SCAR_TIMEOUT_SECONDS).",
                    in_short(options.timeout)
                ),
            ),
            Self::Restarted => (
                ErrorCode::ScarRestarted,
                "SCAR was restarted, or its messages were deleted, and what it was doing here ended with that. What had arrived is kept; run it again.".to_owned(),
            ),
            Self::Lost => (
                ErrorCode::Interrupted,
                "this server was not there for a while, and when it came back SCAR had lost this: SCAR was restarted, too, or its messages were deleted. What had arrived is kept; run it again".to_owned(),
            ),
            Self::Away(reason) => (
                ErrorCode::ScarUnavailable,
                format!(
                    "SCAR at {address} did not answer for {}: {reason}. Is it running, and is SCAR_BASE_URL its address? Then run this again.",
                    in_short(options.give_up)
                ),
            ),
            Self::Rejected(words) => (ErrorCode::ScarRejected, words),
            Self::Unsure => (
                ErrorCode::ScarUnavailable,
                format!(
                    "SCAR at {address} broke the connection while it was given this, and it is too old to say whether it has begun. Look there before you run it again."
                ),
            ),
            Self::Broken(why) => (ErrorCode::Interrupted, why),
        };
        Outcome::Failed {
            code,
            error,
            output,
        }
    }
}
