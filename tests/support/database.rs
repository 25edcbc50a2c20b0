//! A database for one test: a SQLite file, or a PostgreSQL database of its own.

use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// The lease of a server that has a database for itself: one that is started after it was killed waits so long before it takes
/// over what there is. Nobody else could.
pub const LEASE: [&str; 2] = ["PM__DATABASE__LEASE_SECONDS", "1"];

/// A database that goes away with the test. Which kind is chosen by `TEST_DATABASE`: `postgres`, or SQLite without it.
pub struct TestDatabase {
    /// Its address.
    pub url: String,
    /// The server's data folder; holds the SQLite file.
    pub folder: TempDir,
    server: Option<String>,
}

impl TestDatabase {
    /// Makes an empty one of the kind this run is about.
    pub async fn new() -> Self {
        match std::env::var("TEST_DATABASE").as_deref() {
            Ok("postgres") => Self::postgres().await,
            _ => Self::sqlite(),
        }
    }

    /// Makes an empty SQLite one.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        Self {
            url,
            folder,
            server: None,
        }
    }

    async fn postgres() -> Self {
        let server = std::env::var("TEST_DATABASE_URL")
            .expect("TEST_DATABASE_URL names the PostgreSQL to test with");
        let name = format!("test_{}", Uuid::now_v7().simple());
        let admin = connect(&server).await;
        admin
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await
            .expect("a new database");
        admin.close().await.expect("a closed connection");
        let (start, _) = server
            .rsplit_once('/')
            .expect("a database name in TEST_DATABASE_URL");
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            url: format!("{start}/{name}"),
            folder,
            server: Some(server),
        }
    }

    /// The database at this address of PostgreSQL, which is somebody else's to remove.
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            folder: tempfile::tempdir().expect("a temporary folder"),
            server: None,
        }
    }

    /// Whether it is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.server.is_some()
    }

    /// A connection of the test's own, which sees only what was committed.
    pub async fn connect(&self) -> DatabaseConnection {
        connect(&self.url).await
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    if url.starts_with("sqlite:") {
        options.map_sqlx_sqlite_opts(|sqlite| sqlite.create_if_missing(true));
    }
    Box::pin(Database::connect(options))
        .await
        .expect("the test's database opens")
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some(server) = self.server.take() else {
            return;
        };
        let name = self.url.rsplit('/').next().unwrap_or_default().to_owned();
        // Nobody waits for it: PostgreSQL drops no database while any client is in the middle of logging in, and that
        // client may be a pool on this very thread's runtime, which waits for this function. So the last tests of a run
        // may leave theirs behind.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let admin = connect(&server).await;
                admin
                    .execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)"))
                    .await
                    .expect("the database goes");
            });
        });
    }
}
