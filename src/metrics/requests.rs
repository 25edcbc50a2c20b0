//! What this server asks of somebody else's service: SCAR, a language model.

use std::time::Duration;

use prometheus_client::metrics::{counter::Counter, family::Family, histogram::Histogram};

use super::{Histograms, Labels, Registry, middling};

/// Requests to one service.
#[derive(Clone, Debug)]
pub struct RequestFigures {
    service: &'static str,
    requests: Family<Labels<2>, Counter>,
    seconds: Histograms<1>,
    tokens: Family<Labels<1>, Counter>,
}

impl RequestFigures {
    /// None yet; `service` is how their names go on.
    pub fn of(service: &'static str) -> Self {
        Self {
            service,
            requests: Family::default(),
            seconds: Family::new_with_constructor(middling as fn() -> Histogram),
            tokens: Family::default(),
        }
    }

    /// Counts a request of a kind, and what came of it.
    pub fn answered(&self, kind: &'static str, outcome: &'static str, took: Duration) {
        let labels = [("kind", kind), ("outcome", outcome)];
        self.requests.get_or_create(&labels).inc();
        self.seconds
            .get_or_create(&[("kind", kind)])
            .observe(took.as_secs_f64());
    }

    /// Counts tokens a language model was told and wrote.
    pub fn tokens(&self, told: u64, wrote: u64) {
        for (direction, count) in [("input", told), ("output", wrote)] {
            self.tokens
                .get_or_create(&[("direction", direction)])
                .inc_by(count);
        }
    }

    /// Enters them.
    pub fn register(&self, registry: &mut Registry) {
        let Self {
            service,
            requests,
            seconds,
            ..
        } = self.clone();
        let name = format!("pm_{service}_requests");
        registry.0.register(
            name,
            "Requests made, by kind and what came of them",
            requests,
        );
        let name = format!("pm_{service}_request_seconds");
        registry.0.register(
            name,
            "Time until an answer was there, or was given up",
            seconds,
        );
    }

    /// Enters the tokens, for a service that has some.
    pub fn register_tokens(&self, registry: &mut Registry) {
        self.tokens(0, 0);
        let name = format!("pm_{}_tokens", self.service);
        registry.0.register(
            name,
            "Tokens the service was told and wrote",
            self.tokens.clone(),
        );
    }
}
