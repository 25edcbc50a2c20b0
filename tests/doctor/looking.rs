//! What the doctor sees, and that it leaves everything as it was.

use std::net::TcpListener;

use serde_json::json;

use super::Setup;
use crate::{
    faults::startup::refused,
    servers::clocks::clock,
    support::{
        llm::{Reply, TestLlm},
        scar::{Fault, Step, TestScar},
    },
};

/// Secrets that must not be seen.
const KEY: &str = "sk-a-key-nobody-may-see";
const TOKEN: &str = "a-token-nobody-may-see-0123456789";
const PASSWORD: &str = "a-password-nobody-may-see";

#[tokio::test]
async fn where_nothing_was_started_yet_nothing_is_wrong_and_nothing_is_made() {
    let setup = Setup::new();
    let before = setup.contents();
    let done = setup.run(&["doctor"]).await;
    assert_eq!((done.code, done.errors.as_str()), (Some(0), ""), "{done:?}");
    assert!(
        done.output
            .ends_with("All is well: start it with `pm serve`.\n"),
        "{}",
        done.output
    );
    assert!(!done.output.contains('\u{1b}'), "no terminal, no colours");
    assert_eq!(setup.contents(), before);
}

#[tokio::test]
async fn a_database_that_is_there_is_left_as_it_is_also_after_a_crash() {
    let setup = Setup::new();
    assert_eq!(setup.run(&["migrate", "up"]).await.code, Some(0));
    let unchanged = async |seen: &str| {
        let contents = || {
            let mut contents = setup.contents();
            // The index of what is not in the file yet, which everybody who opens it reads in anew.
            for (path, bytes) in &mut contents {
                if path.to_string_lossy().ends_with("-shm") {
                    bytes.clear();
                }
            }
            contents
        };
        let before = contents();
        let report = setup.doctor().await;
        report.is_well();
        let words = report.words("database", "ok");
        assert!(words.contains(seen), "{words}");
        assert_eq!(contents(), before);
    };
    unchanged("its tables are of this version").await;
    let server = setup.program(&["serve"]).start().await;
    server.project("Shop").await;
    server.kill().await;
    let beside = |suffix: &str| {
        let mut path = setup.database().into_os_string();
        path.push(suffix);
        std::path::PathBuf::from(path)
    };
    assert!(beside("-wal").is_file(), "a crash leaves it");
    unchanged("its tables are of this version").await;
    std::fs::remove_file(beside("-shm")).expect("it was there");
    unchanged("was not closed when it was last used").await;
}

