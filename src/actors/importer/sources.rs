//! Where projects to be imported are found.

use super::{Known, Parts};
use crate::{
    domain::{
        github::RepositoryAbout,
        import::{Entry, Failed, Wanted, meant, read_file},
    },
    github::Owner,
};

/// Repositories of one user or organisation that are imported at most; who has more names those that are meant.
const REPOSITORIES_MAX: usize = 1_000;

impl Parts {
    /// All that is wanted; what cannot be found is told.
    pub(super) async fn find(&self, wanted: &Wanted, known: &Known) -> Vec<Entry> {
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
        for text in &wanted.repositories {
            if self.stopping.is_cancelled() {
                return all;
            }
            let found = self.named(text).await;
            keep(&mut all, known, text, vec![found]);
        }
        if !wanted.user.is_empty() {
            let (words, owner) = (
                format!("user {}", wanted.user),
                Owner::User(wanted.user.clone()),
            );
            let found = self.owned(&words, &owner).await;
            keep(&mut all, known, &words, found);
        }
        if !wanted.organisation.is_empty() {
            let name = wanted.organisation.clone();
            let (words, owner) = (format!("organisation {name}"), Owner::Organisation(name));
            let found = self.owned(&words, &owner).await;
            keep(&mut all, known, &words, found);
        }
        all
    }

    /// A repository somebody named: it is looked at, so that a mistyped one is told.
    async fn named(&self, text: &str) -> Result<Entry, Failed> {
        let name = meant(text, |url| self.github.site().repository_of(url))?;
        let about = self
            .github
            .repository(&name)
            .await
            .map_err(|trouble| Failed {
                name: text.to_owned(),
                why: trouble.to_string(),
            })?;
        Ok(self.entry(about))
    }

    async fn owned(&self, words: &str, owner: &Owner) -> Vec<Result<Entry, Failed>> {
        match self.github.repositories(owner, REPOSITORIES_MAX).await {
            // In what is archived nothing is done any more.
            Ok(found) => found
                .into_iter()
                .filter(|about| !about.archived)
                .map(|about| Ok(self.entry(about)))
                .collect(),
            Err(trouble) => vec![Err(Failed {
                name: words.to_owned(),
                why: trouble.to_string(),
            })],
        }
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
