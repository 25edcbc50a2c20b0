//! `GET /api/diagnostics`: how the whole server is, and what is wrong with it.
//!
//! It is asked when something is wrong, so it answers whatever is: what is known from memory is shown with the database
//! away, and everything that is asked for has a limit.

mod shown;

use std::{cmp::Reverse, path::PathBuf, time::Duration};

use std::future::{Ready, ready};

use actix_web::{
    Error, FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header, web::Data,
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DatabaseConnection;
use serde_json::json;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use self::shown::WatchingShown;
use super::{READ_WITHIN, github, time};
use crate::{
    actors::{
        canary::CanaryHandle,
        correspondent::CorrespondentHandle,
        executor::ExecutorHandle,
        importer::ImporterHandle,
        notifier::NotifierHandle,
        supervisor::{State, Status, Supervisor},
        writer::WriterHandle,
    },
    agent::llm::{self, Model},
    backends::{Backend, Backends},
    clock,
    db::{Reader, activity, delivery, execution, github_event::MentionsStanding, project, reason},
    domain::{
        canary::Shown,
        execution::ExecutionStatus,
        finding::{Away, Facts, Finding, Part, Running, Severity, Unanswered, Watching, findings},
        id::ProjectId,
        notification::Standing,
    },
    feed::{self, Feed},
    github::GitHub,
    http::{About, Webhooks},
    leases::Leases,
};

/// How long the disk may take to say how full it is: one that is well knows it.
const DISK_WITHIN: Duration = Duration::from_secs(1);

/// Rows of a list in the answer: the worst of them come first.
const LIST_MAX: usize = 100;

/// Whose children have nothing left to do when they are given up: the command that each followed has ended by that.
const EXECUTOR: &str = "executor";

/// Where the page is that shows it.
const PAGE: &str = "/#/server";

/// All that is asked.
pub(in crate::http) struct Asked {
    pub(super) about: Data<About>,
    pub(super) reader: Data<Reader>,
    pub(super) writer: Data<WriterHandle>,
    pub(super) executor: Data<ExecutorHandle>,
    pub(super) supervisor: Data<Supervisor>,
    pub(super) canary: Data<CanaryHandle>,
    pub(super) feed: Data<Feed>,
    pub(super) backends: Data<Backends>,
    pub(super) model: Data<Option<Model>>,
    pub(super) leases: Data<Leases>,
    pub(super) notifier: Data<Option<NotifierHandle>>,
    pub(super) github: Data<GitHub>,
    pub(super) webhooks: Data<Webhooks>,
    pub(super) importer: Data<ImporterHandle>,
    pub(super) correspondent: Data<CorrespondentHandle>,
}

impl FromRequest for Asked {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        fn part<T: 'static>(request: &HttpRequest) -> Data<T> {
            let part = request.app_data::<Data<T>>();
            part.cloned()
                .expect("the server is given all its parts when it starts")
        }
        ready(Ok(Self {
            about: part(request),
            reader: part(request),
            writer: part(request),
            executor: part(request),
            supervisor: part(request),
            canary: part(request),
            feed: part(request),
            backends: part(request),
            model: part(request),
            leases: part(request),
            notifier: part(request),
            github: part(request),
            webhooks: part(request),
            importer: part(request),
            correspondent: part(request),
        }))
    }
}

/// What the database was asked.
struct Read {
    took: Duration,
    answer: Result<Stored, String>,
    /// How notifications stand; nothing where nobody is told. Asked apart: that one takes long does not hide the other.
    deliveries: Option<Result<Standing, String>>,
    /// How it stands with what was said on GitHub; nothing where that could not be read.
    mentions: Option<MentionsStanding>,
}

/// What it knows.
#[derive(Default)]
struct Stored {
    running: Vec<Running>,
    queued: usize,
}

/// Whether a browser asks for a page, and not a program for JSON.
pub(super) fn wants_page(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT);
    let accept = accept.and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.starts_with("text/html"))
}

/// Where a browser finds the page.
pub(super) fn page() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, PAGE))
        .finish()
}

