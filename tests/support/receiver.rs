//! Whoever is notified: a real HTTP server on a port of its own, that takes note of what it is sent, checks each signature with
//! a computation of its own, and answers as a test wants.
//!
//! What it answers is told by a list of [`Answer`]s, one a request; when the list is at its end it answers what it always does,
//! at first 204. It uses nothing of the product, and runs on a thread of its own.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    thread::JoinHandle,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
};

use super::{port::listen, wait_until};

/// The key that is shared with the server.
pub const SECRET: &str = "whsec_c29tZWJvZHkgd2hvIGlzIHRvbGQgd2hhdCBoYXBwZW5z";

/// The same as bytes.
const KEY: &[u8] = b"somebody who is told what happens";

/// The part of its address that is nobody's business.
pub const PATH: &str = "/services/T0001/B0002/nobodys-business";

/// What is answered to who does not have the key.
const REFUSAL: &str = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";

/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;

/// One answer.
#[derive(Debug)]
pub enum Answer {
    /// This status.
    Status(u16),
    /// This status, and a header.
    With(u16, &'static str, String),
    /// This status, when the test says so; the connection breaks when the test lets go of it.
    Held(oneshot::Receiver<u16>),
    /// None, ever.
    Silence,
}

/// A notification that came.
#[derive(Debug, Clone)]
pub struct Notified {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub seconds: i64,
    /// `webhook-signature`.
    pub signature: String,
    /// The body.
    pub body: Value,
    /// The same as it came.
    pub text: String,
    /// The headers, as they came.
    pub head: String,
}

impl Notified {
    /// Its type.
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().expect("a type")
    }
}

/// Whoever is notified. Dropping it ends it.
pub struct Receiver {
    port: u16,
    shared: Arc<Shared>,
    serving: Mutex<Option<Serving>>,
}

struct Shared {
    answers: Mutex<VecDeque<Answer>>,
    always: Mutex<Always>,
    received: Mutex<Vec<Notified>>,
    /// What could not be taken for a notification, and why.
    wrong: Mutex<Vec<String>>,
}

#[derive(Debug, Clone, Copy)]
enum Always {
    Status(u16),
    Silence,
}

struct Serving {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Receiver {
    /// Starts one.
    pub fn start() -> Self {
        let shared = Arc::new(Shared {
            answers: Mutex::default(),
            always: Mutex::new(Always::Status(204)),
            received: Mutex::default(),
            wrong: Mutex::default(),
        });
        let (port, serving) = serve(0, Arc::clone(&shared));
        Self {
            port,
            shared,
            serving: Mutex::new(Some(serving)),
        }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("{}{PATH}", self.target())
    }

    /// What of it may be shown.
    pub fn target(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What a server is set to that tells it everything, and soon tries again.
    pub fn settings(&self) -> [(&'static str, String); 4] {
        [
            ("PM__NOTIFICATIONS__URL", self.url()),
            ("PM__NOTIFICATIONS__SECRET", SECRET.to_owned()),
            ("PM__NOTIFICATIONS__RETRY_SECONDS_FIRST", "0.02".to_owned()),
            ("PM__NOTIFICATIONS__RETRY_SECONDS_LONGEST", "0.1".to_owned()),
        ]
    }

    /// What it answers next, after what was planned before.
    pub fn then(&self, answer: Answer) -> &Self {
        lock(&self.shared.answers).push_back(answer);
        self
    }

    /// It answers next when the test says so.
    pub fn by_hand(&self) -> oneshot::Sender<u16> {
        let (answer, held) = oneshot::channel();
        self.then(Answer::Held(held));
        answer
    }

    /// What it answers when nothing is planned.
    pub fn always(&self, status: u16) {
        *lock(&self.shared.always) = Always::Status(status);
    }

    /// It takes everything and answers nothing.
    pub fn is_silent(&self) {
        *lock(&self.shared.always) = Always::Silence;
    }

    /// Nobody listens any more, and what is connected breaks off.
    pub fn goes_down(&self) {
        let serving = lock(&self.serving).take();
        serving.expect("it is up").stop();
    }

    /// It listens again where it did.
    pub fn comes_up(&self) {
        let (_, serving) = serve(self.port, Arc::clone(&self.shared));
        *lock(&self.serving) = Some(serving);
    }

    /// What came so far, in order; each was signed.
    pub fn received(&self) -> Vec<Notified> {
        let wrong = lock(&self.shared.wrong).clone();
        assert!(wrong.is_empty(), "no notifications: {wrong:#?}");
        lock(&self.shared.received).clone()
    }

    /// What came and was not signed with its key, and why it was not taken.
    pub fn forged(&self) -> Vec<String> {
        lock(&self.shared.wrong).clone()
    }

    /// Waits until so many came.
    pub async fn receives(&self, count: usize) -> Vec<Notified> {
        wait_until(format!("{count} notifications"), async || {
            Some(self.received()).filter(|received| received.len() >= count)
        })
        .await
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Some(serving) = lock(&self.serving).take() {
            serving.stop();
        }
    }
}

impl Serving {
    fn stop(self) {
        let _ = self.stop.send(());
        self.thread.join().expect("the receiver does not panic");
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "connections end with the thread they run on"
)]
fn serve(port: u16, shared: Arc<Shared>) -> (u16, Serving) {
    let (stop, stopped) = oneshot::channel();
    let (listens, port_of) = std::sync::mpsc::sync_channel(1);
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
                    tokio::spawn(receive(Arc::clone(&shared), connection));
                }
            };
            tokio::select! {
                () = accept => {}
                _ = stopped => {}
            }
        });
        runtime.shutdown_background();
    });
    let port = port_of.recv().expect("it listens");
    (port, Serving { stop, thread })
}

