//! Starting the program where something stands in the way: it says what, and what to do, and touches nothing.

mod migrating;
mod postgres;

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
};

use serde_json::json;
use tempfile::TempDir;

use crate::support::{Checkout, Done, ProgramBuilder, expect};

/// The program must have ended with exit code 1 and nothing but this message, which must hold all of `words`.
pub(crate) fn refused(done: &Done, words: &[&str]) {
    let Done {
        code,
        output,
        errors,
    } = done;
    assert_eq!(*code, Some(1), "{done:?}");
    assert_eq!(output, "", "a server that does not start is nowhere");
    assert!(errors.starts_with("pm: "), "{errors}");
    // One message: a line, or a line and a list.
    assert!(
        errors.lines().skip(1).all(|line| line.starts_with("  - ")),
        "{errors}"
    );
    for word in words {
        assert!(errors.contains(word), "no {word:?} in: {errors}");
    }
    for inside in ["panicked", "backtrace", "RUST_BACKTRACE", "src/"] {
        assert!(!errors.contains(inside), "{inside:?} in: {errors}");
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn database_in(folder: &TempDir) -> PathBuf {
    folder.path().join("project-manager.db")
}

/// What is in a folder, with what is in each file.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let bytes = std::fs::read(&path).expect("a file");
            (path, bytes)
        })
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn a_port_in_use_is_named_and_nothing_is_made() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let parent = folder();
    let data = parent.path().join("data");
    let done = ProgramBuilder::serving(&data)
        .set("API_PORT", address.rsplit_once(':').expect("a port").1)
        .run()
        .await;
    refused(
        &done,
        &["cannot listen on", &address, "API_PORT", "another server"],
    );
    assert!(!data.exists(), "no data folder was made");
}

#[tokio::test]
async fn a_file_where_the_data_folder_should_be_is_named_and_left_as_it_is() {
    let folder = folder();
    let file = folder.path().join("data");
    std::fs::write(&file, "precious").expect("a file");
    for place in [file.clone(), file.join("below")] {
        let done = ProgramBuilder::serving(&place).run().await;
        refused(
            &done,
            &[
                "cannot make the folder",
                place.to_str().expect("a plain name"),
                "PM__DATA__DIR",
            ],
        );
    }
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), "precious");
}

/// Permission bits do not hold for root, but nobody can make a folder in `/proc`.
#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let done = ProgramBuilder::serving(Path::new("/proc/project-manager"))
        .run()
        .await;
    refused(
        &done,
        &[
            "cannot make the folder",
            "/proc/project-manager",
            "PM__DATA__DIR",
        ],
    );
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_for_writing_is_named() {
    let folder = folder();
    let file = database_in(&folder);
    std::fs::create_dir(&file).expect("a folder where the file should be");
    let done = ProgramBuilder::serving(folder.path()).run().await;
    refused(
        &done,
        &[
            "cannot open the database",
            file.to_str().expect("a plain name"),
            "PM__DATA__DIR",
        ],
    );
}

#[tokio::test]
async fn a_corrupt_database_is_named_and_left_untouched_byte_for_byte() {
    let folder = folder();
    let file = database_in(&folder);
    std::fs::write(&file, "This was a database once.\n".repeat(1_000)).expect("a file");
    let before = contents(folder.path());
    for arguments in [
        &[][..],
        &["migrate", "up"],
        &["migrate", "down"],
        &["migrate", "status"],
    ] {
        let done = ProgramBuilder::with(arguments)
            .set("PM__DATA__DIR", folder.path().display())
            .run()
            .await;
        refused(
            &done,
            &[
                file.to_str().expect("a plain name"),
                "damaged",
                "backup",
                "left untouched",
            ],
        );
    }
    assert!(
        contents(folder.path()) == before,
        "nothing was changed or added"
    );
}

