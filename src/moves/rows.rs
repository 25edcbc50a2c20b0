//! The rows of a table in the order of their keys, and a checksum over them that is the same in every kind of database.

use std::{fmt, marker::PhantomData};

use anyhow::{Context as _, bail};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait, Iterable as _, ModelTrait as _,
    PrimaryKeyToColumn as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Value,
    prelude::Uuid,
};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

/// Rows read and written at once: twenty-two columns each stay far under SQLite's 32,766 variables a statement, and as many
/// of the longest outputs there are (256 KiB) fit in memory.
const BATCH: u64 = 500;

/// Bytes of a checksum that are shown: enough to tell two tables apart with the eye.
const SHOWN_BYTES: usize = 8;

/// What is in a table: how many rows, and a hash over a text of each, in the order of their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    /// How many rows.
    pub rows: u64,
    hash: [u8; 32],
}

impl Checksum {
    /// `1 row`, `2 rows`.
    pub(super) fn count(&self) -> String {
        match self.rows {
            1 => "1 row".to_owned(),
            rows => format!("{rows} rows"),
        }
    }

    /// The beginning of the hash, in hexadecimal.
    pub fn short(&self) -> String {
        let bytes = self.hash.iter().take(SHOWN_BYTES);
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.count(), self.short())
    }
}

/// A way through the rows of a table, whose keys are UUIDs: these have the same order everywhere.
pub(super) struct Rows<E> {
    last: Option<Uuid>,
    rows: u64,
    hash: Sha256,
    table: PhantomData<E>,
}

impl<E> Default for Rows<E> {
    fn default() -> Self {
        Self {
            last: None,
            rows: 0,
            hash: Sha256::new(),
            table: PhantomData,
        }
    }
}

impl<E: EntityTrait> Rows<E> {
    /// The next rows; none after the last.
    pub(super) async fn next(
        &mut self,
        db: &DatabaseTransaction,
    ) -> anyhow::Result<Option<Vec<E::Model>>> {
        let key = E::PrimaryKey::iter()
            .next()
            .context("a table without a key")?;
        let key = key.into_column();
        let mut query = E::find().order_by_asc(key).limit(BATCH);
        if let Some(last) = self.last {
            query = query.filter(key.gt(last));
        }
        let rows = query.all(db).await?;
        let Some(last) = rows.last() else {
            return Ok(None);
        };
        let Value::Uuid(Some(last)) = last.get(key) else {
            bail!("a key that is no UUID");
        };
        self.last = Some(last);
        for row in &rows {
            self.hash.update(text::<E>(row)?);
            self.rows += 1;
        }
        Ok(Some(rows))
    }

    /// How many rows came so far.
    pub(super) fn count(&self) -> u64 {
        self.rows
    }

    /// What was in the rows that came.
    pub(super) fn into_checksum(self) -> Checksum {
        Checksum {
            rows: self.rows,
            hash: self.hash.finalize().into(),
        }
    }

    /// What is in the rows that are left.
    pub(super) async fn checksum(mut self, db: &DatabaseTransaction) -> anyhow::Result<Checksum> {
        while self.next(db).await?.is_some() {}
        Ok(self.into_checksum())
    }
}

/// A row as a text: each value with its length before it, so that no two rows have the same.
fn text<E: EntityTrait>(row: &E::Model) -> anyhow::Result<String> {
    let mut all = String::new();
    for column in E::Column::iter() {
        match plain(row.get(column))? {
            Some(value) => all += &format!("{}:{value}", value.len()),
            None => all.push('-'),
        }
    }
    Ok(all)
}

/// A value as a text that does not depend on how a database keeps it; nothing where there is none.
fn plain(value: Value) -> anyhow::Result<Option<String>> {
    Ok(match value {
        Value::String(text) => text,
        Value::Bool(value) => value.map(|value| value.to_string()),
        Value::SmallInt(value) => value.map(|value| value.to_string()),
        Value::Int(value) => value.map(|value| value.to_string()),
        Value::BigInt(value) => value.map(|value| value.to_string()),
        Value::Uuid(value) => value.map(|value| value.to_string()),
        // PostgreSQL keeps no more than microseconds.
        Value::ChronoDateTimeUtc(at) => at.map(|at| at.timestamp_micros().to_string()),
        Value::Json(json) => json.map(|json| sorted(&json)),
        other => bail!("a column of a type that is not compared: {other:?}"),
    })
}

/// JSON with its keys in order, and its numbers by their value: PostgreSQL keeps neither as they were written.
fn sorted(json: &Json) -> String {
    match json {
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members = members
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Json::from(name.as_str()), sorted(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(sorted).collect();
            format!("[{}]", items.join(","))
        }
        Json::Number(number) => match (number.is_f64(), number.as_f64()) {
            (true, Some(float)) => format!("{float}"),
            _ => number.to_string(),
        },
        Json::Null | Json::Bool(_) | Json::String(_) => json.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::sorted;

    #[test]
    fn json_is_the_same_text_whatever_the_order_of_its_keys_and_the_spelling_of_its_numbers() {
        let one = json!({ "b": [1, { "d": null, "c": "x\"" }], "a": 1e16 });
        let other =
            json!({ "a": 10_000_000_000_000_000_i64, "b": [1.0, { "c": "x\"", "d": null }] });
        assert_eq!(sorted(&one), sorted(&other));
        assert_ne!(sorted(&one), sorted(&json!({ "a": 1e16, "b": [1] })));
    }
}
