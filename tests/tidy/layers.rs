//! Which part of `src` may use which. A part uses what stands above it in the table, nothing beside or below it.

use super::files::{SourceFile, project_files};
use super::paths::{code_lines, paths_from, starts_a_path};
use super::{assert_none, finding};

/// From the rules in the middle to the command line at the rim. Parts on one line do not use each other.
const LAYERS: [&[&str]; 12] = [
    &["clock", "delay", "names"],
    &["failpoint"],
    &["domain"],
    &["leases", "metrics", "traces"],
    &["db", "feed", "agent", "backends", "webhook", "github"],
    &["actors", "guard"],
    &["auth"],
    &["http"],
    &["app"],
    &["moves"],
    &["cli"],
    &["main"],
];

/// Read by the outermost parts only; the others are handed the values they need. They may use the domain to parse.
const SETTINGS: [&str; 2] = ["config", "telemetry"];
const READS_SETTINGS: [&str; 3] = ["app", "cli", "main"];

/// What speaks to a running server does so over HTTP, as any other program; and what it may use of this one.
const CLIENT: &str = "src/cli/client";
const CLIENT_USES: [&str; 6] = ["cli", "clock", "config", "delay", "domain", "telemetry"];

/// Crates that do I/O or run tasks: the domain is values and rules, and its tests need none of them.
const NOT_IN_DOMAIN: [&str; 13] = [
    "actix",
    "actix_rt",
    "actix_web",
    "actix_ws",
    "futures_util",
    "migration",
    "reqwest",
    "rustix",
    "sea_orm",
    "sqlx",
    "tokio",
    "tokio_util",
    "backoff",
];

/// What begins a transaction in SeaORM.
const BEGINS: [&str; 5] = [
    ".begin(",
    ".begin_with_config(",
    ".begin_with_options(",
    ".transaction(",
    ".transaction::<",
];

/// Who may: the writer; and what moves whole databases, while no server and so no writer is at work on them.
const OPENS_TRANSACTIONS: [&str; 2] = ["src/actors/writer", "src/moves/"];

#[test]
fn a_part_uses_only_what_stands_to_its_left_in_the_table() {
    assert_none(&each_rust_file_in_src(layer_findings));
}

#[test]
fn the_domain_knows_no_actor_no_database_and_no_network() {
    assert_none(&each_rust_file_in_src(domain_findings));
}

#[test]
fn what_speaks_to_a_running_server_knows_nothing_of_its_inside() {
    assert_none(&each_rust_file_in_src(client_findings));
}

#[test]
fn only_the_writer_opens_transactions_while_a_server_runs() {
    assert_none(&each_rust_file_in_src(transaction_findings));
}

fn each_rust_file_in_src(rule: fn(&SourceFile) -> Vec<String>) -> Vec<String> {
    project_files()
        .iter()
        .filter(|file| file.is_under(&["src/"]) && file.has_extension(&["rs"]))
        .flat_map(rule)
        .collect()
}

fn layer_findings(file: &SourceFile) -> Vec<String> {
    let part = part_of(&file.path);
    if part == "lib" {
        return Vec::new();
    }
    if !is_known(part) {
        let advice = "add it to LAYERS in tests/tidy/layers.rs, on the line of what it may not use, or move it into a part that exists";
        return vec![finding(
            &file.path,
            1,
            &format!("`{part}` is in no layer"),
            advice,
        )];
    }
    let own = if part == "main" {
        "project_manager"
    } else {
        "crate"
    };
    let mut findings = Vec::new();
    for (line, used) in paths_from(&file.text, own) {
        if used != part && is_known(&used) && !may_use(part, &used) {
            let rule = format!("`{part}` may not use `{used}`");
            let advice = "hand the value in from the part that sees both, or move what is shared into `domain`";
            findings.push(finding(&file.path, line, &rule, advice));
        }
    }
    for (line, text) in file.lines() {
        // At the top of a part, `super` is the crate; further in, two of them are.
        let at_top = !file.path["src/".len()..]
            .trim_end_matches("/mod.rs")
            .contains('/');
        let climbs = text.contains("super::super::")
            || (at_top && (text.starts_with("use super::") || text.starts_with("pub use super::")));
        if climbs {
            let advice = "write the path from `crate::`, which this test can read";
            findings.push(finding(
                &file.path,
                line,
                "`super` leads out of the part",
                advice,
            ));
        }
    }
    findings
}

