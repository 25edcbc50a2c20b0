//! Git, as work on a coding agent's copy needs it.

use std::{path::Path, time::Duration};

use crate::{
    backends::{
        child::{Limits, Stop},
        git::{GitAnswer, LOOK_TIME_LIMIT, NoAnswer, git},
    },
    domain::execution::{ErrorCode, Outcome},
};

/// Bytes of an answer that is one line.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// How long writing out a whole copy may take: a very large repository on a slow disk.
pub(super) const COPY_TIME_LIMIT: Duration = Duration::from_secs(600);

/// How git is asked.
#[derive(Debug)]
pub(super) struct Git<'a> {
    pub(super) guard: &'a Path,
    pub(super) limits: &'a Limits,
}

/// Why git did not do something.
#[derive(Debug)]
pub(super) enum GitError {
    /// From outside.
    Halted(Stop),
    /// It would not, in its words.
    Refused(String),
    /// Something else is the matter, in words for a person.
    Words(String),
}

impl GitError {
    /// How an execution ends with it.
    pub(super) fn outcome(self) -> Result<Outcome, Stop> {
        match self {
            Self::Halted(stop) => Err(stop),
            Self::Refused(words) => Ok(Outcome::failed(
                ErrorCode::WorkspaceMissing,
                format!(
                    "The coding agent's copy of the project could not be made ready. Git said: {words}"
                ),
            )),
            Self::Words(words) => Ok(Outcome::failed(ErrorCode::WorkspaceMissing, words)),
        }
    }
}

impl Git<'_> {
    /// What it answers, without the end of the line.
    pub(super) async fn line(&self, folder: &Path, args: &[&str]) -> Result<String, GitError> {
        let text = self.text(folder, args, LINE_BYTES_MAX).await?;
        Ok(text.trim_end_matches(['\n', '\r']).to_owned())
    }

    /// What it answers, up to so many bytes.
    pub(super) async fn text(
        &self,
        folder: &Path,
        args: &[&str],
        bytes_max: usize,
    ) -> Result<String, GitError> {
        let answer = self.ask(folder, args, bytes_max, LOOK_TIME_LIMIT).await?;
        Ok(answer.text())
    }

    /// What a comparison answers: that there is a difference is no refusal.
    pub(super) async fn difference(
        &self,
        folder: &Path,
        args: &[&str],
        bytes_max: usize,
    ) -> Result<String, GitError> {
        let asked = git(
            self.guard,
            folder,
            args,
            bytes_max,
            self.limits,
            LOOK_TIME_LIMIT,
        );
        let answer = asked.await.map_err(unanswered)?;
        match answer.code {
            Some(0 | 1) => Ok(answer.text()),
            _ if answer.cut => Ok(answer.text()),
            _ => Err(GitError::Refused(answer.words())),
        }
    }

    /// Has it do something that takes a while.
    pub(super) async fn long(&self, folder: &Path, args: &[&str]) -> Result<(), GitError> {
        self.ask(folder, args, LINE_BYTES_MAX, COPY_TIME_LIMIT)
            .await?;
        Ok(())
    }

    async fn ask(
        &self,
        folder: &Path,
        args: &[&str],
        bytes_max: usize,
        time_limit: Duration,
    ) -> Result<GitAnswer, GitError> {
        let asked = git(self.guard, folder, args, bytes_max, self.limits, time_limit);
        let answer = asked.await.map_err(unanswered)?;
        match answer.code {
            Some(0) => Ok(answer),
            _ if answer.cut => Ok(answer),
            _ => Err(GitError::Refused(answer.words())),
        }
    }
}

fn unanswered(none: NoAnswer) -> GitError {
    match none {
        NoAnswer::Stopped(stop) => GitError::Halted(stop),
        NoAnswer::Unstarted(error) => GitError::Words(format!(
            "{error}. Is the project's folder still there, and the server's own program where it was started from?"
        )),
        NoAnswer::NoGit(words) => GitError::Words(words),
    }
}
