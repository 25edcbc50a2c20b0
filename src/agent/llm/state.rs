//! Whether a model is there, as the last request told: nothing is spent on finding out.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};

use super::Failure;
use crate::{clock, domain::id::ProjectId};

/// What is known of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It was not asked yet.
    Unknown,
    /// It answered.
    There,
    /// It did not answer.
    Away {
        /// The last reason.
        failure: Failure,
        /// Since when.
        since: DateTime<Utc>,
    },
}

/// What is known, and who was told.
#[derive(Debug)]
pub struct State(Mutex<Known>);

#[derive(Debug)]
struct Known {
    health: Health,
    /// Projects in which it was said that the model is away, and not yet that it is back.
    told: BTreeSet<ProjectId>,
}

impl Default for State {
    fn default() -> Self {
        Self(Mutex::new(Known {
            health: Health::Unknown,
            told: BTreeSet::new(),
        }))
    }
}

impl State {
    /// What is known.
    pub fn health(&self) -> Health {
        self.known().health
    }

    /// It answered, in this project. Whether that is news there.
    pub fn answered(&self, project: ProjectId) -> bool {
        let mut known = self.known();
        known.health = Health::There;
        known.told.remove(&project)
    }

    /// It did not answer, in this project. Whether that is news there.
    pub fn failed(&self, project: ProjectId, failure: Failure) -> bool {
        let mut known = self.known();
        let since = match known.health {
            Health::Away { since, .. } => since,
            Health::Unknown | Health::There => clock::now(),
        };
        known.health = Health::Away { failure, since };
        known.told.insert(project)
    }

    /// Held briefly and never across an await.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
