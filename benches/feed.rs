//! How long an activity takes from its commit to the clients that watch.
//!
//! ```text
//! cargo bench --bench feed                 # 100 streams, 500 activities, 50 a second
//! cargo bench --bench feed -- 1000 2000 100
//! ```
//!
//! A whole server on a real port and a SQLite database in a temporary folder, in this process; clients on plain
//! sockets beside it, so the figures hold the clients' own work on the same processor cores.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use project_manager::{
    actors::writer::WriterHandle,
    app::App,
    config::Settings,
    domain::{
        change::{Change, NewProject, Reported},
        id::ProjectId,
        project::{AgentSettings, ProjectName},
    },
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Barrier,
    task::JoinSet,
    time::MissedTickBehavior,
};

/// How long the slowest client may take for the last activity before the run counts as failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is asked for.
#[derive(Clone, Copy)]
struct Load {
    streams: usize,
    activities: usize,
    a_second: u32,
}

/// When something happened to an activity.
#[derive(Clone, Copy)]
struct Times {
    asked: Instant,
    acknowledged: Instant,
}

/// When a client had which activity in its hands.
type Arrivals = Vec<(i64, Instant)>;

fn main() -> anyhow::Result<()> {
    let numbers: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse().ok())
        .collect();
    let number = |place: usize, default: usize| numbers.get(place).copied().unwrap_or(default);
    let load = Load {
        streams: number(0, 100),
        activities: number(1, 500),
        a_second: u32::try_from(number(2, 50))?,
    };
    let folder = tempfile::tempdir()?;
    let settings = Settings::load([
        ("PM_ENV".to_owned(), "test".to_owned()),
        (
            "PM__DATA__DIR".to_owned(),
            folder.path().display().to_string(),
        ),
        ("PM__API__WORKERS".to_owned(), "0".to_owned()),
        ("PM__FEED__HEARTBEAT_SECONDS".to_owned(), "15".to_owned()),
    ])?;
    // A thread of its own with an actix system of its own, as the program has.
    let (started, starting) = std::sync::mpsc::sync_channel(1);
    let server = std::thread::spawn(move || {
        actix_rt::System::new().block_on(async move {
            // The offline backend is not used: nothing is run.
            let app = App::build(settings, std::path::Path::new("/nowhere")).await?;
            let inside = (app.port(), app.writer(), app.stopping());
            started
                .send(inside)
                .map_err(|_| anyhow::anyhow!("nobody waits for the server"))?;
            app.run_until_stopped().await
        })
    });
    let (port, writer, stopping) = starting.recv()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let measured = runtime.block_on(measure(load, port, writer));
    stopping.cancel();
    server
        .join()
        .map_err(|_| anyhow::anyhow!("the server panicked"))??;
    let (times, arrivals) = measured?;
    report(load, &times, &arrivals);
    Ok(())
}

async fn measure(
    load: Load,
    port: u16,
    writer: WriterHandle,
) -> anyhow::Result<(HashMap<i64, Times>, Vec<Arrivals>)> {
    let project = ProjectId::new();
    let new = NewProject {
        name: ProjectName::parse("Benchmark")?,
        description: None,
        github_repo_url: None,
        telegram_chat_id: None,
        workspace_path: None,
        backend: None,
        agent: AgentSettings::default(),
        key: None,
    };
    writer
        .append(vec![Reported::now(project, Change::ProjectCreated(new))])
        .await?;
    let all_open = Arc::new(Barrier::new(load.streams + 1));
    let mut clients = JoinSet::new();
    for _ in 0..load.streams {
        let (open, last) = (Arc::clone(&all_open), load.activities);
        clients.spawn(async move { watch(port, project, last, &open).await });
    }
    all_open.wait().await;
    let times = append(load, &writer, project).await?;
    let arrivals = tokio::time::timeout(PATIENCE, clients.join_all()).await?;
    Ok((times, arrivals.into_iter().collect::<io::Result<_>>()?))
}

