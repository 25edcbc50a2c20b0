//! A PostgreSQL that does not let the program in: what is wrong is told apart, each with what to do.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

use super::{folder, refused};
use crate::{
    faults::database::is_postgres_pass,
    support::{Done, Guest, Postgres, ProgramBuilder, TestDatabase},
};

/// Starts the server with this address, which must not succeed.
async fn start_with(url: &str) -> Done {
    let folder = folder();
    ProgramBuilder::serving(folder.path())
        .set("DATABASE_URL", url)
        .set("PM__DATABASE__ACQUIRE_TIMEOUT_SECONDS", 5)
        .run()
        .await
}

/// The parts of `postgres://user:password@place/name`.
struct Address {
    user: String,
    password: String,
    place: String,
    name: String,
}

impl Address {
    fn of(url: &str) -> Self {
        let parts = url.strip_prefix("postgres://").and_then(|rest| {
            let (who, place) = rest.split_once('@')?;
            let ((user, password), (place, name)) = (who.split_once(':')?, place.split_once('/')?);
            Some([user, password, place, name].map(str::to_owned))
        });
        let [user, password, place, name] = parts.expect("a whole address");
        Self {
            user,
            password,
            place,
            name,
        }
    }

    fn url(&self) -> String {
        let Self {
            user,
            password,
            place,
            name,
        } = self;
        format!("postgres://{user}:{password}@{place}/{name}")
    }
}

#[tokio::test]
async fn each_thing_that_can_be_wrong_with_the_address_is_told_with_what_to_do() {
    if !is_postgres_pass() {
        return;
    }
    let database = TestDatabase::new().await;
    for (change, words) in [
        (
            (|address| address.password = "sesame".to_owned()) as fn(&mut Address),
            ["no such user with this password", "%40"],
        ),
        (
            |address| address.name = "no_such_database".to_owned(),
            ["no database of this name", "CREATE DATABASE"],
        ),
        (
            |address| address.place = "no-such-host.invalid".to_owned(),
            ["no host of this name", "DNS"],
        ),
        (
            |address| address.name.push_str("?sslmode=require"),
            ["has no TLS", "ssl = on"],
        ),
    ] {
        let mut address = Address::of(&database.url);
        change(&mut address);
        let done = start_with(&address.url()).await;
        refused(&done, &["cannot open the database", words[0], words[1]]);
        assert!(!done.errors.contains(&address.password), "{done:?}");
    }
}

#[tokio::test]
async fn a_user_who_lacks_a_right_and_one_without_a_connection_left_are_told_so() {
    if !is_postgres_pass() {
        return;
    }
    let database = TestDatabase::new().await;
    let admin = database.connect().await;
    let user = format!("guest_{}", Uuid::now_v7().simple());
    let run = async |sql: String| admin.execute_unprepared(&sql).await.expect("it is done");
    run(format!("CREATE ROLE {user} LOGIN PASSWORD 'sesame'")).await;
    run("REVOKE CREATE ON SCHEMA public FROM PUBLIC".to_owned()).await;
    let mut address = Address::of(&database.url);
    (address.user, address.password) = (user.clone(), "sesame".to_owned());
    let no_right = start_with(&address.url()).await;
    run(format!("ALTER ROLE {user} CONNECTION LIMIT 0")).await;
    let no_connection = start_with(&address.url()).await;
    run(format!("DROP ROLE {user}")).await;
    refused(&no_right, &["lacks a right", "GRANT"]);
    refused(
        &no_connection,
        &["no connection left", "max_connections", "READERS"],
    );
}

#[tokio::test]
async fn a_server_that_gets_fewer_connections_than_it_needs_does_not_start() {
    if !is_postgres_pass() {
        return;
    }
    let database = TestDatabase::new().await;
    let guest = Guest::of(&database).await;
    // One to write, one to read and one for its lease.
    for connections in [1, 2] {
        guest.limit(connections).await;
        let done = start_with(&guest.url).await;
        refused(
            &done,
            &["cannot open the database", "no connection left", "READERS"],
        );
    }
    guest.leave().await;
}

#[tokio::test]
async fn a_postgresql_of_a_newer_version_is_named_and_keeps_its_tables() {
    if !is_postgres_pass() {
        return;
    }
    let database = TestDatabase::new().await;
    let run = async |arguments: &[&str]| {
        let program = ProgramBuilder::with(arguments).set("DATABASE_URL", &database.url);
        program
            .set("PM__DATA__DIR", database.folder.path().display())
            .run()
            .await
    };
    assert_eq!(run(&["migrate", "up"]).await.code, Some(0));
    let db = database.connect().await;
    let future = "INSERT INTO seaql_migrations VALUES ('m20990101_000001_from_the_future', 0)";
    db.execute_unprepared(future).await.expect("a row");
    let before = versions(&db).await;
    for arguments in [
        &[][..],
        &["migrate", "up"],
        &["migrate", "down"],
        &["migrate", "status"],
    ] {
        refused(
            &run(arguments).await,
            &[
                &database.url[database.url.rfind('/').expect("a name")..],
                "newer version",
                "restore a backup",
                "DATABASE_URL",
                "m20990101_000001_from_the_future",
            ],
        );
    }
    assert_eq!(versions(&db).await, before);
}

