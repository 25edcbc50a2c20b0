//! Growth: what an append, a page of a replay and a page of the history cost with ten thousand, a million and ten million
//! activities stored.
//!
//! What could make them dearer is where the rows lie: a project's are spread over a file that is a thousand times larger,
//! between those of a hundred others, and the indexes are deeper and no longer fit into SQLite's cache. So the pages are
//! read of the project that has half of everything, at its end and at places all over it, and of a small one, whose rows
//! lie furthest apart; appends go to all projects in turn, so that each finds another place of the indexes. What is read is
//! in the system's cache: how fast a disk is is not the question. The three sizes take turns, so that a slow moment of the
//! machine is everybody's.
//!
//! The largest log takes minutes to make, so it is kept beside what cargo builds, some gigabytes, until the tables or the
//! way it is made change. What was appended to measure stays in it.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use migration::MigratorTrait as _;
use project_manager::{
    app,
    db::{
        self, LogReader as _, Reader,
        activity::{Filter, Page, search},
    },
    domain::{
        activity::Verbosity,
        change::{Change, Reported},
        id::ProjectId,
    },
};

use crate::{
    Bench,
    inside::{self, Inside},
    log::{self, Size},
    report::{Row, Target},
    start::middle,
};

/// Projects, whatever the size.
const PROJECTS: i64 = 100;

/// Activities stored; the first is what the others are compared with.
const SIZES: [(i64, &str); 3] = [
    (10_000, "10 thousand"),
    (1_000_000, "a million"),
    (10_000_000, "ten million"),
];

/// The one in the middle of so many turns counts; in one, each cost is measured for so long.
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(300);

/// Places at which a log is read, one after the other.
const PLACES: i64 = 256;

/// What the streams read at once, in bytes, and the history in activities: as many as are shown, and one.
const REPLAYED: usize = 32 << 10;
const SHOWN: u64 = 101;

/// What is measured.
const COSTS: [&str; 5] = [
    "an append, to one project after the other",
    "a page of a replay, anywhere in the largest log",
    "the last page of the largest log's history",
    "a page of the largest log's history, anywhere",
    "a page of a small log's history, anywhere",
];

/// A log that is measured.
struct Grown {
    server: Inside,
    reader: Reader,
    /// Whose turn it is, among projects and places.
    turn: i64,
    /// What each cost took in each turn, in microseconds.
    took: [Vec<f64>; COSTS.len()],
}

pub(crate) fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut grown = Vec::new();
        for (activities, _) in SIZES {
            grown.push(open(bench, activities).await?);
        }
        for round in 0..=ROUNDS {
            for one in &mut grown {
                for cost in 0..COSTS.len() {
                    let took = one.measure(cost, round == 0).await?;
                    // The first turn fills the caches.
                    if round > 0 {
                        one.took[cost].push(took);
                    }
                }
            }
        }
        let mut costs = Vec::new();
        for one in grown {
            costs.push(one.took.map(middle));
            drop(one.reader);
            one.server.stop()?;
        }
        Ok(rows(&costs))
    })
}

fn rows(costs: &[[f64; COSTS.len()]]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (cost, what) in COSTS.iter().enumerate() {
        for ((_, stored), grown) in SIZES.iter().zip(costs).skip(1) {
            rows.push(Row {
                scenario: "7 growth",
                what: format!("{what}, {stored} stored"),
                unit: "µs",
                ours: grown[cost],
                beside: Some(("10 thousand stored", costs[0][cost])),
                target: Target::AtMostTimes(1.5),
            });
        }
    }
    rows
}

/// A log with so many activities, and a server on it.
async fn open(bench: &Bench, activities: i64) -> anyhow::Result<Grown> {
    let size = Size {
        projects: PROJECTS,
        activities,
    };
    let largest = SIZES.map(|(activities, _)| activities).into_iter().max();
    let file = match Some(activities) == largest {
        true => kept(size).await?,
        false => {
            let file = bench.folder.join(format!("growth-{activities}.db"));
            log::fill(&file, size).await?;
            file
        }
    };
    let data = bench.folder.join(format!("growth-{activities}"));
    let settings = inside::settings(&data, &log::url(&file))?;
    let server = Inside::start(settings.clone())?;
    let (reader, writer) = db::connect(&app::database(&settings)).await?;
    writer.close().await?;
    Ok(Grown {
        server,
        reader,
        turn: 0,
        took: Default::default(),
    })
}

