//! `[acp]`

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use super::seconds;
use crate::domain::project::Permissions;

/// `[acp]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "config/default.toml documents every key, once")]
pub struct Acp {
    pub command: Vec<String>,
    pub env: SecretString,
    pub permissions: Permissions,
    #[serde(rename = "start_seconds", deserialize_with = "seconds")]
    pub start_limit: Duration,
    #[serde(rename = "stall_seconds", deserialize_with = "seconds")]
    pub stall: Duration,
    #[serde(rename = "permission_expires_seconds", deserialize_with = "seconds")]
    pub permission_expires: Duration,
}
