//! Looking at a project's copy and at the branches that were made in it, and taking the copy away.

use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::{
    super::git::{Git, GitError},
    Copy, Worktrees, base, unhurried,
};
use crate::{
    backends::{child::Limits, git::LOOK_TIME_LIMIT, workspace},
    domain::{activity::millis_opt, id::ProjectId},
};

/// What a copy is called: a project has one.
pub const COPY: &str = "copy";

/// Bytes of a diff at most: more than anybody reads, and what a browser can show.
const DIFF_BYTES_MAX: usize = 2 << 20;

/// New files that are shown in a diff at most.
const NEW_FILES_MAX: usize = 100;

/// Branches that are looked at, the newest first.
const BRANCHES_MAX: usize = 50;

/// Nothing that the repository's settings name is run to show a difference.
const DIFF: [&str; 4] = ["diff", "--no-color", "--no-ext-diff", "--no-textconv"];

/// A copy as people see it. Its field names are the wire's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Worktree {
    /// [`COPY`].
    #[schema(example = "copy")]
    pub name: &'static str,
    /// Its folder.
    #[schema(example = "/home/you/.local/share/project-manager/worktrees/shop")]
    pub path: String,
    /// The branch it is on; none where it only looks at a commit.
    #[schema(required)]
    pub branch: Option<String>,
    /// The commit it and the person's checkout have in common.
    #[schema(example = "4f2a9c1e0b7d3a5566778899aabbccddeeff0011")]
    pub base: String,
    /// The branch of the person's checkout.
    #[schema(required)]
    pub base_branch: Option<String>,
    /// Commits it has beyond that.
    pub ahead: u64,
    /// Files that are changed and not committed.
    pub uncommitted: usize,
    /// Since when it is there, where the file system knows.
    #[serde(serialize_with = "millis_opt")]
    #[schema(required)]
    pub exists_since: Option<DateTime<Utc>>,
}

/// A branch that was made in a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Branch {
    /// Its name.
    #[schema(example = "feature/dark-mode")]
    pub name: String,
    /// Commits it has beyond the person's checkout.
    pub ahead: u64,
    /// Whether the copy is on it.
    pub is_current: bool,
}

/// Why a copy could not be looked at, or was not taken away.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unseen(String);

impl From<GitError> for Unseen {
    fn from(error: GitError) -> Self {
        Self(match error {
            GitError::Halted(_) => "Git took too long to answer; try again.".to_owned(),
            GitError::Refused(words) => format!("Git said: {words}"),
            GitError::Words(words) => words,
        })
    }
}

impl Worktrees {
    /// The copy of a project, if there is one.
    ///
    /// # Errors
    /// [`Unseen`].
    pub async fn show(
        &self,
        project: ProjectId,
        checkout: Option<&Path>,
    ) -> Result<Option<Worktree>, Unseen> {
        let folder = self.folder_of(project);
        if !is_there(&folder) {
            return Ok(None);
        }
        match self.look(&folder, checkout).await {
            // It was taken away while it was looked at.
            Err(_) if !is_there(&folder) => Ok(None),
            seen => seen.map(Some),
        }
    }

    async fn look(&self, folder: &Path, checkout: Option<&Path>) -> Result<Worktree, Unseen> {
        let limits = limits();
        let git = self.git(&limits);
        let checkout = workspace::folder(checkout).await.map_err(Unseen)?;
        let here = base(&git, &checkout).await?;
        let common = git
            .line(folder, &["merge-base", "HEAD", &here.commit])
            .await?;
        let range = format!("{common}..HEAD");
        Ok(Worktree {
            name: COPY,
            path: folder.display().to_string(),
            branch: git.branch(folder).await?,
            ahead: git.count(folder, &range).await?,
            uncommitted: git.uncommitted(folder).await?,
            exists_since: std::fs::metadata(folder.join(".git"))
                .and_then(|about| about.modified())
                .ok()
                .map(DateTime::from),
            base: common,
            base_branch: here.branch,
        })
    }

    /// What the copy has changed, committed or not; none where there is no copy.
    ///
    /// # Errors
    /// [`Unseen`].
    pub async fn diff(
        &self,
        project: ProjectId,
        checkout: Option<&Path>,
    ) -> Result<Option<String>, Unseen> {
        let Some(copy) = self.show(project, checkout).await? else {
            return Ok(None);
        };
        let (limits, folder) = (limits(), self.folder_of(project));
        let git = self.git(&limits);
        let known = [&DIFF[..], &[&copy.base, "--"]].concat();
        let mut diff = git.text(&folder, &known, DIFF_BYTES_MAX).await?;
        let others = ["ls-files", "--others", "--exclude-standard", "-z"];
        let others = git.text(&folder, &others, DIFF_BYTES_MAX).await?;
        let new = others.split('\0').filter(|path| !path.is_empty());
        for path in new.take(NEW_FILES_MAX) {
            if diff.len() >= DIFF_BYTES_MAX {
                break;
            }
            let whole = [&DIFF[..], &["--no-index", "--", "/dev/null", path]].concat();
            diff.push_str(&git.difference(&folder, &whole, DIFF_BYTES_MAX).await?);
        }
        Ok(Some(shortened(diff)))
    }

