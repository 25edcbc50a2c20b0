//! Clients that remember what they were acknowledged, shown and told, whatever happens to the server meanwhile, and compare
//! it with the log in the end.
//!
//! In each project somebody talks, one message after another, and two watch. Who talks sends a message with a key until
//! it is acknowledged, and goes on when both who watch were shown it; who watches comes back with the last `seq` it saw.

mod log;
mod people;

use std::sync::Arc;

use serde_json::Value;
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use self::{
    log::{in_order, one_ending_each, quiet, stored_once},
    people::{Seen, spawn, talk, watch_on},
};
use super::{Client, patiently};

/// How many watch each project.
const WATCHERS: usize = 2;

/// The clients of some projects.
pub struct Witness {
    base: watch::Sender<String>,
    /// How many activities were shown, over all who watch.
    shown: Arc<watch::Sender<usize>>,
    turned_away: Arc<watch::Sender<Vec<Value>>>,
    stop: CancellationToken,
    projects: Vec<Project>,
}

struct Project {
    id: String,
    /// What was acknowledged, when who talks has stopped.
    talks: JoinHandle<Vec<Value>>,
    acknowledged: Option<Vec<Value>>,
    watches: Vec<Watching>,
}

/// Somebody who watches, and what they have seen so far.
struct Watching {
    seen: watch::Receiver<Seen>,
    task: JoinHandle<()>,
}

impl Witness {
    /// Begins to talk in these projects of the server at `base`, and to watch them.
    pub fn of(base: &str, projects: &[String]) -> Self {
        Self::in_some(base, projects, projects)
    }

    /// The same with somebody who talks in only these, of those that are watched.
    pub fn in_some(base: &str, projects: &[String], talked_in: &[String]) -> Self {
        let base = watch::Sender::new(base.to_owned());
        let (shown, stop) = (Arc::new(watch::Sender::new(0)), CancellationToken::new());
        let turned_away = Arc::new(watch::Sender::new(Vec::new()));
        let begin = |id: &String| {
            let watches: Vec<Watching> = (0..WATCHERS)
                .map(|_| {
                    let (seen, watches) =
                        watch_on(base.subscribe(), id.clone(), Arc::clone(&shown));
                    let task = spawn(watches);
                    Watching { seen, task }
                })
                .collect();
            let seen = watches.iter().map(|watching| watching.seen.clone());
            let talks = talk(
                base.subscribe(),
                id.clone(),
                seen.collect(),
                Arc::clone(&turned_away),
                stop.clone(),
            );
            let is_talked_in = talked_in.contains(id);
            let talks = async move {
                match is_talked_in {
                    true => talks.await,
                    false => Vec::new(),
                }
            };
            Project {
                id: id.clone(),
                talks: spawn(talks),
                acknowledged: None,
                watches,
            }
        };
        let projects = projects.iter().map(begin).collect();
        Self {
            base,
            shown,
            turned_away,
            stop,
            projects,
        }
    }

    /// The server is somewhere else from now on.
    pub fn moved(&self, base: &str) {
        self.base.send_replace(base.to_owned());
    }

    /// Returns when so many more activities were shown.
    pub async fn shown(&self, more: usize) {
        let mut shown = self.shown.subscribe();
        let from = *shown.borrow();
        patiently(
            format!("{more} more activities to be shown"),
            shown.wait_for(|now| *now >= from + more),
        )
        .await
        .expect("the witness lives");
    }

    /// How many activities of a project somebody has been shown.
    pub fn shown_of(&self, project: &str) -> usize {
        let of = self.projects.iter().filter(|of| of.id == project);
        let watching = of.flat_map(|project| &project.watches);
        let shown = watching.map(|watching| watching.seen.borrow().log.len());
        shown.max().expect("somebody watches it")
    }

    /// Returns when somebody was turned away from now on.
    pub async fn turned_away(&self) {
        let mut told = self.turned_away.subscribe();
        let from = told.borrow().len();
        let more = told.wait_for(|told| told.len() > from);
        let more = patiently("somebody to be turned away", more).await;
        assert!(more.is_ok(), "the witness lives");
    }

    /// What everybody was told who was turned away.
    pub fn turned_away_so_far(&self) -> Vec<Value> {
        self.turned_away.borrow().clone()
    }

    /// Returns when the last that everybody who watches was told of the database is this.
    pub async fn told(&self, status: &str) {
        self.everybody(format!("every stream to say {status}"), |_| {
            let last = |now: &Seen| now.database.last().is_some_and(|last| last == status);
            move |now| last(now)
        })
        .await;
    }

    /// Returns when everybody who watches has heard another heartbeat.
    pub async fn beat(&self) {
        self.everybody("another heartbeat", |seen| {
            let from = seen.beats;
            move |now| now.beats > from
        })
        .await;
    }

    /// Nobody who watches had to come back, and what they were told of the database alternates and ends well.
    pub fn assert_streams_stayed_open(&self) {
        for watching in self.watching() {
            let seen = watching.seen.borrow();
            assert_eq!(seen.opened, 1, "a stream that stays open is opened once");
            let turns = ["degraded", "recovered"].iter().cycle();
            assert!(
                seen.database.iter().eq(turns.take(seen.database.len())),
                "{:?}",
                seen.database
            );
            let last = seen.database.last().map(String::as_str);
            assert_ne!(last, Some("degraded"), "it is over");
        }
    }

    /// Has nobody talk any more.
    pub async fn hush(&mut self) {
        self.stop.cancel();
        for project in &mut self.projects {
            if project.acknowledged.is_none() {
                let talked = patiently("who talks to stop", &mut project.talks).await;
                project.acknowledged = Some(talked.expect("who talks found nothing wrong"));
            }
        }
    }

    /// Stops talking, waits until nothing is left to happen, and compares.
    pub async fn compare(mut self, server: &Client) {
        self.hush().await;
        for project in self.projects {
            let acknowledged = project.acknowledged.expect("nobody talks any more");
            let log = quiet(server, &project.id).await;
            in_order(&log);
            one_ending_each(&log);
            stored_once(server, &project.id, &acknowledged, &log).await;
            for mut watching in project.watches {
                let seen = patiently("the whole log to be shown", {
                    let length = log.len();
                    watching.seen.wait_for(move |seen| seen.log.len() >= length)
                })
                .await
                .expect("who watches found nothing wrong")
                .log
                .clone();
                assert!(seen == log, "what was shown is not the log");
                watching.task.abort();
            }
        }
    }

    fn watching(&self) -> impl Iterator<Item = &Watching> {
        self.projects.iter().flat_map(|project| &project.watches)
    }

    /// Returns when what everybody who watches has seen is what `until` makes of what they have seen now.
    async fn everybody<F: FnMut(&Seen) -> bool>(
        &self,
        what: impl std::fmt::Debug,
        until: impl Fn(&Seen) -> F,
    ) {
        let wait = async {
            for watching in self.watching() {
                let mut seen = watching.seen.clone();
                let until = until(&seen.borrow());
                let seen = seen.wait_for(until).await;
                assert!(seen.is_ok(), "who watches found nothing wrong");
            }
        };
        patiently(what, wait).await;
    }
}
