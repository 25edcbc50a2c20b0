//! Every key there is and what it may be set to. `config/default.toml` says the same to people; a test holds them together.

use strum::VariantNames as _;

use super::Expects;
use crate::domain::{
    notification::Event,
    project::{Permissions, Reach},
};

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// Section and key: `api.port`.
    pub name: &'static str,
    /// The predecessor's variable for it.
    pub plain: Option<&'static str>,
    /// What it may be.
    pub expects: Expects,
}

const fn key(name: &'static str, expects: Expects) -> Key {
    Key {
        name,
        plain: None,
        expects,
    }
}

const fn plain(name: &'static str, plain: &'static str, expects: Expects) -> Key {
    Key {
        name,
        plain: Some(plain),
        expects,
    }
}

/// Every setting. `config/default.toml` gives each number's limits and their reasons.
pub const KEYS: &[Key] = &[
    key("app.name", Expects::Name),
    key("app.environment", Expects::Name),
    plain("api.host", "API_HOST", Expects::Address),
    plain("api.port", "API_PORT", Expects::Whole(0, 65_535)),
    key("api.workers", Expects::Whole(0, 64)),
    key("api.max_body_bytes", Expects::Whole(65_536, 16_777_216)),
    key("api.public_url", Expects::Origin),
    key("api.trusted_proxies", Expects::Networks),
    key("auth.token", Expects::Token),
    key("auth.sign_in_seconds", Expects::Seconds(1.0, 31_536_000.0)),
    key("limits.requests_per_second", Expects::Whole(1, 100_000)),
    key("limits.streams", Expects::Whole(2, 100_000)),
    key("limits.tries_per_minute", Expects::Whole(1, 10_000)),
    key("data.dir", Expects::Folder),
    plain("database.url", "DATABASE_URL", Expects::Database),
    key("database.readers", Expects::Whole(1, 64)),
    key(
        "database.acquire_timeout_seconds",
        Expects::Seconds(0.01, 60.0),
    ),
    key(
        "database.statement_timeout_seconds",
        Expects::Seconds(0.01, 300.0),
    ),
    key("database.lease_seconds", Expects::Seconds(1.0, 300.0)),
    plain("log.level", "LOG_LEVEL", Expects::Level),
    key("log.format", Expects::OneOf(&["pretty", "json"])),
    key("feed.heartbeat_seconds", Expects::Seconds(0.01, 60.0)),
    key("feed.retention", Expects::Whole(0, 1_000_000_000)),
    key("projects.repositories", Expects::OneOf(Reach::VARIANTS)),
    key(
        "diagnostics.canary_seconds",
        Expects::Seconds(0.0, 86_400.0),
    ),
    key(
        "workflow.gate_expires_seconds",
        Expects::Seconds(0.0, 31_536_000.0),
    ),
    key("executor.slots", Expects::Whole(0, 64)),
    key(
        "executor.time_limit_seconds",
        Expects::Seconds(0.1, 86_400.0),
    ),
    key("offline.test_command", Expects::Words),
    plain("scar.base_url", "SCAR_BASE_URL", Expects::Web),
    plain(
        "scar.timeout_seconds",
        "SCAR_TIMEOUT_SECONDS",
        Expects::Seconds(0.1, 86_400.0),
    ),
    plain(
        "scar.conversation_prefix",
        "SCAR_CONVERSATION_PREFIX",
        Expects::Name,
    ),
    key("scar.stall_seconds", Expects::Seconds(0.01, 3_600.0)),
    key("scar.quiet_seconds", Expects::Seconds(0.01, 86_400.0)),
    key("scar.poll_ms_min", Expects::Whole(1, 60_000)),
    key("scar.poll_ms_max", Expects::Whole(1, 60_000)),
    key(
        "scar.request_timeout_seconds",
        Expects::Seconds(0.01, 300.0),
    ),
    key("scar.retry_ms_first", Expects::Whole(1, 60_000)),
    key("scar.retry_ms_longest", Expects::Whole(1, 60_000)),
    key("scar.give_up_seconds", Expects::Seconds(0.01, 86_400.0)),
    key("acp.command", Expects::Words),
    key("acp.env", Expects::Secret),
    key("acp.permissions", Expects::OneOf(Permissions::VARIANTS)),
    key("acp.start_seconds", Expects::Seconds(0.1, 3_600.0)),
    key("acp.stall_seconds", Expects::Seconds(0.01, 3_600.0)),
    key(
        "acp.permission_expires_seconds",
        Expects::Seconds(0.01, 604_800.0),
    ),
    key("llm.model", Expects::Model),
    key("llm.endpoint", Expects::Web),
    plain("llm.api_key", "ANTHROPIC_API_KEY", Expects::Secret),
    key("llm.timeout_seconds", Expects::Seconds(0.01, 600.0)),
    key("llm.history_tokens", Expects::Whole(100, 1_000_000)),
    key("llm.retries", Expects::Whole(0, 10)),
    key("llm.retry_ms_first", Expects::Whole(1, 60_000)),
    key("llm.retry_ms_longest", Expects::Whole(1, 60_000)),
    plain("github.token", "GITHUB_ACCESS_TOKEN", Expects::Secret),
    plain(
        "github.webhook_secret",
        "GITHUB_WEBHOOK_SECRET",
        Expects::Secret,
    ),
    key("github.webhook_sources", Expects::Networks),
    key("github.api_url", Expects::Web),
    key("github.timeout_seconds", Expects::Seconds(0.01, 60.0)),
    key("github.cache_seconds", Expects::Seconds(0.0, 3_600.0)),
    key("github.look_seconds", Expects::Seconds(0.01, 86_400.0)),
    key("import.file", Expects::Folder),
    plain("import.repositories", "SCAR_IMPORT_REPOS", Expects::Words),
    plain("import.user", "SCAR_IMPORT_USER", Expects::Login),
    plain("import.organisation", "SCAR_IMPORT_ORG", Expects::Login),
    plain("import.auto", "SCAR_AUTO_IMPORT", Expects::Switch),
    plain(
        "traces.endpoint",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        Expects::Web,
    ),
    plain(
        "traces.headers",
        "OTEL_EXPORTER_OTLP_HEADERS",
        Expects::Headers,
    ),
    key("notifications.url", Expects::Hook),
    key("notifications.secret", Expects::Key),
    key("notifications.events", Expects::SomeOf(Event::VARIANTS)),
    key(
        "notifications.timeout_seconds",
        Expects::Seconds(0.01, 60.0),
    ),
    key(
        "notifications.retry_seconds_first",
        Expects::Seconds(0.01, 3_600.0),
    ),
    key(
        "notifications.retry_seconds_longest",
        Expects::Seconds(0.01, 86_400.0),
    ),
    key(
        "notifications.give_up_seconds",
        Expects::Seconds(0.01, 2_592_000.0),
    ),
];

impl Key {
    /// The key called `name`.
    pub fn find(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// The key that a name means: of a variable, also with `_FILE`, or of a key itself.
    pub fn find_by_name(name: &str) -> Option<&'static Self> {
        let bare = name.strip_suffix("_FILE").unwrap_or(name);
        let is_it = |key: &&Self| {
            [name, bare].contains(&key.name) || key.plain == Some(bare) || key.variable() == bare
        };
        KEYS.iter().find(is_it)
    }

    /// The variable that always wins: `PM__API__PORT`.
    pub fn variable(&self) -> String {
        format!("PM__{}", self.name.replace('.', "__").to_uppercase())
    }

    /// Whether it may hold a secret: it is never shown, and may be given in a file.
    pub fn is_secret(&self) -> bool {
        matches!(
            self.expects,
            Expects::Secret
                | Expects::Token
                | Expects::Key
                | Expects::Hook
                | Expects::Database
                | Expects::Headers
        )
    }
}
