//! `pm config`: each setting with its value, and where that stands.

use serde_json::Value;

use super::Setup;

/// The line of this setting.
fn line<'a>(output: &'a str, name: &str) -> &'a str {
    let mut lines = output.lines();
    let found = lines.find(|line| line.split_whitespace().next() == Some(name));
    found.unwrap_or_else(|| panic!("no {name} in {output}"))
}

fn setup() -> Setup {
    let mut setup = Setup::new();
    std::fs::create_dir(setup.at("config")).expect("a folder");
    std::fs::write(
        setup.at("config/staging.toml"),
        "[feed]\nretention = 5000\n[executor]\nslots = 2\n",
    )
    .expect("a file");
    std::fs::write(setup.at("url"), "postgres://pm:hunter2@db/pm\n").expect("a file");
    setup.set("PM_ENV", "staging");
    setup.set("API_PORT", 8002);
    setup.set("PM__EXECUTOR__SLOTS", 3);
    setup.set("DATABASE_URL_FILE", setup.at("url").display());
    setup
}

#[tokio::test]
async fn what_is_not_the_default_is_shown_with_the_place_it_stands_in() {
    let setup = setup();
    let done = setup.run(&["config"]).await;
    assert_eq!((done.code, done.errors.as_str()), (Some(0), ""));
    let output = done.output.as_str();
    let file = format!("DATABASE_URL_FILE={}", setup.at("url").display());
    let folder = setup.at("data").display().to_string();
    for (name, parts) in [
        ("api.port", ["8002", "API_PORT"]),
        (
            "feed.retention",
            ["5000", "feed.retention in config/staging.toml"],
        ),
        ("executor.slots", ["3", "PM__EXECUTOR__SLOTS"]),
        ("app.environment", ["staging", "PM_ENV"]),
        ("database.url", ["postgres://pm:…@db/pm", &file]),
        ("data.dir", [&folder, "PM__DATA__DIR"]),
    ] {
        let line = line(output, name);
        for part in parts {
            assert!(line.contains(part), "no {part} in {line}");
        }
    }
    assert!(!output.contains("feed.heartbeat_seconds"), "{output}");
    assert!(output.contains("pm config show --all"), "{output}");

    let done = setup.run(&["config", "show", "--all"]).await;
    let heartbeat = line(&done.output, "feed.heartbeat_seconds");
    let words: Vec<_> = heartbeat.split_whitespace().collect();
    assert_eq!(words, ["feed.heartbeat_seconds", "15", "default"]);
    assert!(line(&done.output, "auth.token").contains("(none)"));
}

#[tokio::test]
async fn what_is_wrong_is_told_and_what_is_right_is_shown_all_the_same() {
    let mut setup = setup();
    setup.set("LOG_LEVEL", "loud");
    setup.set("PM__API__PROT", 1);
    let done = setup.run(&["config", "show"]).await;
    assert_eq!(done.code, Some(1));
    assert!(line(&done.output, "api.port").contains("8002"));
    assert!(line(&done.output, "log.level").contains("LOG_LEVEL"));
    assert!(!line(&done.output, "log.level").contains("loud"));
    assert_eq!(done.errors, setup.run(&["serve"]).await.errors);
}

#[tokio::test]
async fn whoever_reads_no_further_is_told_nothing_of_it() {
    let setup = Setup::new();
    assert_eq!(setup.run(&["migrate", "up"]).await.code, Some(0));
    for arguments in [
        &["config"][..],
        &["config", "show", "--json"],
        &["doctor"],
        &["doctor", "--json"],
        &["token", "list"],
        &["token", "list", "--json"],
        &["migrate", "status"],
        &["openapi"],
        &["completions", "bash"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_pm"))
            .args(arguments)
            .env_clear()
            .env("PM_ENV", "test")
            .envs(&setup.variables)
            .stdout(writer)
            .output()
            .expect("it runs");
        let errors = String::from_utf8_lossy(&done.stderr);
        assert_eq!(
            (done.status.code(), &*errors),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

#[tokio::test]
async fn every_setting_is_in_the_json_and_no_secret() {
    let done = setup().run(&["config", "show", "--json"]).await;
    assert_eq!(done.code, Some(0));
    assert!(!done.output.contains("hunter2"));
    let shown: Value = serde_json::from_str(&done.output).expect("JSON");
    let settings = shown["settings"].as_array().expect("a list");
    assert_eq!(settings.len(), project_manager::config::KEYS.len());
    let port = settings.iter().find(|one| one["name"] == "api.port");
    assert_eq!(
        *port.expect("the port"),
        serde_json::json!({
            "name": "api.port", "value": "8002", "default": "8001", "from": "API_PORT", "is_default": false,
            "is_secret": false, "is_right": true, "variable": "PM__API__PORT",
        })
    );
    assert_eq!(shown["problems"], serde_json::json!([]));
}
