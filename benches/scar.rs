//! How long a message takes from the moment SCAR has it to a client that watches.
//!
//! ```text
//! cargo bench --bench scar                 # 200 messages, 80 ms apart; then 8 messages, 3 s apart
//! cargo bench --bench scar -- 500 50 8 3000
//! ```
//!
//! A whole server with the usual settings, in this process, in front of a small server that answers as SCAR does. The
//! pauses between two looks grow from 100 ms to 1 s while nothing happens, hence the two rows: a message should be there
//! within the pause that was due, and 50 ms.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use project_manager::{app::App, config::Settings};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// What a message may take beyond the pause between two looks.
const BEYOND_THE_PAUSE: Duration = Duration::from_millis(50);

/// The shortest and the longest pause of the usual settings.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(1)];

/// What the small SCAR knows.
#[derive(Default)]
struct Scar {
    messages: Vec<String>,
    said_at: Vec<Instant>,
    is_busy: bool,
    conversation: String,
}

type Shared = Arc<Mutex<Scar>>;

fn main() -> anyhow::Result<()> {
    let numbers: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse().ok())
        .collect();
    let number = |place: usize, default: u64| numbers.get(place).copied().unwrap_or(default);
    let rows = [
        (number(0, 200), Duration::from_millis(number(1, 80))),
        (number(2, 8), Duration::from_millis(number(3, 3_000))),
    ];
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let shared = Shared::default();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = format!("http://{}", listener.local_addr()?);
    runtime.spawn(serve(listener, Arc::clone(&shared)));
    let folder = tempfile::tempdir()?;
    let settings = Settings::load([
        ("PM_ENV".to_owned(), "test".to_owned()),
        (
            "PM__DATA__DIR".to_owned(),
            folder.path().display().to_string(),
        ),
        ("SCAR_BASE_URL".to_owned(), address),
    ])?;
    let (started, starting) = std::sync::mpsc::sync_channel(1);
    let server = std::thread::spawn(move || {
        actix_rt::System::new().block_on(async move {
            let app = App::build(settings, Path::new("/nowhere")).await?;
            started
                .send((app.port(), app.stopping()))
                .map_err(|_| anyhow::anyhow!("nobody waits for the server"))?;
            app.run_until_stopped().await
        })
    });
    let (port, stopping) = starting.recv()?;
    for ((count, apart), pause) in rows.into_iter().zip(PAUSES) {
        let took = runtime.block_on(measure(&shared, port, count, apart))?;
        report(count, apart, pause, took);
    }
    stopping.cancel();
    server
        .join()
        .map_err(|_| anyhow::anyhow!("the server panicked"))?
}

/// Has one command run, says its messages and waits for each in a stream.
#[expect(
    clippy::disallowed_methods,
    reason = "what says the messages is waited for at the end"
)]
async fn measure(
    shared: &Shared,
    port: u16,
    count: u64,
    apart: Duration,
) -> anyhow::Result<Vec<Duration>> {
    let body = json!({ "name": "Bench", "github_repo_url": "https://github.com/acme/bench" });
    let made = request(port, "POST", "/api/projects", &body.to_string()).await?;
    let id = made
        .split("\"id\":\"")
        .nth(1)
        .and_then(|rest| rest.get(..36))
        .ok_or_else(|| anyhow::anyhow!("no project: {made}"))?;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let open = format!("GET /api/sse/scar/{id} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.write_all(open.as_bytes()).await?;
    let order = json!({ "command": "prime" }).to_string();
    request(
        port,
        "POST",
        &format!("/api/projects/{id}/executions"),
        &order,
    )
    .await?;
    let begun = || {
        let scar = shared.lock().expect("nobody panics");
        scar.is_busy.then_some(scar.said_at.len())
    };
    let from = loop {
        match begun() {
            Some(from) => break from,
            None => tokio::task::yield_now().await,
        }
    };
    let said = Arc::clone(shared);
    let saying = tokio::spawn(async move {
        let mut tick = tokio::time::interval(apart);
        for number in 0..count {
            tick.tick().await;
            let mut scar = said.lock().expect("nobody panics");
            scar.messages.push(format!("<message {number}>"));
            scar.said_at.push(Instant::now());
        }
    });
    let (mut seen, mut text, mut took) = (0, String::new(), Vec::new());
    let mut piece = vec![0; 1 << 16];
    while seen < count {
        let read = stream.read(&mut piece).await?;
        let now = Instant::now();
        text.push_str(&String::from_utf8_lossy(&piece[..read]));
        while let Some(at) = text.find(&format!("<message {seen}>")) {
            text.drain(..at);
            let said_at =
                shared.lock().expect("nobody panics").said_at[from + usize::try_from(seen)?];
            took.push(now - said_at);
            seen += 1;
        }
    }
    saying.await?;
    shared.lock().expect("nobody panics").is_busy = false;
    Ok(took)
}

fn report(count: u64, apart: Duration, pause: Duration, mut took: Vec<Duration>) {
    took.sort();
    let at = |share: f64| {
        let place = (took.len() - 1) as f64 * share;
        took[place as usize].as_secs_f64() * 1_000.0
    };
    let within = took
        .iter()
        .filter(|took| **took <= pause + BEYOND_THE_PAUSE)
        .count();
    println!(
        "{count} messages {apart:?} apart: half within {:.1} ms, 99 in 100 within {:.1} ms, slowest {:.1} ms; {within} of {} within a pause of {pause:?} and {BEYOND_THE_PAUSE:?}",
        at(0.5),
        at(0.99),
        at(1.0),
        took.len()
    );
}

async fn request(port: u16, method: &str, path: &str, body: &str) -> io::Result<String> {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).await?;
    let text = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(text.as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the small SCAR lives as long as the measurement"
)]
async fn serve(listener: TcpListener, shared: Shared) {
    while let Ok((connection, _)) = listener.accept().await {
        tokio::spawn(answer(connection, Arc::clone(&shared)));
    }
}

/// Answers one request after another as SCAR does.
async fn answer(mut connection: TcpStream, shared: Shared) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut taken = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = taken.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if connection.read_buf(&mut taken).await? == 0 {
                return Ok(());
            }
        };
        let head = String::from_utf8_lossy(&taken[..end]).to_lowercase();
        let length: usize = head
            .split("content-length:")
            .nth(1)
            .and_then(|rest| rest.lines().next()?.trim().parse().ok())
            .unwrap_or(0);
        while taken.len() < end + length {
            connection.read_buf(&mut taken).await?;
        }
        let body = {
            let mut scar = shared.lock().expect("nobody panics");
            if head.starts_with("post") {
                let text = String::from_utf8_lossy(&taken[end..end + length]);
                let posted: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
                scar.conversation = posted["conversationId"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                if text.contains("/repo ") {
                    scar.messages.push("Switched to: bench".to_owned());
                    scar.said_at.push(Instant::now());
                } else {
                    scar.is_busy = true;
                }
                json!({ "success": true })
            } else if head.starts_with("get /health") {
                let active = scar.is_busy.then(|| scar.conversation.clone());
                json!({ "activeConversationIds": active.as_slice(), "queuedByConversation": [] })
            } else {
                let messages: Vec<_> = scar
                    .messages
                    .iter()
                    .map(|text| json!({ "message": text, "timestamp": "T", "direction": "sent" }))
                    .collect();
                json!({ "messages": messages })
            }
        }
        .to_string();
        taken.drain(..end + length);
        let text = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        connection.write_all(text.as_bytes()).await?;
    }
}