async fn receive(shared: Arc<Shared>, mut connection: TcpStream) {
    connection.set_nodelay(true).expect("an open socket");
    while let Some((head, body)) = read(&mut connection).await {
        match checked(&head, &body) {
            Ok(notified) => lock(&shared.received).push(notified),
            Err(why) => {
                lock(&shared.wrong).push(format!("{why}: {head}"));
                drop(connection.write_all(REFUSAL.as_bytes()).await);
                return;
            }
        }
        let planned = lock(&shared.answers).pop_front();
        let answer = planned.unwrap_or_else(|| match *lock(&shared.always) {
            Always::Status(status) => Answer::Status(status),
            Always::Silence => Answer::Silence,
        });
        let (status, more) = match answer {
            Answer::Status(status) => (status, String::new()),
            Answer::With(status, name, value) => (status, format!("{name}: {value}\r\n")),
            Answer::Held(status) => match status.await {
                Ok(status) => (status, String::new()),
                Err(_) => return,
            },
            Answer::Silence => std::future::pending().await,
        };
        let answer = format!("HTTP/1.1 {status} Said\r\n{more}Content-Length: 0\r\n\r\n");
        if connection.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read(connection: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let length = header(&head, "content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    connection.read_exact(&mut body).await.ok()?;
    Some((head, body))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (its, value) = line.split_once(':')?;
        its.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// What was sent, if it comes from who has the key, and at this time.
fn checked(head: &str, body: &[u8]) -> Result<Notified, &'static str> {
    let asked = format!("POST {PATH} HTTP/1.1\r\n");
    if !head.starts_with(&asked) {
        return Err("it is no post to where they are sent");
    }
    if header(head, "content-type") != Some("application/json") {
        return Err("it is not JSON");
    }
    let id = header(head, "webhook-id").ok_or("it has no id")?;
    let seconds = header(head, "webhook-timestamp").ok_or("it has no time")?;
    let signed = [id.as_bytes(), b".", seconds.as_bytes(), b".", body].concat();
    let expected = format!("v1,{}", STANDARD.encode(hmac(KEY, &signed)));
    if header(head, "webhook-signature") != Some(&expected) {
        return Err("its signature is wrong");
    }
    Ok(Notified {
        id: id.to_owned(),
        seconds: seconds.parse().map_err(|_| "its time is none")?,
        signature: expected,
        body: serde_json::from_slice(body).map_err(|_| "its body is none")?,
        text: String::from_utf8_lossy(body).into_owned(),
        head: head.to_owned(),
    })
}

/// HMAC with SHA-256, as RFC 2104 has it.
pub(super) fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x36))
        .chain_update(text)
        .finalize();
    let outer = Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x5c))
        .chain_update(inner);
    outer.finalize().into()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no test panics here")
}
