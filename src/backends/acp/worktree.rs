//! The copy of a project in which a coding agent works: a git worktree of its own under the data folder, so that the
//! person's checkout is never touched.
//!
//! There is one for each project, so that an agent's session, which belongs to a folder, can be continued; and one branch for
//! each feature, made where the person's checkout stands. What is not committed is never thrown away: before another branch
//! is taken up it is committed to the one it was made on.

mod branches;
mod look;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tokio_util::sync::CancellationToken;

use self::branches::{Copy, slug};
pub use self::look::{Branch, COPY, Unseen, Worktree};
use super::git::{COPY_TIME_LIMIT, Git, GitError};
use crate::{
    backends::child::Limits,
    domain::{
        execution::{Command, Order},
        id::ProjectId,
    },
};

/// What is asked of git is one line.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// Where the copies are, and how git is asked.
#[derive(Debug, Clone)]
pub struct Worktrees {
    /// The folder they lie in.
    folder: PathBuf,
    /// The guard's program, as an absolute path.
    pub(super) guard: PathBuf,
    in_use: Arc<Mutex<BTreeSet<ProjectId>>>,
}

/// A project's copy is in use, until this is dropped.
pub(super) struct InUse {
    project: ProjectId,
    all: Arc<Mutex<BTreeSet<ProjectId>>>,
}

impl Drop for InUse {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&self.project);
    }
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
    /// Copies in `folder`; `guard` starts git.
    pub fn new(folder: PathBuf, guard: PathBuf) -> Self {
        Self {
            folder,
            guard,
            in_use: Arc::default(),
        }
    }

    /// Has nobody else change a project's copy. None when somebody does.
    pub(super) fn take(&self, project: ProjectId) -> Option<InUse> {
        let mut all = self.in_use.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(project).then(|| InUse {
            project,
            all: Arc::clone(&self.in_use),
        })
    }

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
        // What is half done here would be taken for somebody's work the next time: it is not stopped in the middle.
        let unhurried = unhurried();
        let steady = Git {
            guard: &self.guard,
            limits: &unhurried,
        };
        let copy = Copy {
            folder: &folder,
            checkout,
            base,
            git: &steady,
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

/// Limits of what nobody stops.
fn unhurried() -> Limits {
    Limits::new(CancellationToken::new(), COPY_TIME_LIMIT)
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