fn domain_findings(file: &SourceFile) -> Vec<String> {
    if part_of(&file.path) != "domain" {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (line, text) in code_lines(&file.text) {
        for name in NOT_IN_DOMAIN {
            if starts_a_path(text, &format!("{name}::")) {
                let rule = format!("the domain may not use `{name}`");
                let advice = "keep the rule here as values in, values out, and do the I/O in the part that calls it";
                findings.push(finding(&file.path, line, &rule, advice));
            }
        }
    }
    findings
}

fn client_findings(file: &SourceFile) -> Vec<String> {
    if !file.path.starts_with(CLIENT) {
        return Vec::new();
    }
    paths_from(&file.text, "crate")
        .into_iter()
        .filter(|(_, used)| is_known(used) && !CLIENT_USES.contains(&used.as_str()))
        .map(|(line, used)| {
            let rule = format!("the command line's client may not use `{used}`");
            let advice = "ask the server for it, over its API";
            finding(&file.path, line, &rule, advice)
        })
        .collect()
}

fn transaction_findings(file: &SourceFile) -> Vec<String> {
    if OPENS_TRANSACTIONS
        .iter()
        .any(|part| file.path.starts_with(part))
    {
        return Vec::new();
    }
    code_lines(&file.text)
        .filter(|(_, text)| BEGINS.iter().any(|begin| text.contains(begin)))
        .map(|(line, _)| {
            let advice = "send the change to the writer, or take a `&DatabaseTransaction` from it";
            finding(
                &file.path,
                line,
                "only `actors/writer` opens a transaction",
                advice,
            )
        })
        .collect()
}

/// `src/db/project.rs` and `src/db.rs` are both the part `db`.
fn part_of(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    inside
        .split('/')
        .next()
        .unwrap_or(inside)
        .trim_end_matches(".rs")
}

fn layer_of(part: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&part))
}

fn is_known(part: &str) -> bool {
    layer_of(part).is_some() || SETTINGS.contains(&part)
}

fn may_use(part: &str, used: &str) -> bool {
    if SETTINGS.contains(&used) {
        return READS_SETTINGS.contains(&part);
    }
    if SETTINGS.contains(&part) {
        return used == "domain";
    }
    layer_of(used) < layer_of(part)
}

#[test]
fn a_use_of_a_part_to_the_right_or_beside_is_found_however_it_is_written() {
    for (path, text, expected) in [
        (
            "src/db/project.rs",
            "use crate::http::routes;",
            Some("src/db/project.rs:1: `db` may not use `http`"),
        ),
        (
            "src/db/project.rs",
            "\nuse crate::{\n    domain::Project,\n    feed::{Feed, Ring},\n};",
            Some("src/db/project.rs:2: `db` may not use `feed`"),
        ),
        (
            "src/actors/writer.rs",
            "fn a() { crate::app::build() }",
            Some("`actors` may not use `app`"),
        ),
        (
            "src/http/sse.rs",
            "use crate::config::Settings;",
            Some("`http` may not use `config`"),
        ),
        (
            "src/config.rs",
            "use crate::app::App;",
            Some("`config` may not use `app`"),
        ),
        (
            "src/db/mod.rs",
            "use super::http;",
            Some("`super` leads out of the part"),
        ),
        ("src/main.rs", "project_manager::telemetry::start()", None),
        ("src/strange.rs", "", Some("`strange` is in no layer")),
        (
            "src/http/sse.rs",
            "use crate::{actors::Actors, db, http::error::ApiError};",
            None,
        ),
        (
            "src/db/project.rs",
            "//! read by crate::http\nuse super::Row;",
            None,
        ),
    ] {
        let findings = layer_findings(&SourceFile::new(path, text));
        match expected {
            Some(part) => assert!(
                findings.len() == 1 && findings[0].contains(part),
                "{text:?} gave {findings:?}"
            ),
            None => assert_eq!(findings, Vec::<String>::new(), "{text:?}"),
        }
    }
}
