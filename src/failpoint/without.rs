//! What is left of it in a program that cannot fail on purpose: nothing.

use super::{FailPoint, OnPurpose};

impl FailPoint {
    /// Passes the point.
    ///
    /// # Errors
    /// None in this build.
    #[expect(clippy::unused_async, reason = "with the feature it can take its time")]
    pub async fn pass(self) -> Result<(), OnPurpose> {
        Ok(())
    }

    /// Whether it may be made to fail: not in this build.
    pub fn is_set(self) -> bool {
        false
    }

    /// Passes the point where nothing can be waited for.
    ///
    /// # Errors
    /// None in this build.
    pub fn pass_at_once(self) -> Result<(), OnPurpose> {
        Ok(())
    }

    /// Passes the point where no error can be returned either.
    pub fn cross(self) {}
}

/// Passes a point now and another one at the end of the block it is kept in.
#[must_use = "dropped at once it is no point after anything"]
pub struct Around;

impl Around {
    /// Nothing in this build.
    pub fn new(_before: FailPoint, _after: FailPoint) -> Self {
        Self
    }
}
