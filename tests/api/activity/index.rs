//! The index of a log's texts: nobody sees it but by the time a search takes.

use project_manager::domain::{
    change::{Change, Reported},
    search::SearchText,
};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::Value;

use super::path;
use crate::support::{TestApp, TestAppBuilder, TestDatabase, spawn_app, wait_until};

/// Activities in a part of the index.
const PART: usize = 64;

/// What is hard to find: one line each in different parts of a log.
const STRANGE: [&str; 14] = [
    "Bücher ÜBERALL, straße, GROẞ, Ωmega, ΣΊΣΥΦΟΣ",
    "İstanbul, ıspanak, ISPANAK, ispanak",
    "\u{212a}elvin, \u{212b}ngström, ſtraſſe, ǅungla",
    "\u{1f600}\u{1f600}\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} family",
    "e\u{301}te\u{301} and \u{e9}t\u{e9}",
    "it's \"quoted\" 'twice' ''",
    "100% done, 100_000 of C:\\temp\\new",
    "a*b? [c] ^d -e (f) {g} |h| .i $j +k",
    "AND OR NOT NEAR(a b) any p0 & | ! <-> :*",
    "tab\tand\nline\r\nand \u{1}control",
    "日本語のテキスト",
    "x",
    "xy",
    "ЖУРНАЛ журнал",
];

/// What is looked for beside each of them.
const LOOKED_FOR: [&str; 32] = [
    "bücher",
    "ÜBER",
    "strass",
    "STRAßE",
    "groß",
    "ωMEGA",
    "σίσυφοσ",
    "ISPANAK",
    "ıspanak",
    "İST",
    "istanbul",
    "Kelvin",
    "ångström",
    "strasse",
    "ǄUN",
    "\u{1f600}\u{1f600}",
    "\u{1f600}\u{1f600}\u{1f600}",
    "ÉTÉ",
    "\"QUOTED\" '",
    "''",
    "100%",
    "0_0",
    "\\TEMP\\",
    "*B? [",
    "NEAR(",
    "any",
    "<-> :*",
    "\nLINE\r",
    "本語の",
    "XY",
    "line 1",
    "журнал ж",
];

/// So many lines of which some are strange.
fn lines(count: usize) -> Vec<String> {
    let every = count / STRANGE.len();
    let line = |place: usize| match (place % every, STRANGE.get(place / every)) {
        (0, Some(strange)) => (*strange).to_owned(),
        _ => format!("line {place} of many"),
    };
    (0..count).map(line).collect()
}

/// Those in which a text is, as the contract has it.
fn having(lines: &[String], text: &str) -> Vec<String> {
    let text = SearchText::parse(text).expect("something to look for");
    let places: Vec<Vec<char>> = text.places().collect();
    let has = |line: &&String| {
        let line: Vec<char> = line.chars().collect();
        let is_there = |part: &[char]| {
            part.iter()
                .zip(&places)
                .all(|(one, cases)| cases.contains(one))
        };
        line.windows(places.len()).any(is_there)
    };
    lines.iter().filter(has).cloned().collect()
}

/// Stores lines.
async fn fill(app: &TestApp, project: &str, lines: &[String]) {
    let id = project.parse().expect("an id");
    for some in lines.chunks(500) {
        let changes = some.iter().map(|line| {
            let (message, status) = (line.clone(), "noticed");
            Reported::now(id, Change::Noticed { message, status })
        });
        let stored = app.writer().append(changes.collect()).await;
        assert_eq!(stored.map(|stored| stored.len()), Ok(some.len()));
    }
}

async fn number(database: &TestDatabase, sql: &str) -> i64 {
    let db = database.connect().await;
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await;
    let row = row.expect("an answer").expect("a row");
    let number = row.try_get_by_index(0).expect("a number");
    db.close().await.expect("a closed connection");
    number
}

/// Waits until so many activities are in the index, of all logs together.
async fn indexed(app: &TestApp, count: usize) {
    let sql =
        "SELECT CAST(COALESCE(SUM(last_seq - first_seq + 1), 0) AS bigint) FROM search_blocks";
    wait_until("the index to have it", async || {
        let there = number(app.database(), sql).await;
        (there == i64::try_from(count).expect("it fits")).then_some(())
    })
    .await;
}

