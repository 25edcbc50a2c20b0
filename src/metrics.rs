//! Figures for those who watch the server: what is counted, under which name, and how it is told to Prometheus.
//!
//! Each part of the program counts what it is about in a value of its own, and `app` enters all of them into one [`Registry`]:
//! nothing is global, so several servers in one process do not mix. What is known anyway (queues, streams, actors) is not
//! counted but [asked for](asked) when somebody looks. No label has an id in it: their number is that of kinds.
//! `docs/observability.md` lists them all.

pub mod asked;
mod canary;
mod github;
mod http;
mod notifications;
mod process;
mod requests;
mod stored;

use std::fmt;

use prometheus_client::{
    encoding::text::encode,
    metrics::{family::Family, histogram::Histogram},
    registry::Registry as Entries,
};

pub use self::{
    canary::CanaryFigures,
    github::GitHubFigures,
    http::{HttpFigures, InFlight},
    notifications::NotificationFigures,
    process::register as register_process,
    requests::RequestFigures,
    stored::{Ending, StoredFigures},
};

/// All that is counted by one server.
#[derive(Debug, Default)]
pub struct Registry(Entries);

/// How a scrape says what it is: the text format of OpenMetrics, which Prometheus has read since its version 2.5.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

impl Registry {
    /// All figures as they are now.
    ///
    /// # Errors
    /// When one of them cannot be told.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0)?;
        Ok(text)
    }
}

/// Labels of a name and a value each; the values are few.
type Labels<const N: usize> = [(&'static str, &'static str); N];

/// A histogram for each set of labels.
type Histograms<const N: usize> = Family<Labels<N>, Histogram, fn() -> Histogram>;

/// Seconds of what takes a millisecond as a rule: a commit, an answer to a browser, a stage of the canary.
fn short() -> Histogram {
    Histogram::new([
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
    ])
}

/// Seconds of what waits for somebody else's service.
fn middling() -> Histogram {
    Histogram::new([
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0,
    ])
}

/// Seconds of a command.
fn long() -> Histogram {
    Histogram::new([
        1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0,
    ])
}
