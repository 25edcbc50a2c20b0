//! What was stored, and how the storing went.

use std::time::Duration;

use prometheus_client::metrics::{counter::Counter, family::Family, histogram::Histogram};
use strum::IntoEnumIterator as _;

use super::{Histograms, Labels, Registry, long, short};
use crate::domain::{
    activity::Entry,
    change::Change,
    execution::{Command, ErrorCode, Outcome},
};

/// Changes in one transaction; at most as many as the writer takes.
const GROUPS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// An execution that has ended, as it is counted.
#[derive(Debug, Clone, Copy)]
pub struct Ending {
    command: &'static str,
    outcome: &'static str,
    error_code: &'static str,
    took: Option<Duration>,
}

impl Ending {
    /// The end a change tells of, if it does.
    pub fn of(change: &Change) -> Option<Self> {
        let Change::ExecutionFinished {
            command,
            outcome,
            duration_ms,
            ..
        } = change
        else {
            return None;
        };
        let took = duration_ms.and_then(|took| u64::try_from(took).ok());
        Some(Self {
            command: command.as_str(),
            outcome: outcome.status().as_str(),
            error_code: match outcome {
                Outcome::Failed { code, .. } => code.as_str(),
                Outcome::Completed { .. } | Outcome::Cancelled => "",
            },
            took: took.map(Duration::from_millis),
        })
    }
}

/// What the writer counts.
#[derive(Clone, Debug)]
pub struct StoredFigures {
    commits: Histogram,
    groups: Histogram,
    failures: Counter,
    activities: Family<Labels<2>, Counter>,
    executions: Family<Labels<3>, Counter>,
    execution_seconds: Histograms<1>,
}

impl Default for StoredFigures {
    fn default() -> Self {
        let new = Self {
            commits: short(),
            groups: Histogram::new(GROUPS),
            failures: Counter::default(),
            activities: Family::default(),
            executions: Family::default(),
            execution_seconds: Family::new_with_constructor(long as fn() -> Histogram),
        };
        // At nothing, so that the first of each is an increase.
        for command in [
            Command::Prime,
            Command::PlanFeatureGithub,
            Command::ExecuteGithub,
            Command::Validate,
        ] {
            let command = ("command", command.as_str());
            drop(new.execution_seconds.get_or_create(&[command]));
            let failed = ErrorCode::iter().map(|code| ("FAILED", code.as_str()));
            for (outcome, code) in [("COMPLETED", ""), ("CANCELLED", "")]
                .into_iter()
                .chain(failed)
            {
                drop(new.executions.get_or_create(&[
                    command,
                    ("outcome", outcome),
                    ("error_code", code),
                ]));
            }
        }
        drop(
            new.activities
                .get_or_create(&[("source", "pm"), ("kind", "message")]),
        );
        new
    }
}

impl StoredFigures {
    /// Counts a transaction of so many changes.
    pub fn committed(&self, changes: usize, took: Duration) {
        self.commits.observe(took.as_secs_f64());
        if changes > 0 {
            self.groups.observe(changes as f64);
        }
    }

    /// Counts a transaction that has to be tried again.
    pub fn failed(&self) {
        self.failures.inc();
    }

    /// Counts an activity that is in a log now.
    pub fn logged(&self, entry: &Entry) {
        let labels = [("source", entry.source.into()), ("kind", entry.kind.into())];
        self.activities.get_or_create(&labels).inc();
    }

    /// Counts an execution that has ended.
    pub fn ended(&self, ending: Ending) {
        let Ending {
            command,
            outcome,
            error_code,
            took,
        } = ending;
        let labels = [
            ("command", command),
            ("outcome", outcome),
            ("error_code", error_code),
        ];
        self.executions.get_or_create(&labels).inc();
        if let Some(took) = took {
            self.execution_seconds
                .get_or_create(&[("command", command)])
                .observe(took.as_secs_f64());
        }
    }

    /// Enters them.
    pub fn register(&self, registry: &mut Registry) {
        let Self {
            commits,
            groups,
            failures,
            activities,
            executions,
            execution_seconds,
        } = self.clone();
        let registry = &mut registry.0;
        registry.register(
            "pm_commit_seconds",
            "Time from asking for a transaction to its commit",
            commits,
        );
        registry.register(
            "pm_commit_changes",
            "Changes stored in one transaction",
            groups,
        );
        registry.register(
            "pm_writer_failures",
            "Transactions that found the database away and are tried again",
            failures,
        );
        registry.register(
            "pm_activities",
            "Activities stored, by source and kind",
            activities,
        );
        registry.register(
            "pm_executions",
            "Commands that have ended, by command, outcome and error code",
            executions,
        );
        registry.register(
            "pm_execution_seconds",
            "How long commands ran that have ended",
            execution_seconds,
        );
    }
}