#[tokio::test]
async fn a_server_that_runs_already_is_found_and_asked_how_it_is() {
    let mut setup = Setup::new();
    let server = setup.program(&["serve"]).start().await;
    let port = server.base.rsplit_once(':').expect("a port").1.to_owned();
    setup.set("API_PORT", &port);
    let report = setup.doctor().await;
    report.is_well();
    let words = report.words("port", "ok");
    assert!(
        words.contains("runs already at") && words.ends_with("is well"),
        "{words}"
    );
    let summary = report.found["summary"].as_str().expect("words");
    assert!(summary.contains("it runs already: open"), "{summary}");
    // With other data it would be another server, for which there is no room.
    setup.set("PM__DATA__DIR", setup.at("other").display());
    let report = setup.doctor().await;
    let words = report.words("port", "broken");
    assert!(words.contains("with another database"), "{words}");
    server.terminate().await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once_and_what_depends_on_it_is_not_guessed() {
    let mut setup = Setup::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port();
    setup.set("API_PORT", port);
    setup.set("PM__DATABASE__RAEDERS", 4);
    setup.set("LOG_LEVEL", "loud");
    setup.set("DATABASE_URL", "mysql://pm@host/name");
    setup.set("PM__SCAR__BASE_URL", "scar");
    let report = setup.doctor().await;
    assert_eq!(report.code, Some(1));
    let broken: Vec<_> = report.all("broken");
    let names: Vec<_> = broken.iter().map(|check| &check["name"]).collect();
    assert_eq!(
        names,
        ["settings", "settings", "settings", "settings", "port"],
        "{:#}",
        report.found
    );
    let skipped = report.all("skipped");
    let skipped: Vec<_> = skipped.iter().map(|check| &check["name"]).collect();
    assert_eq!(
        skipped,
        ["database", "commands", "scar"],
        "{:#}",
        report.found
    );
    assert_eq!(report.found["broken"], 5);
}

#[tokio::test]
async fn what_answers_at_scars_address_and_is_none_is_broken_and_one_that_is_old_is_told() {
    let mut setup = Setup::new();
    let scar = TestScar::start();
    setup.set("SCAR_BASE_URL", scar.address());
    let report = setup.doctor().await;
    report.is_well();
    let words = report.words("scar", "ok");
    assert!(words.contains("answers as SCAR does"), "{words}");
    assert_eq!(scar.posts(), [], "nothing was said to it");

    scar.fail(Step::Health, Fault::Page, usize::MAX);
    let report = setup.doctor().await;
    let words = report.words("scar", "broken");
    assert!(words.contains("is this SCAR's address?"), "{words}");

    scar.heal();
    scar.fail(Step::Concurrency, Fault::Status(404), usize::MAX);
    let report = setup.doctor().await;
    report.is_well();
    let words = report.words("scar", "ok");
    assert!(words.contains("/health/concurrency is missing"), "{words}");
}

#[tokio::test]
async fn a_model_is_asked_for_a_word_and_why_it_does_not_answer_is_told() {
    let mut setup = Setup::new();
    let llm = TestLlm::start();
    setup.set("PM__LLM__ENDPOINT", llm.address());
    setup.set("PM__LLM__MODEL", "claude-test");
    setup.set("PM__LLM__API_KEY", KEY);
    let report = setup.doctor().await;
    report.is_well();
    assert!(report.words("model", "ok").ends_with("answers"));
    let requests = llm.requests();
    assert_eq!(requests.len(), 1, "one request, however it went");
    assert_eq!(requests[0].body["max_tokens"], json!(16));

    for (status, words) in [
        (401, "does not accept the key"),
        (404, "does not take the request"),
        (429, "too much was asked"),
        (529, "overloaded or broken"),
    ] {
        llm.then(Reply::Status(status));
        let report = setup.doctor().await;
        // The server works without it.
        report.is_well();
        let found = report.words("model", "warning");
        assert!(found.contains(words), "{status}: {found}");
        assert!(!report.found.to_string().contains(KEY));
    }
    assert_eq!(llm.requests().len(), 5);
    drop(llm);
    let report = setup.doctor().await;
    let found = report.words("model", "warning");
    assert!(found.contains("cannot be reached"), "{found}");
    let fix = report.check("model", "warning")["fixes"][0].clone();
    setup.apply(&fix);
    assert_eq!(
        setup.doctor().await.all("warning"),
        Vec::<&serde_json::Value>::new()
    );
}

#[tokio::test]
async fn no_key_goes_to_a_model_while_settings_are_wrong() {
    let mut setup = Setup::new();
    let llm = TestLlm::start();
    setup.set("PM__LLM__ENDPOINT", llm.address());
    setup.set("PM__LLM__API_KEY", KEY);
    setup.set("PM__LLM__URL", "http://localhost/v1");
    let report = setup.doctor().await;
    assert!(report.words("model", "skipped").contains("not asked"));
    assert_eq!(llm.requests().len(), 0);
}

#[tokio::test]
async fn no_secret_is_seen_in_what_the_doctor_and_the_settings_show() {
    let mut setup = Setup::new();
    let file = setup.at("token");
    std::fs::write(&file, TOKEN).expect("a file");
    setup.set("PM__AUTH__TOKEN_FILE", file.display());
    setup.set("ANTHROPIC_API_KEY", KEY);
    // Nothing listens there.
    setup.set("PM__LLM__ENDPOINT", "http://127.0.0.1:1/v1");
    setup.set("PM__ACP__ENV", format!("MY_KEY={KEY} OTHER=x"));
    let url = format!("postgres://pm:{PASSWORD}@127.0.0.1:1/pm?password={PASSWORD}");
    setup.set("DATABASE_URL", url);
    let seen = async |setup: &Setup| {
        for arguments in [
            &["doctor"][..],
            &["doctor", "--json"],
            &["config"],
            &["config", "show", "--all"],
            &["config", "show", "--json"],
        ] {
            let done = setup.run(arguments).await;
            for secret in [TOKEN, KEY, PASSWORD] {
                assert!(
                    !done.output.contains(secret) && !done.errors.contains(secret),
                    "{secret} in {arguments:?}: {done:?}"
                );
            }
        }
    };
    seen(&setup).await;
    // Also where each of them stands in the wrong place.
    setup.set("PM__AUTH__TOKNE", TOKEN);
    setup.set("PM__LLM__MODELS", KEY);
    setup.set("PM__AUTH__TOKEN", format!("{TOKEN} with a space"));
    setup.set("DATABASE_URL", format!("mysql://pm:{PASSWORD}@host/pm"));
    setup.set("PM__ACP__ENV", format!("MY_KEY='{KEY}"));
    seen(&setup).await;
    // And where an address has one, or the name of a file is one.
    for url in [
        format!("postgres://pm:p/{PASSWORD}@127.0.0.1:1/pm"),
        format!("postgres://pm:12/{PASSWORD}@127.0.0.1:1/pm"),
        format!("postgres://pm:aa@{PASSWORD}?bb@127.0.0.1/pm"),
        format!("postgres://pm:aa#{PASSWORD}@127.0.0.1/pm"),
    ] {
        let mut setup = Setup::new();
        setup.set("DATABASE_URL", url);
        seen(&setup).await;
        refused(&setup.run(&["serve"]).await, &["@ is written %40"]);
    }
    let mut setup = Setup::new();
    setup.set("SCAR_BASE_URL", format!("http://me:{PASSWORD}@scar:3000"));
    setup.set("PM__LLM__ENDPOINT", format!("https://llm/v1?key={KEY}"));
    setup.set("PM__API__PUBLIC_URL", format!("https://pm/?token={TOKEN}"));
    setup.set("ANTHROPIC_API_KEY_FILE", KEY);
    setup.set("PM__AUTH__TOKEN_FILE", TOKEN);
    setup.set(
        "DATABASE_URL_FILE",
        format!("postgres://pm:{PASSWORD}@db/pm"),
    );
    setup.set("PM__LLM__API_KEYS_FILE", KEY);
    setup.set("PM__ACP__ENV", "YS1rZXktbm9ib2R5LW1heS1zZWU=");
    seen(&setup).await;
    let shown = setup.run(&["config", "show", "--json"]).await.output;
    assert!(!shown.contains("YS1rZXkt"), "{shown}");
    let said = setup.run(&["serve"]).await.errors;
    for secret in [TOKEN, KEY, PASSWORD] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
    assert!(
        said.contains("SCAR_BASE_URL is http://… (the rest is not shown)"),
        "{said}"
    );
}

/// What the doctor finds as a user who may write nothing of the system's, without a home.
fn as_a_guest(setup: &Setup, data: Option<&str>) -> serde_json::Value {
    let program = env!("CARGO_BIN_EXE_pm");
    let mut command = match rustix::process::geteuid().is_root() {
        true => {
            let mut command = std::process::Command::new("setpriv");
            command.args([
                "--reuid",
                "65534",
                "--regid",
                "65534",
                "--clear-groups",
                program,
            ]);
            command
        }
        false => std::process::Command::new(program),
    };
    command
        .args(["doctor", "--json"])
        .current_dir("/")
        .env_clear();
    command.env("PATH", &setup.variables["PATH"]);
    command.env("HOME", "/nonexistent");
    command.envs(data.map(|data| ("PM__DATA__DIR", data)));
    let done = command.output().expect("it runs");
    let found: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let checks = found["checks"].as_array().expect("a list").iter();
    let data = checks.clone().find(|check| check["name"] == "data");
    data.expect("it was looked at").clone()
}

#[tokio::test]
async fn what_is_not_ours_is_never_given_to_another_user() {
    let setup = Setup::new();
    let first = |check: &serde_json::Value| check["fixes"][0]["run"][0].clone();
    let home = as_a_guest(&setup, None);
    assert_eq!(
        first(&home),
        "sudo install -d -o \"$(id -u)\" /nonexistent/.local/share/project-manager"
    );
    let inside = as_a_guest(&setup, Some("/etc/project-manager"));
    assert_eq!(
        first(&inside),
        "sudo install -d -o \"$(id -u)\" /etc/project-manager"
    );
    let system = as_a_guest(&setup, Some("/etc"));
    assert!(!system.to_string().contains("chown"), "{system:#}");
    if !rustix::process::geteuid().is_root() {
        return;
    }
    // Somebody's data, who may have a server at work with them.
    assert_eq!(setup.run(&["migrate", "up"]).await.code, Some(0));
    let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(setup.at(""), everybody).expect("it is ours");
    let data = setup.at("data").display().to_string();
    let others = as_a_guest(&setup, Some(&data));
    assert_eq!(first(&others), "sudo -u root pm doctor", "{others:#}");
}

#[tokio::test]
async fn a_server_with_other_data_at_the_port_is_not_taken_for_the_one_that_has_these() {
    let mut setup = Setup::new();
    let ours = setup.program(&["serve"]).start().await;
    let beside = Setup::new();
    let other = beside.program(&["serve"]).start().await;
    setup.set("API_PORT", other.base.rsplit_once(':').expect("a port").1);
    let report = setup.doctor().await;
    let words = report.words("port", "broken");
    assert!(words.contains("with another database"), "{words}");
    let words = report.words("lock", "broken");
    assert!(words.contains(&ours.pid().to_string()), "{words}");
}

#[tokio::test]
async fn what_never_answers_is_given_up_and_named() {
    let mut setup = Setup::new();
    // It takes connections, and nobody ever speaks on them.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = silent.local_addr().expect("an address");
    let (scar, llm) = (TestScar::start(), TestLlm::start());
    scar.fail(Step::Health, Fault::Silence, usize::MAX);
    llm.then(Reply::Silence);
    setup.set("DATABASE_URL", format!("postgres://pm@{address}/pm"));
    setup.set("SCAR_BASE_URL", scar.address());
    setup.set("PM__LLM__ENDPOINT", llm.address());
    setup.set("PM__LLM__MODEL", "other-model");
    let report = setup.doctor().await;
    assert_eq!(report.code, Some(1));
    let words = report.words("database", "broken");
    assert!(words.contains(&address.to_string()), "{words}");
    let words = report.words("scar", "broken");
    assert!(words.contains("took too long"), "{words}");
    let words = report.words("model", "warning");
    assert!(words.contains("in time"), "{words}");
}

#[tokio::test]
async fn clocks_that_differ_are_told() {
    let mut setup = Setup::new();
    let scar = TestScar::start();
    setup.set("SCAR_BASE_URL", scar.address());
    setup.set("LD_PRELOAD", clock(&setup.at("bin")));
    setup.set("CLOCK_OFF_BY_SECONDS", -800_000_000);
    let report = setup.doctor().await;
    report.is_well();
    let words = report.words("time", "warning");
    assert!(words.contains("this machine says it is 2001"), "{words}");
}
