//! The coding agents this program knows by name, and how each is started.

use std::{
    env,
    path::{Path, PathBuf},
};

/// A coding agent that speaks the protocol. The command lines are those of the agents' own documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// What people call it.
    pub label: &'static str,
    /// The program and its arguments.
    line: &'static [&'static str],
    /// What to do when it wants a login.
    pub login: &'static str,
}

/// In the order in which they are looked for.
const KNOWN: [Known; 8] = [
    Known {
        label: "Claude Code",
        line: &["claude-agent-acp"],
        login: "open a terminal, run `claude`, type /login and follow it; or give it a key: \
                ANTHROPIC_API_KEY in the setting acp.env",
    },
    Known {
        label: "Gemini CLI",
        line: &["gemini", "--acp"],
        login: "open a terminal, run `gemini` and sign in; or give it a key: GEMINI_API_KEY in the \
                setting acp.env",
    },
    Known {
        label: "Codex",
        line: &["codex-acp"],
        login: "open a terminal and run `codex login`; or give it a key: OPENAI_API_KEY in the \
                setting acp.env",
    },
    Known {
        label: "OpenCode",
        line: &["opencode", "acp"],
        login: "open a terminal and run `opencode auth login`",
    },
    Known {
        label: "goose",
        line: &["goose", "acp"],
        login: "open a terminal and run `goose configure`",
    },
    Known {
        label: "Qwen Code",
        line: &["qwen", "--acp"],
        login: "open a terminal, run `qwen` and sign in",
    },
    Known {
        label: "GitHub Copilot",
        line: &["copilot", "--acp"],
        login: "open a terminal, run `copilot` and type /login",
    },
    Known {
        label: "Auggie",
        line: &["auggie", "--acp"],
        login: "open a terminal and run `auggie login`",
    },
];

/// The first known agent on this machine.
pub fn found() -> Option<Known> {
    KNOWN
        .into_iter()
        .find(|known| on_path(known.line[0]).is_some())
}

/// The known agent that a command line starts.
pub(super) fn known(program: &str) -> Option<Known> {
    let name = Path::new(program).file_name()?;
    KNOWN.into_iter().find(|known| name == known.line[0])
}

impl Known {
    /// How it is started.
    pub fn words(&self) -> Vec<String> {
        self.line.iter().map(|&word| word.to_owned()).collect()
    }
}

/// Where a program is: as the system looks it up.
pub(super) fn on_path(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return is_program(Path::new(program)).then(|| program.into());
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata()
        .is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}
