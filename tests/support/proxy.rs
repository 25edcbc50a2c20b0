//! The network between the server and PostgreSQL, which does what a test wants.

use std::{collections::VecDeque, sync::Arc};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use super::{patiently, port::listen};

/// `COMMIT` as a simple query: its type, its length, its text.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    /// What is connected breaks off, and nothing new gets through: nobody listens.
    Refused,
    /// It takes everything and passes nothing on, in neither direction.
    BlackHole,
}

/// Where a connection breaks off at a `COMMIT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// On its way there: it is not committed.
    Question,
    /// On the way back: it is committed, and nobody is told.
    Answer,
    /// As [`Self::Question`], and from then on nothing gets through.
    Everything,
}

/// A network. Dropping it ends it.
pub struct Proxy {
    port: u16,
    database: String,
    shared: Arc<Shared>,
    runs: JoinHandle<()>,
}

struct Shared {
    state: watch::Sender<State>,
    /// Connections the server has open here.
    held: watch::Sender<usize>,
}

struct State {
    way: Way,
    /// Connections with a smaller number never pass anything on again.
    lost_before: u64,
    /// How many there have been.
    connections: u64,
    /// What becomes of the next commits.
    cuts: VecDeque<Cut>,
}

impl Proxy {
    /// A network to this database that lets everything through.
    pub async fn to(database: &str) -> Self {
        let shared = Arc::new(Shared {
            state: watch::Sender::new(State {
                way: Way::Open,
                lost_before: 0,
                connections: 0,
                cuts: VecDeque::new(),
            }),
            held: watch::Sender::new(0),
        });
        let listener = listen(0).await;
        let port = listener.local_addr().expect("an address").port();
        let (_, address, _) = parts(database);
        #[expect(
            clippy::disallowed_methods,
            reason = "the network keeps the handle and ends with it"
        )]
        let runs = tokio::spawn(run(listener, port, address.to_owned(), Arc::clone(&shared)));
        Self {
            port,
            database: database.to_owned(),
            shared,
            runs,
        }
    }

    /// The database's address through this network.
    pub fn url(&self) -> String {
        let (who, _, name) = parts(&self.database);
        // In plain text, so that a `COMMIT` can be seen.
        format!("{who}@127.0.0.1:{}/{name}?sslmode=disable", self.port)
    }

    /// Lets everything through, also what was on its way into a black hole.
    pub fn open(&self) {
        self.shared.state.send_modify(|state| state.way = Way::Open);
    }

    /// Breaks off what is connected and lets nothing new through.
    pub fn refuse(&self) {
        self.shared
            .state
            .send_modify(|state| state.way = Way::Refused);
    }

    /// Takes everything and passes nothing on.
    pub fn black_hole(&self) {
        self.shared
            .state
            .send_modify(|state| state.way = Way::BlackHole);
    }

    /// Forgets what is connected, as a router does that was restarted: neither end is told, and never gets anything through
    /// again. New connections do.
    pub fn forget(&self) {
        self.shared.state.send_modify(|state| {
            state.lost_before = state.connections;
            state.way = Way::Open;
        });
    }

    /// Has the next commits break off.
    pub fn cut(&self, cuts: &[Cut]) {
        self.shared
            .state
            .send_modify(|state| state.cuts.extend(cuts));
    }

    /// Returns when all of the commits that were to break off did.
    pub async fn all_cut(&self) {
        let all = self.shared.until(|state| state.cuts.is_empty());
        patiently("the commits to break off", all).await;
    }

    /// Returns when the server has at most so many connections open here.
    pub async fn held_at_most(&self, most: usize) {
        let mut held = self.shared.held.subscribe();
        patiently(
            format!("the server to hold no more than {most} connections"),
            held.wait_for(|held| *held <= most),
        )
        .await
        .expect("the network is there");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.runs.abort();
    }
}

/// Who, where, and which database, in `postgres://who@where/database`.
fn parts(url: &str) -> (&str, &str, &str) {
    let (who, rest) = url.rsplit_once('@').expect("a user in the address");
    let (address, name) = rest.split_once('/').expect("a database in the address");
    (who, address, name)
}

