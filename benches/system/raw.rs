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
                after = black_box(decoded(&row)?).seq;
                read += 1;
            }
            if i64::try_from(read - before)? < at_once {
                return Ok(read);
            }
        }
    }
}

/// A row, each column as what it means.
#[expect(dead_code, reason = "it is read to be read")]
struct Decoded {
    id: Uuid,
    project: Uuid,
    seq: i64,
    timestamp: DateTime<Utc>,
    source: String,
    kind: String,
    verbosity: i16,
    message: String,
    phase: Option<String>,
    execution: Option<Uuid>,
    command: Option<String>,
    status: Option<String>,
    tool: Option<String>,
    detail: Option<String>,
    duration_ms: Option<i64>,
    data: Option<Value>,
    source_index: Option<i64>,
}

fn decoded(row: &SqliteRow) -> sqlx::Result<Decoded> {
    Ok(Decoded {
        id: row.try_get(0)?,
        project: row.try_get(1)?,
        seq: row.try_get(2)?,
        timestamp: row.try_get(3)?,
        source: row.try_get(4)?,
        kind: row.try_get(5)?,
        verbosity: row.try_get(6)?,
        message: row.try_get(7)?,
        phase: row.try_get(8)?,
        execution: row.try_get(9)?,
        command: row.try_get(10)?,
        status: row.try_get(11)?,
        tool: row.try_get(12)?,
        detail: row.try_get(13)?,
        duration_ms: row.try_get(14)?,
        data: row.try_get(15)?,
        source_index: row.try_get(16)?,
    })
}