#[tokio::test]
async fn a_database_with_a_damaged_page_is_named_and_left_untouched_byte_for_byte() {
    let folder = folder();
    let up = ProgramBuilder::with(&["migrate", "up"]).set("PM__DATA__DIR", folder.path().display());
    assert_eq!(up.run().await.code, Some(0));
    let file = database_in(&folder);
    change(&file, "VACUUM").await;
    let mut bytes = std::fs::read(&file).expect("a database");
    // All but the first hundred bytes, which say that this is a SQLite database.
    bytes[100..].fill(0xA5);
    std::fs::write(&file, &bytes).expect("a file");
    let done = ProgramBuilder::serving(folder.path()).run().await;
    refused(
        &done,
        &[
            file.to_str().expect("a plain name"),
            "damaged",
            "backup",
            "left untouched",
        ],
    );
    assert!(
        std::fs::read(&file).expect("a file") == bytes,
        "nothing was changed"
    );
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_named_and_keeps_its_tables() {
    let folder = folder();
    let up = ProgramBuilder::with(&["migrate", "up"]).set("PM__DATA__DIR", folder.path().display());
    assert_eq!(up.run().await.code, Some(0));
    let file = database_in(&folder);
    let sql = "INSERT INTO seaql_migrations VALUES ('m20990101_000001_from_the_future', 0)";
    change(&file, sql).await;
    let before = std::fs::read(&file).expect("a database");
    for arguments in [
        &[][..],
        &["migrate", "up"],
        &["migrate", "down"],
        &["migrate", "status"],
    ] {
        let done = ProgramBuilder::with(arguments)
            .set("PM__DATA__DIR", folder.path().display())
            .run()
            .await;
        refused(
            &done,
            &[
                file.to_str().expect("a plain name"),
                "newer version",
                "restore a backup",
                "PM__DATA__DIR",
                "m20990101_000001_from_the_future",
            ],
        );
    }
    assert!(
        std::fs::read(&file).expect("a database") == before,
        "nothing was changed"
    );
}

/// Runs SQL, and has all of the database in its one file afterwards, so that its bytes are all there is.
async fn change(file: &Path, sql: &str) {
    use sea_orm::{ConnectionTrait as _, Database};
    let connection = Box::pin(Database::connect(format!("sqlite://{}", file.display())))
        .await
        .expect("the database opens");
    for sql in [sql, "PRAGMA wal_checkpoint(TRUNCATE)"] {
        connection.execute_unprepared(sql).await.expect(sql);
    }
    connection.close().await.expect("a closed connection");
}

#[tokio::test]
async fn an_address_others_can_reach_is_refused_with_the_reason() {
    let folder = folder();
    for host in ["0.0.0.0", "::", "192.0.2.1"] {
        let done = ProgramBuilder::serving(folder.path())
            .set("API_HOST", host)
            .run()
            .await;
        refused(
            &done,
            &[
                "API_HOST",
                host,
                "127.0.0.1",
                "there is no token",
                "pm token create",
            ],
        );
    }
    assert!(contents(folder.path()).is_empty(), "nothing was made");
}

#[tokio::test]
async fn unknown_variables_and_bad_values_are_all_named_at_once() {
    let folder = folder();
    let done = ProgramBuilder::serving(folder.path())
        .set("PM__FEED__HEARTBEAT_SECOND", 1)
        .set("PM__EXECUTOR__SLOTS", "many")
        .set("DATABASE_URL", "mysql://user:sesame@example.org/shop")
        .run()
        .await;
    refused(
        &done,
        &[
            "PM__FEED__HEARTBEAT_SECOND is no setting",
            "did you mean PM__FEED__HEARTBEAT_SECONDS?",
            "PM__EXECUTOR__SLOTS is \"many\"; expected a whole number from 0 to 64",
            "DATABASE_URL is mysql://",
            "sqlite:///path/to/file.db",
            "postgres://",
        ],
    );
    assert!(!done.errors.contains("sesame"), "{}", done.errors);
    assert!(contents(folder.path()).is_empty(), "nothing was made");
}

#[tokio::test]
async fn a_postgresql_that_is_not_there_is_named_without_its_password() {
    let folder = folder();
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("an address");
    drop(free);
    for url in [
        format!("postgres://shop:sesame@{address}/shop"),
        format!("postgres://shop@{address}/shop?password=sesame"),
    ] {
        let done = ProgramBuilder::serving(folder.path())
            .set("DATABASE_URL", url)
            .set("PM__DATABASE__ACQUIRE_TIMEOUT_SECONDS", 0.2)
            .run()
            .await;
        refused(
            &done,
            &[
                "cannot open the database",
                &address.to_string(),
                "DATABASE_URL",
                "nothing listens there",
                "PostgreSQL is running",
            ],
        );
        assert!(!done.errors.contains("sesame"), "{}", done.errors);
    }
}

/// Exit code 2, as with all programs that cannot make sense of their command line.
#[tokio::test]
async fn an_argument_nobody_knows_is_named_with_a_way_to_the_help() {
    for argument in ["--frobnicate", "frobnicate"] {
        let done = ProgramBuilder::with(&[argument]).run().await;
        assert_eq!((done.code, done.output.as_str()), (Some(2), ""), "{done:?}");
        assert!(done.errors.contains(argument), "{}", done.errors);
        assert!(done.errors.contains("--help"), "{}", done.errors);
    }
}

#[tokio::test]
async fn help_and_version_need_no_settings_and_hide_what_is_not_for_people() {
    let help = ProgramBuilder::with(&["--help"])
        .set("PM__NONSENSE", 1)
        .run()
        .await;
    assert_eq!((help.code, help.errors.as_str()), (Some(0), ""));
    for word in ["serve", "migrate", "config/default.toml"] {
        assert!(help.output.contains(word), "no {word} in: {}", help.output);
    }
    assert!(!help.output.contains("guard"), "{}", help.output);
    let version = ProgramBuilder::with(&["--version"]).run().await;
    assert_eq!(
        (version.code, version.output.as_str()),
        (Some(0), concat!("pm ", env!("CARGO_PKG_VERSION"), "\n"))
    );
}

#[tokio::test]
async fn it_runs_from_any_folder_and_serve_is_what_it_does_without_a_command() {
    let elsewhere = folder();
    for arguments in [&[][..], &["serve"]] {
        let data = folder();
        let server = ProgramBuilder::with(arguments)
            .set(
                "PM__DATA__DIR",
                data.path().join("made/when/missing").display(),
            )
            .inside(elsewhere.path())
            .start()
            .await;
        assert_eq!(server.read("/health").await["status"], "healthy");
        let page = server.get("/").send().await.expect("a page");
        let page = page.text().await.expect("a page is text");
        assert!(
            page.contains("<script"),
            "the page is in the program: {page}"
        );
        assert_eq!(
            server.read("/api/setup").await["suggested_project"],
            json!(null)
        );
        let (status, errors) = server.terminate().await;
        assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
        assert!(
            data.path()
                .join("made/when/missing/project-manager.db")
                .is_file()
        );
    }
    assert!(
        contents(elsewhere.path()).is_empty(),
        "nothing is left behind"
    );
}

#[tokio::test]
async fn a_checkout_the_server_is_started_in_is_offered_as_the_first_project() {
    let (data, checkout) = (folder(), Checkout::with(&[("src/main.c", "int main;")]));
    let server = ProgramBuilder::serving(data.path())
        .inside(&checkout.path().join("src"))
        .start()
        .await;
    let offered = server.read("/api/setup").await["suggested_project"].take();
    let top = checkout.path().canonicalize().expect("a folder");
    assert_eq!(offered["workspace_path"], json!(top));
    assert_eq!(
        offered["name"],
        json!(top.file_name().expect("a name").to_str())
    );
    let made = expect(
        server.post("/api/projects").json(&offered),
        reqwest::StatusCode::CREATED,
    )
    .await;
    assert_eq!(made["workspace_path"], offered["workspace_path"]);
}