impl Asked {
    pub(super) async fn answer(&self) -> HttpResponse {
        let disk = disk(self.about.data_folder.clone());
        let (read, flight, disk) = tokio::join!(self.read(), self.canary.sing(), disk);
        let mut standing = self.feed.standing();
        standing.sort_by_key(|one| -one.lag);
        let stored = read.answer.as_ref().ok();
        let mut statuses = self.supervisor.statuses();
        statuses.sort_by_key(|status| (status.state == State::Running, Reverse(status.restarts)));
        let now = clock::now();
        let facts = Facts {
            now,
            unwritten: self.unwritten(),
            unread: read.answer.as_ref().err().cloned(),
            read_took: Some(read.took).filter(|_| stored.is_some()),
            disk_free: disk.map(|(free, _)| free),
            canary: Some(flight.as_ref().clone()),
            canary_is_gone: !self.canary.is_there(),
            queue: self.writer.queue(),
            backends: self.backends_away(),
            model: self.model_away(),
            parts: parts(&statuses),
            watching: standing.iter().map(watching).collect(),
            running: stored
                .map(|stored| stored.running.clone())
                .unwrap_or_default(),
            undelivered: self.undelivered(&read, now),
            github: github::trouble(&self.github, now),
            unanswered: read
                .mentions
                .as_ref()
                .and_then(|mentions| unanswered(mentions, now)),
            lease_is_lost: !self.leases.here().is_some_and(|here| here.is_certain()),
        };
        let mut found = findings(&facts);
        let (status, says) = verdict(&found);
        found.truncate(LIST_MAX);
        HttpResponse::Ok().json(json!({
            "status": status,
            "says": says,
            "findings": found,
            "at": time(facts.now),
            "server": self.server(facts.now, disk),
            "database": self.database(&read),
            "canary": Shown::from(flight.as_ref()),
            "writer": self.writer.status().figures(),
            "backends": self.backends(),
            "model": self.model(),
            "notifications": self.notifications(&read),
            "github": github::Shown::of(&self.github, &self.webhooks, &self.importer),
            "actors": statuses.iter().take(LIST_MAX).collect::<Vec<_>>(),
            "crashes": self.supervisor.crashes(),
            "streams": {
                "open": standing.len(),
                "list": standing.iter().take(LIST_MAX).map(WatchingShown::from).collect::<Vec<_>>(),
            },
            "executions": self.executions(&facts, stored),
        }))
    }

    async fn read(&self) -> Read {
        let begun = Instant::now();
        let asked = self.reader.read_within(READ_WITHIN, async |db| {
            project::any(db).await?;
            Ok(begun.elapsed())
        });
        let took = match asked.await {
            Ok(took) => took,
            Err(error) => {
                let why = reason(&error);
                return Read {
                    took: begun.elapsed(),
                    deliveries: self.notifier.is_some().then(|| Err(why.clone())),
                    answer: Err(why),
                    mentions: None,
                };
            }
        };
        let stored = self.reader.read_within(READ_WITHIN, stored);
        let mentions = self.correspondent.standing();
        let (stored, deliveries, mentions) = tokio::join!(stored, self.deliveries(), mentions);
        Read {
            took,
            answer: stored.map_err(|error| reason(&error)),
            deliveries,
            mentions: mentions.ok(),
        }
    }

    async fn deliveries(&self) -> Option<Result<Standing, String>> {
        self.notifier.as_ref().as_ref()?;
        let standing = self
            .reader
            .read_within(READ_WITHIN, async |db| delivery::standing(db).await);
        Some(standing.await.map_err(|error| reason(&error)))
    }

    fn unwritten(&self) -> Option<Away> {
        let degraded = self.writer.status().degraded().borrow().clone()?;
        Some(Away {
            name: "the database".to_owned(),
            since: degraded.since,
            reason: degraded.reason,
            advice: None,
        })
    }

    fn backends_away(&self) -> Vec<Away> {
        let away = |backend: &std::sync::Arc<dyn Backend>| {
            let trouble = backend.health().trouble?;
            Some(Away {
                name: backend.label().to_owned(),
                since: trouble.since,
                reason: trouble.reason,
                advice: None,
            })
        };
        self.backends.all().iter().filter_map(away).collect()
    }

