//! A whole server for one test.

use std::{ops::Deref, path::Path, sync::Arc, thread::JoinHandle};

use project_manager::{
    actors::{supervisor::Supervisor, writer::WriterHandle},
    app::App,
    backends::{Backend, Backends},
    config::Settings,
};
use tokio_util::sync::CancellationToken;

use super::{Client, LEASE, TestDatabase, patiently};

/// A server with the offline backend and an empty database.
pub async fn spawn_app() -> TestApp {
    TestAppBuilder::default().spawn().await
}

/// What a server is to be like.
#[derive(Default)]
pub struct TestAppBuilder {
    settings: Vec<(String, String)>,
    token: Option<String>,
    backends: Option<Backends>,
    database: Option<TestDatabase>,
}

impl TestAppBuilder {
    /// Sets a variable, such as `PM__FEED__HEARTBEAT_SECONDS`.
    pub fn set(mut self, name: &str, value: impl ToString) -> Self {
        self.settings.push((name.to_owned(), value.to_string()));
        self
    }

    /// Has the server ask who somebody is, and the test show this token, which may do everything.
    pub fn token(self, token: &str) -> Self {
        let mut this = self.set("PM__AUTH__TOKEN", token);
        this.token = Some(token.to_owned());
        this
    }

    /// Runs commands in this backend.
    pub fn backend(mut self, backend: Arc<impl Backend>) -> Self {
        self.backends = Some(Backends::new(backend));
        self
    }

    /// Lets projects choose this backend as well.
    pub fn and(mut self, other: Arc<impl Backend>) -> Self {
        let first = self.backends.expect("there is a backend already");
        self.backends = Some(first.with(other));
        self
    }

    /// Uses this database, as it is.
    pub fn database(mut self, database: TestDatabase) -> Self {
        self.database = Some(database);
        self
    }

    /// Starts it.
    pub async fn spawn(self) -> TestApp {
        let database = match self.database {
            Some(database) => database,
            None => TestDatabase::new().await,
        };
        let mut environment = vec![
            ("PM_ENV".to_owned(), "test".to_owned()),
            (
                "PM__DATA__DIR".to_owned(),
                database.folder.path().display().to_string(),
            ),
            ("DATABASE_URL".to_owned(), database.url.clone()),
            LEASE.map(str::to_owned).into(),
        ];
        environment.extend(self.settings);
        let settings = Settings::load(environment)
            .unwrap_or_else(|error| panic!("the test's settings: {error}"));
        let (started, starting) = tokio::sync::oneshot::channel();
        let backends = self.backends;
        // A thread of its own with an actix system of its own, as the program has.
        let thread = std::thread::spawn(move || {
            actix_rt::System::new().block_on(async move {
                let app = match backends {
                    Some(backends) => App::with_backends(settings, backends).await,
                    None => App::build(settings, Path::new(env!("CARGO_BIN_EXE_pm"))).await,
                };
                let app =
                    app.unwrap_or_else(|error| panic!("the server does not start: {error:?}"));
                let inside = Inside {
                    port: app.port(),
                    stopping: app.stopping(),
                    supervisor: app.supervisor(),
                    writer: app.writer(),
                };
                assert!(
                    started.send(inside).is_ok(),
                    "the test waits for its server"
                );
                app.run_until_stopped().await
            })
        });
        let inside = patiently("the server to start", starting)
            .await
            .expect("the server starts");
        let base = format!("http://127.0.0.1:{}", inside.port);
        let client = match &self.token {
            Some(token) => Client::showing(&base, token),
            None => Client::of(base),
        };
        TestApp {
            client,
            inside,
            database: Some(database),
            thread: Some(thread),
        }
    }
}

struct Inside {
    port: u16,
    stopping: CancellationToken,
    supervisor: Supervisor,
    writer: WriterHandle,
}

/// A running server. Dropping it stops it, and fails the test if it did not stop in order.
pub struct TestApp {
    client: Client,
    inside: Inside,
    database: Option<TestDatabase>,
    thread: Option<JoinHandle<anyhow::Result<()>>>,
}

impl TestApp {
    /// Its port.
    pub fn port(&self) -> u16 {
        self.inside.port
    }

    /// Who looks after its actors.
    pub fn supervisor(&self) -> &Supervisor {
        &self.inside.supervisor
    }

    /// The one who writes.
    pub fn writer(&self) -> &WriterHandle {
        &self.inside.writer
    }

    /// Its database.
    pub fn database(&self) -> &TestDatabase {
        self.database
            .as_ref()
            .expect("a server has a database until it is stopped")
    }

    /// Stops it in order and hands back its database, for a server that goes on with it.
    pub fn stop(mut self) -> TestDatabase {
        self.end().expect("the server stops in order");
        self.database
            .take()
            .expect("a server has a database until it is stopped")
    }

    fn end(&mut self) -> anyhow::Result<()> {
        self.inside.stopping.cancel();
        match self.thread.take() {
            Some(thread) => thread.join().expect("the server's thread does not panic"),
            None => Ok(()),
        }
    }
}

impl Deref for TestApp {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let ended = self.end();
        if !std::thread::panicking() {
            ended.expect("the server stops in order");
        }
    }
}