/// What was done to the tables.
async fn versions(db: &DatabaseConnection) -> Vec<String> {
    let sql = "SELECT version FROM seaql_migrations ORDER BY version";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.expect("the table");
    let version = |row: &sea_orm::QueryResult| row.try_get_by_index(0).expect("text");
    rows.iter().map(version).collect()
}

/// The certificates of a PostgreSQL with TLS, and it.
async fn secured() -> Option<(Postgres, TempDir)> {
    if !is_postgres_pass() {
        return None;
    }
    let folder = folder();
    let mut postgres = Postgres::start().await;
    postgres.secure(folder.path()).await;
    Some((postgres, folder))
}

fn verified(postgres: &Postgres, folder: &TempDir, root: &str) -> String {
    let root = folder.path().join(root);
    format!(
        "{}?sslmode=verify-full&sslrootcert={}",
        postgres.url,
        root.display()
    )
}

#[tokio::test]
async fn tls_with_the_right_root_keeps_everything_on_an_encrypted_connection() {
    let Some((postgres, certificates)) = secured().await else {
        return;
    };
    let data = folder();
    let server = ProgramBuilder::serving(data.path())
        .set(
            "DATABASE_URL",
            verified(&postgres, &certificates, "root.crt"),
        )
        .start()
        .await;
    assert_eq!(server.ready().await["status"], "healthy");
    let admin = sea_orm::Database::connect(format!("{}?sslmode=disable", postgres.url));
    let admin = Box::pin(admin).await.expect("it also lets others in");
    let sql = "SELECT count(*) AS open, count(*) FILTER (WHERE ssl) AS encrypted FROM pg_stat_ssl \
               JOIN pg_stat_activity USING (pid) WHERE application_name = 'project-manager'";
    let counts = admin
        .query_one_raw(sea_orm::Statement::from_string(
            admin.get_database_backend(),
            sql,
        ))
        .await
        .expect("PostgreSQL tells")
        .expect("a row");
    let count = |name| counts.try_get::<i64>("", name).expect("a number");
    assert!(count("open") >= 2, "a writer and a reader");
    assert_eq!(count("open"), count("encrypted"));
    server.terminate().await;
    postgres.remove().await;
}

#[tokio::test]
async fn a_certificate_of_somebody_else_is_refused_with_what_sslrootcert_must_name() {
    let Some((postgres, certificates)) = secured().await else {
        return;
    };
    let done = start_with(&verified(&postgres, &certificates, "other.crt")).await;
    refused(
        &done,
        &[
            "cannot open the database",
            "certificate was refused",
            "sslrootcert",
        ],
    );
    let done = start_with(&verified(&postgres, &certificates, "missing.crt")).await;
    refused(&done, &["a file it names cannot be read", "sslrootcert"]);
    postgres.remove().await;
}

#[tokio::test]
async fn an_old_postgresql_is_refused_with_its_version_and_the_one_that_is_needed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let url = format!("postgres://shop:sesame@{address}/shop?sslmode=disable");
    let done = tokio::select! {
        done = start_with(&url) => done,
        () = answer_as_version_12(listener) => unreachable!("it answers for ever"),
    };
    refused(&done, &["PostgreSQL 12.22", "13 or newer"]);
    assert!(!done.errors.contains("sesame"), "{done:?}");
}

/// As much of PostgreSQL as it takes to be let in.
async fn answer_as_version_12(listener: TcpListener) {
    loop {
        let (mut socket, _) = listener.accept().await.expect("a connection");
        // Whoever goes away in between has seen enough.
        let _ = let_in(&mut socket).await;
    }
}

async fn let_in(socket: &mut TcpStream) -> std::io::Result<()> {
    let length = socket.read_u32().await?;
    let mut startup = vec![0; length as usize - 4];
    socket.read_exact(&mut startup).await?;
    // "Let in", the version, and "ready"; each with its length.
    socket.write_all(b"R\0\0\0\x08\0\0\0\0").await?;
    socket
        .write_all(b"S\0\0\0\x19server_version\x0012.22\0")
        .await?;
    socket.write_all(b"Z\0\0\0\x05I").await?;
    // Open until the program has had enough.
    socket.read_to_end(&mut Vec::new()).await.map(|_| ())
}
