//! The backends of one server: the one commands run in, and others a project can choose.

use std::sync::Arc;

use super::{Backend, acp::Worktrees};

/// The backends there are, the default one first.
#[derive(Clone)]
pub struct Backends {
    all: Vec<Arc<dyn Backend>>,
}

impl Backends {
    /// Commands run in `default`, unless their project chooses another.
    pub fn new(default: Arc<dyn Backend>) -> Self {
        Self { all: vec![default] }
    }

    /// One more to choose.
    #[must_use]
    pub fn with(mut self, other: Arc<dyn Backend>) -> Self {
        self.all.push(other);
        self
    }

    /// All of them, the default one first.
    pub fn all(&self) -> &[Arc<dyn Backend>] {
        &self.all
    }

    /// Where commands run unless their project chooses another.
    pub fn default_one(&self) -> &Arc<dyn Backend> {
        &self.all[0]
    }

    /// The one with this name.
    pub fn named(&self, name: &str) -> Option<&Arc<dyn Backend>> {
        self.all.iter().find(|backend| backend.name() == name)
    }

    /// The copies of projects that coding agents on this machine work in.
    pub fn copies(&self) -> Option<&Worktrees> {
        self.all.iter().find_map(|backend| backend.copies())
    }

    /// Where the commands of a project run that made this choice; none when that is not there any more.
    pub fn chosen(&self, choice: Option<&str>) -> Option<&Arc<dyn Backend>> {
        match choice {
            Some(name) => self.named(name),
            None => Some(self.default_one()),
        }
    }
}

impl std::fmt::Debug for Backends {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.all.iter().map(|backend| backend.name());
        f.debug_list().entries(names).finish()
    }
}
