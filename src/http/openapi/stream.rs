//! The events of a stream, as the document describes them. `actors/streamer` writes them; a test holds the two together.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{
    activity::Activity,
    id::{BlockId, ExecutionId},
};

/// One event of a stream: its name and its data. A stream begins with `retry: 1000` and a heartbeat.
///
/// `activity` alone has an `id:`, its `seq`: the cursor a browser sends back as `Last-Event-ID`. As text, an event is
///
/// ```text
/// id: 42
/// event: activity
/// data: {"id":"…","seq":42,…}
/// ```
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub(in crate::http) enum StreamEvent {
    /// Something happened.
    Activity(Box<Activity>),
    /// The stream lives: at once, and then every `interval_ms`.
    Heartbeat(Heartbeat),
    /// A text goes on that a coding agent is just writing. From verbosity 2 on; it may be lost, and is never sent again.
    Delta(Delta),
    /// Activities are missing: the log does not hold them, or the cursor is ahead of it.
    Gap(Gap),
    /// Something behind the stream went away or is back.
    System(Notice),
    /// The stream's last word: it cannot go on.
    Error(StreamError),
}

/// The stream lives.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::http) struct Heartbeat {
    status: Alive,
    timestamp: DateTime<Utc>,
    /// The last `seq` of the log.
    #[schema(example = 42)]
    head: i64,
    /// When the next one is due at the latest, in milliseconds.
    #[schema(example = 15_000)]
    interval_ms: u64,
}

/// That it lives.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = HeartbeatStatus)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Alive {
    Alive,
}

/// How a text goes on.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::http) struct Delta {
    execution_id: ExecutionId,
    /// Which text. The activity it becomes has it in its `data`.
    block_id: BlockId,
    /// What is to be added.
    #[schema(example = "I'm looking at the ")]
    text: String,
    /// Whether that is all there is of it: what was shown of it before does not count.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    restart: bool,
}

/// What is missing.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::http) struct Gap {
    /// The first `seq` that is missing; the cursor, where that is ahead of the log.
    #[schema(example = 1)]
    from: i64,
    /// The last one that is missing; the log's last, where the cursor is ahead of it.
    #[schema(example = 40)]
    to: i64,
    reason: GapReason,
}

/// Why activities are missing.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum GapReason {
    /// They were trimmed from the beginning of the log.
    Trimmed,
    /// The cursor is of another log: the server was restored from an older copy.
    Ahead,
}

/// A part behind the stream went away or is back.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = SystemNotice)]
pub(in crate::http) struct Notice {
    /// Which: `database`, `servers`, or the name of a backend such as `scar`.
    #[schema(example = "database")]
    part: String,
    status: NoticeStatus,
    /// The words for people.
    #[schema(example = "The database answers again.")]
    message: String,
    /// What is wrong with it, while something is.
    #[schema(required)]
    reason: Option<String>,
}

/// Whether it went away or is back.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = SystemStatus)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum NoticeStatus {
    Degraded,
    Recovered,
}

/// Why a stream ends.
#[derive(Serialize, Deserialize, ToSchema)]
pub(in crate::http) struct StreamError {
    code: StreamErrorCode,
    /// The words for people.
    #[schema(example = "This project was deleted.")]
    message: String,
    /// What the database says, where it is that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
}

/// Why a stream ends, for programs.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::http) enum StreamErrorCode {
    ProjectDeleted,
    DatabaseError,
}
