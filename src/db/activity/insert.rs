//! Appending to the log: the statement that is executed more often than all others together, and so the one that is written out.
//!
//! SeaORM's `insert_many` makes a tree of each value before it makes the text: two thirds of what the writer's thread did with 256
//! callers (`docs/performance.md`). Most activities also leave half of the columns empty, and a column that none of the rows fills
//! is left out.

use std::fmt::Write as _;

use sea_orm::{
    ConnectionTrait as _, DatabaseTransaction, DbBackend, DbErr, IdenStatic as _, Iterable as _,
    Statement, Value,
};

use super::Column;
use crate::domain::{activity::Activity, id::ProjectId};

/// Rows in one insert at most: 17 columns each must stay under SQLite's 32,766 variables a statement.
const ROWS_MAX: usize = 1_000;

/// A row to be appended: the activity, whose it is, and where among its execution's steps it stands.
pub(in crate::db) struct Row {
    /// Whose log.
    pub(in crate::db) project: ProjectId,
    /// What to append.
    pub(in crate::db) activity: Activity,
    /// Its place among its execution's steps.
    pub(in crate::db) source_index: Option<i64>,
}

/// Appends to the log.
pub(in crate::db) async fn insert(txn: &DatabaseTransaction, rows: &[Row]) -> Result<(), DbErr> {
    for rows in rows.chunks(ROWS_MAX) {
        txn.execute_raw(statement(txn.get_database_backend(), rows))
            .await?;
    }
    Ok(())
}

fn statement(backend: DbBackend, rows: &[Row]) -> Statement {
    let is_filled = |column: &Column| rows.iter().any(|row| row.fills(*column));
    let columns: Vec<Column> = Column::iter().filter(is_filled).collect();
    let mut values = Vec::with_capacity(rows.len() * columns.len());
    for row in rows {
        values.extend(columns.iter().map(|column| row.value(*column)));
    }
    let sql = text(backend, &columns, rows.len());
    Statement::from_sql_and_values(backend, sql, values)
}

/// The same for as many rows with the same columns: of the last hundred texts the database has the statements ready.
fn text(backend: DbBackend, columns: &[Column], rows: usize) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.as_str()).collect();
    let mut sql = format!("INSERT INTO activities ({}) VALUES ", names.join(", "));
    for place in 0..rows * columns.len() {
        let is_first = place % columns.len() == 0;
        sql.push_str(match (place, is_first) {
            (0, _) => "(",
            (_, true) => "), (",
            (_, false) => ", ",
        });
        match backend {
            DbBackend::Postgres => write!(sql, "${}", place + 1).expect("a string takes all"),
            _ => sql.push('?'),
        }
    }
    sql.push(')');
    sql
}

impl Row {
    /// Whether it has something for a column.
    fn fills(&self, column: Column) -> bool {
        let entry = &self.activity.entry;
        match column {
            Column::Id
            | Column::ProjectId
            | Column::Seq
            | Column::Timestamp
            | Column::Source
            | Column::Kind
            | Column::Verbosity
            | Column::Message => true,
            Column::Phase => entry.phase.is_some(),
            Column::ExecutionId => entry.execution_id.is_some(),
            Column::Command => entry.command.is_some(),
            Column::Status => entry.status.is_some(),
            Column::Tool => entry.tool.is_some(),
            Column::Detail => entry.detail.is_some(),
            Column::DurationMs => entry.duration_ms.is_some(),
            Column::Data => entry.data.is_some(),
            Column::SourceIndex => self.source_index.is_some(),
        }
    }

    fn value(&self, column: Column) -> Value {
        let Activity {
            id,
            seq,
            timestamp,
            entry,
        } = &self.activity;
        match column {
            Column::Id => id.0.into(),
            Column::ProjectId => self.project.0.into(),
            Column::Seq => (*seq).into(),
            Column::Timestamp => (*timestamp).into(),
            Column::Source => <&str>::from(entry.source).into(),
            Column::Kind => <&str>::from(entry.kind).into(),
            Column::Verbosity => i16::from(entry.verbosity).into(),
            Column::Message => entry.message.clone().into(),
            Column::Phase => entry.phase.clone().into(),
            Column::ExecutionId => entry.execution_id.map(|id| id.0).into(),
            Column::Command => entry.command.clone().into(),
            Column::Status => entry.status.clone().into(),
            Column::Tool => entry.tool.clone().into(),
            Column::Detail => entry.detail.clone().into(),
            Column::DurationMs => entry.duration_ms.into(),
            Column::Data => entry.data.clone().into(),
            Column::SourceIndex => self.source_index.into(),
        }
    }
}
