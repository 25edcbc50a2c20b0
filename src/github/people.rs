//! Who may do what in a repository.

use serde::Deserialize;

use super::{GitHub, Trouble, wire::Asked};
use crate::domain::github::RepositoryName;

/// GitHub's words for those who may change what is in a repository.
const WRITERS: [&str; 3] = ["admin", "maintain", "write"];

#[derive(Deserialize)]
struct Permission {
    permission: String,
}

impl GitHub {
    /// Whether somebody may write to a repository. Only who has a token may ask.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn may_write(
        &self,
        repository: &RepositoryName,
        login: &str,
    ) -> Result<bool, Trouble> {
        let what = format!("user {login} in {repository}");
        let asked = Asked {
            kind: "permission",
            resource: "core",
            what: &what,
        };
        let mut address = self
            .wire()
            .address(&format!("repos/{repository}/collaborators/"), &[]);
        if let Ok(mut path) = address.path_segments_mut() {
            path.pop_if_empty().push(login).push("permission");
        }
        // It may have been taken from them a moment ago.
        self.wire().expire(&address);
        let found = self.wire().get::<Permission>(asked, &address).await?;
        Ok(WRITERS.contains(&found.value.permission.as_str()))
    }
}
