//! Logs with as many activities as are asked for, written by SQLite itself: through the program it would take hours.
//!
//! They look as the program leaves them. Half of all activities are of one project, in which something is always being
//! done; the others take turns, a few hundred activities each. So the rows of a project lie between those of others, as
//! they do where several agents work at once. The commands that did all this are stored as well, and the search's index
//! has taken in what there is; each of its parts counts as one with too many words, which no measurement looks for.

use std::{fs::File, path::Path};

use anyhow::Context as _;
use project_manager::{app, db::block::PLACES_MAX, domain::id::ProjectId};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};

use crate::inside;

/// When the first of it was, in milliseconds since 1970, one millisecond an activity: before anything that happens here,
/// so that ids, which begin with their time, come in the same order as in a log that has grown.
const FROM_MS: i64 = 1_767_225_600_000;

/// Activities of one command, and those that a small project has in one go: two commands.
const OF_COMMAND: i64 = 250;
const IN_ONE_GO: i64 = 500;

/// What agents say, and what their tools answer; parts of it, so that activities are as long as they usually are.
const WORDS: &str = "The handler reads the settings first, so a change of the limit is seen with the next request and not \
before. I will look at how the tests start the server, because the port is taken from there; then the helper can be shared \
by both, and the second copy of it is not needed any more. After that the documentation has to say which of the two wins.";

/// What a log is to hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Projects; the first has half of all activities, or all where it is the only one.
    pub(crate) projects: i64,
    /// Activities.
    pub(crate) activities: i64,
}

/// The project with this number, counted from 0.
pub(crate) fn project(number: i64) -> ProjectId {
    let id = format!("{FROM_MS:012x}70008{number:015x}");
    ProjectId(id.parse().expect("32 digits are an id"))
}

/// The address of this file, as the settings have it.
pub(crate) fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// Makes a database with the program's tables and nothing in them.
pub(crate) async fn create(file: &Path) -> anyhow::Result<()> {
    let folder = file.parent().context("a file without a folder")?;
    let database = app::database(&inside::settings(folder, &url(file))?);
    let connection = database.open_for_writing().await?;
    database.migrate(&connection).await?;
    connection.close().await?;
    Ok(())
}

/// Makes a database that holds so much.
pub(crate) async fn fill(file: &Path, size: Size) -> anyhow::Result<()> {
    create(file).await?;
    let options = SqliteConnectOptions::new()
        .filename(file)
        // What is not finished is made anew.
        .pragma("journal_mode", "OFF")
        .pragma("synchronous", "OFF")
        .pragma("cache_size", "-200000");
    let mut database = options.connect().await?;
    for statement in recipe(size) {
        let filled = sqlx::query(AssertSqlSafe(statement)).execute(&mut database);
        filled
            .await
            .with_context(|| format!("cannot fill {} with {size:?}", file.display()))?;
    }
    database.close().await?;
    // Now, and not while something is measured.
    File::open(file)?.sync_all()?;
    Ok(())
}

/// The statements that make it.
pub(crate) fn recipe(size: Size) -> [String; 6] {
    let (placed, Size { projects, .. }) = (placed(size), size);
    let last = PLACES_MAX - 1;
    [
        format!(
            "WITH RECURSIVE counted(p) AS (SELECT 0 UNION ALL SELECT p + 1 FROM counted WHERE p + 1 < {projects})
             INSERT INTO projects (id, name, status, created_at, updated_at)
             SELECT unhex(printf('%012x70008%015x', {FROM_MS}, p)), 'Project ' || p, 'IN_PROGRESS', {at}, {at} FROM counted",
            at = at("0"),
        ),
        placed.clone() + &activities(),
        "UPDATE projects SET head_seq = coalesce((SELECT max(seq) FROM activities WHERE project_id = projects.id), 0)"
            .to_owned(),
        placed + &executions(),
        format!(
            "WITH RECURSIVE parts(project, first, head) AS (
                 SELECT id, 1, head_seq FROM projects
                 UNION ALL SELECT project, first + {PLACES_MAX}, head FROM parts WHERE first + {PLACES_MAX} <= head)
             INSERT INTO search_blocks (project_id, first_seq, last_seq)
             SELECT project, first, first + {last} FROM parts WHERE first + {last} <= head ORDER BY project, first"
        ),
        "INSERT INTO search_words (rowid, words)
         SELECT id, 'p' || lower(hex(project_id)) || ' any' FROM search_blocks"
            .to_owned(),
    ]
}

