//! Where projects to be imported are found.

use super::{Known, Parts, There};
use crate::{
    domain::{
        github::{RepositoryAbout, RepositoryName},
        import::{Entry, Failed, Wanted, meant, read_file},
    },
    github::Owner,
};

/// Repositories of one user or organisation that are imported at most; who has more names those that are meant.
const REPOSITORIES_MAX: usize = 1_000;

/// Projects whose repositories are asked for under the name they have now, at most.
const RENAMED_MAX: usize = 100;

impl Parts {
    /// All that is wanted; what cannot be found is told.
    pub(super) async fn find(
        &self,
        wanted: &Wanted,
        known: &Known,
        there: &mut There,
    ) -> Vec<Entry> {
        let mut all = Vec::new();
        if let Some((file, text)) = &wanted.file {
            let site = self.github.site();
            let read = read_file(
                file,
                text,
                |url| site.repository_of(url),
                |name| site.page_of(name),
            );
            keep(&mut all, known, file, read);
        }
        for (index, text) in wanted.repositories.iter().enumerate() {
            if self.stopping.is_cancelled() {
                return all;
            }
            let (found, goes_on) = self.named(text, there).await;
            keep(&mut all, known, text, vec![found]);
            let left = wanted.repositories.len() - index - 1;
            if !goes_on && left > 0 {
                let failed = Failed {
                    name: format!("{left} more"),
                    why: "they were not asked for, because GitHub does not answer now. Import again later".to_owned(),
                };
                known.progress().fails(failed);
                break;
            }
        }
        for owner in [
            (!wanted.user.is_empty()).then(|| Owner::User(wanted.user.clone())),
            (!wanted.organisation.is_empty())
                .then(|| Owner::Organisation(wanted.organisation.clone())),
        ]
        .into_iter()
        .flatten()
        {
            let (words, login) = match &owner {
                Owner::User(login) => (format!("user {login}"), login),
                Owner::Organisation(login) => (format!("organisation {login}"), login),
                Owner::Me => continue,
            };
            let found = self.owned(&words, login, &owner, there).await;
            keep(&mut all, known, &words, found);
        }
        all
    }

    /// A repository somebody named: it is looked at, so that a mistyped one is told. Whether it makes sense to ask for others.
    async fn named(&self, text: &str, there: &mut There) -> (Result<Entry, Failed>, bool) {
        let name = match meant(text, |url| self.github.site().repository_of(url)) {
            Ok(name) => name,
            Err(failed) => return (Err(failed), true),
        };
        match self.github.repository(&name).await {
            Ok(about) => {
                there.is_called(&name, &about.name);
                (Ok(self.entry(about)), true)
            }
            Err(trouble) => {
                let (name, why) = (text.to_owned(), trouble.to_string());
                (Err(Failed { name, why }), !trouble.may_pass())
            }
        }
    }

    async fn owned(
        &self,
        words: &str,
        login: &str,
        owner: &Owner,
        there: &mut There,
    ) -> Vec<Result<Entry, Failed>> {
        let found = match self.github.repositories(owner, REPOSITORIES_MAX).await {
            Ok(found) => found,
            Err(trouble) => {
                return vec![Err(Failed {
                    name: words.to_owned(),
                    why: trouble.to_string(),
                })];
            }
        };
        // What a project has under a name it had before is among them under the one it has now.
        let begins = format!("{}/", login.to_ascii_lowercase());
        let listed: Vec<String> = found.iter().map(|about| about.name.key()).collect();
        let is_unlisted = |key: &&String| key.starts_with(&begins) && !listed.contains(key);
        let unlisted = there.repositories.iter().filter(is_unlisted);
        let unlisted: Vec<RepositoryName> = unlisted
            .filter_map(|key| RepositoryName::parse(key))
            .collect();
        for name in unlisted.iter().take(RENAMED_MAX) {
            if let Ok(about) = self.github.repository(name).await {
                there.is_called(name, &about.name);
            }
        }
        // In what is archived nothing is done any more.
        let live = found.into_iter().filter(|about| !about.archived);
        live.map(|about| Ok(self.entry(about))).collect()
    }

    fn entry(&self, about: RepositoryAbout) -> Entry {
        let url = self.github.site().page_of(&about.name);
        Entry::of(about, url)
    }
}

/// Takes note of where was looked, and of what was found there.
fn keep(all: &mut Vec<Entry>, known: &Known, source: &str, found: Vec<Result<Entry, Failed>>) {
    let mut progress = known.progress();
    progress.sources.push(source.to_owned());
    for one in found {
        match one {
            Ok(entry) => {
                progress.total += 1;
                all.push(entry);
            }
            Err(failed) => progress.fails(failed),
        }
    }
}
