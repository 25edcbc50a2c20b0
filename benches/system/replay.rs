//! Replay: a client that asks for all of a long log, beside reading the same rows with sqlx alone, each column as what it
//! means: ids, times, the data as JSON. The program does as much, makes an event of each row and sends it; and the client
//! receives it on the same two cores.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Instant,
};

use anyhow::{Context as _, ensure};

use crate::{
    Bench,
    log::{self, Size},
    program::start_timed,
    raw::Raw,
    report::{Row, Target},
};

/// How long the log is.
const ACTIVITIES: i64 = 100_000;

/// Tries; the best counts.
const TRIES: usize = 3;

/// Rows that sqlx reads at once: as the program does, and all of them.
const AT_ONCE: [i64; 2] = [500, i64::MAX];

/// Bytes that the client takes at once.
const TAKEN: usize = 256 << 10;

pub(crate) fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let folder = bench.folder.join("replay");
    let file = folder.join(project_manager::config::DATABASE_FILE);
    let size = Size {
        projects: 1,
        activities: ACTIVITIES,
    };
    runtime.block_on(log::fill(&file, size))?;
    let (program, _) = start_timed(bench, &folder)?;
    let mut raw = runtime.block_on(Raw::open(&file))?;
    let (mut ours, mut beside) = (0.0_f64, 0.0_f64);
    for _ in 0..TRIES {
        ours = ours.max(replayed(program.port)?);
        for at_once in AT_ONCE {
            let begun = Instant::now();
            let read = runtime.block_on(raw.read(log::project(0), at_once))?;
            beside = beside.max(read as f64 / begun.elapsed().as_secs_f64());
        }
    }
    runtime.block_on(raw.close())?;
    program.stop()?;
    Ok(vec![Row {
        scenario: "4 replay",
        what: "100,000 activities to one client".to_owned(),
        unit: "activities/s",
        ours,
        beside: Some(("sqlx, SELECT of the same rows", beside)),
        target: Target::AtLeastTimes(0.5),
    }])
}

/// Reads the whole log as a stream; how many activities a second came.
fn replayed(port: u16) -> anyhow::Result<f64> {
    let last = format!("id: {ACTIVITIES}\n");
    let mut taken = vec![0; TAKEN];
    let mut stream: Vec<u8> = Vec::with_capacity(128 << 20);
    let begun = Instant::now();
    let mut socket = TcpStream::connect(("127.0.0.1", port))?;
    let project = log::project(0);
    write!(
        socket,
        "GET /api/sse/scar/{project}?after=0&verbosity=3 HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"
    )?;
    loop {
        let length = socket.read(&mut taken)?;
        ensure!(length > 0, "the stream ended before the log did");
        let seen = stream.len().saturating_sub(last.len());
        stream.extend_from_slice(&taken[..length]);
        let is_last = |part: &[u8]| part == last.as_bytes();
        // Its event is in the same write as its id.
        if stream[seen..].windows(last.len()).any(is_last) {
            break;
        }
    }
    let took = begun.elapsed();
    let stream = String::from_utf8_lossy(&stream);
    let ids = stream.lines().filter_map(|line| line.strip_prefix("id: "));
    let came: Vec<i64> = ids.map(str::parse).collect::<Result<_, _>>()?;
    ensure!(
        came.iter().copied().eq(1..=ACTIVITIES),
        "activities came out of order, twice or not at all"
    );
    let came = u32::try_from(came.len()).context("too many came")?;
    Ok(f64::from(came) / took.as_secs_f64())
}
