//! What stands between a command and its server: it passes on what it likes.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use crate::support::{Client, patiently};

/// What becomes of a request.
pub(super) enum Way {
    /// The server has it.
    Pass,
    /// This is said in place of the server, and the connection ends.
    Says(String),
    /// Nothing is ever said.
    Hold,
}

/// A proxy. Dropping it ends it.
pub(super) struct Between {
    pub(super) base: String,
    held: watch::Sender<usize>,
    /// Whether nothing gets through, and what is connected breaks off.
    is_away: Arc<AtomicBool>,
    breaks: watch::Sender<()>,
    runs: JoinHandle<()>,
}

impl Between {
    /// A proxy before this server. What becomes of a request is decided by its first line.
    pub(super) async fn to(
        server: &Client,
        way: impl Fn(&str) -> Way + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let address = server.base.trim_start_matches("http://").to_owned();
        let (held, breaks) = (watch::Sender::new(0), watch::Sender::new(()));
        let is_away = Arc::<AtomicBool>::default();
        let (holds, breaking, away) = (held.clone(), breaks.clone(), Arc::clone(&is_away));
        let way = Arc::new(way);
        #[expect(
            clippy::disallowed_methods,
            reason = "the proxy keeps the handle and ends with it"
        )]
        let runs = tokio::spawn(async move {
            let mut carried = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.expect("a connection");
                if away.load(Ordering::SeqCst) {
                    continue;
                }
                let (address, way, holds) = (address.clone(), Arc::clone(&way), holds.clone());
                let mut broken = breaking.subscribe();
                carried.spawn(async move {
                    tokio::select! {
                        _ = broken.changed() => {}
                        () = carry(client, &address, way.as_ref(), &holds) => {}
                    }
                });
            }
        });
        Self {
            base,
            held,
            is_away,
            breaks,
            runs,
        }
    }

    /// Returns when a request is held.
    pub(super) async fn holds(&self) {
        let mut held = self.held.subscribe();
        let one = patiently("a request that is held", held.wait_for(|held| *held > 0));
        one.await.expect("the proxy is there");
    }

    /// Lets nothing through, and breaks off what is connected.
    pub(super) fn goes_away(&self) {
        self.is_away.store(true, Ordering::SeqCst);
        self.breaks.send_replace(());
    }

    /// Lets through what comes from here on.
    pub(super) fn comes_back(&self) {
        self.is_away.store(false, Ordering::SeqCst);
    }
}

impl Drop for Between {
    fn drop(&mut self) {
        self.runs.abort();
    }
}

/// An answer with this body.
pub(super) fn answer(status: &str, kind: &str, body: &str) -> Way {
    Way::Says(format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n{body}"
    ))
}

async fn carry(
    mut client: TcpStream,
    address: &str,
    way: &(dyn Fn(&str) -> Way + Send + Sync),
    held: &watch::Sender<usize>,
) {
    let mut request = Vec::new();
    let end = loop {
        if let Some(at) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        match client.read_buf(&mut request).await {
            Ok(1..) => {}
            _ => return,
        }
    };
    let head = String::from_utf8_lossy(&request[..end]).into_owned();
    match way(head.lines().next().unwrap_or_default()) {
        Way::Says(text) => {
            // Who has read enough may be gone.
            let _ = client.write_all(text.as_bytes()).await;
            let _ = client.shutdown().await;
        }
        Way::Hold => {
            held.send_modify(|held| *held += 1);
            std::future::pending().await
        }
        Way::Pass => {
            let Ok(mut server) = TcpStream::connect(address).await else {
                return;
            };
            // One request a connection, so that each is seen.
            request.splice(end..end, *b"\r\nConnection: close");
            if server.write_all(&request).await.is_ok() {
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
        }
    }
}
