//! The real program, as a person starts it: `pm` in a process of its own.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    task::JoinHandle,
};

use super::{Client, LEASE, TestDatabase, patiently, wait_until};

/// Why the log can always be taken.
const HELD: &str = "nobody panics while it is held";

/// How the program is to be started. Its environment is empty but for `PATH` and what is set here.
pub struct ProgramBuilder {
    command: Command,
}

/// What a program that has ended said.
#[derive(Debug, PartialEq, Eq)]
pub struct Done {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub output: String,
    /// Its standard error.
    pub errors: String,
}

impl ProgramBuilder {
    /// The program with these arguments.
    pub fn with(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pm"));
        command.args(arguments);
        Self::of(command)
    }

    /// The server with its data in this folder, which is another one for it than for everybody else: `mounts` is a line of
    /// shell in which `"$PM__DATA__DIR"` can be mounted on, and nobody but the server and what it starts sees that.
    pub fn serving_apart(folder: &Path, mounts: &str) -> Self {
        let mut command = Command::new("unshare");
        command.arg("--mount");
        if !rustix::process::geteuid().is_root() {
            // Mounting is for root: be that, for oneself.
            command.arg("--map-root-user");
        }
        // It becomes the server in the end, so that it is the process the test knows.
        let script = format!("{mounts} && exec \"$0\"");
        command.args(["sh", "-c", &script, env!("CARGO_BIN_EXE_pm")]);
        Self::of(command).set("PM__DATA__DIR", folder.display())
    }

    /// The program with these arguments, on a terminal.
    pub fn on_terminal(arguments: &[&str]) -> Self {
        let mut command = Command::new("script");
        let line: Vec<&str> = [&[env!("CARGO_BIN_EXE_pm")], arguments].concat();
        let line = shell_words::join(line);
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        Self::of(command).set("TERM", "xterm")
    }

    fn of(mut command: Command) -> Self {
        command
            .env_clear()
            .env("PM_ENV", "test")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A failed test leaves no server behind.
            .kill_on_drop(true);
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        Self { command }
    }

    /// The server with its data in this folder.
    pub fn serving(folder: &Path) -> Self {
        Self::with(&[]).set("PM__DATA__DIR", folder.display())
    }

    /// The server with this database.
    pub fn serving_database(database: &TestDatabase) -> Self {
        let [lease, seconds] = LEASE;
        Self::serving(database.folder.path())
            .set("DATABASE_URL", &database.url)
            .set(lease, seconds)
    }

    /// It takes its time: a machine that stands still for a while is no database that is away. For tests that keep it busy
    /// and look at what it logs.
    pub fn unhurried(self) -> Self {
        self.set("PM__DATABASE__ACQUIRE_TIMEOUT_SECONDS", 60)
            .set("PM__DATABASE__STATEMENT_TIMEOUT_SECONDS", 60)
    }

    /// Sets a variable.
    pub fn set(mut self, name: &str, value: impl ToString) -> Self {
        self.command.env(name, value.to_string());
        self
    }

    /// Starts it in this folder.
    pub fn inside(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it to its end.
    pub async fn run(mut self) -> Done {
        let output = patiently("the program to end", self.command.output())
            .await
            .expect("the program starts");
        Done {
            code: output.status.code(),
            output: String::from_utf8(output.stdout).expect("its output is text"),
            errors: String::from_utf8(output.stderr).expect("its errors are text"),
        }
    }

    /// It as it would be started.
    pub(super) fn into_command(self) -> Command {
        self.command
    }

    /// Starts it as a command that a test means to kill; what it says goes nowhere.
    pub fn spawn(mut self) -> Running {
        self.command.stdout(Stdio::null()).stderr(Stdio::null());
        Running {
            child: self.command.spawn().expect("the program starts"),
        }
    }

    /// Starts it as a server; returns when it answers.
    pub async fn start(mut self) -> Program {
        let mut child = self.command.spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut stderr = BufReader::new(child.stderr.take().expect("it is piped"));
        let log = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&log);
        #[expect(
            clippy::disallowed_methods,
            reason = "the program keeps the handle and waits for it at its end"
        )]
        let errors = tokio::spawn(async move {
            let mut line = String::new();
            while stderr.read_line(&mut line).await? > 0 {
                kept.lock().expect(HELD).push_str(&line);
                line.clear();
            }
            Ok(())
        });
        let first = patiently("the server to say where it is", lines.next_line())
            .await
            .expect("its output is text");
        let Some(first) = first else {
            let read = errors.await.expect("reading does not panic");
            panic!("the server ended instead of starting: {read:?} {log:?}");
        };
        let base = first
            .strip_prefix("Project Manager is at ")
            .unwrap_or_else(|| panic!("the server says where it is, not {first:?}"));
        Program {
            client: Client::of(base.to_owned()),
            child,
            lines,
            log,
            errors,
        }
    }
}

/// A command that is at work. Dropping it kills it.
pub struct Running {
    child: Child,
}

