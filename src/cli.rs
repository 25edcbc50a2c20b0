//! The command line: `pm serve` (the default), `pm migrate up|down|status`, `pm healthcheck`, `pm token`, `pm doctor` and
//! `pm config`, what moves whole databases (`cli/moves.rs`), and what speaks to a running server (`cli/client.rs`).

mod client;
mod completions;
mod doctor;
mod healthcheck;
mod moves;
mod output;
mod show;
mod token;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use migration::MigratorTrait as _;

use crate::{
    app::{self, App},
    config::{LogFormat, Settings},
    db, guard, http, telemetry,
};

/// The server and WebUI with which people who do not write code get software built.
///
/// Every setting is described in config/default.toml and can be given as PM__SECTION__KEY in the environment.
#[derive(Debug, Parser)]
#[command(name = "pm", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (what happens without a command).
    Serve,
    #[command(flatten)]
    Client(client::Client),
    /// Look at or change the version of the database's tables. `serve` brings them up to date by itself.
    Migrate {
        #[command(subcommand)]
        direction: Direction,
    },
    /// Ask the server that runs with these settings whether it is well; exit code 0 says so, and 1 that it is not, with why.
    Healthcheck {
        /// Only whether it lives: a server whose database is away is not ready, and is no better after a restart.
        #[arg(long)]
        live: bool,
    },
    /// Look for what keeps the server from starting or from doing its work, and say what to do. It changes nothing.
    ///
    /// A language model, where one is set, is asked for one word. Exit code 0 says that nothing is broken, 1 that something is.
    Doctor {
        /// As JSON, for programs.
        #[arg(long)]
        json: bool,
    },
    /// Show the settings, where each comes from, and what is wrong with them. Secrets are not shown.
    Config {
        #[command(subcommand)]
        what: Option<show::Config>,
    },
    /// Print what the API can do, as OpenAPI 3.1. It needs no server and no database.
    Openapi,
    /// Make, list and revoke the tokens with which people and programs are let in, also while the server runs.
    Token {
        #[command(subcommand)]
        what: token::Tokens,
    },
    /// Copy the database into a file, also while the server runs. For PostgreSQL it says which tool to use.
    Backup {
        /// The file to make; it must not be there yet.
        file: PathBuf,
    },
    /// Copy everything into another, empty database, and compare the two: SQLite to PostgreSQL, or any other way.
    ///
    /// No server may run on either. Leave a password out of the addresses: it is taken from PGPASSWORD or ~/.pgpass.
    Copy {
        /// The database to copy: sqlite:///path/to/file.db or postgres://user@host/name.
        #[arg(long, value_name = "URL")]
        from: String,
        /// The database to copy into. Its tables are made.
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// Bring the projects of the predecessor over, with the log they would have had here.
    ///
    /// No server may run on the database of the settings, which they come to. A project that is there already is left as it
    /// is, so that a second run does nothing. Leave a password out of the address: it is taken from PGPASSWORD or ~/.pgpass.
    ImportLegacy {
        /// The predecessor's database: postgres://user@host/name. It is only read.
        #[arg(long, value_name = "URL")]
        from: String,
    },
    /// Print what a shell needs to complete the command line.
    ///
    /// For bash: pm completions bash > ~/.local/share/bash-completion/completions/pm
    Completions {
        /// Which shell.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Lead a process group for the server and end it with the server. Started by the server, not by people.
    #[command(hide = true)]
    Guard {
        /// Have the program read what comes from the other end of its standard error.
        #[arg(long)]
        talks: bool,
        /// The program.
        program: OsString,
        /// Its arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Direction {
    /// Bring the tables up to date.
    Up,
    /// Take the last change of the tables back. What it added is lost.
    Down,
    /// Say which changes were made.
    Status,
}

/// Does what the command line says.
pub fn run() -> ExitCode {
    let done = match Cli::parse().command.unwrap_or(Command::Serve) {
        Command::Guard {
            talks,
            program,
            args,
        } => {
            let input = match talks {
                true => guard::Input::FromErrors,
                false => guard::Input::Nothing,
            };
            return guard::run(program, args, input);
        }
        Command::Client(asked) => return client::run(&asked),
        Command::Serve => serve(),
        Command::Migrate { direction } => migrate(direction),
        Command::Healthcheck { live } => healthcheck(live),
        Command::Doctor { json } => return doctor::run(json),
        Command::Config { what } => show::run(what.unwrap_or_default()),
        Command::Openapi => {
            output::bytes(http::openapi().as_bytes()).context("cannot print the description")
        }
        Command::Token { what } => token::run(what),
        Command::Backup { file } => moves::backup(&file),
        Command::Copy { from, to } => moves::copy(&from, &to),
        Command::ImportLegacy { from } => moves::import_legacy(&from),
        Command::Completions { shell } => completions::print(shell),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pm: {}", db::reason(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn serve() -> anyhow::Result<()> {
    #[cfg(feature = "failpoints")]
    let _obeyed = crate::failpoint::from_environment();
    let settings = settings()?;
    let guard = own_program()?;
    actix_rt::System::new().block_on(async {
        let app = App::build(settings, &guard).await?;
        output::line(format_args!("Project Manager is at {}", app.url()))?;
        app.run_until_stopped().await
    })
}

fn healthcheck(live: bool) -> anyhow::Result<()> {
    let address = Settings::from_process()?.api.address();
    let path = match live {
        true => "/health/live",
        false => "/health/ready",
    };
    healthcheck::ask(address, path)
}

/// This very program, for its hidden command. On Linux by the name that still leads to it when the file was replaced by a
/// newer version in the meantime.
fn own_program() -> anyhow::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok(PathBuf::from("/proc/self/exe"));
    }
    std::env::current_exe().context("cannot find out where this program is")
}

fn migrate(direction: Direction) -> anyhow::Result<()> {
    let settings = settings()?;
    let database = app::database(&settings);
    actix_rt::System::new().block_on(async {
        // Before the lock, which makes the file it locks.
        match direction {
            Direction::Up => {}
            Direction::Down | Direction::Status => database.ensure_exists()?,
        }
        let lock = match direction {
            Direction::Up | Direction::Down => app::lock::take(&database)?,
            Direction::Status => None,
        };
        let connection = database.open_for_writing().await?;
        match direction {
            Direction::Up => database.migrate(&connection).await?,
            Direction::Down => migration::Migrator::down(&connection, Some(1))
                .await
                .map_err(|error| database.not_migrated(error))?,
            Direction::Status => {}
        }
        let migrations = migration::Migrator::get_migration_with_status(&connection).await;
        let migrations = migrations.map_err(|error| database.not_migrated(error))?;
        for migration in migrations {
            output::line(format_args!(
                "{:8} {}",
                migration.status().to_string(),
                migration.name()
            ))?;
        }
        // So that a SQLite database is all in its one file and can be copied.
        connection
            .close()
            .await
            .context("cannot close the database")?;
        drop(lock);
        Ok(())
    })
}

/// Reads the settings and begins to log as they say.
fn settings() -> anyhow::Result<Settings> {
    let settings = Settings::from_process()?;
    let format = match settings.log.format {
        LogFormat::Pretty => telemetry::Format::Pretty,
        LogFormat::Json => telemetry::Format::Json,
    };
    telemetry::start(settings.log.level.as_str(), format, std::io::stderr)?;
    Ok(settings)
}
