//! Running a program whose answer is read as a whole.

use std::{path::Path, pin::pin};

use tokio::{io::AsyncReadExt, net::unix::pipe, time::timeout};

use super::{CommandLine, Ended, Limits, OUTPUT_LINGER, Outputs, Running, StartError, Stop};

/// Bytes of standard error kept: a program that has more to complain about says the essential first.
const ERRORS_BYTES_MAX: usize = 4 * 1024;

/// Bytes read at once: what a pipe holds on Linux.
const CHUNK_BYTES: usize = 64 * 1024;

/// What a program answered.
#[derive(Debug)]
pub struct Collected {
    /// Its standard output, up to the limit.
    pub output: Vec<u8>,
    /// Whether there was more; the program was ended for it.
    pub cut: bool,
    /// Its standard error, up to a limit, as text.
    pub errors: String,
    /// How it ended; as if well if it was ended for writing too much.
    pub ended: Ended,
}

/// Runs `line` to its end, or until it has written `output_bytes_max`.
///
/// # Errors
/// The outer one if `limits` stopped it: then the whole group is gone. The inner one if the guard could not be started.
pub async fn collect(
    guard: &Path,
    line: &CommandLine,
    output_bytes_max: usize,
    limits: &Limits,
) -> Result<Result<Collected, StartError>, Stop> {
    let mut running = match Running::start(guard, line, Outputs::Apart) {
        Ok(running) => running,
        Err(error) => return Ok(Err(error)),
    };
    let mut output = Vec::new();
    let mut errors = Vec::new();
    let work = async {
        let cut = read_both(&mut running, &mut output, output_bytes_max, &mut errors).await;
        (
            cut,
            if cut {
                None
            } else {
                Some(running.ended().await)
            },
        )
    };
    let (cut, ended) = match limits.hold(work).await {
        Ok(read) => read,
        Err(stop) => {
            running.end().await;
            return Err(stop);
        }
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            running.end().await;
            Ended::Exited(0)
        }
    };
    Ok(Ok(Collected {
        output,
        cut,
        errors: String::from_utf8_lossy(&errors).into_owned(),
        ended,
    }))
}

/// Whether standard output went over its limit.
async fn read_both(
    running: &mut Running,
    output: &mut Vec<u8>,
    output_bytes_max: usize,
    errors: &mut Vec<u8>,
) -> bool {
    let Running {
        program,
        output: output_pipe,
        errors: errors_pipe,
    } = running;
    let both = async {
        tokio::select! {
            // Over the limit: do not wait for the rest of the complaints either.
            true = fill(output_pipe, output, output_bytes_max) => true,
            () = drain(errors_pipe.as_mut(), errors) => fill(output_pipe, output, output_bytes_max).await,
        }
    };
    let mut both = pin!(both);
    tokio::select! {
        biased;
        cut = &mut both => return cut,
        () = program.heard() => {}
    }
    timeout(OUTPUT_LINGER, both).await.unwrap_or(false)
}

/// Reads until the end (`false`) or until `limit` is passed (`true`).
async fn fill(pipe: &mut pipe::Receiver, into: &mut Vec<u8>, limit: usize) -> bool {
    let mut chunk = vec![0; CHUNK_BYTES];
    while let Ok(read @ 1..) = pipe.read(&mut chunk).await {
        let room = limit.saturating_sub(into.len());
        into.extend_from_slice(&chunk[..read.min(room)]);
        if read > room {
            return true;
        }
    }
    false
}

/// Reads to the end and keeps the beginning.
async fn drain(pipe: Option<&mut pipe::Receiver>, into: &mut Vec<u8>) {
    let Some(pipe) = pipe else { return };
    let mut chunk = vec![0; CHUNK_BYTES];
    while let Ok(read @ 1..) = pipe.read(&mut chunk).await {
        let room = ERRORS_BYTES_MAX.saturating_sub(into.len());
        into.extend_from_slice(&chunk[..read.min(room)]);
    }
}
