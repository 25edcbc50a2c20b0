//! Secrets that are read from a file: `DATABASE_URL_FILE=/run/secrets/db`.

use project_manager::config::KEYS;
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use super::{loaded, refused};

/// A folder with a file in it, and the file's path. Both go with the folder.
fn file(content: impl AsRef<[u8]>) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("secret");
    std::fs::write(&path, content).expect("a file");
    let path = path.to_str().expect("a path in Unicode").to_owned();
    (folder, path)
}

#[test]
fn every_secret_can_be_read_from_a_file_under_each_of_its_names() {
    let names: Vec<String> = KEYS
        .iter()
        .filter(|key| key.is_secret())
        .flat_map(|key| [key.plain.map(str::to_owned), Some(key.variable())])
        .flatten()
        .collect();
    assert_eq!(names.len(), 14, "{names:?}");
    for name in names {
        let is_hook = name == "PM__NOTIFICATIONS__URL";
        let given = match is_hook {
            true => "https://hooks.example.com/hunter2",
            false if name.contains("HEADERS") => "authorization=hunter2",
            // It could be any other.
            false => "postgres://sam:hunter2@db/pm",
        };
        let (_folder, path) = file(given);
        let mut variables = vec![(format!("{name}_FILE"), path.as_str())];
        if is_hook {
            let key = "PM__NOTIFICATIONS__SECRET".to_owned();
            variables.push((key, "a key that is long enough"));
        }
        let variables: Vec<(&str, &str)> = variables
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
            .collect();
        let settings = loaded(&variables);
        let secrets = [
            settings.database.url,
            settings.llm.api_key,
            settings.acp.env,
            settings.auth.token,
            settings.traces.headers,
            settings.github.token,
            settings.github.webhook_secret,
            settings.notifications.url,
            settings.notifications.secret,
        ];
        assert!(
            secrets.iter().any(|secret| secret.expose_secret() == given),
            "{name}_FILE was not read"
        );
    }
}

#[test]
fn a_line_end_behind_the_secret_does_not_count_and_lines_within_it_do() {
    for (content, secret) in [
        ("sk-hunter2", "sk-hunter2"),
        ("sk-hunter2\n", "sk-hunter2"),
        ("sk-hunter2\r\n", "sk-hunter2"),
    ] {
        let (_folder, path) = file(content);
        let settings = loaded(&[("ANTHROPIC_API_KEY_FILE", &path)]);
        assert_eq!(settings.llm.api_key.expose_secret(), secret, "{content:?}");
    }
    let (_folder, path) = file("ONE=1\nTWO=2\n");
    let settings = loaded(&[("PM__ACP__ENV_FILE", &path)]);
    assert_eq!(settings.acp.env.expose_secret(), "ONE=1\nTWO=2");
}

#[test]
fn a_file_for_the_longer_name_wins_over_the_plain_variable_as_the_longer_variable_does() {
    let (_folder, path) = file("sk-from-file");
    let settings = loaded(&[
        ("ANTHROPIC_API_KEY", "sk-plain"),
        ("PM__LLM__API_KEY_FILE", &path),
    ]);
    assert_eq!(settings.llm.api_key.expose_secret(), "sk-from-file");
}

#[test]
fn an_empty_variable_beside_the_file_and_an_empty_name_of_a_file_count_as_not_set() {
    let (_folder, path) = file("sk-from-file");
    let settings = loaded(&[
        ("ANTHROPIC_API_KEY", ""),
        ("ANTHROPIC_API_KEY_FILE", &path),
        ("DATABASE_URL_FILE", ""),
    ]);
    assert_eq!(settings.llm.api_key.expose_secret(), "sk-from-file");
}

#[test]
fn a_secret_that_is_given_twice_is_refused() {
    let (_folder, path) = file("sk-hunter2");
    for name in ["ANTHROPIC_API_KEY", "PM__LLM__API_KEY"] {
        let said = refused(&[(name, "sk-hunter3"), (&format!("{name}_FILE"), &path)]);
        assert!(
            said.contains(&format!("{name} and {name}_FILE are both set")),
            "{said}"
        );
        assert!(!said.contains("hunter"), "{said}");
    }
}

#[test]
fn a_file_that_holds_no_secret_is_refused_with_the_variable_the_file_and_the_reason() {
    let too_long = "hunter2".repeat(10_000);
    for (content, reason) in [
        (&b""[..], "it is empty"),
        (b" \n", "it is empty"),
        (b"hunter2\xff", "it is no text in UTF-8"),
        (too_long.as_bytes(), "it has more than 65536 bytes"),
    ] {
        let (_folder, path) = file(content);
        let said = refused(&[("DATABASE_URL_FILE", &path)]);
        assert!(
            said.contains(&format!(
                "DATABASE_URL_FILE={path} cannot be used: {reason}"
            )),
            "{said}"
        );
        assert!(!said.contains("hunter2"), "{said}");
    }
    // It says that it has no bytes, and never ends.
    let said = refused(&[("DATABASE_URL_FILE", "/dev/zero")]);
    assert!(said.contains("it has more than 65536 bytes"), "{said}");
    for (path, reason) in [("/nowhere/at/all", "No such file"), ("/", "Is a directory")] {
        let said = refused(&[("PM__DATABASE__URL_FILE", path)]);
        assert!(
            said.contains(&format!(
                "PM__DATABASE__URL_FILE={path} cannot be used: {reason}"
            )),
            "{said}"
        );
    }
}

#[test]
fn a_bad_value_in_a_file_is_refused_by_the_name_of_its_variable_and_not_shown() {
    for content in ["hunter2", "mysql://sam:hunter2@db/pm"] {
        let (_folder, path) = file(content);
        let said = refused(&[("DATABASE_URL_FILE", &path)]);
        assert!(said.contains("DATABASE_URL_FILE is "), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn a_file_for_a_setting_that_is_no_secret_is_refused() {
    for name in ["API_PORT", "PM__API__PORT", "PM__LLM__MODEL"] {
        let said = refused(&[(&format!("{name}_FILE"), "/tmp/value")]);
        assert!(
            said.contains(&format!(
                "{name}_FILE is set, but only a secret is read from a file; set {name} itself"
            )),
            "{said}"
        );
        assert_eq!(said.matches("\n  - ").count(), 1, "{said}");
    }
}