async fn run(listener: TcpListener, port: u16, database: String, shared: Arc<Shared>) {
    let mut carried = JoinSet::new();
    let mut listener = Some(listener);
    loop {
        let Some(listens) = &listener else {
            shared.until(|state| state.way != Way::Refused).await;
            listener = Some(listen(port).await);
            continue;
        };
        tokio::select! {
            accepted = listens.accept() => {
                let (client, _) = accepted.expect("a connection");
                let mut number = 0;
                shared.state.send_modify(|state| {
                    number = state.connections;
                    state.connections += 1;
                });
                carried.spawn(carry(client, database.clone(), number, Arc::clone(&shared)));
            }
            () = shared.until(|state| state.way == Way::Refused) => listener = None,
            Some(ended) = carried.join_next() => ended.expect("the network does not panic"),
        }
    }
}

/// Carries one connection until one of its ends is gone or the network breaks it off.
async fn carry(client: TcpStream, database: String, number: u64, shared: Arc<Shared>) {
    let held = Held::new(Arc::clone(&shared));
    // One that cannot be made breaks off the one that asked for it.
    let Ok(database) = TcpStream::connect(database).await else {
        return;
    };
    for end in [&client, &database] {
        end.set_nodelay(true).expect("an open socket");
    }
    let (from_client, to_client) = client.into_split();
    let (from_database, to_database) = database.into_split();
    let (is_cut, cut) = watch::channel(false);
    tokio::select! {
        () = there(from_client, to_database, number, &shared, &is_cut, held) => {}
        () = back(from_database, to_client, number, &shared, cut) => {}
        () = shared.until(|state| state.way == Way::Refused) => {}
    }
}

/// Passes on what the server says, message by message.
async fn there(
    mut client: OwnedReadHalf,
    mut database: OwnedWriteHalf,
    number: u64,
    shared: &Shared,
    cut: &watch::Sender<bool>,
    held: Held,
) {
    let (mut held, mut unsent, mut greeted) = (Some(held), Vec::new(), false);
    loop {
        let whole = first_message(&unsent, greeted);
        tokio::select! {
            biased;
            read = client.read_buf(&mut unsent), if held.is_some() => if !matches!(read, Ok(1..)) {
                // It has gone. What it said before may still be on its way.
                held = None;
            },
            () = shared.passes(number), if whole.is_some() => {
                let message: Vec<u8> = unsent.drain(..whole.unwrap_or_default()).collect();
                greeted = true;
                match (message == COMMIT).then(|| shared.next_cut()).flatten() {
                    Some(Cut::Question | Cut::Everything) => return,
                    Some(Cut::Answer) => cut.send_modify(|cut| *cut = true),
                    None => {}
                }
                if database.write_all(&message).await.is_err() {
                    return;
                }
            }
            // Nobody there, and nothing left to say.
            () = shared.passes(number), if held.is_none() && whole.is_none() => return,
        }
    }
}

/// Passes on what PostgreSQL says.
async fn back(
    mut database: OwnedReadHalf,
    mut client: OwnedWriteHalf,
    number: u64,
    shared: &Shared,
    cut: watch::Receiver<bool>,
) {
    let mut unsent = Vec::new();
    loop {
        let read = database.read_buf(&mut unsent).await;
        shared.passes(number).await;
        // What it says after a `COMMIT` is the answer to it.
        let ends = !matches!(read, Ok(1..)) || *cut.borrow();
        if ends || client.write_all(&unsent).await.is_err() {
            return;
        }
        unsent.clear();
    }
}

impl Shared {
    /// Returns when this connection passes something on.
    async fn passes(&self, number: u64) {
        self.until(|state| state.way == Way::Open && number >= state.lost_before)
            .await;
    }

    async fn until(&self, holds: impl FnMut(&State) -> bool) {
        let is_so = self.state.subscribe().wait_for(holds).await.is_ok();
        assert!(is_so, "the network is there");
    }

    fn next_cut(&self) -> Option<Cut> {
        let mut next = None;
        self.state.send_modify(|state| {
            next = state.cuts.pop_front();
            if next == Some(Cut::Everything) {
                state.way = Way::Refused;
            }
        });
        next
    }
}

/// How long the first message is, if all of it is there. The first of all has no type in front of its length.
fn first_message(unsent: &[u8], greeted: bool) -> Option<usize> {
    let before = usize::from(greeted);
    let length = unsent.get(before..before + 4)?;
    let length = u32::from_be_bytes(length.try_into().expect("four bytes"));
    let length = before + usize::try_from(length).expect("it fits");
    (unsent.len() >= length).then_some(length)
}

/// A connection the server has open.
struct Held(Arc<Shared>);

impl Held {
    fn new(shared: Arc<Shared>) -> Self {
        shared.held.send_modify(|held| *held += 1);
        Self(shared)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.held.send_modify(|held| *held -= 1);
    }
}