    /// Which of these branches there are, and how far each is.
    ///
    /// # Errors
    /// [`Unseen`].
    pub async fn branches(
        &self,
        project: ProjectId,
        checkout: Option<&Path>,
        names: &[String],
    ) -> Result<Vec<Branch>, Unseen> {
        let limits = limits();
        let git = self.git(&limits);
        let checkout = workspace::folder(checkout).await.map_err(Unseen)?;
        let folder = self.folder_of(project);
        let current = match folder.join(".git").exists() {
            true => git.branch(&folder).await?,
            false => None,
        };
        let mut branches = Vec::new();
        for name in names.iter().take(BRANCHES_MAX) {
            match git
                .count(&checkout, &format!("HEAD..refs/heads/{name}"))
                .await
            {
                Ok(ahead) => branches.push(Branch {
                    name: name.clone(),
                    ahead,
                    is_current: current.as_ref() == Some(name),
                }),
                // It was removed, or is one of another repository.
                Err(GitError::Refused(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(branches)
    }

    /// What a branch has changed since it left what the person has; none where there is no such branch.
    ///
    /// # Errors
    /// [`Unseen`].
    pub async fn branch_diff(
        &self,
        checkout: Option<&Path>,
        name: &str,
    ) -> Result<Option<String>, Unseen> {
        let limits = limits();
        let git = self.git(&limits);
        let checkout = workspace::folder(checkout).await.map_err(Unseen)?;
        let range = format!("HEAD...refs/heads/{name}");
        let since = [&DIFF[..], &[&range, "--"]].concat();
        match git.text(&checkout, &since, DIFF_BYTES_MAX).await {
            Ok(diff) => Ok(Some(shortened(diff))),
            Err(GitError::Refused(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes the copy away; its branches stay. False where there is none.
    ///
    /// # Errors
    /// [`Unseen`], when something in it is not committed: that would be lost.
    pub async fn remove(
        &self,
        project: ProjectId,
        checkout: Option<&Path>,
    ) -> Result<bool, Unseen> {
        let Some(_held) = self.take(project) else {
            return Err(Unseen(
                "A command is running in it; stop that first.".to_owned(),
            ));
        };
        let Some(copy) = self.show(project, checkout).await? else {
            return Ok(false);
        };
        if copy.uncommitted > 0 {
            return Err(Unseen(format!(
                "Something in the copy is not committed ({}), and would be lost: {}. Have the coding agent commit it, or \
                 commit it there yourself, and try again.",
                match copy.uncommitted {
                    1 => "1 file".to_owned(),
                    files => format!("{files} files"),
                },
                copy.path
            )));
        }
        let (limits, folder) = (unhurried(), self.folder_of(project));
        let git = self.git(&limits);
        let checkout = workspace::folder(checkout).await.map_err(Unseen)?;
        let base = base(&git, &checkout).await?;
        let held = Copy {
            folder: &folder,
            checkout: &checkout,
            base,
            git: &git,
        };
        held.keep_detached().await?;
        git.long(&checkout, &["worktree", "remove", &copy.path])
            .await?;
        Ok(true)
    }

    fn git<'a>(&'a self, limits: &'a Limits) -> Git<'a> {
        Git {
            guard: &self.guard,
            limits,
        }
    }
}

/// Whether there is a copy that can be looked at.
fn is_there(folder: &Path) -> bool {
    folder.join(".git").exists() && !is_locked(folder)
}

/// Whether git is to leave it alone: it is being made.
fn is_locked(folder: &Path) -> bool {
    let kept_in = std::fs::read_to_string(folder.join(".git"));
    kept_in.is_ok_and(|text| {
        let path = text.trim().strip_prefix("gitdir: ");
        path.is_some_and(|path| Path::new(path).join("locked").exists())
    })
}

/// A look that nobody stops.
fn limits() -> Limits {
    Limits::new(CancellationToken::new(), LOOK_TIME_LIMIT)
}

fn shortened(mut diff: String) -> String {
    if diff.len() >= DIFF_BYTES_MAX {
        diff.truncate(diff.floor_char_boundary(DIFF_BYTES_MAX));
        diff.push_str("\n(cut here: there is more)\n");
    }
    diff
}
