//! Durable appends: how many activities a second the writer stores for callers who each wait for theirs, beside sqlx
//! alone. Each answer comes after a commit that is on the disk (`synchronous = FULL`).
//!
//! sqlx writes the same rows with the same statements into the same tables, in a file beside: first as many activities a
//! transaction as the writer's metrics say it took in that round, without anybody who waits; then as many callers as the
//! writer had, each with a transaction of its own. The three take turns, so that a slow moment of the disk is everybody's.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use project_manager::{
    actors::writer::WriterHandle,
    domain::{
        change::{Change, Reported},
        id::ProjectId,
    },
};
use tokio::{sync::Mutex, task::JoinSet};

use crate::{
    Bench, inside,
    inside::Inside,
    log,
    program::get,
    raw::Raw,
    report::{Row, Target},
};

/// Callers at the same time.
const CALLERS: [usize; 4] = [1, 8, 64, 256];

/// Turns that each takes for each number of callers, how long one is, and how long the first one warms up.
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_millis(700);
const WARM_UP: Duration = Duration::from_millis(200);

/// What was stored in how long.
#[derive(Default)]
struct Stored {
    activities: usize,
    within: Duration,
}

pub(crate) fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let folder = bench.folder.join("appends");
    let beside = folder.join("beside.db");
    runtime.block_on(log::create(&beside))?;
    let url = log::url(&folder.join("ours.db"));
    let server = Inside::start(inside::settings(&folder, &url)?)?;
    let project = ProjectId::new();
    let made = Reported::now(project, Change::ProjectCreated(inside::new_project()?));
    runtime.block_on(server.writer.append(vec![made]))?;
    let mut raw = runtime.block_on(opened(&beside, project))?;
    let mut rows = Vec::new();
    for callers in CALLERS {
        let mut all = [Stored::default(), Stored::default(), Stored::default()];
        let (mut groups, mut grouped) = (0.0, 0.0);
        runtime.block_on(through_writer(&server.writer, project, callers, WARM_UP))?;
        for _ in 0..ROUNDS {
            let before = commits(server.port)?;
            let ours = through_writer(&server.writer, project, callers, ROUND);
            all[0].add(runtime.block_on(ours)?);
            let after = commits(server.port)?;
            groups += after.0 - before.0;
            grouped += after.1 - before.1;
            let group = ((after.1 - before.1) / (after.0 - before.0))
                .round()
                .max(1.0) as usize;
            all[1].add(runtime.block_on(in_groups(&mut raw, project, group))?);
            let (each, back) = runtime.block_on(one_by_one(raw, project, callers))?;
            all[2].add(each);
            raw = back;
        }
        rows.extend(rows_of(callers, grouped / groups, &all));
    }
    runtime.block_on(raw.close())?;
    server.stop()?;
    Ok(rows)
}

fn rows_of(callers: usize, group: f64, all: &[Stored; 3]) -> [Row; 2] {
    let [ours, groups, each] = [0, 1, 2].map(|one: usize| all[one].a_second());
    let is_crowd = callers >= 64;
    let row = |what, beside, least| Row {
        scenario: "3 appends",
        what,
        unit: "activities/s",
        ours,
        beside: Some(beside),
        target: match is_crowd {
            true => Target::AtLeastTimes(least),
            false => Target::None,
        },
    };
    [
        row(
            format!("{callers} callers, groups of {group:.1}"),
            ("sqlx, the same groups", groups),
            0.8,
        ),
        row(
            format!("{callers} callers"),
            ("sqlx, the same callers, a transaction each", each),
            8.0,
        ),
    ]
}

impl Stored {
    fn add(&mut self, more: Self) {
        self.activities += more.activities;
        self.within += more.within;
    }

    fn a_second(&self) -> f64 {
        self.activities as f64 / self.within.as_secs_f64()
    }
}

async fn opened(file: &Path, project: ProjectId) -> anyhow::Result<Raw> {
    let mut raw = Raw::open(file).await?;
    raw.add_project(project).await?;
    Ok(raw)
}

/// Callers who append one activity after the other, each when the one before is answered.
async fn through_writer(
    writer: &WriterHandle,
    project: ProjectId,
    callers: usize,
    during: Duration,
) -> anyhow::Result<Stored> {
    let begun = Instant::now();
    let mut all = JoinSet::new();
    for _ in 0..callers {
        let writer = writer.clone();
        all.spawn(async move {
            let mut stored = 0;
            while begun.elapsed() < during {
                let change = Change::Noticed {
                    message: message(stored),
                    status: "recovered",
                };
                writer.append(vec![Reported::now(project, change)]).await?;
                stored += 1;
            }
            anyhow::Ok(stored)
        });
    }
    let stored: Vec<usize> = all.join_all().await.into_iter().collect::<Result<_, _>>()?;
    Ok(Stored {
        activities: stored.iter().sum(),
        within: begun.elapsed(),
    })
}

/// One after the other, so many in a transaction.
async fn in_groups(raw: &mut Raw, project: ProjectId, group: usize) -> anyhow::Result<Stored> {
    let begun = Instant::now();
    let mut activities = 0;
    while begun.elapsed() < ROUND {
        let messages: Vec<String> = (activities..activities + group).map(message).collect();
        raw.store(project, &messages).await?;
        activities += group;
    }
    Ok(Stored {
        activities,
        within: begun.elapsed(),
    })
}

/// Callers who take turns on one connection; SQLite has no more than one who writes.
async fn one_by_one(raw: Raw, project: ProjectId, callers: usize) -> anyhow::Result<(Stored, Raw)> {
    let begun = Instant::now();
    let shared = Arc::new(Mutex::new(raw));
    let mut all = JoinSet::new();
    for _ in 0..callers {
        let shared = Arc::clone(&shared);
        all.spawn(async move {
            let mut stored = 0;
            while begun.elapsed() < ROUND {
                let mut raw = shared.lock().await;
                raw.store(project, &[message(stored)]).await?;
                stored += 1;
            }
            anyhow::Ok(stored)
        });
    }
    let stored: Vec<usize> = all.join_all().await.into_iter().collect::<Result<_, _>>()?;
    let stored = Stored {
        activities: stored.iter().sum(),
        within: begun.elapsed(),
    };
    let raw = Arc::into_inner(shared).context("a caller is still there")?;
    Ok((stored, raw.into_inner()))
}

/// How many transactions with changes there were, and how many changes in them.
fn commits(port: u16) -> anyhow::Result<(f64, f64)> {
    let metrics = get(port, "/metrics")?;
    let figure = |name: &str| {
        let mut lines = metrics.lines();
        let figure = lines.find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        figure.with_context(|| format!("the metrics do not have {name}"))
    };
    Ok((
        figure("pm_commit_changes_count")?,
        figure("pm_commit_changes_sum")?,
    ))
}

fn message(number: usize) -> String {
    format!(
        "activity {number}: {}",
        "some words about what is being done ".repeat(5)
    )
}
