//! A database in a temporary folder, its writer, and a project in which a command runs: as the program has them, but on this
//! one thread, so that what happens in which order, and what it costs, is the same each time.

use std::{future::Future, sync::Arc};

use actix_rt::{Arbiter, System, SystemRunner};
use project_manager::{
    actors::{
        supervisor::{RestartLimits, Supervisor},
        writer::WriterHandle,
    },
    app,
    config::Settings,
    db::{self, Reader},
    domain::{
        change::{Change, NewProject, Reported},
        execution::{Command, NewExecution, Order},
        id::{ExecutionId, ProjectId},
        project::{AgentSettings, ProjectName},
        redaction::Secrets,
    },
    feed::Feed,
};
use tempfile::TempDir;

/// All of it. Dropped in this order.
pub(crate) struct Store {
    pub(crate) writer: WriterHandle,
    pub(crate) project: ProjectId,
    pub(crate) execution: ExecutionId,
    _reader: Reader,
    system: SystemRunner,
    _folder: TempDir,
}

impl Store {
    pub(crate) fn open() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let settings = settings(&folder)?;
        let system = System::new();
        let database = Arc::new(app::database(&settings));
        let supervisor = Supervisor::new(RestartLimits::default());
        let (project, execution) = (ProjectId::new(), ExecutionId::new());
        let (reader, writer) = system.block_on(async {
            let (reader, connection) = db::connect(&database).await?;
            let writer = WriterHandle::start(
                &supervisor,
                &Arbiter::current(),
                Arc::clone(&database) as _,
                database.writing_through(connection),
                reader.failed(),
                // Nobody watches: what that takes is in the workloads of the ring.
                Feed::default(),
                Secrets::new(["hunter2-hunter2".to_owned()]),
            );
            for change in beginning(execution)? {
                writer.append(vec![Reported::now(project, change)]).await?;
            }
            anyhow::Ok((reader, writer))
        })?;
        Ok(Self {
            writer,
            project,
            execution,
            _reader: reader,
            system,
            _folder: folder,
        })
    }

    /// Waits for it, and works meanwhile.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.system.block_on(future)
    }
}

/// The settings of a server with its data in `folder`.
pub(crate) fn settings(folder: &TempDir) -> anyhow::Result<Settings> {
    Ok(Settings::load([
        ("PM_ENV".to_owned(), "test".to_owned()),
        (
            "PM__DATA__DIR".to_owned(),
            folder.path().display().to_string(),
        ),
    ])?)
}

/// What happens in a project until its first command runs.
fn beginning(execution: ExecutionId) -> anyhow::Result<[Change; 3]> {
    let new = NewProject {
        name: ProjectName::parse("Benchmark")?,
        description: None,
        github_repo_url: None,
        telegram_chat_id: None,
        workspace_path: None,
        backend: None,
        agent: AgentSettings::default(),
        key: None,
    };
    let queued = NewExecution {
        id: execution,
        order: Order {
            command: Command::Prime,
            args: String::new(),
        },
        then: Vec::new(),
        message: None,
        phase: None,
        key: None,
        attempt: 1,
    };
    let started = Change::ExecutionStarted {
        execution,
        command: Command::Prime,
        backend: "scar",
    };
    Ok([
        Change::ProjectCreated(new),
        Change::ExecutionQueued(queued),
        started,
    ])
}
