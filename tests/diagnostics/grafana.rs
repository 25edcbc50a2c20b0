//! What Grafana and Prometheus are given names what the server really tells, and the document names all of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{connection_test, metrics::Scrape};
use crate::support::{TestAppBuilder, TestGitHub};

const DASHBOARD: &str = include_str!("../../config/grafana/dashboard.json");
const ALERTS: &str = include_str!("../../config/grafana/alerts.yaml");
const DOCUMENT: &str = include_str!("../../docs/observability.md");

/// Told only where several servers may share a database.
const OF_SEVERAL: [&str; 2] = ["pm_leases_held", "pm_lease_certain"];

/// A scrape of a server that has everything that can be connected.
async fn everything() -> Scrape {
    let (nobody, github) = ("http://127.0.0.1:9", TestGitHub::start());
    let app = TestAppBuilder::default()
        .set("PM__GITHUB__API_URL", github.api())
        .set("PM__PROJECTS__REPOSITORIES", "any")
        .set("SCAR_BASE_URL", nobody)
        .set("PM__LLM__ENDPOINT", nobody)
        .set("PM__LLM__RETRIES", 0)
        .set("PM__NOTIFICATIONS__URL", nobody)
        .set("PM__NOTIFICATIONS__SECRET", "a key that signs for nobody")
        .spawn()
        .await;
    let url = github.has("acme/shop").url("acme/shop");
    let project = app
        .make(&json!({ "name": "Shop", "github_repo_url": url }))
        .await;
    let project = project["id"].as_str().expect("an id").to_owned();
    app.read(&format!("/api/projects/{project}/issues")).await;
    app.get("/health/scar").send().await.expect("an answer");
    connection_test(&app, &project).await;
    app.say(&project, "how are you?").await;
    super::metrics::until(&app, "the model to be asked", |scrape| {
        scrape.kinds.contains_key("pm_model_requests")
    })
    .await
}

/// The names of figures in a text.
fn named(text: &str) -> BTreeSet<String> {
    let is_part =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    text.split(|letter| !is_part(letter))
        .filter(|word| word.starts_with("pm_") || word.starts_with("process_"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn the_dashboard_and_the_alerts_ask_for_what_there_is() {
    let scrape = everything().await;
    let mut told = scrape.names();
    told.extend(OF_SEVERAL.map(str::to_owned));
    for (file, text) in [("dashboard.json", DASHBOARD), ("alerts.yaml", ALERTS)] {
        // In what is asked; the words beside it name some as the document does.
        let asked: String = text
            .lines()
            .filter(|line| {
                line.contains("\"expr\"")
                    || line.trim_start().starts_with("expr:")
                    || line.contains("label_values")
            })
            .collect::<Vec<_>>()
            .join("\n");
        let names = named(&asked);
        assert!(names.len() > 10, "{file} asks for {names:?}");
        for name in names {
            assert!(
                told.contains(&name),
                "{file} asks for {name}, which is not among {told:#?}"
            );
        }
    }
}

#[tokio::test]
async fn the_document_has_a_line_for_each_figure_and_no_other() {
    let scrape = everything().await;
    let mut told: BTreeSet<String> = scrape
        .kinds
        .iter()
        .map(|(name, kind)| match kind.as_str() {
            "counter" => format!("{name}_total"),
            _ => name.clone(),
        })
        .collect();
    told.extend(OF_SEVERAL.map(str::to_owned));
    let documented: BTreeMap<&str, &str> = DOCUMENT
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .filter(|(name, _)| name.starts_with("pm_") || name.starts_with("process_"))
        .collect();
    let names: BTreeSet<String> = documented.keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(names, told);
    for (name, kind) in &scrape.kinds {
        let documented = documented
            .get(name.as_str())
            .or_else(|| documented.get(format!("{name}_total").as_str()));
        assert!(
            documented.is_some_and(|line| line.starts_with(kind.as_str())),
            "{name} is a {kind}"
        );
    }
}

#[test]
fn each_panel_of_the_dashboard_has_a_name_a_description_and_its_own_place() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("a list");
    let rows: Vec<&str> = panels
        .iter()
        .filter(|panel| panel["type"] == "row")
        .filter_map(|panel| panel["title"].as_str())
        .collect();
    assert_eq!(
        rows,
        [
            "Is it working?",
            "Feed",
            "Writer and database",
            "Commands",
            "SCAR",
            "Language model",
            "Notifications",
            "HTTP",
            "Parts of the program",
            "Process"
        ]
    );
    let mut taken = BTreeSet::new();
    for panel in panels {
        let at = |key: &str| panel["gridPos"][key].as_u64().expect("a number");
        for x in at("x")..at("x") + at("w") {
            for y in at("y")..at("y") + at("h") {
                assert!(
                    x < 24 && taken.insert((x, y)),
                    "{} lies on another",
                    panel["title"]
                );
            }
        }
        if panel["type"] != "row" {
            assert!(
                panel["description"]
                    .as_str()
                    .is_some_and(|words| words.len() > 3),
                "{panel}"
            );
            assert!(
                panel["targets"]
                    .as_array()
                    .is_some_and(|targets| !targets.is_empty()),
                "{panel}"
            );
        }
    }
}

#[test]
fn each_alert_says_how_bad_it_is_what_is_wrong_its_likely_cause_and_the_next_step() {
    let (head, rules) = ALERTS.split_once("    rules:\n").expect("rules");
    assert!(
        head.contains("groups:\n  - name: project-manager\n"),
        "{head}"
    );
    let mut names = BTreeSet::new();
    for rule in rules
        .split("      - alert: ")
        .filter(|rule| !rule.is_empty())
    {
        let mut lines = rule.lines();
        let name = lines.next().expect("a name");
        assert!(names.insert(name), "{name} twice");
        let keys: Vec<&str> = lines
            .clone()
            .filter_map(|line| line.trim().split_once(':'))
            .map(|(key, _)| key)
            .collect();
        assert_eq!(
            keys,
            [
                "expr",
                "for",
                "labels",
                "severity",
                "annotations",
                "summary",
                "description"
            ],
            "{name}"
        );
        let value = |key: &str| {
            let line = lines
                .clone()
                .find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(": "));
            line.expect("a value").to_owned()
        };
        assert!(
            ["critical", "warning"].contains(&value("severity").as_str()),
            "{name}"
        );
        assert!(value("for").ends_with('m'), "{name}");
        for words in ["expr", "summary", "description"] {
            // A text in JSON is one in YAML.
            let words: String = serde_json::from_str(&value(words)).expect("a text in quotes");
            assert!(words.len() > 10, "{name}: {words}");
        }
        let description: String = serde_json::from_str(&value("description")).expect("a text");
        assert!(
            description.matches(['.', ';']).count() >= 2,
            "{name}: a cause and a step, not {description}"
        );
        assert!(
            DOCUMENT.contains(&format!("| `{name}` |")),
            "{name} is not in the document"
        );
    }
    assert_eq!(DOCUMENT.matches("| `ProjectManager").count(), names.len());
}
