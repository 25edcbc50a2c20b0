//! Whether it answers at all.

use serde::Deserialize;

use super::{GitHub, Trouble, wire::Asked};

#[derive(Deserialize)]
struct Rates {
    resources: Resources,
}

#[derive(Deserialize)]
struct Resources {
    core: Rate,
}

#[derive(Deserialize)]
struct Rate {
    remaining: u64,
}

impl GitHub {
    /// Asks how many requests are left, which costs none; none where this GitHub does not count them.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn try_out(&self) -> Result<Option<u64>, Trouble> {
        let asked = Asked {
            kind: "rate_limit",
            resource: "core",
            what: "limit of requests",
        };
        let address = self.wire().address("rate_limit", &[]);
        match self.wire().get::<Rates>(asked, &address).await {
            Ok(found) => Ok(Some(found.value.resources.core.remaining)),
            Err(Trouble::NotThere(_)) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }
}