/// Appends at a steady rate, each whether or not the one before it was acknowledged.
async fn append(
    load: Load,
    writer: &WriterHandle,
    project: ProjectId,
) -> anyhow::Result<HashMap<i64, Times>> {
    let times = Arc::new(Mutex::new(HashMap::new()));
    let mut tick = tokio::time::interval(Duration::from_secs(1) / load.a_second);
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut appends = JoinSet::new();
    for at in 0..load.activities {
        tick.tick().await;
        let (writer, times) = (writer.clone(), Arc::clone(&times));
        appends.spawn(async move {
            let change = Change::Noticed {
                message: format!(
                    "activity {at}: {}",
                    "some words about what is being done ".repeat(5)
                ),
                status: "recovered",
            };
            let asked = Instant::now();
            let logged = writer.append(vec![Reported::now(project, change)]).await?;
            let acknowledged = Instant::now();
            let mut times = times.lock().expect("no panic under the lock");
            for one in logged {
                times.insert(
                    one.activity.seq,
                    Times {
                        asked,
                        acknowledged,
                    },
                );
            }
            anyhow::Ok(())
        });
    }
    for appended in appends.join_all().await {
        appended?;
    }
    let times = times.lock().expect("no panic under the lock");
    Ok(times.clone())
}

/// Reads a stream as a client would, and notes when each activity was there in full.
async fn watch(port: u16, project: ProjectId, last: usize, open: &Barrier) -> io::Result<Arrivals> {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await?;
    let request = format!("GET /api/sse/scar/{project} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
    socket.write_all(request.as_bytes()).await?;
    let (mut unread, mut arrivals, mut is_open) = (Vec::new(), Vec::with_capacity(last), false);
    while arrivals.len() < last {
        if socket.read_buf(&mut unread).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let now = Instant::now();
        while let Some(end) = unread.windows(2).position(|pair| pair == b"\n\n") {
            let event: Vec<u8> = unread.drain(..end + 2).collect();
            let event = String::from_utf8_lossy(&event);
            if !is_open && event.contains("event: heartbeat") {
                is_open = true;
                open.wait().await;
            }
            let seq = event
                .lines()
                .find_map(|line| line.strip_prefix("id: ")?.parse().ok());
            arrivals.extend(seq.map(|seq: i64| (seq, now)));
        }
    }
    let in_order = arrivals.iter().map(|(seq, _)| *seq).eq(1..=last as i64);
    if in_order {
        Ok(arrivals)
    } else {
        Err(io::Error::other(
            "a client saw activities out of order, twice or not at all",
        ))
    }
}

fn report(load: Load, times: &HashMap<i64, Times>, arrivals: &[Arrivals]) {
    let since = |from: fn(&Times) -> Instant| -> Vec<f64> {
        let all = arrivals.iter().flatten();
        // A client may have it a moment before the one who asked hears of the commit.
        let mut ms: Vec<f64> = all
            .map(|(seq, at)| {
                at.saturating_duration_since(from(&times[seq]))
                    .as_secs_f64()
                    * 1_000.0
            })
            .collect();
        ms.sort_by(f64::total_cmp);
        ms
    };
    let mut stored: Vec<f64> = times
        .values()
        .map(|times| (times.acknowledged - times.asked).as_secs_f64() * 1_000.0)
        .collect();
    stored.sort_by(f64::total_cmp);
    println!(
        "{} open streams of one project, {} activities at {} a second: {} arrivals, each stream all of them in order",
        load.streams,
        load.activities,
        load.a_second,
        arrivals.iter().map(Vec::len).sum::<usize>(),
    );
    println!("\nmilliseconds                                   half within   99 in 100   slowest");
    row("from asking until the commit is acknowledged", &stored);
    row(
        "from the acknowledged commit to a client",
        &since(|times| times.acknowledged),
    );
    row("from asking to a client", &since(|times| times.asked));
}

fn row(what: &str, sorted: &[f64]) {
    let at = |hundredths: usize| {
        sorted
            .get(sorted.len().saturating_sub(1) * hundredths / 100)
            .copied()
            .unwrap_or(0.0)
    };
    println!(
        "{what:<46} {:>11.2} {:>11.2} {:>9.2}",
        at(50),
        at(99),
        at(100)
    );
}
