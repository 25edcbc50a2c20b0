//! Ids as types of their own, so that a message's id cannot be taken for a project's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta] $name:ident)*) => {$(
        #[$doc]
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id. Version 7: sorts by time of making, which keeps indexes compact.
            #[expect(clippy::new_without_default, reason = "a default that differs each time would surprise")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

id! {
    /// Which project.
    ProjectId
    /// Which topic of a project's conversation.
    TopicId
    /// Which message.
    MessageId
    /// Which execution.
    ExecutionId
    /// Which phase of a project's workflow.
    PhaseId
    /// Which gate of a project's workflow.
    GateId
    /// Which text of a coding agent, while it is being written.
    BlockId
    /// Which server, of several on one database: a process, not a machine.
    ServerId
    /// Which token.
    TokenId
    /// Which sign-in of a browser.
    SignInId
    /// Which activity. Made by whoever reports the change, so that a change reported again is known.
    ActivityId
}
