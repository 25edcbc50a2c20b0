//! `pm backup`, and a server that is started on what it made.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    faults::startup::refused,
    support::{Done, Program, ProgramBuilder, TestDatabase, expect},
};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

async fn backup(data: &Path, file: &Path) -> Done {
    let file = file.to_str().expect("a plain name");
    ProgramBuilder::with(&["backup", file])
        .set("PM__DATA__DIR", data.display())
        .run()
        .await
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<String> = entries
        .map(|entry| name(entry).into_string().expect("a plain name"))
        .collect();
    names.sort();
    names
}

/// One more activity, which nobody answers.
async fn describe(server: &Program, project: &str, words: &str) {
    let path = format!("/api/projects/{project}");
    let body = json!({ "description": words });
    expect(server.patch(&path).json(&body), StatusCode::OK).await;
}

/// Has the server write all the time, from two sides, while a backup is made, and once more after that.
async fn back_up_while_it_writes(
    server: &Program,
    project: &str,
    data: &Path,
    file: &Path,
) -> Done {
    let is_made = Cell::new(false);
    let write = async |who: &str| {
        let mut is_last = false;
        while !std::mem::replace(&mut is_last, is_made.get()) {
            describe(server, project, who).await;
        }
    };
    let back_up = async {
        let done = backup(data, file).await;
        is_made.set(true);
        done
    };
    let (done, ..) = tokio::join!(back_up, write("one"), write("other"));
    done
}

#[tokio::test]
async fn a_server_started_on_a_backup_taken_beside_a_writing_one_has_its_log_up_to_then() {
    let (here, there, kept) = (folder(), folder(), folder());
    let server = ProgramBuilder::serving(here.path()).start().await;
    let project = server.project("Shop").await;
    describe(&server, &project, "before").await;
    let mut files: Vec<PathBuf> = Vec::new();
    for round in 0..3 {
        let file = kept.path().join(format!("{round}.db"));
        let done = back_up_while_it_writes(&server, &project, here.path(), &file).await;
        assert_eq!((done.code, done.errors.as_str()), (Some(0), ""), "{done:?}");
        assert!(done.output.contains("1 project, "), "{done:?}");
        files.push(file);
    }
    let whole = server.log(&project).await;
    assert_eq!(
        names(kept.path()),
        ["0.db", "1.db", "2.db"],
        "each is one file"
    );
    let (status, errors) = server.terminate().await;
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));

    let mut last = 0;
    for (round, file) in files.iter().enumerate() {
        let data = there.path().join(round.to_string());
        std::fs::create_dir(&data).expect("a folder");
        std::fs::copy(file, data.join("project-manager.db")).expect("a copy");
        let restored = ProgramBuilder::serving(&data).start().await;
        assert_eq!(restored.read("/api/projects").await[0]["name"], "Shop");
        let log: Vec<Value> = restored.log(&project).await;
        assert!(log.len() > last, "{} activities", log.len());
        assert!(log.len() < whole.len(), "it was taken in the middle");
        last = log.len();
        assert_eq!(log, whole[..last], "the log up to the backup");
        restored.say(&project, "it goes on").await;
        restored.kill().await;
    }
}

#[tokio::test]
async fn what_is_there_already_is_left_as_it_is_and_nothing_is_left_beside_it() {
    let (data, kept) = (folder(), folder());
    let file = kept.path().join("kept.db");
    let shown = file.to_str().expect("a plain name").to_owned();
    let missing = backup(data.path(), &file).await;
    refused(&missing, &["there is no database", "pm serve"]);
    assert_eq!(names(data.path()), Vec::<String>::new(), "none was made");
    let server = ProgramBuilder::serving(data.path()).start().await;
    server.project("Shop").await;
    server.terminate().await;
    std::fs::write(&file, "precious").expect("a file");
    let done = backup(data.path(), &file).await;
    refused(&done, &[&shown, "is there already", "another name"]);
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), "precious");
    let nowhere = kept.path().join("no").join("where.db");
    let done = backup(data.path(), &nowhere).await;
    refused(&done, &["cannot make", "where.db", "check that its folder"]);
    assert_eq!(names(kept.path()), ["kept.db"]);
}

#[tokio::test]
async fn what_is_no_database_of_ours_leaves_no_backup() {
    let (data, kept) = (folder(), folder());
    let file = kept.path().join("kept.db");
    std::fs::write(data.path().join("project-manager.db"), "").expect("an empty file");
    let done = backup(data.path(), &file).await;
    refused(&done, &["no whole database of Project Manager", "projects"]);
    assert_eq!(names(kept.path()), Vec::<String>::new());
}

#[tokio::test]
async fn for_postgresql_it_names_the_command_without_the_password() {
    let database = TestDatabase::sqlite();
    let done = ProgramBuilder::with(&["backup", "it's.dump"])
        .set("PM__DATA__DIR", database.folder.path().display())
        .set(
            "DATABASE_URL",
            "postgresql+asyncpg://ann:s3cr3t@db.example:5433/pm?ssl=require&password=s3cr3t",
        )
        .run()
        .await;
    refused(
        &done,
        &[
            "pg_dump --format custom --file",
            "postgres://ann@db.example:5433/pm?sslmode=require",
            "PGPASSWORD",
        ],
    );
    assert!(!done.errors.contains("s3cr3t"), "{done:?}");
}
