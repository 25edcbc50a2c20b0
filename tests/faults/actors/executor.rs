//! A crash of the executor itself.

use std::{sync::Arc, time::Duration};

use actix_rt::Arbiter;
use project_manager::{
    actors::{
        executor::{ExecutorHandle, QueueError},
        supervisor::{RestartLimits, Supervisor},
        writer::{AppendError, WriterHandle},
    },
    backends::{Backend, Backends},
    db::{self, Database, execution},
    domain::{
        change::{Change, NewProject, Reported},
        execution::{Command, ExecutionStatus, Order, Outcome},
        id::ProjectId,
        project::ProjectName,
    },
    feed::Feed,
};

use crate::support::{Scripted, TestDatabase, wait_until};

/// A writer and an executor of the test's own, so that it can ask them for what no route asks.
struct Bare {
    database: TestDatabase,
    supervisor: Supervisor,
    reader: db::Reader,
    executor: ExecutorHandle,
    project: ProjectId,
}

async fn bare(backend: &Arc<Scripted>) -> Bare {
    let database = TestDatabase::new().await;
    let settings = Database {
        url: database.url.clone(),
        readers: 2,
        acquire_timeout: Duration::from_secs(5),
        statement_timeout: Duration::from_secs(5),
        retention: db::apply::Retention::default(),
    };
    let (reader, connection) = db::connect(&settings).await.expect("a database");
    let supervisor = Supervisor::new(RestartLimits::default());
    let here = Arbiter::current();
    let writer = WriterHandle::start(
        &supervisor,
        &here,
        Arc::new(settings),
        Box::new(connection),
        Feed::default(),
    );
    let project = ProjectId::new();
    let new = NewProject {
        name: ProjectName::parse("Shop").expect("a name"),
        description: None,
        github_repo_url: None,
        workspace_path: None,
        backend: None,
        key: None,
    };
    let made = vec![Reported::now(project, Change::ProjectCreated(new))];
    writer.append(made).await.expect("a project");
    let backend = Backends::new(Arc::clone(backend) as Arc<dyn Backend>);
    let executor = ExecutorHandle::start(&supervisor, &here, writer, reader.clone(), backend, 1);
    Bare {
        database,
        supervisor,
        reader,
        executor,
        project,
    }
}

impl Bare {
    async fn queue(&self, command: Command) -> execution::Execution {
        let order = Order {
            command,
            args: String::new(),
        };
        let queued = self.executor.queue(self.project, vec![order], None, None);
        queued.await.expect("queued").execution
    }

    /// Asks for what the executor relies on never to be asked: a sequence of nothing.
    async fn crash(&self) {
        let crashed = self.executor.queue(self.project, Vec::new(), None, None);
        let crashed = crashed.await.expect_err("there is nothing to queue");
        assert_eq!(crashed, QueueError::Append(AppendError::Unknown));
    }

    async fn has(&self, execution: &execution::Execution, status: ExecutionStatus) {
        wait_until(
            format!("{} to be {status:?}", execution.order.command.as_str()),
            async || {
                let found = self
                    .reader
                    .read(async |db| execution::find(db, execution.id).await);
                let found = found.await.expect("read").expect("an execution");
                (found.status == status).then_some(())
            },
        )
        .await;
    }
}

#[actix_web::test]
async fn a_crash_of_the_executor_leaves_what_runs_alone_and_what_waits_in_its_place() {
    let backend = Scripted::new();
    let bare = bare(&backend).await;
    let running = bare.queue(Command::Prime).await;
    let job = backend.next_job().await;
    let waiting = bare.queue(Command::Validate).await;
    bare.crash().await;
    job.says("it goes on").await;
    // Asked after the crash, answered by the restarted executor, which has found everything again.
    let last = bare.queue(Command::Prime).await;
    bare.has(&running, ExecutionStatus::Running).await;
    assert!(!backend.has_job(), "one slot, one command");
    job.complete("done");
    bare.has(&running, ExecutionStatus::Completed).await;
    for (execution, command) in [(&waiting, Command::Validate), (&last, Command::Prime)] {
        let job = backend.next_job().await;
        assert_eq!(
            (job.job.execution, job.job.order.command),
            (execution.id, command)
        );
        bare.crash().await;
        job.complete("done");
        bare.has(execution, ExecutionStatus::Completed).await;
    }
    assert_eq!(bare.supervisor.crashes(), 3);
    drop(bare.database);
}

#[actix_web::test]
async fn what_is_cancelled_right_after_a_crash_of_the_executor_is_cancelled_once() {
    let backend = Scripted::new();
    let bare = bare(&backend).await;
    let running = bare.queue(Command::Prime).await;
    let job = backend.next_job().await;
    let waiting = bare.queue(Command::Validate).await;
    bare.crash().await;
    assert_eq!(bare.executor.cancel(waiting.id).await, Ok(true));
    let follow = async {
        job.cancel.cancelled().await;
        job.end(Outcome::Cancelled);
    };
    let (cancelled, ()) = tokio::join!(bare.executor.cancel(running.id), follow);
    assert_eq!(cancelled, Ok(true));
    bare.has(&running, ExecutionStatus::Cancelled).await;
    bare.has(&waiting, ExecutionStatus::Cancelled).await;
    assert_eq!(bare.executor.cancel(running.id).await, Ok(false));
    assert!(
        !backend.has_job(),
        "what was cancelled while it waited is not run"
    );
}
