//! The two directions of a conversation, line by line.
//!
//! What an agent tells of its work is taken out here, where it is read: in order, and no faster than it is stored, since
//! the protocol's library would keep it all. Requests and answers go on to the library.

use std::{io, time::Duration};

use agent_client_protocol::v1::{
    Responder,
    schema::{
        RequestPermissionRequest, RequestPermissionResponse, SessionNotification, SessionUpdate,
    },
};
use futures_util::{Sink, Stream, sink, stream};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader},
    net::unix::OwnedWriteHalf,
    sync::mpsc,
};

use super::log::Log;
use crate::failpoint::FailPoint;

/// Bytes of a line at most: a file of some megabytes, before and after, as JSON.
const LINE_BYTES_MAX: usize = 32 << 20;

/// Bytes a command may write in all. Somebody who works writes a few megabytes; what writes this much has run wild.
const TOTAL_BYTES_MAX: u64 = 100 << 20;

/// Bytes read at once: what a pipe holds on Linux.
const CHUNK_BYTES: usize = 64 << 10;

/// The method of what an agent tells of its work.
const UPDATE: &str = "session/update";

/// Something an agent tells of its work.
pub(super) enum Told {
    /// In words this program knows.
    Update(Box<SessionUpdate>),
    /// In others.
    Unknown {
        /// The agent's name of it.
        what: String,
        /// All of it.
        raw: String,
    },
    /// It asks whether it may do something.
    Asked(
        Box<RequestPermissionRequest>,
        Responder<RequestPermissionResponse>,
    ),
    /// It has told nothing for so long.
    Silent(Duration),
    /// What was told before is history: the work begins now.
    Begins,
}

/// What an agent reads.
pub(super) fn outgoing(
    input: OwnedWriteHalf,
) -> impl Sink<String, Error = io::Error> + Send + 'static {
    sink::unfold(input, async |mut input, mut line: String| {
        line.push('\n');
        input.write_all(line.as_bytes()).await?;
        Ok(input)
    })
}

/// What an agent writes, less what it tells of its work, which goes to `told`, and what is no message, which is kept in
/// `log`.
pub(super) fn incoming(
    output: impl AsyncRead + Send + Unpin + 'static,
    told: mpsc::Sender<Told>,
    log: Log,
) -> impl Stream<Item = io::Result<String>> + Send + 'static {
    let reader = Reader {
        output: BufReader::with_capacity(CHUNK_BYTES, output),
        total: 0,
        told,
        log,
    };
    stream::unfold(reader, async |mut reader| {
        let next = reader.next().await.transpose()?;
        Some((next, reader))
    })
}

struct Reader<R> {
    output: BufReader<R>,
    total: u64,
    told: mpsc::Sender<Told>,
    log: Log,
}

impl<R: AsyncRead + Send + Unpin> Reader<R> {
    /// The next line for the library; none at the end.
    async fn next(&mut self) -> io::Result<Option<String>> {
        loop {
            let Some(line) = self.line().await? else {
                return Ok(None);
            };
            FailPoint::AgentLine
                .pass()
                .await
                .map_err(io::Error::other)?;
            if !line.trim_ascii_start().starts_with(b"{") {
                self.log.push(&line);
                continue;
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            let Ok(peeked) = serde_json::from_str::<Peeked<'_>>(&line) else {
                self.log.push(line.as_bytes());
                continue;
            };
            if peeked.method.as_deref() != Some(UPDATE) {
                return Ok(Some(line));
            }
            let params = peeked.params.map_or("{}", RawValue::get);
            if self.told.send(told(params)).await.is_err() {
                return Ok(None);
            }
        }
    }

    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let ended = read_line(&mut self.output, &mut line).await?;
        self.total += line.len() as u64;
        if self.total > TOTAL_BYTES_MAX {
            return Err(io::Error::other(format!(
                "it wrote more than {} MB",
                TOTAL_BYTES_MAX >> 20
            )));
        }
        if ended && line.is_empty() {
            return Ok(None);
        }
        Ok(Some(line))
    }
}

/// Reads up to the end of a line, or to the end of all, which is true.
async fn read_line(
    output: &mut (impl AsyncBufRead + Unpin),
    line: &mut Vec<u8>,
) -> io::Result<bool> {
    loop {
        let available = output.fill_buf().await?;
        if available.is_empty() {
            return Ok(true);
        }
        let end = available.iter().position(|&byte| byte == b'\n');
        let used = end.map_or(available.len(), |end| end + 1);
        line.extend_from_slice(&available[..end.unwrap_or(used)]);
        output.consume(used);
        if line.len() > LINE_BYTES_MAX {
            return Err(io::Error::other(format!(
                "it wrote a line of more than {} MB",
                LINE_BYTES_MAX >> 20
            )));
        }
        if end.is_some() {
            return Ok(false);
        }
    }
}

/// What is looked at of a message.
#[derive(Deserialize)]
struct Peeked<'a> {
    #[serde(borrow, default)]
    method: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow, default)]
    params: Option<&'a RawValue>,
}

fn told(params: &str) -> Told {
    if let Ok(known) = serde_json::from_str::<SessionNotification>(params) {
        return Told::Update(Box::new(known.update));
    }
    let raw: serde_json::Value = serde_json::from_str(params).unwrap_or_default();
    let update = raw.get("update").unwrap_or(&raw);
    let what = update.get("sessionUpdate").and_then(|what| what.as_str());
    Told::Unknown {
        what: what.unwrap_or("something without a name").to_owned(),
        raw: update.to_string(),
    }
}