impl Running {
    /// `kill -9`, and nothing else.
    pub async fn kill(mut self) {
        patiently("the program to be dead", self.child.kill())
            .await
            .expect("it was running");
    }
}

/// A running server. Dropping it kills it.
pub struct Program {
    client: Client,
    child: Child,
    /// Held, so that what it prints later finds somebody.
    lines: Lines<BufReader<ChildStdout>>,
    /// What it wrote to its standard error so far.
    log: Arc<Mutex<String>>,
    /// Who reads that, to its end.
    errors: JoinHandle<std::io::Result<()>>,
}

impl Program {
    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("it was not waited for")
    }

    /// Where it sees this path.
    pub fn sees(&self, path: &Path) -> PathBuf {
        let path = path.strip_prefix("/").expect("a whole path");
        PathBuf::from(format!("/proc/{}/root", self.pid())).join(path)
    }

    /// Runs a line of shell as root of what it sees.
    pub async fn mount(&self, line: &str) {
        let mut command = Command::new("nsenter");
        command.args([format!("--target={}", self.pid()), "--mount".to_owned()]);
        if !rustix::process::geteuid().is_root() {
            command.args(["--user", "--preserve-credentials"]);
        }
        let done = patiently("a mount", command.args(["sh", "-c", line]).output()).await;
        let done = done.expect("nsenter starts");
        assert!(
            done.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }

    /// The memory it uses, in KiB.
    pub fn memory_kib(&self) -> u64 {
        self.status_kib("VmRSS:")
    }

    /// The most memory it used since [`Self::forget_memory_peak`], in KiB.
    pub fn memory_peak_kib(&self) -> u64 {
        self.status_kib("VmHWM:")
    }

    /// Measures the peak from now on.
    pub fn forget_memory_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.pid()), "5")
            .expect("a process of one's own may be asked for its peak anew");
    }

    fn status_kib(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))
            .expect("the system tells of its processes");
        let resident = status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .expect("a process has memory");
        let number = resident.trim().trim_end_matches(" kB");
        number.parse().expect("a number of KiB")
    }

    /// `kill -9`, and nothing else: no clean-up of any kind.
    pub async fn kill(mut self) {
        patiently("the program to be dead", self.child.kill())
            .await
            .expect("it was running");
    }

    /// Lets it do nothing, as a machine does that is put to sleep.
    pub fn suspend(&self) {
        self.send(Signal::STOP);
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.send(Signal::CONT);
    }

    fn send(&self, signal: Signal) {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a process has an id"), signal).expect("it was running");
    }

    /// Returns when its log has these words in a line.
    pub async fn logged(&self, words: &str) {
        let mut looked_at = 0;
        wait_until(("in its log", words), async || {
            let log = self.log.lock().expect(HELD);
            let found = log[looked_at..].contains(words);
            looked_at = log.rfind('\n').map_or(0, |end| end + 1);
            found.then_some(())
        })
        .await;
    }

    /// SIGTERM; how it ended, and what it had to say.
    pub async fn terminate(self) -> (ExitStatus, String) {
        self.send(Signal::TERM);
        self.ended().await
    }

    /// Waits until it has ended; how, and what it had to say.
    pub async fn ended(mut self) -> (ExitStatus, String) {
        let status = patiently("the program to end", self.child.wait())
            .await
            .expect("it can be waited for");
        drop(self.lines);
        patiently("the end of its standard error", self.errors)
            .await
            .expect("reading does not panic")
            .expect("its errors are text");
        let log = std::mem::take(&mut *self.log.lock().expect(HELD));
        (status, log)
    }

    /// Everything it started, and what that started: guards, and the commands below them.
    pub fn descendants(&self) -> Vec<Process> {
        let all = Process::all();
        let mut found: Vec<Process> = Vec::new();
        let mut parents = vec![self.pid()];
        while let Some(parent) = parents.pop() {
            for process in all.iter().filter(|process| process.parent == parent) {
                parents.push(process.pid);
                found.push(process.clone());
            }
        }
        found
    }
}

impl Deref for Program {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// A process, as `/proc` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    parent: u32,
    /// One that ended and only waits for its parent to take note.
    is_over: bool,
    /// Tells it from a later one with the same id.
    started: u64,
}

impl Process {
    fn all() -> Vec<Self> {
        let entries = std::fs::read_dir("/proc").expect("there is a /proc");
        entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(Self::read)
            .collect()
    }

    fn read(pid: u32) -> Option<Self> {
        let stat = std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/stat"))).ok()?;
        // The name is in brackets and may hold anything; what is counted comes after it.
        let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
        Some(Self {
            pid,
            is_over: *fields.first()? == "Z",
            parent: fields.get(1)?.parse().ok()?,
            started: fields.get(19)?.parse().ok()?,
        })
    }

    /// Whether it still does anything.
    pub fn is_alive(&self) -> bool {
        Self::read(self.pid).is_some_and(|now| now.started == self.started && !now.is_over)
    }
}
