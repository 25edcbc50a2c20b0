//! What the log's activities are as spans. Values in, spans out; what is open meanwhile is bounded.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Asked;
use crate::domain::{
    activity::{Activity, Kind},
    id::{ExecutionId, MessageId, ProjectId},
    message::{replied_to, reported},
};

/// Commands without an end that are known at a time: many more than wait and run in a server. For one too many the oldest goes.
const OPEN_MAX: usize = 4_096;

/// Commands that ended and may have a report, which follows within seconds.
const REPORTS_MAX: usize = 256;

/// Activities of a project that are stored and not yet handed to a stream: as many as the feed's ring has.
const UNSHOWN_MAX: usize = 1_024;

/// Projects of which there are such; one too many makes room by what is old.
const UNSHOWN_PROJECTS_MAX: usize = 1_024;

/// What is handed to a stream later than this was not waited for: nobody watched any more.
const UNSHOWN_FOR: TimeDelta = TimeDelta::minutes(1);

/// A part of a trace that is over.
#[derive(Debug)]
pub(super) struct Span {
    /// The trace it belongs to.
    pub(super) trace: Uuid,
    /// Itself.
    pub(super) id: u64,
    /// What it is a part of; none for the whole.
    pub(super) parent: Option<u64>,
    /// What it is, in few different words.
    pub(super) name: String,
    pub(super) begun: DateTime<Utc>,
    pub(super) ended: DateTime<Utc>,
    /// Why it failed, if it did.
    pub(super) failure: Option<String>,
    pub(super) tags: Vec<(&'static str, String)>,
    /// What happened at a moment in it.
    pub(super) moments: Vec<(&'static str, DateTime<Utc>)>,
}

/// What is known of traces that go on.
#[derive(Debug, Default)]
pub(super) struct Spans {
    commands: HashMap<ExecutionId, Running>,
    /// Commands that ended, of which there may be a report; the newest last.
    ended: VecDeque<(ExecutionId, Uuid)>,
    unshown: HashMap<ProjectId, VecDeque<Unshown>>,
}

/// A command that has not ended.
#[derive(Debug)]
struct Running {
    /// Whose trace it belongs to: the message's that ordered it. That of a command nobody asked for in the chat is its own.
    trace: Uuid,
    queued_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    backend: Option<String>,
}

/// What was stored, and waits to be handed to a stream.
#[derive(Debug)]
struct Unshown {
    seq: i64,
    trace: Uuid,
    parent: u64,
    stored_at: DateTime<Utc>,
}

impl Spans {
    /// An activity was stored just now: what is over by that.
    pub(super) fn stored(
        &mut self,
        project: ProjectId,
        activity: &Activity,
        is_watched: bool,
        now: DateTime<Utc>,
    ) -> Vec<Span> {
        let mut over = match (activity.entry.execution_id, activity.entry.kind) {
            (Some(execution), Kind::Status) if activity.entry.status.is_some() => {
                self.lifecycle(execution, activity, now)
            }
            (Some(execution), _) => self.step(execution, activity, now).into_iter().collect(),
            (None, Kind::Message) => self.message(activity, now),
            (None, _) => Vec::new(),
        };
        for span in &mut over {
            span.tags.push(("project.id", project.to_string()));
            span.tags.push(("activity.seq", activity.seq.to_string()));
        }
        if let Some(told) = over.last().filter(|_| is_watched) {
            let unshown = Unshown {
                seq: activity.seq,
                trace: told.trace,
                parent: told.id,
                stored_at: now,
            };
            self.wait_for_stream(project, unshown);
        }
        over
    }

    /// A stream was handed a project's log up to `seq`.
    /// What was stored before it was opened is left out: nobody waited for that.
    pub(super) fn shown(
        &mut self,
        project: ProjectId,
        seq: i64,
        opened_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Vec<Span> {
        let Some(waiting) = self.unshown.get_mut(&project) else {
            return Vec::new();
        };
        let mut over = Vec::new();
        while let Some(unshown) = waiting.pop_front_if(|unshown| unshown.seq <= seq) {
            if unshown.stored_at < opened_at {
                continue;
            }
            let tags = vec![
                ("project.id", project.to_string()),
                ("activity.seq", unshown.seq.to_string()),
            ];
            let shown = Span::new(unshown.trace, "shown", unshown.stored_at, now);
            over.push(Span {
                parent: Some(unshown.parent),
                tags,
                ..shown
            });
        }
        if waiting.is_empty() {
            self.unshown.remove(&project);
        }
        over
    }

    /// An execution is followed; what is known of it already stays.
    pub(super) fn follow(
        &mut self,
        execution: ExecutionId,
        message: Option<MessageId>,
        queued_at: DateTime<Utc>,
    ) {
        if self.commands.len() >= OPEN_MAX && !self.commands.contains_key(&execution) {
            // Of several servers one may not hear of the end of what another runs.
            let oldest = self.commands.iter().min_by_key(|(_, one)| one.queued_at);
            if let Some(oldest) = oldest.map(|(id, _)| *id) {
                self.commands.remove(&oldest);
            }
        }
        self.commands.entry(execution).or_insert(Running {
            trace: message.map_or(execution.0, |message| message.0),
            queued_at,
            started_at: None,
            backend: None,
        });
    }

    fn message(&mut self, activity: &Activity, now: DateTime<Utc>) -> Vec<Span> {
        let id: Option<MessageId> = text(activity, "message_id").and_then(|id| id.parse().ok());
        let key = text(activity, "client_id").unwrap_or_default();
        let of_reply = |name: &'static str, trace: Uuid, parent: u64| Span {
            id: ending(activity.id.0),
            parent: Some(parent),
            ..Span::new(trace, name, activity.timestamp, now)
        };
        match (text(activity, "role"), id) {
            // It is whole when there is a reply; that it is stored is a part of it.
            (Some("user"), Some(id)) => vec![of_reply("store message", id.0, ending(id.0))],
            _ if let Some(asked) = replied_to(key) => {
                let whole = Span {
                    id: ending(asked.0),
                    ..Span::new(
                        asked.0,
                        "chat message",
                        made_at(asked.0).unwrap_or(now),
                        now,
                    )
                };
                vec![whole, of_reply("reply", asked.0, ending(asked.0))]
            }
            _ => {
                let ended = reported(key).and_then(|execution| {
                    let known = self.ended.iter().position(|(id, _)| *id == execution)?;
                    self.ended.remove(known)
                });
                let report = |(execution, trace): (ExecutionId, Uuid)| {
                    of_reply("report", trace, ending(execution.0))
                };
                ended.map(report).into_iter().collect()
            }
        }
    }

    /// Where a command stands now.
    fn lifecycle(&mut self, id: ExecutionId, activity: &Activity, now: DateTime<Utc>) -> Vec<Span> {
        let entry = &activity.entry;
        match entry.status.as_deref() {
            Some("QUEUED") => {
                let message = text(activity, "ordered_by").and_then(|id| id.parse().ok());
                self.follow(id, message, activity.timestamp);
                return Vec::new();
            }
            Some("RUNNING") => {
                if let Some(running) = self.commands.get_mut(&id) {
                    running.started_at.get_or_insert(activity.timestamp);
                    running.backend = text(activity, "backend").map(ToOwned::to_owned);
                }
                return Vec::new();
            }
            _ => {}
        }
        let Some(running) = self.commands.remove(&id) else {
            return Vec::new();
        };
        if self.ended.len() >= REPORTS_MAX {
            self.ended.pop_front();
        }
        self.ended.push_back((id, running.trace));
        let command = entry.command.as_deref().unwrap_or_default();
        let failed = text(activity, "error_code");
        let tag = |name, value: Option<&str>| value.map(|value| (name, value.to_owned()));
        let tags = [
            tag("execution.id", Some(&id.to_string())),
            tag("command", Some(command)),
            tag("status", entry.status.as_deref()),
            tag("error_code", failed),
            tag("backend", running.backend.as_deref()),
        ];
        let whole = Span::new(
            running.trace,
            &format!("command {command}"),
            running.queued_at,
            now,
        );
        vec![Span {
            id: ending(id.0),
            parent: (running.trace != id.0).then(|| ending(running.trace)),
            failure: failed.map(ToOwned::to_owned),
            tags: tags.into_iter().flatten().collect(),
            moments: running
                .started_at
                .map(|at| ("started", at))
                .into_iter()
                .collect(),
            ..whole
        }]
    }

    /// A step of a command, or something to say about it: from when it happened until it was stored.
    fn step(&self, id: ExecutionId, activity: &Activity, now: DateTime<Utc>) -> Option<Span> {
        let trace = self.commands.get(&id)?.trace;
        let kind: &'static str = activity.entry.kind.into();
        let mut tags = vec![("execution.id", id.to_string())];
        if let Some(tool) = &activity.entry.tool {
            tags.push(("tool", tool.clone()));
        }
        Some(Span {
            id: ending(activity.id.0),
            parent: Some(ending(id.0)),
            tags,
            ..Span::new(trace, &format!("step {kind}"), activity.timestamp, now)
        })
    }

    fn wait_for_stream(&mut self, project: ProjectId, unshown: Unshown) {
        let now = unshown.stored_at;
        let is_old = |unshown: &Unshown| unshown.stored_at + UNSHOWN_FOR < now;
        if self.unshown.len() >= UNSHOWN_PROJECTS_MAX && !self.unshown.contains_key(&project) {
            self.unshown
                .retain(|_, waiting| !waiting.back().is_none_or(is_old));
            if self.unshown.len() >= UNSHOWN_PROJECTS_MAX {
                return;
            }
        }
        let waiting = self.unshown.entry(project).or_default();
        while waiting.pop_front_if(|unshown| is_old(unshown)).is_some() {}
        if waiting.len() >= UNSHOWN_MAX {
            waiting.pop_front();
        }
        waiting.push_back(unshown);
    }
}

impl Span {
    /// With an id nothing else has, and nothing said about it.
    fn new(trace: Uuid, name: &str, begun: DateTime<Utc>, ended: DateTime<Utc>) -> Self {
        Self {
            trace,
            id: ending(Uuid::now_v7()),
            parent: None,
            name: name.to_owned(),
            // Clocks of servers differ by some milliseconds.
            ended: ended.max(begun),
            begun,
            failure: None,
            tags: Vec::new(),
            moments: Vec::new(),
        }
    }
}

/// A language model that was asked, until now.
pub(super) fn asked(asked: &Asked<'_>, now: DateTime<Utc>) -> Span {
    let trace = asked.message.0;
    Span {
        parent: Some(ending(trace)),
        failure: asked.failure.map(ToOwned::to_owned),
        // As OpenTelemetry's conventions for generative models call them.
        tags: vec![
            ("gen_ai.request.model", asked.model.to_owned()),
            ("gen_ai.usage.input_tokens", asked.input.to_string()),
            ("gen_ai.usage.output_tokens", asked.output.to_string()),
        ],
        ..Span::new(trace, "model", asked.at, now)
    }
}

/// The id of a span: the end of the id of what it is about, which is random in ids of version 7.
fn ending(id: Uuid) -> u64 {
    id.as_u64_pair().1
}

/// When something was made, by its id.
fn made_at(id: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}

fn text<'a>(activity: &'a Activity, key: &str) -> Option<&'a str> {
    activity.entry.data.as_ref()?.get(key)?.as_str()
}
