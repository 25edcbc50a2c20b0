//! `pm copy`: all that is in one database into another one, of whichever kind.
//!
//! What is copied is the list in `Walk::all` (all but the index of the search, which a server makes anew, and what servers write of themselves), by the entities: so each value goes through its own type, and what a
//! database makes by itself (an index for search, say) is left to it. Everything is written in one transaction, read back
//! in it and compared, and only then committed.

use anyhow::{Context as _, bail, ensure};
use migration::MigratorTrait as _;
use sea_orm::{
    AccessMode, ActiveModelTrait as _, ConnectionTrait as _, DatabaseTransaction, EntityTrait,
    IntoActiveModel, IsolationLevel, TransactionTrait as _,
};

use super::{
    rows::{Checksum, Rows},
    side::Side,
};
use crate::db::{
    Database, activity, delivery, execution, gate, github_event, message, phase,
    project::{self, any as any_project},
    pull, sign_in, token, topic,
};

/// Rows after which it is told again how far a table is.
const TELL_EVERY: u64 = 10_000;

/// A table that was copied, and is the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Its name.
    pub table: String,
    /// What is in it.
    pub checksum: Checksum,
}

/// Copies everything from one database into another, which must be empty. `tell` is told how far it is.
///
/// # Errors
/// Whatever stands in the way, with what to do about it; then the target is as empty as it was.
pub async fn copy(
    from: &Database,
    to: &Database,
    tell: &dyn Fn(&str),
) -> anyhow::Result<Vec<Copied>> {
    ensure!(
        !is_same(from, to),
        "--from and --to are the same database {}; say where the copy is to be",
        to.shown()
    );
    from.ensure_exists()?;
    let source = Side::take(from).await?;
    is_up_to_date(&source).await?;
    let target = Side::take(to).await?;
    target.database.migrate(&target.connection).await?;
    let copied = copy_all(&source, &target, tell).await?;
    target.close().await?;
    source.close().await?;
    Ok(copied)
}

fn is_same(from: &Database, to: &Database) -> bool {
    let file = |database: &Database| database.sqlite_file()?.canonicalize().ok();
    from.url == to.url || file(from).is_some_and(|from| Some(from) == file(to))
}

/// The source is only read, so it is not brought up to date here.
async fn is_up_to_date(source: &Side) -> anyhow::Result<()> {
    let pending = migration::Migrator::get_pending_migrations_read_only(&source.connection).await;
    let pending = pending.map_err(|error| source.database.not_migrated(error))?;
    let shown = source.database.shown();
    match pending.first() {
        None => Ok(()),
        Some(first) if pending.len() == migration::Migrator::migrations().len() => bail!(
            "there are no tables of Project Manager in the database {shown}; even the first, {}, is missing: check --from",
            first.name()
        ),
        Some(first) => bail!(
            "the tables in the database {shown} are of an older version, without {}; run `pm migrate up` on it first, with \
             DATABASE_URL set to it",
            first.name()
        ),
    }
}

async fn copy_all(
    source: &Side,
    target: &Side,
    tell: &dyn Fn(&str),
) -> anyhow::Result<Vec<Copied>> {
    let reading = match source.database.is_sqlite() {
        // A transaction of SQLite sees one moment by itself.
        true => source.connection.begin().await?,
        false => {
            let (isolation, mode) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
            let begun = source
                .connection
                .begin_with_config(Some(isolation), Some(mode));
            begun.await?
        }
    };
    let writing = target.connection.begin().await?;
    let shown = target.database.shown();
    if !target.database.is_sqlite() {
        // A server that starts only now finds no project, and can make none until this has ended.
        let lock = "LOCK TABLE projects IN SHARE ROW EXCLUSIVE MODE";
        writing.execute_unprepared(lock).await?;
    }
    if any_project(&writing).await? {
        bail!("there are projects in the database {shown} already; copy into an empty one");
    }
    let mut walk = Walk {
        reading: &reading,
        writing: &writing,
        tell,
        step: Step::Copy,
        copied: Vec::new(),
    };
    walk.all().await?;
    walk.step = Step::Compare;
    walk.all().await?;
    let copied = walk.copied;
    writing.commit().await.with_context(|| {
        format!("the copy could not be committed; look whether it is in the database {shown}")
    })?;
    reading.rollback().await?;
    Ok(copied)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The rows are read on one side and written on the other.
    Copy,
    /// They are read back and compared.
    Compare,
}

/// A way through all tables.
struct Walk<'a> {
    reading: &'a DatabaseTransaction,
    writing: &'a DatabaseTransaction,
    tell: &'a dyn Fn(&str),
    step: Step,
    /// The tables as they are in the source.
    copied: Vec<Copied>,
}

impl Walk<'_> {
    /// All tables, each after those its rows refer to.
    async fn all(&mut self) -> anyhow::Result<()> {
        self.table(project::Entity).await?;
        self.table(topic::Entity).await?;
        self.table(message::Entity).await?;
        self.table(phase::Entity).await?;
        self.table(gate::Entity).await?;
        self.table(execution::Entity).await?;
        self.table(pull::Entity).await?;
        self.table(activity::Entity).await?;
        // What waits is delivered by the server that is started on the copy.
        self.table(delivery::Entity).await?;
        // And what was said on GitHub is answered by it.
        self.table(github_event::Entity).await?;
        self.table(token::Entity).await?;
        self.table(sign_in::Entity).await
    }

    async fn table<E>(&mut self, table: E) -> anyhow::Result<()>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
    {
        let name = table.table_name().to_owned();
        match self.step {
            Step::Copy => {
                let checksum = self.copy::<E>(&name).await;
                let checksum = checksum.with_context(|| format!("cannot copy {name}"))?;
                (self.tell)(&format!("{name}: {} copied", checksum.count()));
                self.copied.push(Copied {
                    table: name,
                    checksum,
                });
                Ok(())
            }
            Step::Compare => {
                let found = Rows::<E>::default().checksum(self.writing).await;
                let found = found.with_context(|| format!("cannot read back {name}"))?;
                let wanted = self.copied.iter().find(|copied| copied.table == name);
                match wanted {
                    Some(wanted) if wanted.checksum == found => Ok(()),
                    Some(Copied { checksum, .. }) => bail!(
                        "{name} is not the same on both sides ({checksum} against {found}), so all of the copy was taken back; \
                         look whether something in the target changes what is written"
                    ),
                    None => bail!("{name} was not copied"),
                }
            }
        }
    }

    async fn copy<E>(&self, name: &str) -> anyhow::Result<Checksum>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
    {
        let mut rows = Rows::<E>::default();
        let mut told = 0;
        while let Some(batch) = rows.next(self.reading).await? {
            let batch = batch
                .into_iter()
                .map(|row| row.into_active_model().reset_all());
            E::insert_many(batch)
                .exec_without_returning(self.writing)
                .await?;
            if rows.count() / TELL_EVERY > told {
                told = rows.count() / TELL_EVERY;
                (self.tell)(&format!("{name}: {} rows so far", rows.count()));
            }
        }
        Ok(rows.into_checksum())
    }
}
