//! The released program, in a process of its own.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::Bench;

/// A running server. Dropping it kills it.
pub(crate) struct Program {
    child: Child,
    /// Where it listens, on this machine.
    pub(crate) port: u16,
    /// Held, so that what it prints later finds somebody.
    _output: BufReader<ChildStdout>,
}

impl Program {
    /// Starts it with its data in this folder, as it is for people except that it takes any free port; returns when it
    /// says where it is.
    pub(crate) fn start(bench: &Bench, data: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(&bench.pm);
        command
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH"))
            .env("PM_ENV", "production")
            .env("PM__DATA__DIR", data)
            .env("API_PORT", "0")
            .env("LOG_LEVEL", "warn")
            // No coding agent of this machine, and nothing of the folder it is started from.
            .env("PM__ACP__COMMAND", "off")
            .current_dir(&bench.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start {}", bench.pm.display()))?;
        let output = child.stdout.take().context("its output is not piped")?;
        let mut program = Self {
            child,
            port: 0,
            _output: BufReader::new(output),
        };
        let mut line = String::new();
        program._output.read_line(&mut line)?;
        let port = line
            .trim()
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        program.port =
            port.with_context(|| format!("the program says {line:?} and not where it is"))?;
        Ok(program)
    }

    /// What it answers to `GET` of this path; an error unless that is 200.
    pub(crate) fn get(&self, path: &str) -> anyhow::Result<String> {
        get(self.port, path)
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Has it end as a service manager does, and waits until it has.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        kill_process(pid.context("a process without an id")?, Signal::TERM)?;
        let status = self.child.wait()?;
        match status.success() {
            true => Ok(()),
            false => bail!("the program ended with {status}"),
        }
    }

    /// The memory it uses, in MiB.
    pub(crate) fn memory_mib(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let mut lines = status.lines();
        let resident = lines.find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = resident.and_then(|resident| resident.trim().strip_suffix(" kB"));
        let kib: f64 = kib.context("a process without memory")?.parse()?;
        Ok(kib / 1_024.0)
    }

    /// The time all its threads were at work so far.
    pub(crate) fn at_work(&self) -> anyhow::Result<Duration> {
        let mut all = Duration::ZERO;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.pid()))? {
            let times = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            let nanos = times.split(' ').next().unwrap_or_default().parse()?;
            all += Duration::from_nanos(nanos);
        }
        Ok(all)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Ended already where it was stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What whoever listens on this port answers to `GET` of this path; an error unless that is 200.
pub(crate) fn get(port: u16, path: &str) -> anyhow::Result<String> {
    let mut socket = TcpStream::connect(("127.0.0.1", port))?;
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    match answer.strip_prefix("HTTP/1.1 200 ") {
        Some(rest) => Ok(rest.to_owned()),
        None => bail!("GET {path} was answered with {answer:?}"),
    }
}

/// Starts it, and how long it took until it answered that it is healthy.
pub(crate) fn start_timed(bench: &Bench, data: &Path) -> anyhow::Result<(Program, Duration)> {
    let begun = Instant::now();
    let program = Program::start(bench, data)?;
    program.get("/health")?;
    Ok((program, begun.elapsed()))
}
