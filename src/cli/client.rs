//! The commands that speak to a running server, over its HTTP API alone, as any other program would.
//!
//! ```text
//! projects, executions, gates ──▶ api ──▶ server        find: which project is meant
//! run, tail ──▶ events (cursor) ──▶ api                 steps, table, text ──▶ screen
//! ```

mod address;
mod api;
mod events;
mod executions;
mod failure;
mod find;
mod gates;
mod projects;
mod run;
mod screen;
mod steps;
mod table;
mod tail;
mod text;
mod wire;

use std::{process::ExitCode, rc::Rc};

use clap::{Args, Subcommand};

use self::{address::Server, api::Api, failure::Failure, screen::Screen};
use crate::telemetry;

#[derive(Debug, Subcommand)]
pub(super) enum Client {
    /// Run a command in a project, and show its steps while it runs.
    Run(run::Run),
    /// Show what happens in a project, live.
    Tail(tail::Tail),
    /// List the projects: what runs, and what waits for you; or import some.
    Projects(projects::Projects),
    /// List what was run, the newest first.
    Executions(executions::Executions),
    /// List what waits for your decision, or decide.
    Gates(gates::Gates),
}

/// Which server is meant.
#[derive(Debug, Clone, Args)]
struct Where {
    /// The server's address; without it PM_SERVER has it, else the settings of this folder.
    ///
    /// Such as https://pm.example.com. Where the server asks who one is, a token is given in PM_TOKEN, or its file in
    /// PM_TOKEN_FILE; else it is the one of the settings (auth.token).
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

impl Client {
    fn at(&self) -> &Where {
        match self {
            Self::Run(asked) => &asked.at,
            Self::Tail(asked) => &asked.at,
            Self::Projects(asked) => asked.at(),
            Self::Executions(asked) => &asked.at,
            Self::Gates(asked) => asked.at(),
        }
    }
}

/// Does what was asked for; the exit code.
pub(super) fn run(asked: &Client) -> ExitCode {
    // What is written is for who asked. Of what goes on inside, only what is wrong.
    if let Err(error) = telemetry::start("warn", telemetry::Format::Pretty, std::io::stderr) {
        eprintln!("pm: {error}");
        return ExitCode::FAILURE;
    }
    match actix_rt::System::new().block_on(answer(asked)) {
        Ok(code) => code,
        Err(failure) => failure.told(),
    }
}

async fn answer(asked: &Client) -> Result<ExitCode, Failure> {
    let server = Server::find(asked.at().server.as_deref())?;
    let api = Api::new(server, Rc::new(Screen::new()))?;
    let done = match asked {
        Client::Run(asked) => return Box::pin(run::run(&api, asked)).await,
        Client::Tail(asked) => return Box::pin(tail::run(&api, asked)).await,
        Client::Projects(asked) => return projects::run(&api, asked).await,
        Client::Executions(asked) => executions::run(&api, asked).await,
        Client::Gates(asked) => gates::run(&api, asked).await,
    };
    done.map(|()| ExitCode::SUCCESS)
}
