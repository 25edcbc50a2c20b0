//! The predecessor's database, row by row.
//!
//! PostgreSQL hands each row out as JSON. So it makes no difference whether a status is an enum or a text, whether a time
//! has a time zone, or which of the columns there are.

use std::str::FromStr;

use anyhow::{Context as _, bail};
use chrono::{DateTime, NaiveDateTime, SubsecRound as _, Utc};
use sea_orm::{
    AccessMode, ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend,
    IsolationLevel, Statement, TransactionTrait as _, prelude::Uuid,
};
use serde_json::Value as Json;

use crate::db::Database;

/// What belongs to a project, by table, with what a person calls a row of it.
pub(super) const TABLES: [(&str, &str); 5] = [
    ("conversation_topics", "topic"),
    ("conversation_messages", "message"),
    ("workflow_phases", "phase"),
    ("approval_gates", "gate"),
    ("scar_executions", "execution"),
];

/// The predecessor's database as it was at one moment. It is only read.
pub(super) struct Source {
    reading: DatabaseTransaction,
    /// Dropped after the transaction.
    connection: DatabaseConnection,
}

impl Source {
    /// Opens it, and makes sure that its tables are there.
    pub(super) async fn open(database: &Database) -> anyhow::Result<Self> {
        let shown = database.shown();
        if database.is_sqlite() {
            bail!("the predecessor's database is PostgreSQL, which {shown} is not; check --from");
        }
        let connection = database.open_for_writing().await?;
        let (isolation, mode) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
        let begun = connection.begin_with_config(Some(isolation), Some(mode));
        let source = Self {
            reading: begun.await?,
            connection,
        };
        let mut missing = Vec::new();
        for table in ["projects"]
            .into_iter()
            .chain(TABLES.map(|(table, _)| table))
        {
            if !source.has(table).await? {
                missing.push(table);
            }
        }
        if !missing.is_empty() {
            bail!(
                "the database {shown} is not the predecessor's: it has no table {}; check --from",
                missing.join(", ")
            );
        }
        if source.has("activities").await? {
            bail!(
                "the database {shown} is one of this program already, which `pm copy` copies; check --from"
            );
        }
        Ok(source)
    }

    async fn has(&self, table: &str) -> anyhow::Result<bool> {
        let rows = self
            .rows(&format!(
                "SELECT to_jsonb(to_regclass('{table}') IS NOT NULL)"
            ))
            .await?;
        Ok(rows.first() == Some(&Json::Bool(true)))
    }

    /// All projects, the oldest first.
    pub(super) async fn projects(&self) -> anyhow::Result<Vec<Row>> {
        let rows = self.rows("SELECT to_jsonb(t) FROM projects t").await?;
        let mut rows: Vec<Row> = rows.into_iter().map(Row).collect();
        rows.sort_by_key(|row| (row.time("created_at"), row.uuid("id")));
        Ok(rows)
    }

    /// The rows of a table that belong to a project, by their ids.
    pub(super) async fn of_project(&self, table: &str, project: Uuid) -> anyhow::Result<Vec<Row>> {
        let sql = format!("SELECT to_jsonb(t) FROM {table} t WHERE project_id = '{project}'");
        let rows = self
            .rows(&sql)
            .await
            .with_context(|| format!("cannot read {table}"))?;
        let mut rows: Vec<Row> = rows.into_iter().map(Row).collect();
        rows.sort_by_key(|row| row.uuid("id"));
        Ok(rows)
    }

    /// The rows of a table that belong to no project there is.
    pub(super) async fn of_nobody(&self, table: &str) -> anyhow::Result<Vec<Row>> {
        let sql = format!(
            "SELECT jsonb_build_object('id', t.id) FROM {table} t \
             WHERE NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = t.project_id) ORDER BY t.id"
        );
        let rows = self
            .rows(&sql)
            .await
            .with_context(|| format!("cannot read {table}"))?;
        Ok(rows.into_iter().map(Row).collect())
    }

    async fn rows(&self, sql: &str) -> anyhow::Result<Vec<Json>> {
        let query = Statement::from_string(DbBackend::Postgres, sql);
        let rows = self.reading.query_all_raw(query).await?;
        let rows = rows.iter().map(|row| row.try_get_by_index(0));
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) async fn close(self) -> anyhow::Result<()> {
        self.reading.rollback().await?;
        Ok(self.connection.close().await?)
    }
}

/// A row, by the names of its columns. A column that is not there is as one without a value.
#[derive(Debug, Clone)]
pub(super) struct Row(pub(super) Json);

impl Row {
    /// A value as a text, also one that is none.
    pub(super) fn text(&self, column: &str) -> Option<String> {
        match self.0.get(column)? {
            Json::Null => None,
            Json::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// A text with something in it.
    pub(super) fn filled(&self, column: &str) -> Option<String> {
        self.text(column).filter(|text| !text.trim().is_empty())
    }

    /// A value as it is.
    pub(super) fn json(&self, column: &str) -> Option<&Json> {
        self.0.get(column).filter(|value| !value.is_null())
    }

    /// A number.
    pub(super) fn number(&self, column: &str) -> Option<i64> {
        self.json(column)?.as_i64()
    }

    /// An id.
    pub(super) fn uuid(&self, column: &str) -> Option<Uuid> {
        self.text(column)?.parse().ok()
    }

    /// A time, in UTC where it has no time zone.
    pub(super) fn time(&self, column: &str) -> Option<DateTime<Utc>> {
        let text = self.text(column)?;
        let zoned = DateTime::parse_from_rfc3339(&text).map(|at| at.to_utc());
        let at = zoned.or_else(|_| {
            NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f").map(|at| at.and_utc())
        });
        at.ok().map(|at| at.trunc_subsecs(6))
    }

    /// A word that one of our types knows in capitals, as `IN_PROGRESS`, however it is written.
    pub(super) fn word<T: FromStr>(&self, column: &str) -> Result<T, String> {
        let word = self.text(column).unwrap_or_default();
        let capitals = word.trim().to_uppercase().replace(['-', ' '], "_");
        capitals
            .parse()
            .map_err(|_| format!("its {column} is {word:?}, which is not known"))
    }
}
