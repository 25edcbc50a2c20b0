//! What became of notifications.

use prometheus_client::metrics::{counter::Counter, family::Family};

use super::{Labels, Registry};
use crate::domain::notification::Came;

/// Attempts to deliver them.
#[derive(Clone, Debug)]
pub struct NotificationFigures {
    attempts: Family<Labels<1>, Counter>,
}

impl Default for NotificationFigures {
    fn default() -> Self {
        let attempts = Family::<Labels<1>, Counter>::default();
        // At nothing, so that the first of each is an increase.
        for outcome in ["delivered", "failed", "given_up"] {
            drop(attempts.get_or_create(&[("outcome", outcome)]));
        }
        Self { attempts }
    }
}

impl NotificationFigures {
    /// Counts what came of an attempt.
    pub fn count(&self, came: &Came) {
        let outcome = match came {
            Came::Delivered => "delivered",
            Came::Failed { .. } => "failed",
            Came::GivenUp(_) => "given_up",
        };
        self.attempts.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// Enters them.
    pub fn register(&self, registry: &mut Registry) {
        registry.0.register(
            "pm_notifications",
            "Attempts to deliver a notification, by what came of them",
            self.attempts.clone(),
        );
    }
}
