//! Moving a copy from branch to branch without losing what is in it.

use std::path::Path;

use super::{
    super::git::{Git, GitError},
    Base,
};

/// Characters of a branch's name at most: it is read in lists.
const SLUG_CHARS_MAX: usize = 48;

/// Branches of one name that are tried: `add-a-cart`, `add-a-cart-2`, …
const SAME_NAME_MAX: usize = 50;

/// A copy with what its checkout stands at.
pub(super) struct Copy<'a> {
    pub(super) folder: &'a Path,
    pub(super) checkout: &'a Path,
    pub(super) base: Base,
    pub(super) git: &'a Git<'a>,
}

impl Copy<'_> {
    pub(super) async fn branch(&self) -> Result<Option<String>, GitError> {
        self.git.branch(self.folder).await
    }

    /// Begins a branch of about that name where the checkout stands.
    pub(super) async fn start_branch(
        &self,
        slug: &str,
        notes: &mut Vec<String>,
    ) -> Result<String, GitError> {
        self.keep_unfinished(notes).await?;
        let from = &self.base.commit;
        for number in 1..=SAME_NAME_MAX {
            let name = match number {
                1 => slug.to_owned(),
                _ => format!("{slug}-{number}"),
            };
            let switched = self
                .git
                .long(self.folder, &["switch", "--quiet", "-c", &name, from])
                .await;
            match switched {
                Ok(_) => {
                    notes.push(self.begun(&name));
                    self.tell_uncommitted(notes).await?;
                    return Ok(name);
                }
                Err(GitError::Refused(words)) if words.contains("exists") => {}
                Err(error) => return Err(error),
            }
        }
        Err(GitError::Words(format!(
            "There are {SAME_NAME_MAX} branches called {slug} already. Remove some, or ask for the feature in other words."
        )))
    }

    fn begun(&self, name: &str) -> String {
        let commit = self.base.commit.get(..8).unwrap_or_default();
        match &self.base.branch {
            Some(branch) => format!("Works on a branch of its own, {name}, made from {branch}"),
            None => format!("Works on a branch of its own, {name}, made from commit {commit}"),
        }
    }

    /// What a person has not committed is not in the copy; they should know.
    async fn tell_uncommitted(&self, notes: &mut Vec<String>) -> Result<(), GitError> {
        let changed = self.git.uncommitted(self.checkout).await?;
        if changed > 0 {
            let files = if changed == 1 {
                "1 file in your folder is".to_owned()
            } else {
                format!("{changed} files in your folder are")
            };
            notes.push(format!(
                "{files} not committed, so the coding agent does not see those changes; nothing of them is touched"
            ));
        }
        Ok(())
    }

    /// Has a copy that works on nothing look at what the checkout stands at. The branch it is on otherwise.
    pub(super) async fn refresh(&self) -> Result<Option<String>, GitError> {
        let branch = self.branch().await?;
        let is_clean = self.git.uncommitted(self.folder).await? == 0;
        let is_over = match &branch {
            None => true,
            // Merged into what the person has.
            Some(branch) => {
                let ancestor = ["merge-base", "--is-ancestor", branch, &self.base.commit];
                match self.git.line(self.checkout, &ancestor).await {
                    Ok(_) => true,
                    Err(GitError::Refused(_)) => false,
                    Err(error) => return Err(error),
                }
            }
        };
        if !is_over || !is_clean {
            return Ok(branch);
        }
        self.keep_detached().await?;
        let switch = ["switch", "--quiet", "--detach", &self.base.commit];
        self.git.long(self.folder, &switch).await?;
        Ok(None)
    }

    /// Commits what is not committed, where it was made.
    async fn keep_unfinished(&self, notes: &mut Vec<String>) -> Result<(), GitError> {
        if self.git.uncommitted(self.folder).await? == 0 {
            return self.keep_detached().await;
        }
        let branch = match self.branch().await? {
            Some(branch) => branch,
            None => self.name_it().await?,
        };
        let kept = self.git.long(self.folder, &["add", "--all"]).await;
        kept.map_err(|error| self.unkept(error))?;
        let commit = [
            "-c",
            "user.name=Project Manager",
            "-c",
            "user.email=project-manager@localhost",
            "-c",
            "commit.gpgsign=false",
            "commit",
            "--quiet",
            "--no-verify",
            "-m",
            "Keep what was not committed",
        ];
        self.git.long(self.folder, &commit).await?;
        notes.push(format!(
            "What was left uncommitted on {branch} was committed there, so that nothing is lost"
        ));
        Ok(())
    }

    /// What to do about work that git will not take.
    fn unkept(&self, error: GitError) -> GitError {
        let GitError::Refused(words) = error else {
            return error;
        };
        GitError::Words(format!(
            "There is something in the coding agent's copy of the project that is not committed and cannot be by itself, so \
             nothing new is begun over it. Look into {}, commit or remove it there, and try again. Git said: {words}",
            self.folder.display()
        ))
    }

    /// Gives a branch to commits that are on none: git would throw them away some day.
    pub(super) async fn keep_detached(&self) -> Result<(), GitError> {
        let on = ["for-each-ref", "--contains", "HEAD", "--count=1"];
        if self.branch().await?.is_none() && self.git.line(self.folder, &on).await?.is_empty() {
            self.name_it().await?;
        }
        Ok(())
    }

    /// Gives a branch to where the copy stands.
    async fn name_it(&self) -> Result<String, GitError> {
        let stamp = crate::clock::now().format("%Y%m%d-%H%M%S");
        let name = format!("unfinished-{stamp}");
        let switch = ["switch", "--quiet", "-c", &name];
        self.git.long(self.folder, &switch).await?;
        Ok(name)
    }
}

/// A branch's name from what was asked for: `Add a cart!` becomes `add-a-cart`.
pub(super) fn slug(args: &str) -> String {
    let mut slug = String::new();
    for c in args.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= SLUG_CHARS_MAX {
            break;
        }
    }
    let slug = slug.trim_matches('-');
    match slug {
        "" => "feature".to_owned(),
        // What git would take for its own.
        "head" => "head-feature".to_owned(),
        slug => slug.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_branch_is_called_after_what_was_asked_for() {
        for (args, name) in [
            ("Add a cart!", "add-a-cart"),
            ("  über--Straße  ", "ber-stra-e"),
            ("", "feature"),
            ("日本語", "feature"),
            ("HEAD", "head-feature"),
            ("fix issue #12: it's broken", "fix-issue-12-it-s-broken"),
        ] {
            assert_eq!(slug(args), name, "{args}");
        }
        assert!(slug(&"word ".repeat(50)).len() <= 48);
    }
}
