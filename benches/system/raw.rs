//! What the writer stores and what a replay reads, with sqlx and nothing else: the least that it can cost.

use std::{collections::HashMap, hint::black_box, path::Path, sync::Arc};

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use project_manager::{clock, domain::id::ProjectId};
use serde_json::Value;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use uuid::Uuid;

/// What the writer locks, raises and reads.
const LOCK: &str = "SELECT id, head_seq, leased_by FROM projects WHERE deleted_at IS NULL AND id IN (?) ORDER BY id";
const RAISE: &str = "UPDATE projects SET head_seq = ?, updated_at = ? WHERE id = ?";
const COLUMNS: &str = "id, project_id, seq, timestamp, source, kind, verbosity, message, phase, execution_id, command, \
                       status, tool, detail, duration_ms, data, source_index";

/// A connection that is set up as the program's are.
pub(crate) struct Raw {
    connection: SqliteConnection,
    /// Inserts of so many rows.
    inserts: HashMap<usize, Arc<str>>,
}

impl Raw {
    /// Opens a database that is there.
    pub(crate) async fn open(file: &Path) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .foreign_keys(true)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL");
        Ok(Self {
            connection: options.connect().await?,
            inserts: HashMap::new(),
        })
    }

    /// Closes it.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        Ok(self.connection.close().await?)
    }

    /// Makes an empty project.
    pub(crate) async fn add_project(&mut self, project: ProjectId) -> anyhow::Result<()> {
        sqlx::query("INSERT INTO projects (id, name, status, created_at, updated_at) VALUES (?, 'Raw', 'BRAINSTORMING', ?, ?)")
            .bind(project.0)
            .bind(clock::now())
            .bind(clock::now())
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }

    /// Stores a notice of the server for each of these messages in one transaction: the rows the writer makes of them.
    pub(crate) async fn store(
        &mut self,
        project: ProjectId,
        messages: &[String],
    ) -> anyhow::Result<()> {
        let insert = self.inserts.entry(messages.len()).or_insert_with(|| {
            let row = format!("({})", ["?"; 17].join(", "));
            let rows = vec![row; messages.len()].join(", ");
            format!("INSERT INTO activities ({COLUMNS}) VALUES {rows}").into()
        });
        let insert = AssertSqlSafe(Arc::clone(insert));
        let mut txn = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        let locked = sqlx::query(LOCK)
            .bind(project.0)
            .fetch_one(&mut *txn)
            .await?;
        let head: i64 = locked.try_get(1)?;
        let none = None::<String>;
        let (mut rows, mut last) = (sqlx::query(insert), (head, clock::now()));
        for message in messages {
            last = (last.0 + 1, clock::now());
            rows = rows
                .bind(Uuid::now_v7())
                .bind(project.0)
                .bind(last.0)
                .bind(last.1)
                .bind("pm")
                .bind("system")
                .bind(1_i16)
                .bind(message)
                .bind(&none)
                .bind(None::<Uuid>)
                .bind(&none)
                .bind("recovered")
                .bind(&none)
                .bind(&none)
                .bind(None::<i64>)
                .bind(None::<Value>)
                .bind(None::<i64>);
        }
        rows.execute(&mut *txn).await?;
        sqlx::query(RAISE)
            .bind(last.0)
            .bind(last.1)
            .bind(project.0)
            .execute(&mut *txn)
            .await?;
        txn.commit().await?;
        Ok(())
    }

    /// Reads a whole log, all at once or so many rows at a time; how many there were.
    pub(crate) async fn read(&mut self, project: ProjectId, at_once: i64) -> anyhow::Result<usize> {
        let query = format!(
            "SELECT {COLUMNS} FROM activities WHERE project_id = ? AND seq > ? ORDER BY seq LIMIT ?"
        );
        let query: Arc<str> = query.into();
        let (mut read, mut after) = (0, 0_i64);
        loop {
            let mut rows = sqlx::query(AssertSqlSafe(Arc::clone(&query)))
                .bind(project.0)
                .bind(after)
                .bind(at_once)
                .fetch(&mut self.connection);
            let before = read;
            while let Some(row) = rows.try_next().await? {
                after = decoded(&row)?;
                read += 1;
            }
            if i64::try_from(read - before)? < at_once {
                return Ok(read);
            }
        }
    }
}

/// The place of a row, each of whose columns was read as what it means.
fn decoded(row: &SqliteRow) -> sqlx::Result<i64> {
    let seq = row.try_get(2)?;
    black_box::<(Uuid, Uuid, i64)>((row.try_get(0)?, row.try_get(1)?, seq));
    black_box::<(DateTime<Utc>, String, String)>((
        row.try_get(3)?,
        row.try_get(4)?,
        row.try_get(5)?,
    ));
    black_box::<(i16, String)>((row.try_get(6)?, row.try_get(7)?));
    black_box::<(Option<String>, Option<Uuid>)>((row.try_get(8)?, row.try_get(9)?));
    for words in 10..=13 {
        black_box::<Option<String>>(row.try_get(words)?);
    }
    black_box::<(Option<i64>, Option<i64>)>((row.try_get(14)?, row.try_get(16)?));
    black_box::<Option<Value>>(row.try_get(15)?);
    Ok(seq)
}
