//! Which projects this server works for, of several on one database.
//!
//! Only the server that works for a project runs its commands and answers in its conversation; what people do there, any
//! server stores. [The leaseholder](crate::actors::leaseholder) keeps this up to date, everybody else looks here. What it says may be
//! past at any moment, so what depends on it is done with a [`Hold`], and the writer's transaction refuses what comes too late.

use std::{collections::BTreeSet, sync::Arc};

use tokio::{sync::watch, time::Instant};

use crate::domain::id::{ProjectId, ServerId};

/// Which projects this server works for. Clones share it.
#[derive(Clone)]
pub struct Leases {
    /// None where one server has the database for itself, and so all there is.
    standing: Option<Arc<watch::Sender<Standing>>>,
}

/// How this server stands among the others.
#[derive(Debug, Clone)]
struct Standing {
    /// Under which id it is there; none before it has arrived.
    server: Option<ServerId>,
    projects: BTreeSet<ProjectId>,
    /// Until when, at least, nobody takes it for dead.
    until: Instant,
}

/// That this server works for a project, or did.
#[derive(Debug, Clone)]
pub struct Hold {
    server: Option<ServerId>,
    standing: Option<watch::Receiver<Standing>>,
}

impl Leases {
    /// Those of a server that has its database for itself.
    pub fn all() -> Self {
        Self { standing: None }
    }

    /// Those of one of several servers: none, until it has arrived.
    pub fn none() -> Self {
        let standing = Standing {
            server: None,
            projects: BTreeSet::new(),
            until: Instant::now(),
        };
        Self {
            standing: Some(Arc::new(watch::Sender::new(standing))),
        }
    }

    /// Whether this server works for a project.
    pub fn holds(&self, project: ProjectId) -> bool {
        let standing = self.standing.as_ref();
        standing.is_none_or(|standing| standing.borrow().projects.contains(&project))
    }

    /// What to act for a project with; none where another server works for it.
    pub fn hold(&self, project: ProjectId) -> Option<Hold> {
        self.holds(project).then(|| self.here())
    }

    /// What a project is made with that this server is to work for.
    pub fn here(&self) -> Hold {
        let standing = self.standing.as_ref();
        Hold {
            server: standing.and_then(|standing| standing.borrow().server),
            standing: standing.map(|standing| standing.subscribe()),
        }
    }

    /// A project was made here.
    pub fn add(&self, project: ProjectId) {
        self.change(|standing| {
            standing.projects.insert(project);
        });
    }

    /// It has arrived under this id.
    pub fn arrived(&self, server: ServerId, until: Instant) {
        self.change(|standing| {
            *standing = Standing {
                server: Some(server),
                projects: BTreeSet::new(),
                until,
            };
        });
    }

    /// It is known to be there.
    pub fn renewed(&self, until: Instant) {
        self.change(|standing| standing.until = until);
    }

    /// It works for these now, and no others.
    pub fn set(&self, projects: impl IntoIterator<Item = ProjectId>) {
        self.change(|standing| standing.projects = projects.into_iter().collect());
    }

    /// It was taken for dead, and works for nobody.
    pub fn lost(&self) {
        self.change(|standing| {
            standing.server = None;
            standing.projects.clear();
        });
    }

    /// How many projects it works for.
    pub fn count(&self) -> u64 {
        let standing = self.standing.as_ref();
        standing.map_or(0, |standing| standing.borrow().projects.len() as u64)
    }

    fn change(&self, change: impl FnOnce(&mut Standing)) {
        if let Some(standing) = &self.standing {
            standing.send_modify(change);
        }
    }
}

impl Hold {
    /// The id under which it is held; none where one server has everything.
    pub fn server(&self) -> Option<ServerId> {
        self.server
    }

    /// Whether it is certain that no other server works for the project yet. To be asked right before what cannot be taken
    /// back and no transaction can refuse: this server may have been suspended since it last looked.
    pub fn is_certain(&self) -> bool {
        let standing = self.standing.as_ref();
        standing.is_none_or(|standing| self.is_in(&standing.borrow()))
    }

    /// Returns when that is certain; never, when another server may work for it.
    pub async fn certain(&self) {
        if let Some(mut standing) = self.standing.clone()
            && standing.wait_for(|now| self.is_in(now)).await.is_err()
        {
            std::future::pending::<()>().await;
        }
    }

    fn is_in(&self, now: &Standing) -> bool {
        now.server == self.server && now.until > Instant::now()
    }
}

impl PartialEq for Hold {
    fn eq(&self, other: &Self) -> bool {
        self.server == other.server
    }
}
