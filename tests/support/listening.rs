//! A small HTTP/1.1 server over plain sockets, on a thread and a port of its own: one that is well made cannot break off.

use std::{sync::Arc, thread::JoinHandle};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
};

use super::port::listen;

/// A request, as it came.
#[derive(Debug, Clone)]
pub struct Came {
    pub method: String,
    /// The path and the query.
    pub target: String,
    /// The request line and the headers.
    pub head: String,
    pub body: Vec<u8>,
}

impl Came {
    /// The path.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// What the query says of something.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find_map(|(its, value)| (its == name).then(|| value.into_owned()))
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (its, value) = line.split_once(':')?;
            its.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a body of JSON")
    }
}

/// What is done with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// It is answered so, word for word.
    Text(String),
    /// It is never answered.
    Silence,
    /// The connection breaks off.
    Break,
}

/// The server.
pub struct Listening {
    pub port: u16,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Listening {
    /// Listens on this port, on any free one when it is 0, and does with each request what `answer` says.
    #[expect(
        clippy::disallowed_methods,
        reason = "connections end with the thread they run on"
    )]
    pub fn start(port: u16, answer: impl Fn(&Came) -> Reply + Send + Sync + 'static) -> Self {
        let answer: Answer = Arc::new(answer);
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
                        tokio::spawn(serve(Arc::clone(&answer), connection));
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
        Self { port, stop, thread }
    }

    /// Nobody listens any more, and what is connected breaks off.
    pub fn stop(self) {
        let _ = self.stop.send(());
        self.thread.join().expect("it does not panic");
    }
}

type Answer = Arc<dyn Fn(&Came) -> Reply + Send + Sync>;

async fn serve(answer: Answer, mut connection: TcpStream) {
    connection.set_nodelay(true).expect("an open socket");
    while let Some(came) = read(&mut connection).await {
        match answer(&came) {
            Reply::Text(text) => {
                if connection.write_all(text.as_bytes()).await.is_err() {
                    return;
                }
            }
            Reply::Silence => std::future::pending().await,
            Reply::Break => return,
        }
    }
}

async fn read(connection: &mut TcpStream) -> Option<Came> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut line = head.lines().next()?.split_whitespace();
    let mut came = Came {
        method: line.next()?.to_owned(),
        target: line.next()?.to_owned(),
        head,
        body: Vec::new(),
    };
    let length = came
        .header("content-length")
        .and_then(|length| length.parse().ok());
    came.body = vec![0; length.unwrap_or(0)];
    connection.read_exact(&mut came.body).await.ok()?;
    Some(came)
}
