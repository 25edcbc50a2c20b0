//! Traces for OpenTelemetry: one from a message in the chat to the last step of what it led to on the screen.
//!
//! ```text
//! message ─┬─ model                                  ask a language model for the reply
//!          ├─ command prime ─┬─ step ── shown        a step, stored; and handed to an event stream
//!          │                 └─ step ── shown
//!          └─ reply                                  what was said about it
//! ```
//!
//! A trace is one more view of the log: what the writer publishes is what it is made of, so it tells of nothing that was not
//! stored. Its ids are those of the log: the trace's is the message's, a span's the end of its activity's. So nothing has to
//! be carried from actor to actor or kept over a restart, and whoever has an activity finds its trace. It holds no words
//! of people or agents: where traces are kept others may read than those who may read the log.
//!
//! Without an address to send them to it does nothing and costs nothing.

mod export;
mod spans;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};

pub use self::export::{Collector, headers};
use self::{
    export::Exporter,
    spans::{Span, Spans},
};
use crate::{
    clock,
    domain::{
        activity::Activity,
        id::{ExecutionId, MessageId, ProjectId},
    },
};

/// What is traced, and where it goes. Clones share it; the default traces nothing.
#[derive(Clone, Default)]
pub struct Traces(Option<Arc<Tracing>>);

struct Tracing {
    spans: Mutex<Spans>,
    exporter: Exporter,
}

/// A language model that was asked for a reply.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The message that was to be answered.
    pub message: MessageId,
    /// The model.
    pub model: &'a str,
    /// When it was asked.
    pub at: DateTime<Utc>,
    /// Tokens it read.
    pub input: u64,
    /// Tokens it wrote.
    pub output: u64,
    /// Why there is no answer, if there is none.
    pub failure: Option<&'a str>,
}

impl Traces {
    /// Sends what is traced to a collector, in the background.
    ///
    /// # Errors
    /// When the collector's address cannot be used.
    pub fn to(collector: Collector) -> anyhow::Result<Self> {
        let tracing = Tracing {
            spans: Mutex::default(),
            exporter: Exporter::start(collector)?,
        };
        Ok(Self(Some(Arc::new(tracing))))
    }

    /// Whether anything is traced.
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Activities were stored. `is_watched` is whether a stream is open that will be handed them.
    pub fn stored(&self, project: ProjectId, activities: &[Activity], is_watched: bool) {
        self.with(|spans, now| {
            let each = activities.iter();
            each.flat_map(|activity| spans.stored(project, activity, is_watched, now))
                .collect()
        });
    }

    /// As [`Self::stored`], of what another server stored: that one has told of it, and only who is shown it is told here.
    pub fn heard(&self, project: ProjectId, activities: &[Activity], is_watched: bool) {
        self.with(|spans, now| {
            for activity in activities {
                spans.stored(project, activity, is_watched, now);
            }
            Vec::new()
        });
    }

    /// An event stream, which was opened then, was handed all of a project's log up to `seq`. Counts once, for the first stream.
    pub fn shown(&self, project: ProjectId, seq: i64, opened_at: DateTime<Utc>) {
        self.with(|spans, now| spans.shown(project, seq, opened_at, now));
    }

    /// An execution is followed that may have been ordered before this program started.
    pub fn follow(
        &self,
        execution: ExecutionId,
        message: Option<MessageId>,
        queued_at: DateTime<Utc>,
    ) {
        self.with(|spans, _| {
            spans.follow(execution, message, queued_at);
            Vec::new()
        });
    }

    /// A language model was asked for a reply, and has answered or failed by now.
    pub fn asked(&self, asked: &Asked<'_>) {
        self.with(|_, now| vec![spans::asked(asked, now)]);
    }

    /// Sends what is not sent yet; waits no longer than `limit`.
    pub fn end(&self, limit: Duration) {
        if let Some(tracing) = &self.0 {
            tracing.exporter.end(limit);
        }
    }

    fn with(&self, take: impl FnOnce(&mut Spans, DateTime<Utc>) -> Vec<Span>) {
        let Some(tracing) = &self.0 else {
            return;
        };
        let mut spans = tracing.spans.lock().unwrap_or_else(PoisonError::into_inner);
        let done = take(&mut spans, clock::now());
        drop(spans);
        for span in done {
            tracing.exporter.take(span);
        }
    }
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Traces").field(&self.is_on()).finish()
    }
}
