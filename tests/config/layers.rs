//! Where settings come from, and what they become.

use std::{path::PathBuf, time::Duration};

use project_manager::config::{Expects, KEYS, Level, LogFormat, Settings};
use secrecy::ExposeSecret;

use super::{loaded, refused, staging};

const DEFAULT: &str = include_str!("../../config/default.toml");

/// The keys of `default.toml` with the comment above each.
fn manual() -> Vec<(String, String)> {
    let mut keys = Vec::new();
    let mut section = String::new();
    let mut comment = String::new();
    for line in DEFAULT.lines() {
        if let Some(text) = line.strip_prefix('#') {
            comment.push_str(text);
        } else if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            section = name.to_owned();
            comment.clear();
        } else {
            if let Some((key, _)) = line.split_once(" = ") {
                keys.push((format!("{section}.{key}"), comment.clone()));
            }
            comment.clear();
        }
    }
    keys
}

#[test]
fn the_default_file_documents_every_setting_with_its_limits_and_its_plain_name() {
    let manual = manual();
    let documented: Vec<_> = manual.iter().map(|(key, _)| key.as_str()).collect();
    let known: Vec<_> = KEYS.iter().map(|key| key.name).collect();
    assert_eq!(documented, known);
    for (key, (name, comment)) in KEYS.iter().zip(&manual) {
        assert!(comment.len() > 20, "{name} has no comment");
        let limits = match key.expects {
            Expects::Whole(min, max) => Some(format!("{min} to {max}")),
            Expects::Seconds(min, max) => Some(format!("{min} to {max}")),
            _ => None,
        };
        for needed in [limits.as_deref(), key.plain].into_iter().flatten() {
            assert!(
                comment.contains(needed),
                "the comment of {name} does not say {needed:?}"
            );
        }
    }
}

#[test]
fn without_any_variable_the_defaults_hold() {
    let settings = loaded(&[]);
    assert_eq!(settings.api.address().to_string(), "127.0.0.1:8001");
    assert_eq!(settings.app.environment, "local");
    assert_eq!(
        settings.data.dir,
        PathBuf::from("/sam/.local/share/project-manager")
    );
    assert_eq!(
        settings.database.url.expose_secret(),
        "sqlite:///sam/.local/share/project-manager/project-manager.db"
    );
    assert_eq!(settings.feed.heartbeat, Duration::from_secs(15));
    assert_eq!(
        (settings.log.level, settings.log.format),
        (Level::Info, LogFormat::Pretty)
    );
    assert!((1..=8).contains(&settings.api.workers()));
    assert!(settings.notices().is_empty());
}

#[test]
fn each_layer_wins_over_the_one_before() {
    let level = |variables: &[(&str, &str)]| loaded(variables).log.level.as_str();
    assert_eq!(level(&[]), "info");
    assert_eq!(level(&[("PM_ENV", "test")]), "warn");
    assert_eq!(
        level(&[("PM_ENV", "test"), ("LOG_LEVEL", "DEBUG")]),
        "debug"
    );
    assert_eq!(
        level(&[
            ("PM_ENV", "test"),
            ("LOG_LEVEL", "DEBUG"),
            ("PM__LOG__LEVEL", "trace")
        ]),
        "trace"
    );
    // What the environment's file leaves out comes from the default.
    assert_eq!(loaded(&[("PM_ENV", "test")]).executor.slots(7), 7);
}

#[test]
fn every_named_environment_can_be_loaded_and_is_shown() {
    for name in ["development", "test", "production"] {
        assert_eq!(loaded(&[("PM_ENV", name)]).app.environment, name);
    }
    assert_eq!(loaded(&[("PM_ENV", "")]).app.environment, "local");
    assert_eq!(
        loaded(&[("PM_ENV", "test"), ("PM__APP__ENVIRONMENT", "canary")])
            .app
            .environment,
        "canary"
    );
}

#[test]
fn the_plain_names_of_existing_deployments_are_understood() {
    let settings = loaded(&[
        (
            "DATABASE_URL",
            "postgresql+asyncpg://sam:hunter2@db/pm?ssl=require",
        ),
        ("SCAR_BASE_URL", "http://localhost:3000"),
        ("SCAR_TIMEOUT_SECONDS", "300"),
        ("SCAR_CONVERSATION_PREFIX", "pm-"),
        ("ANTHROPIC_API_KEY", "sk-ant-hunter2"),
        ("API_HOST", "localhost"),
        ("API_PORT", "9000"),
        ("LOG_LEVEL", "WARNING"),
    ]);
    assert_eq!(
        settings.database.url.expose_secret(),
        "postgres://sam:hunter2@db/pm?sslmode=require"
    );
    assert_eq!(settings.scar.base_url, "http://localhost:3000");
    assert_eq!(settings.scar.timeout, Duration::from_secs(300));
    assert_eq!(settings.scar.conversation_prefix, "pm-");
    assert_eq!(settings.llm.api_key.expose_secret(), "sk-ant-hunter2");
    assert_eq!(settings.api.address().to_string(), "127.0.0.1:9000");
    assert_eq!(settings.log.level, Level::Warn);
}

