//! Repositories: one by its name, and all of somebody.

use serde::Deserialize;

use super::{GitHub, Trouble, wire::Asked};
use crate::domain::github::{RepositoryAbout, RepositoryName};

/// Repositories GitHub gives at once, at most.
const PAGE: &str = "100";

/// Pages that are read, at most: who has more than three thousand names the ones that are meant.
const PAGES_MAX: usize = 30;

/// Whose repositories are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// All that the one whose token it is may see: their own, those they work on, and those of their organisations.
    Me,
    /// Those a user owns, as far as they are shown.
    User(String),
    /// Those of an organisation, as far as they are shown.
    Organisation(String),
}

#[derive(Deserialize)]
struct Found {
    full_name: String,
    description: Option<String>,
    html_url: String,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    archived: bool,
}

impl GitHub {
    /// What GitHub says of a repository: one that was renamed has its new name.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn repository(&self, name: &RepositoryName) -> Result<RepositoryAbout, Trouble> {
        let what = format!("repository {name}");
        let asked = asked("repository", &what);
        let address = self.wire().address(&format!("repos/{name}"), &[]);
        let found = self.wire().get::<Found>(asked, &address).await?;
        shown(found.value).ok_or_else(|| Trouble::Nonsense("a repository has no name".to_owned()))
    }

    /// The repositories of somebody, those first into which something was pushed last; `limit` at most.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn repositories(
        &self,
        owner: &Owner,
        limit: usize,
    ) -> Result<Vec<RepositoryAbout>, Trouble> {
        let (path, what) = match owner {
            Owner::Me => (
                "user/repos".to_owned(),
                "repositories of its token".to_owned(),
            ),
            Owner::User(login) => (format!("users/{login}/repos"), format!("user {login}")),
            Owner::Organisation(name) => {
                (format!("orgs/{name}/repos"), format!("organisation {name}"))
            }
        };
        let asked = asked("repositories", &what);
        let query = [("sort", "pushed"), ("per_page", PAGE)];
        let mut next = Some(self.wire().address(&path, &query));
        let mut repositories = Vec::new();
        for _ in 0..PAGES_MAX {
            let Some(address) = next.take().filter(|_| repositories.len() < limit) else {
                break;
            };
            let page = self.wire().get::<Vec<Found>>(asked, &address).await?;
            repositories.extend(page.value.into_iter().filter_map(shown));
            next = page.next;
        }
        repositories.truncate(limit);
        Ok(repositories)
    }
}

fn asked<'a>(kind: &'static str, what: &'a str) -> Asked<'a> {
    Asked {
        kind,
        resource: "core",
        what,
    }
}

fn shown(found: Found) -> Option<RepositoryAbout> {
    Some(RepositoryAbout {
        name: RepositoryName::parse(&found.full_name)?,
        description: found.description.filter(|text| !text.trim().is_empty()),
        url: found.html_url,
        private: found.private,
        archived: found.archived,
    })
}
