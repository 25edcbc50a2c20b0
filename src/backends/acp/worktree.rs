//! The copy of a project in which a coding agent works: a git worktree of its own under the data folder, so that the
//! person's checkout is never touched.
//!
//! There is one for each project, so that an agent's session, which belongs to a folder, can be continued; and one branch for
//! each feature, made where the person's checkout stands. What is not committed is never thrown away: before another branch
//! is taken up it is committed to the one it was made on.

mod look;

use std::path::{Path, PathBuf};

pub use self::look::{Branch, COPY, Unseen, Worktree};
use super::git::{Git, GitError};
use crate::domain::{
    execution::{Command, Order},
    id::ProjectId,
};

/// Characters of a branch's name at most: it is read in lists.
const SLUG_CHARS_MAX: usize = 48;

/// Branches of one name that are tried: `add-a-cart`, `add-a-cart-2`, …
const SAME_NAME_MAX: usize = 50;

/// What is asked of git is one line.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// Where the copies are, and how git is asked.
#[derive(Debug, Clone)]
pub struct Worktrees {
    /// The folder they lie in.
    pub folder: PathBuf,
    /// The guard's program, as an absolute path.
    pub guard: PathBuf,
}

/// A copy, ready to be worked in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ready {
    /// Its folder.
    pub(super) folder: PathBuf,
    /// The branch it is on; none where it looks at a commit only.
    pub(super) branch: Option<String>,
    /// The name of a plan that is written now.
    pub(super) slug: String,
    /// What a person should know of how it was made ready.
    pub(super) notes: Vec<String>,
}

impl Worktrees {
    /// The folder of a project's copy.
    pub fn folder_of(&self, project: ProjectId) -> PathBuf {
        self.folder.join(project.to_string())
    }

    /// Makes the copy of the project at `checkout` ready for `order`.
    pub(super) async fn ready(
        &self,
        project: ProjectId,
        checkout: &Path,
        order: &Order,
        git: &Git<'_>,
    ) -> Result<Ready, GitError> {
        let base = base(git, checkout).await?;
        let folder = self.folder_of(project);
        self.ensure(&folder, checkout, &base, git).await?;
        let copy = Copy {
            folder: &folder,
            checkout,
            base,
            git,
        };
        let mut notes = Vec::new();
        let slug = slug(&order.args);
        let branch = match order.command {
            Command::PlanFeatureGithub | Command::PlanFeature => {
                Some(copy.start_branch(&slug, &mut notes).await?)
            }
            Command::ExecuteGithub | Command::Execute => match copy.branch().await? {
                Some(branch) => Some(branch),
                None => Some(copy.start_branch(&slug, &mut notes).await?),
            },
            Command::Prime | Command::Validate => copy.refresh().await?,
        };
        let slug = branch.clone().unwrap_or(slug);
        Ok(Ready {
            folder,
            branch,
            slug,
            notes,
        })
    }

    /// Makes sure that there is a copy, and that it is one of this checkout.
    async fn ensure(
        &self,
        folder: &Path,
        checkout: &Path,
        base: &Base,
        git: &Git<'_>,
    ) -> Result<(), GitError> {
        let path = folder.to_string_lossy();
        if folder.join(".git").exists() && self.is_half_made(folder, git).await? {
            // Nobody has worked in it yet.
            let away = ["worktree", "remove", "--force", "--force", &path];
            git.line(checkout, &away).await?;
        }
        if folder.join(".git").exists() {
            let theirs = git.line(folder, &COMMON_DIR).await;
            let ours = git.line(checkout, &COMMON_DIR).await?;
            return match theirs {
                Ok(theirs) if theirs == ours => Ok(()),
                Err(error @ GitError::Halted(_)) => Err(error),
                _ => {
                    // The checkout was moved, or the project got another folder.
                    let repaired = git.line(checkout, &["worktree", "repair", &path]).await;
                    let theirs = git.line(folder, &COMMON_DIR).await;
                    match (repaired, theirs) {
                        (Ok(_), Ok(theirs)) if theirs == ours => Ok(()),
                        _ => Err(foreign(folder)),
                    }
                }
            };
        }
        if is_occupied(folder) {
            return Err(foreign(folder));
        }
        git.line(checkout, &["worktree", "prune"]).await?;
        std::fs::create_dir_all(&self.folder).map_err(|error| {
            GitError::Words(format!(
                "The folder for the coding agent's copies, {}, cannot be made: {error}. Free some space, or see to it that \
                 the server's user may write there, and try again.",
                self.folder.display()
            ))
        })?;
        let add = [
            "worktree", "add", "--detach", "--lock", "--reason", HALF_MADE, &path,
        ];
        git.long(checkout, &[&add[..], &[&base.commit]].concat())
            .await?;
        git.line(checkout, &["worktree", "unlock", &path]).await?;
        Ok(())
    }