#[test]
fn an_empty_plain_variable_counts_as_not_set() {
    assert_eq!(
        loaded(&[("API_PORT", ""), ("DATABASE_URL", "")]).api.port,
        8001
    );
}

#[test]
fn what_has_no_effect_is_said_with_the_name_that_was_used() {
    let said = |variables: &[(&str, &str)]| loaded(variables).notices().join("\n");
    let alone = said(&[("PM__LLM__MODEL", "claude-test")]);
    assert!(alone.contains("PM__LLM__MODEL is set"), "{alone}");
    for with in [
        ("ANTHROPIC_API_KEY", "sk-ant-hunter2"),
        ("PM__LLM__ENDPOINT", "http://localhost:1/v1"),
    ] {
        assert_eq!(said(&[("PM__LLM__MODEL", "claude-test"), with]), "");
    }
}

#[test]
fn an_environment_of_ones_own_is_a_file_in_the_config_folder() {
    let settings =
        staging("[executor]\nslots = 2\ntime_limit_seconds = 60\n").expect("a valid file");
    assert_eq!(settings.executor.slots(7), 2);
    assert_eq!(settings.executor.time_limit, Duration::from_secs(60));
    assert_eq!(settings.app.environment, "staging");
}

#[test]
fn the_address_of_a_database_is_brought_into_the_form_its_driver_reads() {
    for (given, expected) in [
        ("postgres://u:p@h:5432/d", "postgres://u:p@h:5432/d"),
        ("postgresql://h/d", "postgres://h/d"),
        ("postgresql+psycopg2://h/d", "postgres://h/d"),
        ("sqlite:///srv/pm.db", "sqlite:///srv/pm.db"),
        ("sqlite://pm.db?mode=rwc", "sqlite://pm.db"),
        ("sqlite:pm.db", "sqlite://pm.db"),
        ("sqlite+aiosqlite:///./pm.db", "sqlite://./pm.db"),
        ("sqlite+aiosqlite:////srv/pm.db", "sqlite:///srv/pm.db"),
    ] {
        assert_eq!(
            loaded(&[("DATABASE_URL", given)])
                .database
                .url
                .expose_secret(),
            expected,
            "{given}"
        );
    }
    for wrong in [
        "mysql://u:p@h/d",
        "pm.db",
        "postgres://",
        "postgres:///d",
        "sqlite::memory:",
        "sqlite://",
        "sqlite://a%20b",
    ] {
        refused(&[("DATABASE_URL", wrong)]);
    }
}

#[test]
fn a_test_command_is_given_as_words_or_as_a_list() {
    let words = |text: &str| {
        loaded(&[("PM__OFFLINE__TEST_COMMAND", text)])
            .offline
            .test_command
    };
    assert_eq!(words("npm run test:ci"), ["npm", "run", "test:ci"]);
    assert_eq!(words("[\"make\", \"all tests\"]"), ["make", "all tests"]);
    assert!(words("").is_empty());
}

#[test]
fn the_data_folder_is_where_this_machine_keeps_data_unless_it_is_set() {
    let dir = |variables: &[(&str, &str)]| loaded(variables).data.dir;
    assert_eq!(
        dir(&[("XDG_DATA_HOME", "/srv/data")]),
        PathBuf::from("/srv/data/project-manager")
    );
    assert_eq!(
        dir(&[("XDG_DATA_HOME", "relative")]),
        PathBuf::from("/sam/.local/share/project-manager")
    );
    assert_eq!(
        dir(&[("PM__DATA__DIR", "/srv/pm")]),
        PathBuf::from("/srv/pm")
    );
    assert_eq!(dir(&[("PM__DATA__DIR", "~/pm")]), PathBuf::from("/sam/pm"));
    let nowhere = Settings::load([])
        .expect_err("there is no home folder")
        .to_string();
    assert!(nowhere.contains("set PM__DATA__DIR"), "{nowhere}");
    refused(&[("HOME", "/100%")]);
}
