//! SCAR's wire: HTTP/1.1 over plain sockets, because a server that is well made cannot fail in all these ways.

use std::{sync::Arc, thread::JoinHandle, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
};

use super::{super::port::listen, Fault, Shared, Step, memory};

/// A listening SCAR.
pub(super) struct Serving {
    pub(super) port: u16,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Serving {
    #[expect(
        clippy::disallowed_methods,
        reason = "connections end with the thread they run on"
    )]
    pub(super) fn start(shared: Arc<Shared>, port: u16) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (listens, port_of) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let listener = listen(port).await;
                let port = listener.local_addr().expect("an address").port();
                listens.send(port).expect("the test waits for it");
                let accept = async {
                    loop {
                        let (connection, _) = listener.accept().await.expect("a connection");
                        shared
                            .memory
                            .lock()
                            .expect("no test panics here")
                            .connections += 1;
                        tokio::spawn(serve(Arc::clone(&shared), connection));
                    }
                };
                tokio::select! {
                    () = accept => {}
                    _ = stopped => {}
                }
            });
            // Whatever still sleeps or writes ends with its runtime.
            runtime.shutdown_background();
        });
        let port = port_of.recv().expect("SCAR listens");
        Self { port, stop, thread }
    }

    pub(super) fn stop(self) {
        let _ = self.stop.send(());
        self.thread.join().expect("SCAR does not panic");
    }
}

struct Request {
    method: String,
    path: String,
    body: Vec<u8>,
}

/// Answers one request after another, until the client goes or something fails.
#[expect(
    clippy::disallowed_methods,
    reason = "what is late ends with the thread it runs on"
)]
async fn serve(shared: Arc<Shared>, mut connection: TcpStream) {
    connection.set_nodelay(true).expect("an open socket");
    while let Some(request) = read(&mut connection).await {
        let step = step_of(&request);
        let fault = step.and_then(|step| fault_of(&shared, step));
        if let Some(step) = step {
            let mut memory = shared.memory.lock().expect("no test panics here");
            *memory.requests.entry(step).or_default() += 1;
        }
        let answer = match fault {
            Some(fault) if !fault.carries_out() => None,
            Some(Fault::Late) => {
                tokio::spawn(carry_out_late(Arc::clone(&shared), request));
                return;
            }
            _ => Some(carry_out(&shared, &request)),
        };
        if write(&mut connection, fault, answer).await.is_none() {
            return;
        }
    }
}

/// Longer than two looks at SCAR are apart in tests, shorter than a test's server waits for an answer.
const LATE: Duration = Duration::from_millis(60);

#[expect(clippy::disallowed_methods, reason = "lateness is what this fault is")]
async fn carry_out_late(shared: Arc<Shared>, request: Request) {
    tokio::time::sleep(LATE).await;
    carry_out(&shared, &request);
}

async fn read(connection: &mut TcpStream) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    let mut words = head.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut body = vec![0; length.unwrap_or(0)];
    connection.read_exact(&mut body).await.ok()?;
    Some(Request { method, path, body })
}

fn step_of(request: &Request) -> Option<Step> {
    let body = || String::from_utf8_lossy(&request.body).into_owned();
    match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/test/message") if body().contains("\"/repo ") => Some(Step::PostRepository),
        ("POST", "/test/message") => Some(Step::PostCommand),
        ("GET", "/health/concurrency") => Some(Step::Concurrency),
        ("GET", "/health") => Some(Step::Health),
        ("GET", path) if path.starts_with("/test/messages/") => Some(Step::Messages),
        _ => None,
    }
}

/// The fault that is due for this request.
fn fault_of(shared: &Shared, step: Step) -> Option<Fault> {
    let mut faults = shared.faults.lock().expect("no test panics here");
    let at = faults.iter().position(|(of, ..)| *of == step)?;
    let (_, fault, left) = &mut faults[at];
    let fault = *fault;
    *left -= 1;
    if *left == 0 {
        faults.remove(at);
    }
    Some(fault)
}

fn carry_out(shared: &Arc<Shared>, request: &Request) -> (u16, String) {
    match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/test/message") => {
            let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            let (Some(id), Some(text)) =
                (body["conversationId"].as_str(), body["message"].as_str())
            else {
                return (
                    400,
                    json!({ "error": "conversationId and message required" }).to_string(),
                );
            };
            memory::posted(shared, id, text);
            (
                200,
                json!({ "success": true, "conversationId": id, "message": text }).to_string(),
            )
        }
        ("GET", "/health/concurrency") => {
            let memory = shared.memory.lock().expect("no test panics here");
            (200, memory.concurrency().to_string())
        }
        ("GET", "/health") => (200, json!({ "status": "ok" }).to_string()),
        ("GET", path) if path.starts_with("/test/messages/") => {
            let id = &path["/test/messages/".len()..];
            let memory = shared.memory.lock().expect("no test panics here");
            let list = memory.lists.get(id).map(Vec::as_slice).unwrap_or_default();
            let (id, messages) = (Value::from(id), list.join(","));
            (
                200,
                format!("{{\"conversationId\":{id},\"messages\":[{messages}]}}"),
            )
        }
        _ => (404, json!({ "error": "not found" }).to_string()),
    }
}

/// Writes the answer, or what comes instead. Nothing when the connection is over.
async fn write(
    connection: &mut TcpStream,
    fault: Option<Fault>,
    answer: Option<(u16, String)>,
) -> Option<()> {
    let (status, body) = answer.unwrap_or((200, String::new()));
    const JSON: &str = "application/json; charset=utf-8";
    const PAGE: &str = "<!DOCTYPE html><html><body>Bad gateway</body></html>";
    let whole = |status: u16, kind: &str, body: &str| {
        format!(
            "HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let text = match fault {
        None => whole(status, JSON, &body),
        Some(Fault::Reset | Fault::AnswerLost | Fault::Late) => return None,
        Some(Fault::Silence) => std::future::pending().await,
        Some(Fault::Status(status)) => whole(status, "text/html", PAGE),
        Some(Fault::BadJson) => whole(200, JSON, "{\"messages\": nonsense}"),
        Some(Fault::Answer { status, kind, body }) => whole(status, kind, body),
        Some(Fault::Page) => whole(200, "text/html", PAGE),
        Some(Fault::WrongType) => whole(200, "text/plain", &body),
        Some(Fault::Cut) => {
            let text = whole(status, JSON, &body);
            let cut = text.len() - body.len().div_ceil(2);
            connection.write_all(&text.as_bytes()[..cut]).await.ok()?;
            return None;
        }
        Some(Fault::Endless) => {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n"
            );
            connection.write_all(head.as_bytes()).await.ok()?;
            let chunk = format!("10000\r\n{}\r\n", "[".repeat(0x10000));
            loop {
                connection.write_all(chunk.as_bytes()).await.ok()?;
            }
        }
        Some(Fault::Drip) => {
            let text = whole(status, JSON, &body);
            return drip(connection, text.as_bytes()).await;
        }
    };
    connection.write_all(text.as_bytes()).await.ok()
}

#[expect(clippy::disallowed_methods, reason = "slowness is what this fault is")]
async fn drip(connection: &mut TcpStream, bytes: &[u8]) -> Option<()> {
    for piece in bytes.chunks(7) {
        connection.write_all(piece).await.ok()?;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Some(())
}
