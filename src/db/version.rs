//! Whether the tables are those this program knows. They need not stay so while it runs: of several servers on one
//! database a newer one brings them up to date when it starts, and the others go on with what they know of them.

use migration::MigratorTrait as _;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, Statement};

/// What the tables are to this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// Those it knows.
    Same,
    /// More was done to them than it knows of.
    Newer,
    /// This was not done to them that it relies on.
    Older(String),
}

/// Looks at the version of the tables.
///
/// # Errors
/// Those of the database.
pub async fn version(db: &DatabaseConnection) -> Result<Version, DbErr> {
    match migration::Migrator::get_pending_migrations_read_only(db).await {
        Ok(pending) => Ok(pending.first().map_or(Version::Same, |first| {
            Version::Older(first.name().to_owned())
        })),
        // It is not about the database: something was applied that is not in the list.
        Err(DbErr::Custom(_)) => Ok(Version::Newer),
        Err(error) => Err(error),
    }
}

/// What was done to the tables of a [`Version::Newer`] that this program does not know, oldest first, and whether it knows
/// anything of what was done.
///
/// # Errors
/// Those of the database.
pub async fn unknown_changes(db: &DatabaseConnection) -> Result<(Vec<String>, bool), DbErr> {
    let known = migration::Migrator::migrations();
    let is_known = |name: &String| known.iter().any(|one| one.name() == name);
    let sql = "SELECT version FROM seaql_migrations ORDER BY version";
    let rows = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(rows).await?.into_iter();
    let names: Result<Vec<String>, DbErr> = rows.map(|row| row.try_get_by_index(0)).collect();
    let (ours, others): (Vec<_>, Vec<_>) = names?.into_iter().partition(is_known);
    Ok((others, !ours.is_empty()))
}
