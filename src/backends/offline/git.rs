//! Asking git about the project's folder.

use super::visit::{Halt, Visit};
pub(super) use crate::backends::git::{GitAnswer, git_line};
use crate::{
    backends::git::{LOOK_TIME_LIMIT, NoAnswer, git},
    domain::execution::ErrorCode,
};

impl Visit<'_> {
    /// Runs git in the folder and reads at most `output_bytes_max` of its answer.
    pub(super) async fn git(
        &self,
        args: &[&str],
        output_bytes_max: usize,
    ) -> Result<GitAnswer, Halt> {
        let answer = git(
            self.guard(),
            &self.root,
            args,
            output_bytes_max,
            self.limits,
            LOOK_TIME_LIMIT,
        );
        answer.await.map_err(|none| match none {
            NoAnswer::Stopped(stop) => stop.into(),
            NoAnswer::Unstarted(error) => self.cannot_start(&error),
            NoAnswer::NoGit(error) => Halt::failed(ErrorCode::AgentError, error),
        })
    }
}
