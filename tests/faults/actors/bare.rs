//! A writer, an executor and sessions of the test's own, so that it can ask them for what no route asks.

use std::{sync::Arc, time::Duration};

use actix_rt::{Arbiter, ArbiterHandle};
use project_manager::{
    actors::{
        executor::{ExecutorHandle, Needs, QueueError},
        sessions::{Parts, SessionsHandle},
        supervisor::{RestartLimits, Supervisor},
        writer::{AppendError, WriterHandle},
    },
    backends::{Backend, Backends},
    db::{self, Database, execution, message},
    domain::{
        change::{Change, NewProject, Reported},
        execution::{Command, ExecutionStatus, Order},
        id::{ExecutionId, ProjectId, ServerId},
        message::{MessageText, Role},
        project::{AgentSettings, ProjectName},
        redaction::Secrets,
    },
    feed::Feed,
    github::{GitHub, Options},
    leases::Leases,
};

use crate::support::{Scripted, TestDatabase, wait_until};

/// The actors, in the order in which they need each other.
pub(super) struct Bare {
    pub(super) supervisor: Supervisor,
    pub(super) executor: ExecutorHandle,
    pub(super) sessions: SessionsHandle,
    pub(super) project: ProjectId,
    reader: db::Reader,
    /// Held until the end.
    _database: TestDatabase,
}

impl Bare {
    /// With one slot, everything on this thread, restarted as usual.
    pub(super) async fn start(backend: &Arc<Scripted>) -> Self {
        Self::start_with(backend, RestartLimits::default(), &Arbiter::current()).await
    }

    /// With these limits, the executor and its pollers on this thread.
    pub(super) async fn start_with(
        backend: &Arc<Scripted>,
        limits: RestartLimits,
        running: &ArbiterHandle,
    ) -> Self {
        let database = TestDatabase::new().await;
        let settings = Database {
            url: database.url.clone(),
            readers: 2,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(5),
            lease: Duration::from_secs(5),
            retention: db::apply::Retention::default(),
            wanted: Default::default(),
            server: ServerId::new(),
            option: None,
            for_leases: db::Kept::default(),
        };
        let (reader, connection) = db::connect(&settings).await.expect("a database");
        let supervisor = Supervisor::new(limits);
        let here = Arbiter::current();
        let connection = settings.writing_through(connection);
        let writer = WriterHandle::start(
            &supervisor,
            &here,
            Arc::new(settings),
            connection,
            reader.failed(),
            Feed::default(),
            Secrets::default(),
        );
        let project = ProjectId::new();
        let made = vec![Reported::now(project, Change::ProjectCreated(shop()))];
        writer.append(made).await.expect("a project");
        let backends = Backends::new(Arc::clone(backend) as Arc<dyn Backend>);
        let slots = [("scripted", 1)].into();
        let executor = ExecutorHandle::start(
            &supervisor,
            running,
            Needs {
                writer: writer.clone(),
                reader: reader.clone(),
                leases: Leases::all(),
                backends,
                feed: Feed::default(),
                slots,
                permission_expires: Duration::from_secs(60),
                site: github().site().clone(),
            },
        );
        let sessions = SessionsHandle::start(
            &supervisor,
            &here,
            Parts {
                writer,
                reader: reader.clone(),
                leases: Leases::all(),
                executor: executor.clone(),
                model: None,
                feed: Feed::default(),
            },
            None,
        );
        Self {
            supervisor,
            executor,
            sessions,
            project,
            reader,
            _database: database,
        }
    }

    pub(super) async fn queue(&self, command: Command) -> execution::Execution {
        let order = Order {
            command,
            args: String::new(),
        };
        let queued = self
            .executor
            .queue(self.project, vec![order], None, None)
            .await;
        queued.expect("queued").execution
    }

    /// Asks the executor for what it relies on never to be asked: a sequence of nothing.
    pub(super) async fn crash(&self) {
        let crashed = self.executor.queue(self.project, Vec::new(), None, None);
        let crashed = crashed.await.expect_err("there is nothing to queue");
        assert_eq!(crashed, QueueError::Append(AppendError::Unknown));
    }

    pub(super) async fn has(&self, execution: &execution::Execution, status: ExecutionStatus) {
        self.stands(execution.id, status).await;
    }

    pub(super) async fn stands(&self, execution: ExecutionId, status: ExecutionStatus) {
        wait_until(format!("an execution to be {status:?}"), async || {
            let found = self
                .reader
                .read(async |db| execution::find(db, execution).await);
            let found = found.await.expect("read").expect("an execution");
            (found.status == status).then_some(())
        })
        .await;
    }

    pub(super) async fn say(&self, text: &str) {
        self.post(text, false).await;
    }

    /// Says something that is to wait for what runs.
    pub(super) async fn say_later(&self, text: &str) {
        self.post(text, true).await;
    }

    async fn post(&self, text: &str, queued: bool) {
        let text = MessageText::parse(text).expect("a message");
        let posted = self.sessions.post(self.project, text, None, queued).await;
        posted.expect("stored");
    }

    /// What the project manager said, once it has said so much.
    pub(super) async fn replies(&self, count: usize) -> Vec<String> {
        wait_until(format!("{count} replies"), async || {
            let page = message::Page {
                limit: 100,
                before: None,
                topic: None,
            };
            let messages = self
                .reader
                .read(async |db| message::list(db, self.project, page).await);
            let replies: Vec<String> = messages
                .await
                .expect("read")
                .into_iter()
                .filter(|message| message.role == Role::Assistant)
                .map(|message| message.content)
                .collect();
            (replies.len() >= count).then_some(replies)
        })
        .await
    }
}

/// A GitHub that nobody asks anything.
fn github() -> GitHub {
    let options = Options {
        api_url: "https://api.github.com".to_owned(),
        token: String::new().into(),
        timeout: Duration::from_secs(1),
        cache: Duration::ZERO,
    };
    GitHub::new(&options).expect("a GitHub")
}

fn shop() -> NewProject {
    NewProject {
        name: ProjectName::parse("Shop").expect("a name"),
        description: None,
        github_repo_url: None,
        telegram_chat_id: None,
        workspace_path: Some("somewhere".to_owned()),
        backend: None,
        agent: AgentSettings::default(),
        key: None,
    }
}
