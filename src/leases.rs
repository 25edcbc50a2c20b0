//! Which projects this server works for, of several on one database.
//!
//! Only the server that works for a project runs its commands and answers in its conversation; what people do there, any
//! server stores. [The leaseholder](crate::actors::leaseholder) keeps this up to date, and who makes a project adds it;
//! everybody else looks here. What it says may be past at any moment, so what depends on it is done with a [`Hold`], and the
//! writer's transaction refuses what comes too late.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use rustix::time::{ClockId, clock_gettime};
use tokio::sync::watch;

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
    /// Until when, at least, nobody takes it for dead; see [`now`].
    until: Duration,
}

/// That this server works for a project, or did.
#[derive(Debug, Clone)]
pub struct Hold {
    server: Option<ServerId>,
    standing: Option<Arc<watch::Sender<Standing>>>,
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
            until: now(),
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
        self.here().filter(|_| self.holds(project))
    }

    /// What a project is made with that this server is to work for; none while it is not among those that are there.
    pub fn here(&self) -> Option<Hold> {
        let Some(standing) = &self.standing else {
            return Some(Hold {
                server: None,
                standing: None,
            });
        };
        Some(Hold {
            server: Some(standing.borrow().server?),
            standing: Some(Arc::clone(standing)),
        })
    }

    /// A project was made with this hold.
    pub fn add(&self, project: ProjectId, hold: &Hold) {
        self.change(|standing| {
            if standing.server == hold.server {
                standing.projects.insert(project);
            }
        });
    }

    /// It has arrived under this id.
    pub fn arrived(&self, server: ServerId, until: Duration) {
        self.change(|standing| {
            *standing = Standing {
                server: Some(server),
                projects: BTreeSet::new(),
                until,
            };
        });
    }

    /// It is known to be there.
    pub fn renewed(&self, until: Duration) {
        self.change(|standing| standing.until = until);
    }

    /// The projects it believes to work for.
    pub fn projects(&self) -> BTreeSet<ProjectId> {
        let standing = self.standing.as_ref();
        standing.map_or_else(BTreeSet::new, |standing| standing.borrow().projects.clone())
    }

    /// It works for `held`, whatever it `believed` before that was read; what was made since stays. Whether that is news.
    pub fn correct(
        &self,
        server: ServerId,
        believed: &BTreeSet<ProjectId>,
        held: impl IntoIterator<Item = ProjectId>,
    ) -> bool {
        let held: BTreeSet<ProjectId> = held.into_iter().collect();
        let Some(standing) = &self.standing else {
            return false;
        };
        standing.send_if_modified(|standing| {
            if standing.server != Some(server) || *believed == held {
                return false;
            }
            standing
                .projects
                .retain(|project| held.contains(project) || !believed.contains(project));
            standing.projects.extend(held);
            true
        })
    }

    /// It was taken for dead, and works for nobody.
    pub fn lost(&self) {
        self.change(|standing| {
            standing.server = None;
            standing.projects.clear();
        });
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
        if let Some(standing) = &self.standing
            && standing
                .subscribe()
                .wait_for(|standing| self.is_in(standing))
                .await
                .is_err()
        {
            std::future::pending::<()>().await;
        }
    }

    /// The writer refused what was done with it: another server works for the project, whatever this one believes.
    pub fn refused(&self, project: ProjectId) {
        if let Some(standing) = &self.standing {
            standing.send_if_modified(|standing| {
                standing.server == self.server && standing.projects.remove(&project)
            });
        }
    }

    fn is_in(&self, standing: &Standing) -> bool {
        standing.server == self.server && standing.until > now()
    }
}

/// The time since this machine was started. It goes on while the machine sleeps, as the others' does meanwhile.
pub fn now() -> Duration {
    #[cfg(target_os = "linux")]
    const CLOCK: ClockId = ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    const CLOCK: ClockId = ClockId::Monotonic;
    let now = clock_gettime(CLOCK);
    // Both are in range, and neither is negative.
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    let nanos = u32::try_from(now.tv_nsec).unwrap_or_default();
    Duration::new(seconds, nanos)
}

impl PartialEq for Hold {
    fn eq(&self, other: &Self) -> bool {
        self.server == other.server
    }
}
