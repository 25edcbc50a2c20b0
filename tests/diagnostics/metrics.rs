//! `GET /metrics`: the figures are right after real traffic, and Prometheus can read them.

use std::collections::{BTreeMap, BTreeSet};

use project_manager::domain::execution::{ErrorCode, Outcome};
use reqwest::StatusCode;

use super::connection_test;
use crate::support::{
    Client, Scripted, TestApp, TestAppBuilder, Window, patiently, spawn_app, spawn_scripted,
    wait_until,
};

/// A scrape: what each line says.
pub struct Scrape {
    /// By name and labels, as they stand there.
    pub samples: BTreeMap<String, f64>,
    /// What each family is, by its name.
    pub kinds: BTreeMap<String, String>,
}

impl Scrape {
    /// Asks a server, and reads it as strictly as Prometheus does.
    pub async fn of(client: &Client) -> Self {
        let answer = patiently("the figures", client.get("/metrics").send()).await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        let kind = answer.headers()["content-type"]
            .to_str()
            .expect("a text")
            .to_owned();
        assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
        Self::read(&answer.text().await.expect("text"))
    }

    fn read(text: &str) -> Self {
        let (mut samples, mut kinds) = (BTreeMap::new(), BTreeMap::new());
        let mut helped = BTreeSet::new();
        let body = text.strip_suffix("# EOF\n").expect("its end is marked");
        for line in body.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, words) = help.split_once(' ').expect("words");
                assert!(words.len() > 5, "{line}");
                assert!(helped.insert(name.to_owned()), "twice: {line}");
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').expect("a kind");
                assert!(helped.contains(name), "{name} has no help");
                kinds.insert(name.to_owned(), kind.to_owned());
            } else {
                let (name, value) = line.rsplit_once(' ').expect("a value");
                let value = value
                    .parse()
                    .unwrap_or_else(|_| panic!("no number: {line}"));
                assert!(
                    samples.insert(name.to_owned(), value).is_none(),
                    "twice: {line}"
                );
            }
        }
        let scrape = Self { samples, kinds };
        for sample in scrape.samples.keys() {
            assert!(
                scrape.kinds.contains_key(&family(sample)),
                "{sample} is of no family"
            );
        }
        scrape
    }

    /// A figure; it must be there.
    pub fn at(&self, name: &str) -> f64 {
        let value = self.samples.get(name);
        *value.unwrap_or_else(|| panic!("no {name} among {:#?}", self.samples.keys()))
    }

    /// The names by which what is there is asked for.
    pub fn names(&self) -> BTreeSet<String> {
        let kinds = self.kinds.iter();
        kinds
            .flat_map(|(name, kind)| match kind.as_str() {
                "counter" => vec![format!("{name}_total")],
                "histogram" => ["bucket", "sum", "count"]
                    .map(|part| format!("{name}_{part}"))
                    .to_vec(),
                _ => vec![name.clone()],
            })
            .collect()
    }
}

/// The family a sample is of: its name without labels and what is put on to it.
pub fn family(sample: &str) -> String {
    let name = sample.split('{').next().unwrap_or(sample);
    let ends = ["_total", "_bucket", "_sum", "_count"];
    let bare = ends.iter().find_map(|end| name.strip_suffix(end));
    bare.unwrap_or(name).to_owned()
}

/// Waits until a scrape fits; it.
pub async fn until(app: &TestApp, what: &str, fits: impl Fn(&Scrape) -> bool) -> Scrape {
    wait_until(what, async || {
        Some(Scrape::of(app).await).filter(|scrape| fits(scrape))
    })
    .await
}

#[tokio::test]
async fn what_happened_is_counted_once_by_kind_command_and_outcome() {
    let (app, backend) = spawn_scripted().await;
    let project = app.project("Shop").await;
    app.say(&project, "hello").await;
    app.execute(&project, "prime").await;
    let job = backend.next_job().await;
    job.says("one").await;
    let running = until(&app, "it to run", |scrape| {
        scrape.at("pm_executions_running{backend=\"scripted\"}") == 1.0
    })
    .await;
    assert_eq!(running.at("pm_executions_waiting"), 0.0);
    app.execute(&project, "validate").await;
    until(&app, "one to wait", |scrape| {
        scrape.at("pm_executions_waiting") == 1.0
    })
    .await;
    job.complete("done");
    let failed = Outcome::failed(ErrorCode::ChecksFailed, "no");
    backend.next_job().await.end(failed);
    let ended =
        "pm_executions_total{command=\"validate\",outcome=\"FAILED\",error_code=\"checks_failed\"}";
    let scrape = until(&app, "both to end", |scrape| {
        scrape.samples.contains_key(ended)
            && scrape.at("pm_executions_running{backend=\"scripted\"}") == 0.0
    })
    .await;
    assert_eq!(scrape.at(ended), 1.0);
    assert_eq!(
        scrape.at("pm_executions_total{command=\"prime\",outcome=\"COMPLETED\",error_code=\"\"}"),
        1.0
    );
    assert_eq!(
        scrape.at("pm_execution_seconds_count{command=\"prime\"}"),
        1.0
    );
    // What a person said and what was answered; and of each command that it was queued, has begun, and has ended.
    assert_eq!(
        scrape.at("pm_activities_total{source=\"pm\",kind=\"message\"}"),
        2.0
    );
    assert_eq!(
        scrape.at("pm_activities_total{source=\"scar\",kind=\"status\"}"),
        6.0
    );
    assert_eq!(
        scrape.at("pm_activities_total{source=\"claude\",kind=\"text\"}"),
        1.0
    );
    assert!(scrape.at("pm_commit_seconds_count") >= 8.0);
    assert_eq!(scrape.at("pm_database_away"), 0.0);
    assert_eq!(scrape.at("pm_writer_failures_total"), 0.0);
}