fn asked(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn messages(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("a list").iter();
    items
        .map(|one| one["message"].as_str().expect("words").to_owned())
        .collect()
}

/// Each text is found, in pages of so many from the beginning and from the end, and all at once.
async fn finds(app: &TestApp, project: &str, lines: &[String], text: &str) {
    let expected = having(lines, text);
    for limit in [7, 1_000] {
        let (mut found, mut query) = (Vec::new(), "&after=0".to_owned());
        while !query.is_empty() {
            let page = app
                .read(&path(
                    project,
                    &format!("?limit={limit}&q={}{query}", asked(text)),
                ))
                .await;
            found.extend(messages(&page));
            query = page["next"]
                .as_i64()
                .map_or_else(String::new, |next| format!("&after={next}"));
        }
        assert_eq!(found, expected, "{text:?} forward, {limit} at a time");
        let (mut found, mut query) = (Vec::new(), None);
        while query != Some(String::new()) {
            let before = query.unwrap_or_default();
            let page = app
                .read(&path(
                    project,
                    &format!("?limit={limit}&q={}{before}", asked(text)),
                ))
                .await;
            found.splice(0..0, messages(&page));
            query = Some(
                page["next"]
                    .as_i64()
                    .map_or_else(String::new, |next| format!("&before={next}")),
            );
        }
        assert_eq!(found, expected, "{text:?} back, {limit} at a time");
    }
    let exported = app
        .get(&path(project, &format!("/export?q={}", asked(text))))
        .send()
        .await;
    let exported = exported
        .expect("an answer")
        .text()
        .await
        .expect("all of it");
    assert_eq!(
        exported.lines().count(),
        expected.len(),
        "{text:?} exported"
    );
}

#[tokio::test]
async fn what_is_found_by_the_index_is_what_is_there_and_only_in_its_project() {
    let app = spawn_app().await;
    let (shop, zoo) = (app.project("Shop").await, app.project("Zoo").await);
    let here = lines(5 * PART + 9);
    let long = "ä%_".repeat(66) + "Xy";
    let there: Vec<String> = here
        .iter()
        .rev()
        .map(|line| format!("{line}, {long}"))
        .collect();
    fill(&app, &shop, &here).await;
    fill(&app, &zoo, &there).await;
    indexed(&app, 10 * PART).await;
    for text in LOOKED_FOR.into_iter().chain(STRANGE) {
        finds(&app, &shop, &here, text).await;
        finds(&app, &zoo, &there, text).await;
    }
    finds(&app, &zoo, &there, &long.to_uppercase()).await;
    finds(&app, &shop, &here, &long).await;
}

#[tokio::test]
async fn logs_that_were_there_before_the_index_are_taken_in_at_the_start() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let lines = lines(3 * PART);
    fill(&app, &project, &lines).await;
    indexed(&app, lines.len()).await;
    let database = app.stop();
    let db = database.connect().await;
    for sql in ["PRAGMA foreign_keys = ON", "DELETE FROM search_blocks"] {
        if !(database.is_postgres() && sql.starts_with("PRAGMA")) {
            db.execute_unprepared(sql).await.expect("it is done");
        }
    }
    db.close().await.expect("a closed connection");
    assert_eq!(
        number(&database, "SELECT count(*) FROM search_words").await,
        0
    );
    let app = TestAppBuilder::default().database(database).spawn().await;
    indexed(&app, lines.len()).await;
    finds(&app, &project, &lines, "ISPANAK").await;
}

#[tokio::test]
async fn what_is_gone_from_the_log_is_gone_from_the_index() {
    const KEPT: usize = 2 * PART;
    let app = TestAppBuilder::default()
        .set("PM__FEED__RETENTION", KEPT)
        .spawn()
        .await;
    let project = app.project("Shop").await;
    let lines = lines(6 * PART);
    let last = "SELECT COALESCE(MAX(last_seq), 0) FROM search_blocks";
    for (before, some) in lines.chunks(PART).enumerate() {
        fill(&app, &project, some).await;
        let stored = i64::try_from((before + 1) * PART).expect("it fits");
        wait_until("the index to have it", async || {
            (number(app.database(), last).await == stored).then_some(())
        })
        .await;
    }
    let older =
        "SELECT count(*) FROM search_blocks WHERE last_seq < (SELECT MIN(seq) FROM activities)";
    assert_eq!(number(app.database(), older).await, 0);
    let blocks = number(app.database(), "SELECT count(*) FROM search_blocks").await;
    assert_eq!(
        number(app.database(), "SELECT count(*) FROM search_words").await,
        blocks
    );
    let kept = app.log(&project).await.len();
    finds(&app, &project, &lines[lines.len() - kept..], "of many").await;
    let deleted = app.delete(&format!("/api/projects/{project}")).send().await;
    assert!(deleted.expect("an answer").status().is_success());
    wait_until("the index to be empty", async || {
        let blocks = number(app.database(), "SELECT count(*) FROM search_blocks").await;
        let words = number(app.database(), "SELECT count(*) FROM search_words").await;
        (blocks == 0 && words == 0).then_some(())
    })
    .await;
}
