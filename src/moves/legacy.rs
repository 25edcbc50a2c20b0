//! `pm import-legacy`: the projects of the predecessor, with the log they would have had here.
//!
//! Each project is brought over in one transaction, through the same changes that the writer stores; so the feed, the chat
//! and history show it like any other. A project that is here already is left as it is, which makes a second run harmless.
//! What cannot be taken is named, and stops nothing else.

mod conversation;
mod executions;
mod settle;
mod source;
mod story;
mod workflow;

use chrono::{DateTime, SubsecRound as _, Utc};
use sea_orm::{EntityTrait as _, TransactionTrait as _, prelude::Uuid};

use self::{
    settle::Settled,
    source::{Row, Source, TABLES},
    story::Story,
};
use super::side::Side;
use crate::{
    clock,
    db::{Database, apply::apply, project, reason},
    domain::{
        change::{Change, NewProject},
        id::ProjectId,
        project::{AgentSettings, NAME_CHARS_MAX, ProjectName, ProjectStatus},
        vision::VisionDocument,
    },
};

/// Changes applied at once: as many as the writer's largest group.
const GROUP: usize = 512;

/// What was brought over.
#[derive(Debug, Default)]
pub struct Imported {
    /// Projects.
    pub projects: u64,
    /// Projects that were here already, and were left as they are.
    pub already_here: u64,
    /// Rows by what they are: topics, messages, phases, gates, executions.
    pub rows: [u64; TABLES.len()],
    /// Activities written for them.
    pub activities: u64,
    /// What was not taken, or not as it was, and why.
    pub left: Vec<String>,
}

impl Imported {
    /// What there is beside projects, with how many of each were brought over.
    pub fn by_kind(&self) -> impl Iterator<Item = (&'static str, u64)> {
        TABLES.iter().map(|(_, what)| *what).zip(self.rows)
    }
}

/// What was not taken, and why.
#[derive(Default)]
struct Left(Vec<String>);

impl Left {
    fn row(&mut self, what: &str, row: &Row, why: &str) {
        let id = row.text("id").unwrap_or_else(|| "without an id".to_owned());
        self.0.push(format!("{what} {id}: {why}"));
    }
}

/// A project with all that is to be written of it.
struct Project {
    story: Story,
    settled: Settled,
    rows: [u64; TABLES.len()],
}

/// Brings the projects of the predecessor's database over into `to`. `tell` is told which one it is at.
///
/// # Errors
/// Whatever stands in the way of all of it, with what to do about it.
pub async fn import(
    from: &Database,
    to: &Database,
    tell: &dyn Fn(&str),
) -> anyhow::Result<Imported> {
    // First, so that nothing is made where there is nothing to bring over.
    let source = Source::open(from).await?;
    let target = Side::take(to).await?;
    target.database.migrate(&target.connection).await?;
    let now = clock::now().trunc_subsecs(6);
    let mut imported = Imported::default();
    let mut left = Left::default();
    for row in source.projects().await? {
        let Some(id) = row.uuid("id") else {
            left.row("project", &row, "it has no id");
            continue;
        };
        let here = project::Entity::find_by_id(id).one(&target.connection);
        if here.await?.is_some() {
            imported.already_here += 1;
            continue;
        }
        tell(&format!("{id}: {}", row.text("name").unwrap_or_default()));
        let mut own = Left::default();
        let project = match translate(&source, &row, id, now, &mut own).await? {
            Ok(project) => project,
            Err(why) => {
                left.row("project", &row, &format!("{why}; nothing of it was taken"));
                continue;
            }
        };
        let rows = project.rows;
        match write(project, &target, now).await {
            Ok(activities) => {
                imported.projects += 1;
                imported.activities += activities;
                for (all, own) in imported.rows.iter_mut().zip(rows) {
                    *all += own;
                }
                left.0.append(&mut own.0);
            }
            Err(error) => {
                let why = format!("{}; nothing of it was taken", reason(error.as_ref()));
                left.row("project", &row, &why);
            }
        }
    }
    for (table, what) in TABLES {
        for row in source.of_nobody(table).await? {
            left.row(what, &row, "its project is not there");
        }
    }
    imported.left = left.0;
    source.close().await?;
    target.close().await?;
    Ok(imported)
}

/// Reads all that belongs to a project, as changes; or why it is none.
async fn translate(
    source: &Source,
    row: &Row,
    id: Uuid,
    now: DateTime<Utc>,
    left: &mut Left,
) -> anyhow::Result<Result<Project, String>> {
    let (new, status) = match new_project(row, left) {
        Ok(new) => new,
        Err(why) => return Ok(Err(why)),
    };
    let begins = row.time("created_at").unwrap_or(now);
    let mut story = Story::new(ProjectId(id), begins);
    story.add(begins, Change::ProjectCreated(new));
    let [topics, messages, phases, gates, executions] = TABLES.map(|(table, _)| table);
    let said = source.of_project(messages, id).await?;
    let topics = source.of_project(topics, id).await?;
    let (topics, said) = conversation::conversation(&topics, &said, &mut story, left);
    let phases = source.of_project(phases, id).await?;
    let (phases, begun) = workflow::phases(&phases, &mut story, left);
    let gates = source.of_project(gates, id).await?;
    let gates = workflow::gates(&gates, &phases, now, &mut story, left);
    let executions = source.of_project(executions, id).await?;
    let (branches, executed) = executions::executions(&executions, &phases, now, &mut story, left);
    Ok(Ok(Project {
        rows: [topics.len() as u64, said, begun, gates, executed],
        story,
        settled: Settled {
            project: ProjectId(id),
            status,
            telegram_chat_id: row.number("telegram_chat_id"),
            vision_document: vision(row, left),
            updated_at: row.time("updated_at"),
            topics,
            branches,
        },
    }))
}

fn new_project(row: &Row, left: &mut Left) -> Result<(NewProject, ProjectStatus), String> {
    let name = row.text("name").unwrap_or_default();
    let shortened: String = name.trim().chars().take(NAME_CHARS_MAX).collect();
    let new = NewProject {
        name: ProjectName::parse(&shortened).map_err(|why| why.to_string())?,
        description: row.filled("description"),
        github_repo_url: row.filled("github_repo_url"),
        telegram_chat_id: None,
        workspace_path: None,
        backend: None,
        agent: AgentSettings::default(),
        key: None,
    };
    if shortened.len() < name.trim().len() {
        left.row(
            "project",
            row,
            &format!("taken, but its name cut after {NAME_CHARS_MAX} characters"),
        );
    }
    Ok((new, row.word("status")?))
}

fn vision(row: &Row, left: &mut Left) -> Option<serde_json::Value> {
    let document = row.json("vision_document")?;
    match serde_json::from_value::<VisionDocument>(document.clone()) {
        Ok(_) => Some(document.clone()),
        Err(error) => {
            left.row(
                "project",
                row,
                &format!("taken, but without its vision document: {error}"),
            );
            None
        }
    }
}

/// Writes a project; how many activities its log has.
async fn write(project: Project, target: &Side, now: DateTime<Utc>) -> anyhow::Result<u64> {
    let told = project.story.tell(now);
    let mut settled = project.settled;
    if let Some(paused) = told.paused {
        settled.status = paused;
    }
    let txn = target.connection.begin().await?;
    let mut activities = 0;
    let changes: Vec<_> = told.changes.iter().collect();
    for group in changes.chunks(GROUP) {
        activities += apply(&txn, group, target.database.retention).await?.len() as u64;
    }
    settled.write(&txn).await?;
    txn.commit().await?;
    Ok(activities)
}
