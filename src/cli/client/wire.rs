//! What the server answers, as far as the command line shows it.
//!
//! Words and not enums: the server may be of a later version than this program, and a kind or a status that is not known here is
//! shown as it is. What programs are given (`--json`) is what came, with all there is in it.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Project {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) status: String,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) running: Option<Execution>,
    #[serde(default)]
    pub(super) needs_attention: i64,
    #[serde(default)]
    pub(super) head: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Execution {
    pub(super) id: String,
    command_type: String,
    #[serde(default)]
    pub(super) command_args: String,
    pub(super) branch_name: Option<String>,
    pub(super) status: String,
    pub(super) output: Option<String>,
    pub(super) error: Option<String>,
    pub(super) error_code: Option<String>,
    pub(super) queued_at: DateTime<Utc>,
    pub(super) started_at: Option<DateTime<Utc>>,
    pub(super) duration_ms: Option<i64>,
    #[serde(default)]
    pub(super) attempt: i64,
    /// How many are before it; told where it is ordered.
    #[serde(default)]
    pub(super) position: usize,
}

impl Execution {
    /// The name people use: `plan-feature-github`.
    pub(super) fn command(&self) -> String {
        self.command_type.to_lowercase().replace('_', "-")
    }

    /// Whether nothing can follow.
    pub(super) fn is_over(&self) -> bool {
        is_over(&self.status)
    }

    /// It as it is after its end, as far as the activity that tells of that says.
    pub(super) fn after(&self, end: &Activity) -> Self {
        Self {
            status: end.status.clone().unwrap_or_default(),
            error: end.detail.clone(),
            error_code: end.data["error_code"].as_str().map(str::to_owned),
            duration_ms: end.duration_ms,
            ..self.clone()
        }
    }
}

/// Whether an execution with this status has ended.
pub(super) fn is_over(status: &str) -> bool {
    ["COMPLETED", "FAILED", "CANCELLED"].contains(&status)
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Activity {
    pub(super) seq: i64,
    pub(super) timestamp: DateTime<Utc>,
    pub(super) source: String,
    pub(super) message: String,
    pub(super) kind: String,
    pub(super) execution_id: Option<String>,
    pub(super) status: Option<String>,
    pub(super) tool: Option<String>,
    pub(super) detail: Option<String>,
    pub(super) duration_ms: Option<i64>,
    #[serde(default)]
    pub(super) data: Value,
}

impl Activity {
    /// The gate it tells of.
    pub(super) fn gate(&self) -> Option<Gate> {
        Gate::deserialize(self.data.get("gate")?).ok()
    }

    /// The status in which the execution it belongs to has ended, if that is what it tells.
    pub(super) fn end(&self) -> Option<&str> {
        let is_lifecycle = self.kind == "status" && self.source == "scar";
        let status = self.status.as_deref()?;
        (is_lifecycle && is_over(status)).then_some(status)
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Page {
    pub(super) items: Vec<Value>,
    pub(super) head: i64,
    pub(super) next: Option<i64>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Gate {
    pub(super) id: String,
    pub(super) project_id: String,
    pub(super) execution_id: Option<String>,
    pub(super) gate_type: String,
    pub(super) question: String,
    #[serde(default)]
    pub(super) context: Context,
    #[serde(default)]
    pub(super) options: Vec<Choice>,
    pub(super) status: String,
    pub(super) chosen: Option<String>,
    pub(super) response: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) responded_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Context {
    pub(super) what: String,
    pub(super) why: String,
    pub(super) next: String,
    pub(super) document_url: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: String,
}
