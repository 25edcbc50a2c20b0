//! `pm healthcheck`: whether the server with these settings is well, for a container or a service manager to ask.
//!
//! So an image needs no `curl`, and what it asks needs no second place that knows the port.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};

/// How long the server may take. It answers in milliseconds; whoever waits for the answer mostly gives it five seconds or so.
const PATIENCE: Duration = Duration::from_secs(4);

/// Bytes of the answer that are read at most: it is a few lines.
const ANSWER_BYTES_MAX: u64 = 65_536;

/// Asks the server at this address.
///
/// # Errors
/// What it says is wrong, or that it says nothing.
pub(super) fn ask(address: SocketAddr, path: &str) -> anyhow::Result<()> {
    ensure!(
        address.port() != 0,
        "API_PORT is 0, so nobody can know which port the server took; set it to another number"
    );
    let answer = get(address, path).with_context(|| {
        format!(
            "the server at http://{address} does not answer; it may be starting, or not be running"
        )
    })?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    match head.split(' ').nth(1) {
        Some("200") => Ok(()),
        Some(status) => bail!("http://{address}{path} says {status}: {body}"),
        None => bail!("what listens on {address} is no Project Manager; check API_PORT"),
    }
}

fn get(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
