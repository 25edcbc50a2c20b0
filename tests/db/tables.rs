//! What a database says about its tables.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

/// Migrations keep their own list here; it is no table of the project's.
const MIGRATIONS: &str = "seaql_migrations";

/// The index of words is each database's own, in SQLite several tables, and has no entity.
const WORDS: &str = "search_words";

/// A column: its type in the database's own words, whether it must have a value, its place in the primary key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    /// Its name.
    pub name: String,
    kind: String,
    is_required: bool,
    place_in_key: i64,
}

/// The names of all tables.
pub async fn tables(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        _ => "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    };
    let mut names: Vec<String> = texts(db, sql)
        .await
        .into_iter()
        .flatten()
        .filter(|name| name != MIGRATIONS && !name.starts_with(WORDS))
        .collect();
    names.sort();
    names
}

/// The columns of a table, by name.
pub async fn columns(db: &DatabaseConnection, table: &str) -> Vec<Column> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => format!(
            "SELECT name, type, CAST(\"notnull\" OR pk > 0 AS TEXT), CAST(pk AS TEXT) FROM pragma_table_info('{table}')"
        ),
        _ => format!(
            "SELECT c.column_name, c.udt_name, CASE c.is_nullable WHEN 'NO' THEN '1' ELSE '0' END, \
               COALESCE(CAST(k.ordinal_position AS TEXT), '0') \
             FROM information_schema.columns c \
             LEFT JOIN information_schema.table_constraints t \
               ON t.table_name = c.table_name AND t.constraint_type = 'PRIMARY KEY' \
             LEFT JOIN information_schema.key_column_usage k \
               ON k.constraint_name = t.constraint_name AND k.column_name = c.column_name \
             WHERE c.table_schema = 'public' AND c.table_name = '{table}'"
        ),
    };
    let rows = texts(db, &sql).await;
    let mut columns: Vec<Column> = rows
        .into_iter()
        .map(|row| {
            let [name, kind, is_required, place] = row.try_into().expect("four values");
            Column {
                name,
                kind: kind.to_lowercase(),
                is_required: is_required == "1",
                place_in_key: place.parse().expect("a number"),
            }
        })
        .collect();
    columns.sort();
    columns
}

/// The columns of each unique index that is no primary key, as `table(column, column)`.
pub async fn unique_indexes(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT m.name || '(' || (SELECT group_concat(name, ', ') FROM pragma_index_info(l.name)) || ')' \
             FROM sqlite_master m JOIN pragma_index_list(m.name) l \
             WHERE m.type = 'table' AND l.\"unique\" AND l.origin <> 'pk'"
        }
        _ => {
            "SELECT CAST(x.indrelid AS regclass) || '(' || (SELECT string_agg(attname, ', ' ORDER BY ordinality) \
               FROM unnest(x.indkey) WITH ORDINALITY AS k(number, ordinality) \
               JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number) || ')' \
             FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = 'public' AND x.indisunique AND NOT x.indisprimary"
        }
    };
    let mut indexes: Vec<String> = texts(db, sql).await.into_iter().flatten().collect();
    indexes.sort();
    indexes
}

/// Everything there is but the rows: tables, columns, defaults, indexes, references.
pub async fn everything(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT type || ' ' || name || ': ' || COALESCE(sql, '') FROM sqlite_master"
        }
        _ => {
            "SELECT 'column ' || table_name || '.' || column_name || ': ' || udt_name || ' ' || is_nullable || ' ' || \
               COALESCE(column_default, '') FROM information_schema.columns WHERE table_schema = 'public' \
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
             UNION ALL SELECT CAST(conrelid AS regclass) || ': ' || pg_get_constraintdef(oid) FROM pg_constraint \
               WHERE connamespace = CAST('public' AS regnamespace)"
        }
    };
    let mut all: Vec<String> = texts(db, sql).await.into_iter().flatten().collect();
    all.retain(|line| !line.contains(MIGRATIONS));
    all.sort();
    all
}

/// Rows of texts.
async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<Vec<String>> {
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.iter()
        .map(|row| {
            (0..row.column_names().len())
                .map(|column| row.try_get_by_index(column).expect("a text"))
                .collect()
        })
        .collect()
}
