//! What browsers and programs ask.

use std::time::Duration;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
};

use super::{Registry, short};

/// One kind of request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    method: &'static str,
    route: String,
    status: &'static str,
}

/// The route alone, for what has a dozen lines for each.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// Requests.
#[derive(Clone, Debug)]
pub struct HttpFigures {
    requests: Family<Kind, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
}

impl Default for HttpFigures {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(short as fn() -> Histogram),
            in_flight: Gauge::default(),
        }
    }
}

/// A request that is being answered; dropped, it is not any more.
pub struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl HttpFigures {
    /// Counts a request for as long as what this gives is kept.
    pub fn asked(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// Counts an answer. `route` is the pattern, with names where ids stand.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let kind = Kind {
            method: known(method),
            route: route.to_owned(),
            status: class(status),
        };
        self.requests.get_or_create(&kind).inc();
        let route = Route { route: kind.route };
        self.seconds
            .get_or_create(&route)
            .observe(took.as_secs_f64());
    }

    /// Enters them.
    pub fn register(&self, registry: &mut Registry) {
        let Self {
            requests,
            seconds,
            in_flight,
        } = self.clone();
        let registry = &mut registry.0;
        registry.register(
            "pm_http_requests",
            "Requests answered, by method, route and class of the status",
            requests,
        );
        registry.register(
            "pm_http_request_seconds",
            "Time until an answer began; a stream goes on after that",
            seconds,
        );
        registry.register(
            "pm_http_requests_in_flight",
            "Requests that are being answered now",
            in_flight,
        );
    }
}

/// Whoever asks may write any word there.
fn known(method: &str) -> &'static str {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("other")
}

fn class(status: u16) -> &'static str {
    match status {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}