/// The log that is kept, made if it is not there. Those of other tables are deleted.
async fn kept(size: Size) -> anyhow::Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    log::recipe(size).hash(&mut hasher);
    for migration in migration::Migrator::migrations() {
        migration.name().hash(&mut hasher);
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target"),
        PathBuf::from,
    );
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder)?;
    let name = format!("growth-{:016x}.db", hasher.finish());
    let file = folder.join(&name);
    if file.exists() {
        return Ok(file);
    }
    for entry in std::fs::read_dir(&folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("growth-") {
            std::fs::remove_file(entry.path())?;
        }
    }
    eprintln!(
        "making a log of {} activities in {}, which takes minutes, once",
        size.activities,
        folder.display()
    );
    let unfinished = folder.join("growth-unfinished.db");
    log::fill(&unfinished, size).await?;
    std::fs::rename(&unfinished, &file)
        .with_context(|| format!("cannot keep {}", unfinished.display()))?;
    Ok(file)
}

impl Grown {
    /// How many microseconds something costs; with `all_places`, measured at each of them once and not for a time.
    async fn measure(&mut self, cost: usize, all_places: bool) -> anyhow::Result<f64> {
        let (begun, mut times) = (Instant::now(), 0);
        while match all_places {
            true => i64::from(times) < PLACES,
            false => begun.elapsed() < ROUND,
        } {
            self.turn += 1;
            match cost {
                0 => self.append().await?,
                1 => self.replay().await?,
                2 => self.page(0, true).await?,
                3 => self.page(0, false).await?,
                _ => self.page(1, false).await?,
            }
            times += 1;
        }
        Ok(begun.elapsed().as_secs_f64() * 1e6 / f64::from(times))
    }

    async fn append(&self) -> anyhow::Result<()> {
        let change = Change::Noticed {
            message: format!(
                "activity {}: some words about what is being done",
                self.turn
            ),
            status: "recovered",
        };
        let project = log::project(self.turn % PROJECTS);
        let appended = self
            .server
            .writer
            .append(vec![Reported::now(project, change)]);
        appended.await?;
        Ok(())
    }

    /// What a stream asks that is behind: how long the log is, and what comes after its place.
    async fn replay(&self) -> anyhow::Result<()> {
        let project = log::project(0);
        let place = self.place(self.head(project).await?);
        let (full, bytes) = (Verbosity::Full, REPLAYED);
        let replay = self.reader.replay(project, place, full, bytes).await?;
        ensure!(
            !replay.activities.is_empty(),
            "a log has nothing after {place}"
        );
        Ok(())
    }

    /// What `GET /api/projects/{id}/activity` asks.
    async fn page(&self, project: i64, is_last: bool) -> anyhow::Result<()> {
        let project = log::project(project);
        let head = self.head(project).await?;
        let page = Page {
            after: None,
            before: (!is_last).then(|| self.place(head)),
            verbosity: Verbosity::Full,
            limit: SHOWN,
        };
        let found = search(&self.reader, project, page, &Filter::default(), head).await?;
        let found = u64::try_from(found.len())?;
        ensure!(found == SHOWN, "a page has {found} activities");
        Ok(())
    }

    async fn head(&self, project: ProjectId) -> anyhow::Result<i64> {
        let head = self.reader.head(project).await?;
        head.with_context(|| format!("there is no project {project}"))
    }

    /// One of the places in a log that is so long, with room for a page before it and after it.
    fn place(&self, head: i64) -> i64 {
        // Not in their order: what is read next is not what was read ahead.
        let number = self.turn * 97 % PLACES;
        let room = i64::try_from(SHOWN).unwrap_or_default();
        room + 1 + (head - 2 * room - 2) * number / PLACES
    }
}
