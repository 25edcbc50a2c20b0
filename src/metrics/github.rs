//! What GitHub still takes.

use prometheus_client::metrics::{family::Family, gauge::Gauge};

use super::Registry;

/// Requests that GitHub still takes, as last seen.
#[derive(Clone, Debug, Default)]
pub struct GitHubFigures {
    left: Family<[(&'static str, String); 1], Gauge>,
}

impl GitHubFigures {
    /// So many of this kind are left.
    pub fn left(&self, resource: &str, requests: u64) {
        let labels = [("resource", resource.to_owned())];
        let left = i64::try_from(requests).unwrap_or(i64::MAX);
        self.left.get_or_create(&labels).set(left);
    }

    /// Enters them.
    pub fn register(&self, registry: &mut Registry) {
        registry.0.register(
            "pm_github_requests_left",
            "Requests GitHub still takes of this server until it allows more, by kind, as last seen",
            self.left.clone(),
        );
    }
}
