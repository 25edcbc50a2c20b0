//! Failing on purpose.

use std::time::Duration;

use super::{FailPoint, OnPurpose};
use crate::delay::pause;

/// How long a delay is: longer than anything takes that goes well, shorter than anybody's patience.
const DELAY: Duration = Duration::from_millis(150);

/// Obeys `FAILPOINTS` for as long as what it returns lives.
pub fn from_environment() -> fail::FailScenario<'static> {
    fail::FailScenario::setup()
}

/// What the point is made to do now, if anything; panics if that is it.
fn asked(name: &'static str) -> Option<String> {
    fail::fail_point!(name, |words| {
        let words = words.unwrap_or_default();
        tracing::warn!(fail.point = name, fault = words, "made to fail on purpose");
        Some(words)
    });
    None
}

impl FailPoint {
    /// Passes the point.
    ///
    /// # Errors
    /// When it is made to fail.
    ///
    /// # Panics
    /// When it is made to.
    pub async fn pass(self) -> Result<(), OnPurpose> {
        match asked(self.name()).as_deref() {
            None => Ok(()),
            Some("delay") => {
                pause(DELAY).await;
                Ok(())
            }
            Some(_) => Err(OnPurpose(self.name())),
        }
    }

    /// Whether it may be made to fail.
    pub fn is_set(self) -> bool {
        fail::list().iter().any(|(name, _)| name == self.name())
    }

    /// Passes the point where nothing can be waited for.
    ///
    /// # Errors
    /// When it is made to fail.
    ///
    /// # Panics
    /// When it is made to.
    #[expect(
        clippy::disallowed_methods,
        reason = "what takes its time where nothing can be waited for blocks its thread"
    )]
    pub fn pass_at_once(self) -> Result<(), OnPurpose> {
        match asked(self.name()).as_deref() {
            None => Ok(()),
            Some("delay") => {
                std::thread::sleep(DELAY);
                Ok(())
            }
            Some(_) => Err(OnPurpose(self.name())),
        }
    }

    /// Passes the point where no error can be returned either: it is made to panic or to take its time.
    ///
    /// # Panics
    /// When it is made to fail.
    pub fn cross(self) {
        if let Err(on_purpose) = self.pass_at_once() {
            panic!("{on_purpose}");
        }
    }
}

/// Passes a point now and another one at the end of the block it is kept in.
#[must_use = "dropped at once it is no point after anything"]
pub struct Around(FailPoint);

impl Around {
    /// Passes `before`; `after` when this is dropped.
    ///
    /// # Panics
    /// When it is made to.
    pub fn new(before: FailPoint, after: FailPoint) -> Self {
        before.cross();
        Self(after)
    }
}

impl Drop for Around {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.0.cross();
        }
    }
}
