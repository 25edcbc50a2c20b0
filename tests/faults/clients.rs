//! Clients that do not read, go without a word, or come in great number.

use futures_util::{
    FutureExt as _,
    future::{join_all, select_all},
};
use rustix::net::sockopt::set_socket_recv_buffer_size;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpSocket,
};

use crate::support::{Program, ProgramBuilder, Stream, TestDatabase, scar::TestScar, wait_until};

const STREAMS: usize = 100;

/// Streams whose client never reads a byte.
const STALLED: usize = 10;

/// Streams that are looked at. The rest is only taken: to read it all would be the test's work, not the server's.
const LOOKED_AT: usize = 10;

/// Lines a command says, so many at once, and bytes of each: together more than the buffers between server and client hold
/// many times over.
const LINES: usize = 1_200;
const BATCH: usize = 50;
const LINE_BYTES: usize = 4_000;

/// Lines after which the server's memory is looked at for the first time: its ring is full then, and so is what its database
/// and its allocator keep at their leisure, which differs from one machine to the next.
const WARM: usize = 400;

/// How much memory the server may take for the lines after [`WARM`], in KiB. What the stalled ones were not given would be
/// more than 30 MiB.
const GROWTH_KIB: u64 = 16 << 10;

/// Bytes the system keeps for a client that does not read, so that the server soon cannot send it any more.
const STALLED_BUFFER: usize = 4_096;

/// A client that asks for a stream and has not read any of it; with so small a buffer, if not with the usual one.
async fn asking(server: &Program, project: &str, buffer: Option<usize>) -> tokio::net::TcpStream {
    let address = server.base.trim_start_matches("http://");
    let socket = TcpSocket::new_v4().expect("a socket");
    if let Some(bytes) = buffer {
        set_socket_recv_buffer_size(&socket, bytes).expect("a small buffer");
    }
    let mut connection = socket
        .connect(address.parse().expect("an address"))
        .await
        .expect("the server takes connections");
    let request = format!("GET /api/sse/scar/{project} HTTP/1.1\r\nHost: {address}\r\n\r\n");
    connection
        .write_all(request.as_bytes())
        .await
        .expect("a request is sent");
    connection
}

/// How far each stream of the project is, as the server sees it.
async fn cursors(server: &Program, project: &str) -> Vec<u64> {
    let path = format!("/api/diagnostics/sse/{project}");
    let report = server.read(&path).await;
    let streams = report["streams"].as_array().expect("a list");
    let cursor = |stream: &Value| stream["cursor"].as_u64().expect("a cursor");
    streams.iter().map(cursor).collect()
}

/// Reads a stream up to the activity that begins so, each once and in order; its `seq`.
async fn shows(stream: &mut Stream, begin: &str) -> u64 {
    let events = stream
        .activities_until(|data| {
            data["message"]
                .as_str()
                .is_some_and(|words| words.starts_with(begin))
        })
        .await;
    let ids: Vec<i64> = events.iter().filter_map(|event| event.id).collect();
    assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1), "{ids:?}");
    u64::try_from(ids[ids.len() - 1]).expect("it fits")
}

/// Reads and forgets, until one of them ends.
async fn take_all(connections: Vec<tokio::net::TcpStream>) {
    let take = |mut connection: tokio::net::TcpStream| {
        async move {
            let mut piece = vec![0; 64 << 10];
            while connection.read(&mut piece).await.is_ok_and(|read| read > 0) {}
        }
        .boxed()
    };
    select_all(connections.into_iter().map(take)).await;
}

#[tokio::test]
async fn clients_that_never_read_cost_the_others_nothing_and_the_server_no_memory() {
    let (scar, database) = (TestScar::start(), TestDatabase::new().await);
    let server = ProgramBuilder::serving_database(&database)
        .set("SCAR_BASE_URL", scar.address())
        .set("PM__SCAR__REQUEST_TIMEOUT_SECONDS", 30)
        .unhurried()
        .start()
        .await;
    let project = crate::scar::shop(&server).await;
    let dead = (0..STALLED).map(|_| asking(&server, &project, Some(STALLED_BUFFER)));
    let dead = join_all(dead).await;
    let taking = STREAMS - STALLED - LOOKED_AT;
    let taking = join_all((0..taking).map(|_| asking(&server, &project, None))).await;
    let streams = (0..LOOKED_AT).map(|_| server.stream(&project, "?after=0"));
    let mut streams = join_all(streams).await;
    wait_until("every stream to be open", async || {
        (cursors(&server, &project).await.len() == STREAMS).then_some(())
    })
    .await;
    let mut before = 0;
    server.execute(&project, "prime").await;
    let run = scar.next_run().await;
    let says = async {
        for line in 0..LINES {
            run.say(&format!("line {line} {}", "x".repeat(LINE_BYTES)));
            if line % BATCH == BATCH - 1 {
                let last = format!("line {line} ");
                let heads = streams.iter_mut().map(|stream| shows(stream, &last));
                let head = join_all(heads).await[0];
                // Waited for, so that on a slow machine nobody who reads falls behind.
                wait_until("everybody who reads to have it", async || {
                    let cursors = cursors(&server, &project).await;
                    let have_it = cursors.iter().filter(|cursor| **cursor >= head);
                    (have_it.count() == STREAMS - STALLED).then_some(())
                })
                .await;
            }
            if line + 1 == WARM {
                before = server.memory_kib();
                server.forget_memory_peak();
            }
        }
        run.end();
        let end = streams.iter_mut().map(|stream| shows(stream, "Finished"));
        join_all(end).await
    };
    let heads = tokio::select! {
        heads = says => heads,
        () = take_all(taking) => panic!("a stream has ended"),
    };
    let peak = server.memory_peak_kib();
    eprintln!(
        "MEM before {before} peak {peak} growth {}",
        peak.saturating_sub(before)
    );
    assert!(
        peak < before + GROWTH_KIB,
        "{before} KiB before, {peak} KiB at the most"
    );
    let head = heads[0];
    assert!(heads.iter().all(|seq| *seq == head), "{heads:?}");
    drop(dead);
}
