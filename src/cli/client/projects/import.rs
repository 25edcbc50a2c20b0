//! `pm projects import`: projects for repositories that are there already.

use std::{io::Read as _, path::PathBuf, process::ExitCode, time::Duration};

use clap::Args;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    cli::client::{
        Where,
        api::Api,
        failure::{FAILED, Failure},
        screen::{BAD, GOOD, styled},
        text::plain,
    },
    delay::pause,
};

/// How often the server is asked how far it is: so often a person sees it move.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Bytes of a file at most, as the server has it.
const FILE_BYTES_MAX: u64 = 4 << 20;

#[derive(Debug, Args)]
pub(super) struct Import {
    /// A file of projects, as SCAR has it: .scar/projects.json.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// A repository: owner/name, or its address. May be given several times.
    #[arg(long = "repo", value_name = "REPOSITORY")]
    repositories: Vec<String>,
    /// All repositories of a user that are not archived.
    #[arg(long, value_name = "LOGIN", default_value = "")]
    user: String,
    /// All repositories of an organisation that are not archived.
    #[arg(long, value_name = "NAME", default_value = "")]
    org: String,
    /// As JSON, for programs: how it ended.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) at: Where,
}

/// What the server says of an import.
#[derive(Deserialize)]
struct Progress {
    state: String,
    started_at: Option<String>,
    sources: Vec<String>,
    total: u64,
    done: u64,
    created: u64,
    present: u64,
    failed_count: u64,
    failed: Vec<Failed>,
}

#[derive(Deserialize)]
struct Failed {
    name: String,
    why: String,
}

pub(super) async fn run(api: &Api, asked: &Import) -> Result<ExitCode, Failure> {
    let mut answer = api.post_once_with("/api/import", &body(asked)?).await?.text;
    let begun: Progress = api.understood(&answer)?;
    let progress = loop {
        let progress: Progress = api.understood(&answer)?;
        if progress.started_at != begun.started_at {
            return Err(Failure::NotDone(
                "the server was restarted meanwhile, or another one answers: how it ended is not known. Import again; what is \
                 there is left as it is"
                    .to_owned(),
            ));
        }
        if progress.state != "running" {
            break progress;
        }
        let Progress { done, total, .. } = progress;
        api.screen.now(&format!("importing: {done} of {total}"))?;
        pause(LOOK_EVERY).await;
        answer = api.get("/api/import").await?.text;
    };
    api.screen.done()?;
    match asked.json {
        true => api.screen.json(&answer)?,
        false => api.screen.lines(summary(&progress))?,
    }
    match progress.failed_count {
        0 => Ok(ExitCode::SUCCESS),
        _ => Ok(ExitCode::from(FAILED)),
    }
}

fn body(asked: &Import) -> Result<Value, Failure> {
    let file = asked.file.as_ref().map(read).transpose()?;
    Ok(
        json!({ "file": file, "repositories": asked.repositories, "user": asked.user, "organisation": asked.org }),
    )
}

fn read(file: &PathBuf) -> Result<Map<String, Value>, Failure> {
    let shown = file.display();
    let unread = |error: std::io::Error| Failure::Misused(format!("cannot read {shown}: {error}"));
    let mut text = String::new();
    let opened = std::fs::File::open(file).map_err(unread)?;
    opened
        .take(FILE_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(unread)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(Failure::Misused(format!(
            "{shown} is larger than {FILE_BYTES_MAX} bytes"
        )));
    }
    serde_json::from_str(&text).map_err(|error| {
        Failure::Misused(format!(
            "{shown} is no file of projects ({error}); one looks like {{ \"version\": \"1.0\", \"projects\": [ {{ \"name\": \"Shop\", \
             \"github_repo\": \"you/shop\" }} ] }}"
        ))
    })
}

fn summary(progress: &Progress) -> Vec<String> {
    let Progress {
        created,
        present,
        failed_count,
        sources,
        failed,
        ..
    } = progress;
    if sources.is_empty() {
        return vec![
            "There is nothing to import: say what with --repo owner/name, --user, --org or --file, or set SCAR_IMPORT_REPOS, \
             SCAR_IMPORT_USER or SCAR_IMPORT_ORG for the server."
                .to_owned(),
        ];
    }
    let mut lines = vec![format!(
        "{}, {present} there already, {failed_count} not imported.",
        styled(GOOD, &format!("{created} imported"))
    )];
    lines.extend(failed.iter().map(|failed| {
        format!(
            "{}: {}",
            styled(BAD, &plain(&failed.name)),
            plain(&failed.why)
        )
    }));
    let told = failed.len() as u64;
    if *failed_count > told {
        lines.push(format!("… and {} more.", failed_count - told));
    }
    lines
}
