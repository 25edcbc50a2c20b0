//! The canary's figures.

use prometheus_client::metrics::{counter::Counter, family::Family, histogram::Histogram};
use strum::IntoEnumIterator as _;

use super::{Histograms, Labels, Registry, short};
use crate::domain::canary::{Flight, Stage};

/// What became of the canary's changes.
#[derive(Clone, Debug)]
pub struct CanaryFigures {
    flights: Family<Labels<1>, Counter>,
    stuck: Family<Labels<1>, Counter>,
    ages: Histograms<1>,
}

impl Default for CanaryFigures {
    fn default() -> Self {
        let new = Self {
            flights: Family::default(),
            stuck: Family::default(),
            ages: Family::new_with_constructor(short as fn() -> Histogram),
        };
        // At nothing, so that the first of each is an increase.
        for status in ["passed", "failed"] {
            drop(new.flights.get_or_create(&[("status", status)]));
        }
        for stage in Stage::iter() {
            drop(new.stuck.get_or_create(&[("stage", stage.as_str())]));
            drop(new.ages.get_or_create(&[("stage", stage.as_str())]));
        }
        new
    }
}

impl CanaryFigures {
    /// Counts what was found.
    pub fn count(&self, flight: &Flight) {
        self.flights
            .get_or_create(&[("status", flight.status())])
            .inc();
        for passed in &flight.passed {
            let ages = self.ages.get_or_create(&[("stage", passed.stage.as_str())]);
            ages.observe(passed.age_ms / 1_000.0);
        }
        if let Some(stuck) = &flight.stuck {
            self.stuck
                .get_or_create(&[("stage", stuck.stage.as_str())])
                .inc();
        }
    }

    /// Enters them.
    pub fn register(&self, registry: &mut Registry) {
        let Self {
            flights,
            stuck,
            ages,
        } = self.clone();
        let registry = &mut registry.0;
        registry.register(
            "pm_canary_flights",
            "Tests whether what is written arrives, by what came of them",
            flights,
        );
        registry.register(
            "pm_canary_stuck",
            "Tests in which a change did not get past a stage",
            stuck,
        );
        registry.register(
            "pm_canary_age_seconds",
            "How old a test's change was when it had passed a stage",
            ages,
        );
    }
}
