//! The log: message for people, fields for queries.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter, util::SubscriberInitExt as _};

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Pretty,
    /// For programs: an object a line.
    Json,
}

/// Begins to log what is at least as important as `level`, to `sink`. Panics go to the log as well.
///
/// # Errors
/// When something logs already.
pub fn start<W>(level: &str, format: Format, sink: W) -> anyhow::Result<()>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // Libraries speak up only when something is wrong; their details are for their developers. A connection that cannot
    // be put back into its pool is no news: it is closed, and at the end of the program that is how it should be. Nor is
    // one that was waited for: whoever waited too long says so.
    // The model's client logs what a service answers, in which there may be a part of the key it was given.
    let filter = EnvFilter::new(format!(
        "warn,genai=off,sqlx_core::pool::connection=error,sqlx::pool::acquire=error,project_manager={level},pm={level}"
    ));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(sink)
        .with_ansi(io::stderr().is_terminal());
    match format {
        Format::Pretty => builder.with_target(false).finish().try_init(),
        Format::Json => builder.json().flatten_event(true).finish().try_init(),
    }
    .map_err(|error| anyhow::anyhow!("the log could not be started: {error}"))?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(
            place,
            "panic: {}",
            panic
                .payload_as_str()
                .unwrap_or("with something that is no text")
        );
    }));
    Ok(())
}