/// Each activity's number, its project's, its place in the log and in its command, and the number of the first of that.
fn placed(size: Size) -> String {
    let Size {
        projects,
        activities,
    } = size;
    // Of two numbers one is of the first project, unless all are.
    let (others, every) = match projects {
        1 => (1, 1),
        more => (more - 1, 2),
    };
    format!(
        "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {activities}),
         shared(n, is_first, m) AS (SELECT n, n % {every} = 1 OR {every} = 1, (n - 1) / {every} FROM counted),
         logged(n, p, seq) AS (
             SELECT n, CASE WHEN is_first THEN 0 ELSE 1 + m / {IN_ONE_GO} % {others} END,
                 CASE WHEN is_first THEN m + 1 ELSE m / {IN_ONE_GO} / {others} * {IN_ONE_GO} + m % {IN_ONE_GO} + 1 END
             FROM shared),
         placed(n, p, seq, k, began) AS (
             SELECT n, p, seq, (seq - 1) % {OF_COMMAND}, n - {every} * ((seq - 1) % {OF_COMMAND}) FROM logged) "
    )
}

/// The steps of commands: what is said, a tool, its answer, and so on.
fn activities() -> String {
    let words = WORDS.replace('\'', "''");
    format!(
        "INSERT INTO activities (id, project_id, seq, timestamp, source, kind, verbosity, message, execution_id, command,
             status, tool, detail, duration_ms, data, source_index)
         SELECT unhex(printf('%012x70018%015x', {FROM_MS} + n, n)), unhex(printf('%012x70008%015x', {FROM_MS}, p)), seq, {at},
             CASE WHEN k = 0 THEN 'scar' ELSE 'claude' END,
             CASE WHEN k = 0 THEN 'status' WHEN k % 3 = 1 THEN 'text' WHEN k % 3 = 2 THEN 'tool' ELSE 'tool_result' END,
             CASE WHEN k = 0 THEN 1 WHEN k % 3 = 0 THEN 3 ELSE 2 END,
             CASE WHEN k = 0 THEN 'Started execute-github' WHEN k % 3 = 1 THEN substr('{words}', 1 + n % 89, 80 + n % 120)
                 WHEN k % 3 = 2 THEN 'Read src/part_' || (n % 50) || '/handler.rs' ELSE 'Read answered' END,
             {execution}, 'execute-github',
             CASE WHEN k = 0 THEN 'RUNNING' WHEN k > 0 AND k % 3 = 0 THEN 'completed' END,
             CASE WHEN k > 0 AND k % 3 <> 1 THEN 'Read' END,
             CASE WHEN k > 0 AND k % 3 = 0 THEN substr('{words}', 1 + n % 61, 60 + n % 150) END,
             CASE WHEN k > 0 AND k % 3 = 0 THEN 20 + n % 400 END,
             CASE WHEN k = 0 THEN '{{\"backend\":\"scar\"}}' WHEN k % 3 <> 1 THEN '{{\"call_id\":\"toolu_' || printf('%012d', n)
                 || '\",\"kind\":\"read\",\"locations\":[{{\"path\":\"src/part_' || (n % 50) || '/handler.rs\",\"line\":' || (n % 400)
                 || '}}]}}' END,
             CASE WHEN k > 0 THEN k - 1 END
         FROM placed",
        at = at("n"),
        execution = execution(),
    )
}

/// The commands, all of them done.
fn executions() -> String {
    format!(
        "INSERT INTO scar_executions (id, project_id, command_type, command_args, then_orders, status, attempt, queued_at,
             started_at, completed_at, backend)
         SELECT {execution}, unhex(printf('%012x70008%015x', {FROM_MS}, p)), 'EXECUTE_GITHUB', '', '[]', 'COMPLETED', 1,
             {at}, {at}, {at}, 'scar'
         FROM placed WHERE k = 0",
        execution = execution(),
        at = at("n"),
    )
}

fn execution() -> String {
    format!("unhex(printf('%012x70028%015x', {FROM_MS} + began, began))")
}

/// The time of the activity with this number, as the program stores times.
fn at(number: &str) -> String {
    format!(
        "strftime('%Y-%m-%dT%H:%M:%f', {FROM_MS} / 1000.0 + {number} / 1000.0, 'unixepoch') || '000+00:00'"
    )
}
