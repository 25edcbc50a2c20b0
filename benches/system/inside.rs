//! The whole program in this process, for what is measured at its parts.

use std::{path::Path, thread::JoinHandle};

use anyhow::Context as _;
use project_manager::{
    actors::writer::WriterHandle,
    app::App,
    config::Settings,
    domain::{
        change::NewProject,
        project::{AgentSettings, ProjectName},
    },
};
use tokio_util::sync::CancellationToken;

/// A server in this process, on threads of its own.
pub(crate) struct Inside {
    /// Where it listens, on this machine.
    pub(crate) port: u16,
    /// Its writer.
    pub(crate) writer: WriterHandle,
    stopping: CancellationToken,
    thread: JoinHandle<anyhow::Result<()>>,
}

impl Inside {
    /// Starts it on the database of these settings.
    pub(crate) fn start(settings: Settings) -> anyhow::Result<Self> {
        let (started, starting) = std::sync::mpsc::sync_channel(1);
        // A thread of its own with an actix system of its own, as the program has.
        let thread = std::thread::spawn(move || {
            actix_rt::System::new().block_on(async move {
                // Nothing is run here, so nobody keeps children.
                let app = App::build(settings, Path::new("/nowhere")).await?;
                let inside = (app.port(), app.writer(), app.stopping());
                started
                    .send(inside)
                    .ok()
                    .context("nobody waits for the server")?;
                app.run_until_stopped().await
            })
        });
        let Ok((port, writer, stopping)) = starting.recv() else {
            return Err(match thread.join() {
                Ok(Err(error)) => error,
                _ => anyhow::anyhow!("the server did not start"),
            });
        };
        Ok(Self {
            port,
            writer,
            stopping,
            thread,
        })
    }

    /// Ends it, and waits until it has.
    pub(crate) fn stop(self) -> anyhow::Result<()> {
        self.stopping.cancel();
        drop(self.writer);
        let ended = self.thread.join();
        ended.map_err(|_| anyhow::anyhow!("the server panicked"))?
    }
}

/// The settings people have, except that data and database are here and that any free port is taken.
pub(crate) fn settings(data: &Path, database_url: &str) -> anyhow::Result<Settings> {
    let settings = Settings::load(
        [
            ("PM_ENV", "production"),
            ("PM__DATA__DIR", &*data.to_string_lossy()),
            ("DATABASE_URL", database_url),
            ("API_PORT", "0"),
            ("PM__ACP__COMMAND", "off"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    )?;
    Ok(settings)
}

/// A project with nothing in it.
pub(crate) fn new_project() -> anyhow::Result<NewProject> {
    Ok(NewProject {
        name: ProjectName::parse("Benchmark")?,
        description: None,
        github_repo_url: None,
        telegram_chat_id: None,
        workspace_path: None,
        backend: None,
        agent: AgentSettings::default(),
        key: None,
    })
}
