//! What a project's programs get to see of the server's environment: everything but what is the server's own.
//!
//! They are the person's programs and need the person's `PATH`, `HOME`, proxies and tool settings. They do not need the
//! server's keys, and variables that redirect git or cargo would point them at something else than the project.

use std::{env, ffi::OsString, process::Command};

/// Secrets of the server, beside everything that starts with `PM__`; with `_FILE` behind it, where one is kept.
const SECRETS: [&str; 4] = [
    "DATABASE_URL",
    "ANTHROPIC_API_KEY",
    "GITHUB_ACCESS_TOKEN",
    "GITHUB_WEBHOOK_SECRET",
];

/// What `git rev-parse --local-env-vars` lists: they tie git to one repository, as inside a hook. And two that name
/// programs.
const GIT: [&str; 17] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PAGER",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// What `cargo run` sets for the program it starts; the toolchain among them would override the project's own choice.
const CARGO: [&str; 5] = [
    "CARGO",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "RUSTUP_TOOLCHAIN",
    "RUST_RECURSION_COUNT",
];

/// Gives `command` the environment of a project's program, with `added`.
pub(super) fn prepare(command: &mut Command, added: &[(String, String)]) {
    let under_cargo = env::var_os("CARGO").is_some();
    for (name, _) in env::vars_os() {
        if is_withheld(&name, under_cargo) {
            command.env_remove(name);
        }
    }
    command.envs(added.iter().map(|(name, value)| (name, value)));
    // Never wait for a person to type something into a terminal that is not there.
    command.env("GIT_TERMINAL_PROMPT", "0");
    // A look must not change the repository, nor wait for whoever is changing it.
    command.env("GIT_OPTIONAL_LOCKS", "0");
}

fn is_withheld(name: &OsString, under_cargo: bool) -> bool {
    let text = name.to_string_lossy();
    text.starts_with("PM__")
        || text.starts_with("GIT_CONFIG_KEY_")
        || text.starts_with("GIT_CONFIG_VALUE_")
        || SECRETS.contains(&text.strip_suffix("_FILE").unwrap_or(&text))
        || GIT.contains(&&*text)
        || (under_cargo && (text.starts_with("CARGO_PKG_") || CARGO.contains(&&*text)))
}

#[cfg(test)]
mod tests {
    use super::is_withheld;

    #[test]
    fn secrets_and_redirections_are_withheld_and_the_rest_is_not() {
        for name in [
            "PM__DATABASE__URL",
            "DATABASE_URL",
            "DATABASE_URL_FILE",
            "GITHUB_ACCESS_TOKEN",
            "GIT_DIR",
            "GIT_CONFIG_KEY_0",
        ] {
            assert!(is_withheld(&name.into(), false), "{name}");
        }
        for name in [
            "PATH",
            "HOME",
            "RUSTUP_TOOLCHAIN",
            "GIT_AUTHOR_NAME",
            "PMX",
            "SSL_CERT_FILE",
            "CARGO_TARGET_DIR",
        ] {
            assert!(!is_withheld(&name.into(), false), "{name}");
        }
        assert!(is_withheld(&"RUSTUP_TOOLCHAIN".into(), true));
        assert!(!is_withheld(&"CARGO_TARGET_DIR".into(), true));
    }
}
