//! `pm backup`: a copy of a SQLite database, also of one that a server is writing.
//!
//! `VACUUM INTO` reads in one transaction, so the copy is the database as it was at one moment; in WAL mode nobody waits for
//! it. It keeps the rows' own numbers, which a full-text index may refer to. The copy has another name until it is whole
//! and on the disk, so what was broken off is never taken for a backup.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbBackend, EntityTrait, PaginatorTrait as _,
    QuerySelect as _, Statement,
};

use crate::db::{Database, activity, project};

/// What `pg_dump` understands of an address; the rest is for this program's driver. A password is left out.
const OPTIONS_OF_PG_DUMP: [&str; 8] = [
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "sslmode",
    "sslrootcert",
    "application_name",
];

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Bytes in the file.
    pub bytes: u64,
    /// Projects in it.
    pub projects: u64,
    /// Activities in it, of all projects.
    pub activities: u64,
}

/// Copies the database into `target`, which must not be there yet.
///
/// # Errors
/// Whatever stands in the way, with what to do about it; then there is no `target`. For PostgreSQL always, with the command
/// to use.
pub async fn backup(database: &Database, target: &Path) -> anyhow::Result<Made> {
    let Some(source) = database.sqlite_file() else {
        bail!(
            "{} is a PostgreSQL database, which its own tool backs up: {}; pg_dump asks for the password, or takes it from \
             PGPASSWORD or ~/.pgpass",
            database.shown(),
            pg_dump(&database.url, target)
        );
    };
    database.ensure_exists()?;
    let target = std::path::absolute(target)
        .with_context(|| format!("cannot find out where {} is", target.display()))?;
    refuse_existing(&target)?;
    let partial = Partial::create(&target)?;
    let connection = database.open_for_writing().await?;
    let copied = copy(&connection, &partial.path).await;
    connection
        .close()
        .await
        .context("cannot close the database")?;
    copied.with_context(|| {
        format!(
            "cannot copy {} to {}; check that its folder can be written and the disk is not full",
            source.display(),
            target.display()
        )
    })?;
    let made = look_at(&partial.path).await.with_context(|| {
        format!(
            "the copy of {} is no whole database of Project Manager, so it was removed",
            source.display()
        )
    })?;
    partial.keep_as(&target)?;
    Ok(made)
}

async fn copy(connection: &DatabaseConnection, to: &Path) -> anyhow::Result<()> {
    let Some(to) = to.to_str() else {
        bail!("SQLite takes only names in UTF-8; choose another one");
    };
    let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [to.into()]);
    connection.execute_raw(statement).await?;
    Ok(())
}

/// Looks through the copy as a whole, and counts what is in it.
async fn look_at(file: &Path) -> anyhow::Result<Made> {
    let copy = Database::open_to_look(file).await?;
    let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA quick_check(1)");
    let found = copy.query_one_raw(check).await?;
    let found: Option<String> = found.map(|row| row.try_get_by_index(0)).transpose()?;
    match found.as_deref() {
        Some("ok") => {}
        other => bail!(
            "SQLite finds it damaged: {}",
            other.unwrap_or("it says nothing")
        ),
    }
    let projects = project::Entity::find()
        .select_only()
        .column(project::Column::Id);
    let activities = activity::Entity::find()
        .select_only()
        .column(activity::Column::Id);
    let made = Made {
        bytes: std::fs::metadata(file)?.len(),
        projects: projects.count(&copy).await?,
        activities: activities.count(&copy).await?,
    };
    copy.close().await?;
    Ok(made)
}

fn refuse_existing(target: &Path) -> anyhow::Result<()> {
    if target.symlink_metadata().is_ok() {
        bail!(
            "{} is there already and was left as it is; choose another name",
            target.display()
        );
    }
    Ok(())
}

/// A copy that is not whole yet. It goes away unless it is kept.
struct Partial {
    path: PathBuf,
    is_kept: bool,
}

impl Partial {
    /// Makes it beside the target, so that it can be given its name in one step. Only its owner may read it: a project's
    /// settings may hold keys.
    fn create(target: &Path) -> anyhow::Result<Self> {
        let mut name = target.file_name().map(ToOwned::to_owned).with_context(|| {
            format!("{} names no file; say which one to make", target.display())
        })?;
        name.push(format!(".{}.part", std::process::id()));
        let path = target.with_file_name(name);
        // SQLite copies into an empty file as well.
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| {
                format!(
                    "cannot make {}; check that its folder is there and can be written",
                    path.display()
                )
            })?;
        Ok(Self {
            path,
            is_kept: false,
        })
    }

    /// Gives it its name, once it is on the disk.
    fn keep_as(mut self, target: &Path) -> anyhow::Result<()> {
        let kept = || -> io::Result<()> {
            File::open(&self.path)?.sync_all()?;
            std::fs::rename(&self.path, target)?;
            match target.parent() {
                // So that the name is on the disk, too.
                Some(folder) => File::open(folder)?.sync_all(),
                None => Ok(()),
            }
        };
        refuse_existing(target)?;
        kept().with_context(|| format!("cannot keep the copy as {}", target.display()))?;
        self.is_kept = true;
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_kept
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, path = %self.path.display(), "a broken-off copy could not be removed");
        }
    }
}

/// The command that backs up a PostgreSQL database.
fn pg_dump(url: &str, target: &Path) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let rest = match rest.rsplit_once('@') {
        Some((who, place)) => format!("{}@{place}", who.split(':').next().unwrap_or(who)),
        None => rest.to_owned(),
    };
    let options = form_urlencoded::parse(query.as_bytes());
    let options = options.filter(|(name, _)| OPTIONS_OF_PG_DUMP.contains(&name.as_ref()));
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(options)
        .finish();
    let asked = if query.is_empty() { "" } else { "?" };
    let file = target.display().to_string();
    let address = format!("{scheme}://{rest}{asked}{query}");
    shell_words::join([
        "pg_dump", "--format", "custom", "--file", &file, "--dbname", &address,
    ])
}
