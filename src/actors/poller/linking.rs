//! Finding out which pull request a command opened: by what it says of it.

use crate::{
    db::execution::Execution,
    domain::{
        change::Change,
        execution::Command,
        github::{PullChange, RepositoryName, pull_request_in, telling},
    },
    github::Site,
};

/// What a command told of its pull request so far.
pub(super) struct Linking {
    site: Site,
    /// Whose pull requests are looked for; none where none are.
    repository: Option<RepositoryName>,
    /// The one it told of last, by what is stored.
    linked: Option<u64>,
}

impl Linking {
    /// Looks in what `execution` says, if it is one that opens pull requests, for those of the repository at this address.
    pub(super) fn new(site: Site, execution: &Execution, repository_url: Option<&str>) -> Self {
        let opens_some = execution.order.command == Command::ExecuteGithub;
        let url = repository_url.filter(|_| opens_some);
        Self {
            repository: url.and_then(|url| site.repository_of(url)),
            linked: execution.pull_number,
            site,
        }
    }

    /// What is to be stored with a step, when it tells of another pull request than those before it.
    pub(super) fn take(&mut self, execution: &Execution, change: &Change) -> Option<Change> {
        let Change::StepTaken { step, .. } = change else {
            return None;
        };
        let repository = self.repository.as_ref()?;
        let read = |address: &str| self.site.pull_request_of(address);
        let number = pull_request_in(telling(step)?, repository, read)?;
        if self.linked.replace(number) == Some(number) {
            return None;
        }
        let phase = execution.in_phase();
        Some(Change::PullRequest(PullChange::Linked {
            execution: execution.id,
            command: execution.order.command,
            phase: phase.map(|phase| phase.id),
            url: self.site.page_of_pull(repository, number),
            repository: repository.clone(),
            number,
        }))
    }
}