    fn model_away(&self) -> Option<Away> {
        let model = self.model.as_ref().as_ref()?;
        match model.state().health() {
            llm::Health::Unknown | llm::Health::There => None,
            llm::Health::Away { failure, since } => Some(Away {
                name: model.name().to_owned(),
                since,
                reason: failure.to_string(),
                advice: Some(failure.advice().to_owned()),
            }),
        }
    }
}

/// What is queued and what runs, the longest silent first.
async fn stored(db: &DatabaseConnection) -> Result<Stored, sea_orm::DbErr> {
    let unfinished = execution::unfinished(db).await?;
    let is_running = |one: &&execution::Execution| one.status == ExecutionStatus::Running;
    let running: Vec<_> = unfinished.iter().filter(is_running).collect();
    let queued = unfinished.len() - running.len();
    let projects: Vec<ProjectId> = running.iter().map(|one| one.project_id).collect();
    let names = project::names(db, &projects).await?;
    let mut shown = Vec::new();
    for one in running {
        let last_step = activity::last_of_execution(db, one.id).await?;
        let Some(last_word) = last_step.or(one.started_at) else {
            continue;
        };
        shown.push(Running {
            id: one.id,
            project: one.project_id,
            project_name: names.get(&one.project_id).cloned().unwrap_or_default(),
            command: one.order.command.as_str(),
            last_word,
        });
    }
    shown.sort_by_key(|running| running.last_word);
    Ok(Stored {
        running: shown,
        queued,
    })
}

/// In a word, and in a sentence.
fn verdict(found: &[Finding]) -> (&'static str, String) {
    let is_broken = |finding: &&Finding| finding.severity == Severity::Broken;
    let broken = found.iter().filter(is_broken).count();
    let more = found.len() - broken;
    let things = |count: usize| match count {
        1 => "1 thing".to_owned(),
        several => format!("{several} things"),
    };
    match (broken, more) {
        (0, 0) => ("healthy", "Everything works.".to_owned()),
        (0, more) => {
            let is = if more == 1 { "is" } else { "are" };
            let says = format!("Everything works, but {} {is} worth a look.", things(more));
            ("degraded", says)
        }
        (broken, more) => {
            let does = if broken == 1 { "does" } else { "do" };
            let also = match more {
                0 => String::new(),
                more => format!(", and {more} more worth a look"),
            };
            (
                "broken",
                format!("{} {does} not work{also}.", things(broken)),
            )
        }
    }
}

fn parts(statuses: &[Status]) -> Vec<Part> {
    let failed = statuses.iter().filter_map(|status| {
        let exit = status.last_exit.as_ref()?;
        Some(Part {
            name: status.name.clone(),
            // What ended with its connection is not missed by anybody.
            runs: matches!(status.state, State::Running | State::Ended),
            is_missed: status.parent != EXECUTOR,
            restarts: status.restarts,
            at: exit.at,
            why: exit.why.clone(),
        })
    });
    failed.collect()
}

fn watching(standing: &feed::Standing) -> Watching {
    Watching {
        project: standing.project,
        lag: standing.lag,
    }
}

/// Bytes that are free on the disk with the data, and all of it. A disk that hangs keeps a thread of its own waiting, and only
/// the first who asks: until that one is back it is not asked again.
async fn disk(folder: PathBuf) -> Option<(u64, u64)> {
    static ASKING: Mutex<()> = Mutex::const_new(());
    let asking = ASKING.try_lock().ok()?;
    let found = tokio::task::spawn_blocking(move || {
        let _asking = asking;
        rustix::fs::statvfs(&folder)
    });
    let found = timeout(DISK_WITHIN, found).await.ok()?.ok()?.ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Some((bytes(found.f_bavail), bytes(found.f_blocks)))
}

/// How long it is worth a look that something said on GitHub was given up.
const GIVEN_UP_SHOWN_FOR: TimeDelta = TimeDelta::days(1);

/// That something said on GitHub could not be answered, if that is so now or was lately.
fn unanswered(standing: &MentionsStanding, now: DateTime<Utc>) -> Option<Unanswered> {
    let failure = standing.last_failure.as_ref()?;
    let is_recent = failure.is_given_up && now - failure.at < GIVEN_UP_SHOWN_FOR;
    (failure.is_open || is_recent).then(|| Unanswered {
        at: failure.at,
        why: failure.why.clone(),
        waiting: standing.waiting,
        given_up: standing.given_up,
    })
}
