//! Our server as it is released, with its actors, its database and its real port, in a process of its own that publishes
//! at a steady rate as well: by appending to the log, like everything that happens.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Instant,
};

use project_manager::{
    actors::writer::WriterHandle,
    config::Settings,
    delay::pause,
    domain::{
        change::{Change, Reported},
        id::ProjectId,
    },
};
use tokio::task::JoinSet;

use super::{
    inside::{Inside, new_project},
    peers::pace::{self, MARKER, Pace},
};

/// Bytes of an event beside its text.
const AROUND_THE_TEXT: usize = 330;

/// Serves until standard input is closed; then tells how long the commits took, in milliseconds: half of them, 99 of 100.
pub(crate) fn serve(folder: &Path, projects: usize, bytes: usize) -> anyhow::Result<()> {
    let server = Inside::start(settings(folder)?)?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(publish(server.port, server.writer.clone(), projects, bytes))?;
    server.stop()
}

/// One worker: what is compared has one core as well. The bounds on a client are for strangers: all clients here are one.
fn settings(folder: &Path) -> anyhow::Result<Settings> {
    let settings = [
        ("PM_ENV", "test".to_owned()),
        ("PM__DATA__DIR", folder.display().to_string()),
        ("PM__API__WORKERS", "1".to_owned()),
        ("PM__FEED__HEARTBEAT_SECONDS", "15".to_owned()),
        ("PM__LIMITS__STREAMS", "100000".to_owned()),
        ("PM__LIMITS__REQUESTS_PER_SECOND", "100000".to_owned()),
        ("PM__LOG__LEVEL", "warn".to_owned()),
    ];
    Ok(Settings::load(
        settings.map(|(name, value)| (name.to_owned(), value)),
    )?)
}

async fn publish(
    port: u16,
    writer: WriterHandle,
    projects: usize,
    bytes: usize,
) -> anyhow::Result<()> {
    let projects: Vec<ProjectId> = (0..projects).map(|_| ProjectId::new()).collect();
    for project in &projects {
        let created = Reported::now(*project, Change::ProjectCreated(new_project()?));
        writer.append(vec![created]).await?;
    }
    let names: Vec<String> = projects.iter().map(ToString::to_string).collect();
    println!("{port} {}", names.join(" "));
    let Some(rate) = tokio::task::spawn_blocking(pace::rate).await? else {
        return Ok(());
    };
    let commits = Arc::new(Mutex::new(Vec::new()));
    let (mut pace, mut appends) = (Pace::new(rate), JoinSet::new());
    let mut end = tokio::task::spawn_blocking(pace::wait_for_the_end);
    loop {
        while let Some(due) = pace.due() {
            let project = projects[due.index as usize % projects.len()];
            let message = format!(
                "{MARKER}{} {}",
                due.unix_ns,
                "x".repeat(bytes.saturating_sub(AROUND_THE_TEXT))
            );
            let change = Change::Noticed {
                message,
                status: "recovered",
            };
            let (writer, commits) = (writer.clone(), Arc::clone(&commits));
            // Each whether or not the one before it was acknowledged.
            appends.spawn(async move {
                let asked = Instant::now();
                let stored = writer.append(vec![Reported::now(project, change)]).await;
                if stored.is_ok() {
                    let took = asked.elapsed().as_secs_f64() * 1_000.0;
                    commits.lock().expect("no panic under it").push(took);
                }
            });
        }
        tokio::select! {
            () = pause(pace.wait()) => while appends.try_join_next().is_some() {},
            _ = &mut end => break,
        }
    }
    let mut commits = commits.lock().expect("no panic under it").clone();
    commits.sort_by(f64::total_cmp);
    let at = |hundredths: usize| commits.get(commits.len() * hundredths / 100).copied();
    println!("{} {}", at(50).unwrap_or(0.0), at(99).unwrap_or(0.0));
    Ok(())
}
