//! Where commands run, and whether what they need is there: a coding agent, and git.

use std::{path::Path, process::Stdio, time::Duration};

use super::report::{Check, Fix, as_root};
use crate::{app, config::Settings, db};

const NAME: &str = "commands";
const GIT: &str = "git";

/// How long git may take to say its version.
const GIT_WITHIN: Duration = Duration::from_secs(3);

/// Where programs are on one machine or another, when `PATH` does not say so.
const USUAL_FOLDERS: [&str; 5] = [
    "/usr/bin",
    "/bin",
    "/usr/local/bin",
    "/opt/homebrew/bin",
    "/run/current-system/sw/bin",
];

/// Whether commands can run where these settings have them run.
pub(super) async fn check(settings: &Settings, guard: &Path) -> Check {
    let backends = match app::backends::backends(settings, guard) {
        Ok(backends) => backends,
        Err(error) => {
            return Check::broken(NAME, db::reason(error.as_ref()))
                .because("a quote or an = is missing")
                .fix(
                    Fix::to("give coding agents nothing more than they have")
                        .set("PM__ACP__ENV", ""),
                )
                .fix(Fix::to("write it as for a shell").set("PM__ACP__ENV", "NAME=value"));
        }
    };
    let usual = backends.default_one();
    let obstacle = match backends.named("acp") {
        Some(acp) if !settings.acp.command.is_empty() => acp.check().await.err(),
        _ => None,
    };
    let Some(obstacle) = obstacle else {
        return Check::ok(NAME, app::backends::reason(usual.as_ref()));
    };
    let check = match usual.name() {
        "acp" => Check::broken(NAME, obstacle),
        _ => Check::warning(NAME, obstacle),
    };
    check
        .because("it is not installed, its name is mistyped, or it is in no folder that the server's PATH names")
        .fix(
            Fix::to("take the first coding agent that is found, or none")
                .set("PM__ACP__COMMAND", ""),
        )
        .fix(Fix::to("install one, such as Claude Code's").run("npm install -g @agentclientprotocol/claude-agent-acp"))
}

/// Whether git is there, which looks at every project.
pub(super) async fn git(settings: &Settings) -> Check {
    let version = tokio::process::Command::new("git")
        .arg("--version")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let why = match tokio::time::timeout(GIT_WITHIN, version).await {
        Ok(Ok(done)) if done.status.success() => {
            let words = String::from_utf8_lossy(&done.stdout);
            return Check::ok(GIT, words.trim());
        }
        Ok(Ok(done)) => format!("it ends with {}", done.status),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            "it is in no folder that PATH names".to_owned()
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("it did not say its version within {GIT_WITHIN:?}"),
    };
    // SCAR has a git of its own.
    let check = match settings.scar.base_url.is_empty() {
        true => Check::broken(
            GIT,
            format!("git cannot be run, so no project can be looked at: {why}"),
        ),
        false => Check::warning(
            GIT,
            format!("git cannot be run, so no project can be looked at on this machine: {why}"),
        ),
    };
    let check = check
        .because("it is not installed, or the server is started with another PATH than a shell");
    let is_there = |folder: &&str| Path::new(folder).join("git").is_file();
    let found = USUAL_FOLDERS.into_iter().find(is_there);
    let path = found.map(|folder| {
        let path = std::env::var("PATH").ok().filter(|path| !path.is_empty());
        let path = path.map_or(folder.to_owned(), |path| format!("{path}:{folder}"));
        Fix::to(format!("let it find the one in {folder}")).set("PATH", path)
    });
    check
        .fixes(path)
        .fix(Fix::to("install it").run(as_root(install())))
}

/// How git is installed here.
fn install() -> &'static str {
    let about = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let is_like = |names: &[&str]| {
        let mut lines = about.lines().filter(|line| line.starts_with("ID"));
        lines.any(|line| names.iter().any(|name| line.contains(name)))
    };
    if is_like(&["debian", "ubuntu"]) || about.is_empty() {
        "apt-get install -y git"
    } else if is_like(&["alpine"]) {
        "apk add git"
    } else if is_like(&["arch"]) {
        "pacman -S git"
    } else {
        "dnf install -y git"
    }
}
