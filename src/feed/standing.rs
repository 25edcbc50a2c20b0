//! Who watches, and how far each is: for diagnostics.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Utc};

use super::{Feed, Tone, lock};
use crate::domain::{activity::Verbosity, canary, id::ProjectId};

/// How far a watcher is; read by diagnostics.
#[derive(Debug)]
pub struct Place {
    /// Since when it watches.
    pub opened_at: DateTime<Utc>,
    /// What it wants to see.
    pub verbosity: Verbosity,
    pub(super) cursor: AtomicI64,
    pub(super) last_sent_ms: AtomicI64,
}

impl Place {
    /// The `seq` up to which everything was dealt with.
    pub fn cursor(&self) -> i64 {
        self.cursor.load(Ordering::Relaxed)
    }

    /// When something was last sent, heartbeats included.
    pub fn last_sent_at(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.last_sent_ms.load(Ordering::Relaxed))
            .filter(|at| at.timestamp_millis() > 0)
    }
}

/// Somebody who watches a project.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Which project.
    pub project: ProjectId,
    /// How far they are.
    pub place: Arc<Place>,
    /// How many activities they are behind what was published since somebody watches.
    pub lag: i64,
}

impl Feed {
    /// Who watches a project, and how far each is.
    pub fn watchers(&self, project: ProjectId) -> Vec<Arc<Place>> {
        let channel = lock(&self.channels).get(&project).and_then(Weak::upgrade);
        channel.map_or_else(Vec::new, |channel| {
            lock(&channel.watchers)
                .iter()
                .filter_map(Weak::upgrade)
                .collect()
        })
    }

    /// Everybody who watches any project, but for the canary.
    pub fn standing(&self) -> Vec<Standing> {
        let mut standing = Vec::new();
        for project in self.watched_projects() {
            let known = self.known(project).unwrap_or(0);
            let watchers = self.watchers(project).into_iter();
            standing.extend(watchers.map(|place| Standing {
                project,
                lag: (known - place.cursor()).max(0),
                place,
            }));
        }
        standing
    }

    /// The projects that are watched.
    pub fn watched_projects(&self) -> Vec<ProjectId> {
        let channels = lock(&self.channels);
        let watched = channels.iter();
        let watched = watched.filter(|(_, channel)| channel.strong_count() > 0);
        let watched = watched.map(|(project, _)| *project);
        watched.filter(|project| *project != canary::LOG).collect()
    }

    /// Returns when this `seq` was published in a project, at once where nobody watches or nothing was since somebody does.
    pub async fn reached(&self, project: ProjectId, seq: i64) {
        if let Some(channel) = self.watched(project) {
            let mut ear = channel.bell.listen();
            let is_there = |known: i64| known == 0 || known >= seq;
            while !is_there(channel.known.load(Ordering::Acquire)) {
                ear.next(&[Tone::Stored]).await;
            }
        }
    }

    /// How many events were sent since the start.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}