#[tokio::test]
async fn streams_windows_and_what_was_sent_are_counted_and_the_canary_is_not_among_them() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let mut stream = app.stream(&project, "").await;
    let window = Window::open(&app, &project).await;
    app.say(&project, "hello").await;
    stream
        .activities_until(|data| data["data"]["role"] == "assistant")
        .await;
    connection_test(&app, &project).await;
    let scrape = until(&app, "all to be sent", |scrape| {
        scrape.at("pm_stream_events_sent_total") == 2.0
    })
    .await;
    assert_eq!(scrape.at("pm_streams_open"), 1.0);
    assert_eq!(scrape.at("pm_chat_windows_open"), 1.0);
    assert_eq!(scrape.at("pm_canary_flights_total{status=\"passed\"}"), 1.0);
    assert_eq!(
        scrape.at("pm_canary_age_seconds_count{stage=\"back\"}"),
        1.0
    );
    assert_eq!(scrape.at("pm_canary_failing"), 0.0);
    assert_eq!(
        scrape.at("pm_activities_total{source=\"pm\",kind=\"message\"}"),
        2.0
    );
    assert!(
        !scrape
            .samples
            .contains_key("pm_activities_total{source=\"pm\",kind=\"system\"}")
    );
    drop((stream, window));
    until(&app, "both to go", |scrape| {
        scrape.at("pm_streams_open") + scrape.at("pm_chat_windows_open") == 0.0
    })
    .await;
}

#[tokio::test]
async fn requests_are_counted_by_route_and_no_id_gets_into_a_label() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    for path in ["", "/messages", "/messages"] {
        app.read(&format!("/api/projects/{project}{path}")).await;
    }
    for unknown in ["/nothing/here", "/api/executions/nonsense"] {
        app.get(unknown).send().await.expect("an answer");
    }
    let odd = reqwest::Method::from_bytes(b"PURGE").expect("a method");
    app.client
        .request(odd, format!("{}/", app.base))
        .send()
        .await
        .expect("an answer");
    let scrape = Scrape::of(&app).await;
    let asked = |method: &str, route: &str, status: &str| {
        scrape.at(&format!(
            "pm_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}"
        ))
    };
    assert_eq!(asked("POST", "/api/projects", "2xx"), 1.0);
    assert_eq!(
        asked("GET", "/api/projects/{project_id}/messages", "2xx"),
        2.0
    );
    assert_eq!(asked("GET", "/api/executions/{execution_id}", "4xx"), 1.0);
    assert_eq!(asked("GET", "other", "4xx"), 1.0);
    assert_eq!(asked("other", "other", "4xx"), 1.0);
    assert_eq!(
        scrape.at("pm_http_request_seconds_count{route=\"/api/projects\"}"),
        1.0
    );
    // The scrape itself.
    assert_eq!(scrape.at("pm_http_requests_in_flight"), 1.0);
    for sample in scrape.samples.keys() {
        assert!(
            !sample.contains(&project) && !sample.contains("nonsense"),
            "{sample}"
        );
    }
}

#[tokio::test]
async fn a_crash_is_counted_under_its_kind() {
    let backend = Scripted::new();
    let app = TestAppBuilder::default()
        .backend(backend.clone())
        .spawn()
        .await;
    let project = app.project("Shop").await;
    assert_eq!(
        Scrape::of(&app)
            .await
            .at("pm_actor_restarts_total{kind=\"writer\"}"),
        0.0
    );
    app.execute(&project, "prime").await;
    // Dropping the command makes the backend panic in the middle of it.
    drop(backend.next_job().await);
    let name = "pm_actor_restarts_total{kind=\"poller\"}";
    let scrape = until(&app, "the crash", |scrape| {
        scrape.samples.get(name) == Some(&1.0)
    })
    .await;
    assert_eq!(
        scrape.at("pm_actors{kind=\"writer\",state=\"running\"}"),
        1.0
    );
}

#[tokio::test]
async fn two_servers_in_one_process_do_not_mix() {
    let (one, other) = (spawn_app().await, spawn_app().await);
    one.project("Shop").await;
    let route = "pm_http_requests_total{method=\"POST\",route=\"/api/projects\",status=\"2xx\"}";
    assert_eq!(Scrape::of(&one).await.at(route), 1.0);
    assert!(!Scrape::of(&other).await.samples.contains_key(route));
}

#[tokio::test]
async fn the_process_tells_what_the_system_knows_of_it() {
    let app = spawn_app().await;
    let scrape = Scrape::of(&app).await;
    assert!(scrape.at("process_resident_memory_bytes") > 1e6);
    assert!(scrape.at("process_open_fds") > 3.0);
    assert!(scrape.at("process_max_fds") >= scrape.at("process_open_fds"));
    assert!(scrape.at("process_threads") >= 2.0);
    assert!(scrape.at("process_cpu_seconds_total") >= 0.0);
    // Some time between the year 2020 and the next century.
    let started = scrape.at("process_start_time_seconds");
    assert!((1.5e9..4.1e9).contains(&started), "{started}");
}
