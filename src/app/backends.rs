//! What commands can run in, and which of it is used where nothing else is said: SCAR if there is an address for it, a coding
//! agent if one is there, else this program.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use secrecy::ExposeSecret as _;

use crate::{
    backends::{
        Backend, Backends,
        acp::{self, Acp, Agent, Worktrees},
        offline::{Offline, OfflineOptions},
        scar::{self, Scar},
    },
    config::Settings,
};

/// The value of `acp.command` that says that there is no coding agent.
const OFF: &str = "off";

/// The backends of these settings, the default one first, and why it is that one.
///
/// # Errors
/// When one cannot be used with them.
pub fn backends(settings: &Settings, guard: &Path) -> anyhow::Result<Backends> {
    let offline = offline(settings, guard);
    let scar = scar(settings)?.map(|scar| Arc::new(scar) as Arc<dyn Backend>);
    let agent = agent(settings);
    let is_found = agent.is_some();
    let acp = match is_off(settings) {
        true => None,
        false => Some(acp(settings, guard, agent)?),
    };
    Ok(match (scar, acp) {
        (Some(scar), Some(acp)) => Backends::new(scar).with(acp).with(offline),
        (Some(scar), None) => Backends::new(scar).with(offline),
        (None, Some(acp)) if is_found => Backends::new(acp).with(offline),
        (None, Some(acp)) => Backends::new(offline).with(acp),
        (None, None) => Backends::new(offline),
    })
}

fn offline(settings: &Settings, guard: &Path) -> Arc<dyn Backend> {
    Arc::new(Offline::new(OfflineOptions {
        guard: guard.to_owned(),
        time_limit: settings.executor.time_limit,
        test_command: Some(settings.offline.test_command.clone())
            .filter(|command| !command.is_empty()),
    }))
}

/// The SCAR of these settings, if they name one.
///
/// # Errors
/// When it cannot be used with them.
pub fn scar(settings: &Settings) -> anyhow::Result<Option<Scar>> {
    let scar = settings.scar.clone();
    if scar.base_url.is_empty() {
        return Ok(None);
    }
    let scar = Scar::new(scar::Options {
        base_url: scar.base_url,
        timeout: scar.timeout,
        conversation_prefix: scar.conversation_prefix,
        stall: scar.stall,
        quiet: scar.quiet,
        poll_shortest: scar.poll_shortest,
        poll_longest: scar.poll_longest,
        request_timeout: scar.request_timeout,
        retry_first: scar.retry_first,
        retry_longest: scar.retry_longest,
        give_up: scar.give_up,
    })
    .context("cannot connect SCAR")?;
    Ok(Some(scar))
}

fn is_off(settings: &Settings) -> bool {
    settings.acp.command == [OFF]
}

fn agent(settings: &Settings) -> Option<Agent> {
    match settings.acp.command.as_slice() {
        [] => Agent::on_this_machine(),
        [off] if off == OFF => None,
        words => Some(Agent::of_setting(words.to_vec())),
    }
}

fn acp(
    settings: &Settings,
    guard: &Path,
    agent: Option<Agent>,
) -> anyhow::Result<Arc<dyn Backend>> {
    Ok(Arc::new(Acp::new(acp::Options {
        worktrees: worktrees(settings, guard),
        agent,
        env: environment(settings.acp.env.expose_secret())?,
        permissions: settings.acp.permissions,
        start_limit: settings.acp.start_limit,
        stall: settings.acp.stall,
        time_limit: settings.executor.time_limit,
    })))
}

/// Where coding agents' copies of projects are.
pub(super) fn worktrees(settings: &Settings, guard: &Path) -> Worktrees {
    Worktrees::new(settings.data.dir.join("worktrees"), guard.to_owned())
}

fn environment(text: &str) -> anyhow::Result<Vec<(String, String)>> {
    // Not the text itself in what is said: it holds keys.
    let words = shell_words::split(text)
        .map_err(|_| anyhow::anyhow!("acp.env (PM__ACP__ENV) has a quote that is not closed"))?;
    let pairs = words.into_iter().map(|word| {
        let pair = word
            .split_once('=')
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        pair.filter(|(name, _)| !name.is_empty())
            .context("acp.env (PM__ACP__ENV) has to be NAME=value, with spaces or line breaks between several")
    });
    pairs.collect()
}

/// Why commands run where they run, in a sentence or two.
pub fn reason(usual: &dyn Backend) -> String {
    let (label, health) = (usual.label(), usual.health());
    match (health.reason, health.address) {
        (Some(reason), _) => reason,
        (None, Some(address)) => {
            format!("Commands run in {label} at {address}, because SCAR_BASE_URL says so.")
        }
        (None, None) => "No coding agent was found on this machine, so Project Manager itself looks through projects and \
                         runs their checks. To have something planned or built, install a coding agent such as Claude Code, \
                         Gemini CLI, Codex or OpenCode, or connect SCAR with SCAR_BASE_URL; then start Project Manager again."
            .to_owned(),
    }
}
