//! Backends, each against the real thing it runs: real git checkouts, real processes.

mod child;
mod offline;
mod processes;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use project_manager::{
    backends::{
        Backend, Job, Report, Steps,
        offline::{Offline, OfflineOptions},
    },
    domain::{
        execution::{Command as Kind, ErrorCode, Order, Outcome},
        id::{ExecutionId, ProjectId},
        project::AgentSettings,
        step::{Step, TextFormat},
    },
    leases::Leases,
};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Longer than any test takes; only one that hangs meets it.
const LONG: Duration = Duration::from_secs(120);

/// The real binary, whose subcommand `guard` is the guard.
fn guard() -> PathBuf {
    env!("CARGO_BIN_EXE_pm").into()
}

/// Writes a program. By another process: one that this process has open for writing cannot be run ("text file busy")
/// while a child that another test is just starting still holds the open file.
fn executable(path: &Path, text: &str) {
    let mut shell = Command::new("sh")
        .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    shell
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    assert!(shell.wait().unwrap().success(), "{}", path.display());
}

/// A git checkout of its own.
struct Checkout {
    dir: TempDir,
}

impl Checkout {
    fn empty() -> Self {
        let checkout = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        checkout.git(&["init", "-q", "-b", "main"]);
        checkout
    }

    fn with(files: &[(&str, &str)]) -> Self {
        let checkout = Self::empty();
        for (path, text) in files {
            checkout.write(path, text);
        }
        checkout.commit("Add everything");
        checkout
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn script(&self, path: &str, text: &str) {
        executable(&self.path().join(path), text);
    }

    fn commit(&self, subject: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", subject]);
    }

    fn git(&self, args: &[&str]) {
        let who = [
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@example.org",
            "-c",
            "commit.gpgsign=false",
        ];
        let output = Command::new("git")
            .args(who)
            .args(args)
            .current_dir(self.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {output:?}");
    }
}

fn options() -> OfflineOptions {
    OfflineOptions {
        guard: guard(),
        time_limit: LONG,
        test_command: None,
    }
}

fn testing_with(line: &[&str]) -> OfflineOptions {
    OfflineOptions {
        test_command: Some(line.iter().map(|&word| word.to_owned()).collect()),
        ..options()
    }
}

fn job(command: Kind, workspace: Option<&Path>) -> Job {
    Job {
        execution: ExecutionId::new(),
        project: ProjectId::new(),
        project_name: "Shop".to_owned(),
        order: Order {
            command,
            args: String::new(),
        },
        workspace: workspace.map(Path::to_owned),
        repository_url: None,
        started_at: project_manager::clock::now(),
        agent: AgentSettings::default(),
        hold: Leases::all().here().expect("it is alone"),
        before: None,
        resume: None,
    }
}

/// A channel for a backend's steps.
fn steps_ahead(ahead: usize) -> (Steps, TakenSteps) {
    let (steps, taken) = Steps::channel(ahead);
    (steps, TakenSteps(taken))
}

/// The steps a backend sends; the offline one sends nothing else.
struct TakenSteps(mpsc::Receiver<Report>);

impl TakenSteps {
    async fn recv(&mut self) -> Option<Step> {
        self.0.recv().await.map(|report| match report {
            Report::Step(step) => step,
            other => panic!("not a step: {other:?}"),
        })
    }
}

/// Runs a command to its end and gives all its steps.
async fn run(
    options: OfflineOptions,
    command: Kind,
    workspace: Option<&Path>,
) -> (Vec<Step>, Outcome) {
    let offline = Offline::new(options);
    let job = job(command, workspace);
    let (steps, mut taken) = steps_ahead(4);
    let collect = async {
        let mut all = Vec::new();
        while let Some(step) = taken.recv().await {
            all.push(step);
        }
        all
    };
    let both = async { tokio::join!(collect, offline.run(&job, steps, CancellationToken::new())) };
    tokio::time::timeout(LONG, both)
        .await
        .expect("the run to end")
}

async fn prime(checkout: &Checkout) -> (Vec<Step>, Outcome) {
    run(options(), Kind::Prime, Some(checkout.path())).await
}

async fn validate(options: OfflineOptions, checkout: &Checkout) -> (Vec<Step>, Outcome) {
    run(options, Kind::Validate, Some(checkout.path())).await
}

/// What a completed command has to say.
fn output(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Completed { output } => output,
        other => panic!("not completed: {other:?}"),
    }
}

/// Why a command failed.
fn failure(outcome: &Outcome) -> (ErrorCode, &str) {
    match outcome {
        Outcome::Failed { code, error, .. } => (*code, error),
        other => panic!("not failed: {other:?}"),
    }
}

/// Everything that was printed, as one text.
fn printed(steps: &[Step]) -> String {
    let texts: Vec<_> = steps
        .iter()
        .filter_map(|step| match step {
            Step::Text {
                text,
                format: TextFormat::Output,
                block: None,
            } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    texts.join("\n")
}

/// The result of the tool that was used with this input.
fn result_of<'a>(steps: &'a [Step], wanted: &str) -> (&'a str, &'a str, bool) {
    let used = steps
        .iter()
        .position(|step| matches!(step, Step::Tool { input, .. } if input.contains(wanted)))
        .unwrap_or_else(|| panic!("no tool was used on {wanted}: {steps:#?}"));
    steps[used..]
        .iter()
        .find_map(|step| match step {
            Step::ToolResult {
                summary,
                output,
                ok,
                ..
            } => Some((summary.as_str(), output.as_str(), *ok)),
            _ => None,
        })
        .unwrap()
}
