//! Servers in processes of their own, on one core; who measures them is on another.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;

use super::{
    Bench,
    peers::{
        nchan,
        pace::{self, MARKER},
    },
};

/// The core of the servers, and the one of who measures.
const CORE_OF_SERVERS: usize = 0;
const CORE_OF_CLIENTS: usize = 1;

/// How long a server may take until it can be reached.
const START_MAX: Duration = Duration::from_secs(30);

/// A command bound to a core, where there is more than one, and in a group of its own. It ends with who started it, however that
/// ends: not all of them notice by themselves.
fn on_core(core: usize, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM"]);
    if std::thread::available_parallelism().map_or(1, usize::from) > 1 {
        let core = core.to_string();
        command.args(["taskset", "--cpu-list", core.as_str()]);
    }
    command.arg(program).process_group(0);
    command
}

/// The command, for who measures.
pub(crate) fn for_clients(program: &Path) -> Command {
    on_core(CORE_OF_CLIENTS, program)
}

/// What may serve.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Server {
    /// Project Manager.
    Ours,
    /// A bare epoll loop, one write an event.
    Ceiling,
    /// The same that writes at this pace all there is.
    CeilingOfMany(Duration),
    /// The smallest fan-out on actix-web.
    Actix,
    /// nginx with nchan.
    Nchan,
}

/// A server that runs; ended when dropped.
pub(crate) struct Serving {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// Where a stream of each group is.
    pub(crate) urls: Vec<String>,
    /// Where it listens.
    pub(crate) port: u16,
    publish: Option<String>,
    publishing: Option<Child>,
}

impl Serving {
    /// Starts a server of so many groups of streams, with events of about so many bytes.
    pub(crate) fn start(
        bench: &Bench,
        server: Server,
        groups: usize,
        bytes: usize,
    ) -> anyhow::Result<Self> {
        let folder = bench
            .folder
            .join(format!("{server:?}").replace(['(', ')'], ""));
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        if server == Server::Nchan {
            return Self::start_nchan(&folder);
        }
        let mut command = on_core(CORE_OF_SERVERS, &std::env::current_exe()?);
        let (groups_word, bytes_word) = (groups.to_string(), bytes.to_string());
        match server {
            Server::Ours => command.arg("serve-ours").arg(&folder),
            Server::Actix => command.arg("serve-actix"),
            Server::CeilingOfMany(every) => {
                command.args(["serve-epoll", &every.as_millis().to_string()])
            }
            _ => command.args(["serve-epoll", "0"]),
        };
        command.args([groups_word, bytes_word]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().context("it has an output")?;
        let mut serving = Self {
            input: child.stdin.take(),
            output: BufReader::new(output),
            child,
            urls: Vec::new(),
            port: 0,
            publish: None,
            publishing: None,
        };
        let line = serving.line()?;
        let mut words = line.split_whitespace();
        let port = words.next().context("a server ended at its start")?;
        serving.port = port.parse()?;
        serving.urls = match server {
            Server::Ours => words
                .map(|project| format!("http://127.0.0.1:{port}/api/sse/scar/{project}?limit=1"))
                .collect(),
            _ => (0..groups)
                .map(|group| format!("http://127.0.0.1:{port}/events/{group}"))
                .collect(),
        };
        Ok(serving)
    }

    fn start_nchan(folder: &Path) -> anyhow::Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let module = std::env::var_os("NCHAN_MODULE").map(PathBuf::from);
        let module =
            module.context("NCHAN_MODULE does not say where nginx has nchan; run scripts/bench")?;
        nchan::set_up(folder, port, &module)?;
        let mut child = on_core(CORE_OF_SERVERS, Path::new("nginx"))
            .arg("-p")
            .arg(folder)
            .args(["-c", "nginx.conf"])
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()?;
        let output = child.stdout.take().context("it has an output")?;
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            anyhow::ensure!(began.elapsed() < START_MAX, "nginx does not listen");
            pace::pause(Duration::from_millis(20));
        }
        Ok(Self {
            child,
            input: None,
            output: BufReader::new(output),
            urls: vec![format!("http://127.0.0.1:{port}/events")],
            port,
            publish: Some(format!("http://127.0.0.1:{port}/publish")),
            publishing: None,
        })
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Has it publish at a rate, until it is ended.
    pub(crate) fn publish(&mut self, bench: &Bench, rate: f64, bytes: usize) -> anyhow::Result<()> {
        if let Some(url) = &self.publish {
            let template = format!("{{\"message\":\"{}{{ts}} {{pad}}\"}}", MARKER);
            // What nchan adds to it is about what ours adds.
            let pad = bytes.saturating_sub(110).to_string();
            let publishing = for_clients(&bench.sse_load)
                .args([
                    "publish",
                    "--url",
                    url,
                    "--rate",
                    &rate.to_string(),
                    "--duration",
                    "3600",
                ])
                .args(["--template", &template, "--pad", &pad])
                .stdout(Stdio::null())
                .spawn()?;
            self.publishing = Some(publishing);
            return Ok(());
        }
        let input = self.input.as_mut().context("it was ended")?;
        writeln!(input, "{rate}")?;
        Ok(())
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line)
    }

    /// Ends it, and returns what it said at last.
    pub(crate) fn end(mut self) -> anyhow::Result<String> {
        drop(self.input.take());
        match self.publish {
            // Its last words would come when it is killed.
            Some(_) => Ok(String::new()),
            None => self.line(),
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.input.take());
        // Who publishes first; and nobody here has anything to put in order. A group each: nginx has a worker, which does
        // not always end with it.
        for child in [self.publishing.as_mut(), Some(&mut self.child)]
            .into_iter()
            .flatten()
        {
            let group = rustix::process::Pid::from_child(child);
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            let _ = child.wait();
        }
    }
}
