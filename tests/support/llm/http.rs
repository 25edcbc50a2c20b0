//! HTTP/1.1 over plain sockets, because a server that is well made cannot break off.

use std::{sync::Arc, thread::JoinHandle};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
};

use super::{super::port::listen, IDLE, Reply, Request, Shared, lock, wire::Wire};

/// A listening service.
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
    pub(super) fn start(shared: Arc<Shared>) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (listens, port_of) = std::sync::mpsc::sync_channel(1);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let listener = listen(0).await;
                let port = listener.local_addr().expect("an address").port();
                listens.send(port).expect("the test waits for it");
                let accept = async {
                    loop {
                        let (connection, _) = listener.accept().await.expect("a connection");
                        tokio::spawn(serve(Arc::clone(&shared), connection));
                    }
                };
                tokio::select! {
                    () = accept => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        let port = port_of.recv().expect("the model listens");
        Self { port, stop, thread }
    }

    pub(super) fn stop(self) {
        let _ = self.stop.send(());
        self.thread.join().expect("the model does not panic");
    }
}

async fn serve(shared: Arc<Shared>, mut connection: TcpStream) {
    connection.set_nodelay(true).expect("an open socket");
    while let Some(request) = read(&mut connection).await {
        let wire = Wire::of(&request.path);
        lock(&shared.requests).push(request);
        let Some(wire) = wire else {
            let gone = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
            if connection.write_all(gone.as_bytes()).await.is_err() {
                return;
            }
            continue;
        };
        let planned = lock(&shared.replies).pop_front();
        let reply = planned.unwrap_or_else(|| Reply::Says(vec![IDLE.to_owned()]));
        if answer(&mut connection, wire, reply).await.is_none() {
            return;
        }
    }
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
    let path = head.split_whitespace().nth(1)?.to_owned();
    let mut body = vec![0; length.unwrap_or(0)];
    connection.read_exact(&mut body).await.ok()?;
    Some(Request {
        path,
        head,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    })
}

/// Writes the answer. Nothing when the connection is over.
async fn answer(connection: &mut TcpStream, wire: Wire, reply: Reply) -> Option<()> {
    match reply {
        Reply::Status(status) => {
            let body = wire.refusal(status);
            return whole(connection, status, "application/json", &body).await;
        }
        Reply::Page => {
            return whole(connection, 200, "text/html", "<!DOCTYPE html><p>Hello</p>").await;
        }
        Reply::Silence => std::future::pending().await,
        _ => {}
    }
    let head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    connection.write_all(head.as_bytes()).await.ok()?;
    chunk(connection, &wire.start()).await?;
    match reply {
        Reply::Says(pieces) => {
            for piece in pieces {
                chunk(connection, &wire.text(&piece)).await?;
            }
            chunk(connection, &(wire.text_is_over() + &wire.end(false))).await?;
        }
        Reply::ByHand(mut pieces) => {
            while let Some(piece) = pieces.recv().await {
                chunk(connection, &wire.text(&piece)).await?;
            }
            chunk(connection, &(wire.text_is_over() + &wire.end(false))).await?;
        }
        Reply::Calls(text, calls) => {
            if !text.is_empty() {
                chunk(connection, &wire.text(&text)).await?;
            }
            chunk(connection, &wire.text_is_over()).await?;
            for (at, (tool, arguments)) in calls.iter().enumerate() {
                chunk(connection, &wire.call(at, tool, arguments)).await?;
            }
            chunk(connection, &wire.end(true)).await?;
        }
        Reply::Fails(text, kind) => {
            chunk(connection, &(wire.text(&text) + &wire.error(kind))).await?;
        }
        Reply::Breaks(text) => {
            chunk(connection, &wire.text(&text)).await?;
            return None;
        }
        Reply::Ends(text) => chunk(connection, &wire.text(&text)).await?,
        Reply::Status(_) | Reply::Page | Reply::Silence => {}
    }
    connection.write_all(b"0\r\n\r\n").await.ok()
}

/// An empty chunk would be the end.
async fn chunk(connection: &mut TcpStream, text: &str) -> Option<()> {
    if text.is_empty() {
        return Some(());
    }
    let chunk = format!("{:x}\r\n{text}\r\n", text.len());
    connection.write_all(chunk.as_bytes()).await.ok()
}

async fn whole(connection: &mut TcpStream, status: u16, kind: &str, body: &str) -> Option<()> {
    let text = format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(text.as_bytes()).await.ok()
}