    /// Whether it was being made when the server or the machine stopped.
    async fn is_half_made(&self, folder: &Path, git: &Git<'_>) -> Result<bool, GitError> {
        let kept_in = ["rev-parse", "--absolute-git-dir"];
        let locked = match git.line(folder, &kept_in).await {
            Ok(kept_in) => std::fs::read_to_string(Path::new(&kept_in).join("locked")),
            Err(error @ GitError::Halted(_)) => return Err(error),
            // The checkout was moved; that is looked at next.
            Err(_) => return Ok(false),
        };
        Ok(locked.is_ok_and(|reason| reason.trim() == HALF_MADE))
    }
}

/// Why git is not to touch a copy: it is being made.
const HALF_MADE: &str = "Project Manager is making this copy";

/// One path, the same for all worktrees of a repository.
const COMMON_DIR: [&str; 3] = ["rev-parse", "--path-format=absolute", "--git-common-dir"];

/// A killed git leaves an empty folder at most; anything else is somebody's.
fn is_occupied(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

fn foreign(folder: &Path) -> GitError {
    GitError::Words(format!(
        "The folder for the coding agent's copy of this project, {}, is there already and is no copy of it. Look what is in it, \
         move it away, and try again.",
        folder.display()
    ))
}

/// Where the person's checkout stands.
struct Base {
    commit: String,
    /// Its branch; none where its head is detached.
    branch: Option<String>,
}

async fn base(git: &Git<'_>, checkout: &Path) -> Result<Base, GitError> {
    let commit = git
        .line(
            checkout,
            &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"],
        )
        .await
        .map_err(|error| match error {
            GitError::Refused(_) => GitError::Words(format!(
                "The project's folder {} has no commit yet, and a coding agent works on a copy of what is committed. Make a \
                 first commit there and try again.",
                checkout.display()
            )),
            error => error,
        })?;
    let branch = git.branch(checkout).await?;
    Ok(Base { commit, branch })
}

/// A copy with what its checkout stands at.
struct Copy<'a> {
    folder: &'a Path,
    checkout: &'a Path,
    base: Base,
    git: &'a Git<'a>,
}

impl Copy<'_> {
    async fn branch(&self) -> Result<Option<String>, GitError> {
        self.git.branch(self.folder).await
    }

    /// Begins a branch of about that name where the checkout stands.
    async fn start_branch(&self, slug: &str, notes: &mut Vec<String>) -> Result<String, GitError> {
        self.keep_unfinished(notes).await?;
        let from = &self.base.commit;
        for number in 1..=SAME_NAME_MAX {
            let name = match number {
                1 => slug.to_owned(),
                _ => format!("{slug}-{number}"),
            };
            let switched = self
                .git
                .line(self.folder, &["switch", "--quiet", "-c", &name, from])
                .await;
            match switched {
                Ok(_) => {
                    notes.push(self.begun(&name));
                    self.tell_uncommitted(notes).await?;
                    return Ok(name);
                }
                Err(GitError::Refused(words)) if words.contains("already exists") => {}
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
    async fn refresh(&self) -> Result<Option<String>, GitError> {
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
        self.git.line(self.folder, &switch).await?;
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
        self.git.line(self.folder, &["add", "--all"]).await?;
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
        self.git.line(self.folder, &commit).await?;
        notes.push(format!(
            "What was left uncommitted on {branch} was committed there, so that nothing is lost"
        ));
        Ok(())
    }

    /// Gives a branch to commits that are on none: git would throw them away some day.
    async fn keep_detached(&self) -> Result<(), GitError> {
        let on = ["for-each-ref", "--contains", "HEAD", "--count=1"];
        if self.branch().await?.is_none() && self.git.line(self.folder, &on).await?.is_empty() {
            self.name_it().await?;
        }
        Ok(())
    }

    /// Gives a branch to where the copy stands.
    async fn name_it(&self) -> Result<String, GitError> {
        let stamp = chrono::Utc::now().format("%Y%m%d-%H%M%S");
        let name = format!("unfinished-{stamp}");
        let switch = ["switch", "--quiet", "-c", &name];
        self.git.line(self.folder, &switch).await?;
        Ok(name)
    }
}

/// A branch's name from what was asked for: `Add a cart!` becomes `add-a-cart`.
fn slug(args: &str) -> String {
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

impl Git<'_> {
    /// How many commits there are in a range.
    async fn count(&self, folder: &Path, range: &str) -> Result<u64, GitError> {
        let count = self
            .line(folder, &["rev-list", "--count", range, "--"])
            .await?;
        Ok(count.parse().unwrap_or_default())
    }

    async fn branch(&self, folder: &Path) -> Result<Option<String>, GitError> {
        match self
            .line(folder, &["symbolic-ref", "--quiet", "--short", "HEAD"])
            .await
        {
            Ok(branch) => Ok(Some(branch)),
            Err(GitError::Refused(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// How many files are changed, new or gone, and not committed.
    async fn uncommitted(&self, folder: &Path) -> Result<usize, GitError> {
        let status = [
            "status",
            "--porcelain",
            "--untracked-files=normal",
            "--ignore-submodules=all",
        ];
        let listed = self.text(folder, &status, LINE_BYTES_MAX * 16).await?;
        Ok(listed.lines().count())
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
