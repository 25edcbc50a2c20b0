//! What the API says of itself: complete, right, and the same as the copy that is checked in.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Checkout, Document, ProgramBuilder, TestApp, Window, spawn_app, wait_until};

/// What the document calls the streams' and the windows' messages.
const EVENT: &str = "components/schemas/StreamEvent";
const FRAME: &str = "components/schemas/ServerFrame";

fn source(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(path).expect("a file of the project")
}

async fn document(app: &TestApp) -> Document {
    Document(app.read("/openapi.json").await)
}

/// Every operation: path, method, and what is said of it.
fn operations(document: &Document) -> Vec<(&str, &str, &Value)> {
    let paths = document.at("paths").as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, all)| {
        let all = all.as_object().expect("operations").iter();
        all.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    });
    operations.collect()
}

/// The methods of each path of the document, upper case.
fn methods(document: &Document) -> BTreeMap<String, BTreeSet<String>> {
    let mut methods: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, method, _) in operations(document) {
        let of_path = methods.entry(path.to_owned()).or_default();
        of_path.insert(method.to_uppercase());
    }
    methods
}

/// The methods of each path of the URL table, as it stands in the source: `at("/path", "GET, POST")`.
fn routes() -> BTreeMap<String, BTreeSet<String>> {
    let source = source("src/http/mod.rs");
    let mut routes = BTreeMap::new();
    for entry in source.split("at(").skip(1) {
        let mut texts = entry.split('"');
        let is_entry = texts.next().is_some_and(|before| before.trim().is_empty());
        let (Some(path), Some(_), Some(allowed)) = (texts.next(), texts.next(), texts.next())
        else {
            continue;
        };
        if is_entry {
            let allowed = allowed.split(", ").map(str::to_owned).collect();
            routes.insert(path.to_owned(), allowed);
        }
    }
    routes
}

/// What is said of an answer: its content by media type.
fn content<'a>(document: &'a Document, response: &'a Value) -> Vec<(&'a str, &'a Value)> {
    let content = document.resolve(response)["content"].as_object();
    let content = content.into_iter().flatten();
    content
        .map(|(kind, media)| (kind.as_str(), media))
        .collect()
}

#[tokio::test]
async fn the_url_table_and_the_document_have_the_same_paths_and_methods() {
    let app = spawn_app().await;
    let document = document(&app).await;
    let documented = methods(&document);
    assert!(documented.len() > 30, "{documented:?}");
    assert_eq!(documented, routes());
    // And so does the server: what a path is asked for in vain, it answers with what it has.
    let id = "0197f2b5-5e00-7000-8000-000000000001";
    for (path, allowed) in documented {
        let path: String = path
            .split('/')
            .map(|part| if part.starts_with('{') { id } else { part })
            .collect::<Vec<_>>()
            .join("/");
        let request = app
            .client
            .request(Method::PUT, format!("{}{path}", app.base));
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let told = answer.headers()["allow"].to_str().expect("a text");
        let told: BTreeSet<String> = told.split(", ").map(str::to_owned).collect();
        assert_eq!(told, allowed, "{path}");
    }
}

#[tokio::test]
async fn the_program_the_server_and_the_checked_in_copy_say_the_same() {
    let app = spawn_app().await;
    let answer = app.get("/openapi.json").send().await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "application/json");
    let served = answer.text().await.expect("a text");
    let printed = ProgramBuilder::with(&["openapi"]).run().await;
    assert_eq!(printed.code, Some(0), "{}", printed.errors);
    assert!(
        served == printed.output,
        "the server and the program differ"
    );
    assert!(served.ends_with("}\n"), "it ends with its last line");
    assert!(
        served == source("docs/openapi.json"),
        "docs/openapi.json is not what the code says: pm openapi > docs/openapi.json"
    );
}

#[tokio::test]
async fn the_document_is_named_after_this_program() {
    let app = spawn_app().await;
    let document = document(&app).await;
    assert_eq!(document.at("openapi"), "3.1.0");
    assert_eq!(document.at("info/title"), "Project Manager");
    assert_eq!(document.at("info/version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(document.at("servers/0/url"), "/");
}

#[tokio::test]
async fn each_operation_says_what_it_is_for_and_answers_with_examples() {
    let app = spawn_app().await;
    let document = document(&app).await;
    let tags = document.at("tags").as_array().expect("tags");
    let tags: Vec<&Value> = tags.iter().map(|tag| &tag["name"]).collect();
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let name = operation["operationId"].as_str().expect("a name");
        assert!(names.insert(name), "{name} is the name of two operations");
        assert!(operation["summary"].is_string(), "{name} has a summary");
        let tag = &operation["tags"][0];
        assert!(tags.contains(&tag), "{name}: {tag} is described");
        let named = operation["parameters"].as_array().into_iter().flatten();
        let named = named.filter(|parameter| parameter["in"] == "path").count();
        assert_eq!(named, path.matches('{').count(), "{method} {path}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{name}: {parameter}");
        }
        let responses = operation["responses"].as_object().expect("responses");
        assert!(
            responses.contains_key("403") && responses.contains_key("500"),
            "{name}"
        );
        for (status, response) in responses {
            let response = document.resolve(response);
            assert!(response["description"].is_string(), "{name}: {status}");
            let is_bare = matches!(status.as_str(), "204" | "101" | "303");
            let content = content(&document, response);
            assert_eq!(content.is_empty(), is_bare, "{name}: {status} has content");
        }
    }
}

#[tokio::test]
async fn each_example_is_what_its_schema_says() {
    let app = spawn_app().await;
    let document = document(&app).await;
    let mut seen = 0;
    let mut wrong = Vec::new();
    for (_, _, operation) in operations(&document) {
        let name = &operation["operationId"];
        let responses = operation["responses"].as_object().into_iter().flatten();
        let bodies = responses.map(|(_, response)| response);
        for body in bodies.chain(operation.get("requestBody")) {
            for (kind, media) in content(&document, body) {
                let named = media["examples"].as_object().into_iter().flatten();
                let named = named.map(|(_, example)| &example["value"]);
                let examples: Vec<&Value> = named.chain(media.get("example")).collect();
                assert!(!examples.is_empty(), "{name}: {kind} has an example");
                for example in examples {
                    seen += 1;
                    let found = document.wrong(example, &media["schema"]);
                    wrong.extend(found.into_iter().map(|what| format!("{name}: {what}")));
                }
            }
        }
    }
    for (name, schema) in document
        .at("components/schemas")
        .as_object()
        .expect("schemas")
    {
        let several = schema["examples"].as_array().into_iter().flatten();
        for example in several.chain(schema.get("example")) {
            seen += 1;
            let found = document.wrong(example, schema);
            wrong.extend(found.into_iter().map(|what| format!("{name}: {what}")));
        }
    }
    assert!(seen > 150, "there are more examples than {seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_events_of_a_stream_are_what_the_document_says() {
    let app = spawn_app().await;
    let document = document(&app).await;
    let checkout = Checkout::with(&[("README.md", "# Shop\n")]);
    let project = app.project_in("Shop", checkout.text()).await;
    // Ahead of the log, so that there is a gap.
    let mut stream = app.stream(&project, "?verbosity=3&after=1000").await;
    app.execute(&project, "prime").await;
    let mut names = BTreeSet::new();
    loop {
        let event = stream.next().await;
        let shown = json!({ "event": event.name, "data": event.data });
        let wrong = document.wrong(&shown, document.at(EVENT));
        assert!(
            wrong.is_empty(),
            "{shown}: {}",
            explained(&document, EVENT, "event", &shown)
        );
        names.insert(event.name.clone());
        if event.data["status"] == "COMPLETED" {
            break;
        }
    }
    let expected = ["activity", "gap", "heartbeat"].map(str::to_owned);
    assert_eq!(names, BTreeSet::from(expected));
}

#[tokio::test]
async fn the_frames_of_a_chat_window_are_what_the_document_says() {
    let app = spawn_app().await;
    let document = document(&app).await;
    let checkout = Checkout::with(&[("README.md", "# Shop\n")]);
    let project = app.project_in("Shop", checkout.text()).await;
    let mut window = Window::open(&app, &project).await;
    window.send_json(&json!({ "content": "" })).await;
    window.send_json(&json!({ "action": "reset" })).await;
    window.say("start the workflow").await;
    window.say("analyze the codebase").await;
    let mut kinds = BTreeSet::new();
    while !(kinds.contains("reset") && kinds.contains("execution") && kinds.contains("error")) {
        let frame = window.next().await;
        let wrong = document.wrong(&frame, document.at(FRAME));
        assert!(
            wrong.is_empty(),
            "{frame}: {}",
            explained(&document, FRAME, "type", &frame)
        );
        kinds.insert(frame["type"].as_str().expect("a type").to_owned());
    }
    assert!(kinds.contains("chat"), "{kinds:?}");
}

/// What is wrong with it, by the one of the schemas that is meant for it.
fn explained(document: &Document, of: &str, tag: &str, value: &Value) -> String {
    let all = document.at(of)["oneOf"].as_array().expect("several");
    let fits = |schema: &&Value| schema["properties"][tag]["enum"][0] == value[tag];
    match all.iter().find(fits) {
        Some(schema) => document.wrong(value, schema).join("\n"),
        None => format!("{} is not described", value[tag]),
    }
}

#[tokio::test]
async fn what_is_answered_has_no_key_that_is_not_described() {
    let app = spawn_app().await;
    let document = document(&app).await;
    let checkout = Checkout::with(&[("README.md", "# Shop\n")]);
    let project = app.project_in("Shop", checkout.text()).await;
    let execution = app.execute(&project, "prime").await["id"].clone();
    let execution = execution.as_str().expect("an id").to_owned();
    app.say(&project, "hello").await;
    wait_until("the command to end", async || {
        let read = app.read(&format!("/api/executions/{execution}")).await;
        (read["status"] == "COMPLETED").then_some(())
    })
    .await;
    let mut looked = 0;
    for (path, method, operation) in operations(&document) {
        let response = &operation["responses"]["200"];
        let is_json = content(&document, response)
            .iter()
            .any(|(kind, _)| *kind == "application/json");
        if method != "get" || !is_json || path == "/openapi.json" {
            continue;
        }
        let asked = path
            .replace("{project_id}", &project)
            .replace("{execution_id}", &execution);
        assert!(!asked.contains('{'), "{asked}: give it an id here");
        let answer = app.read(&asked).await;
        let schema = &response["content"]["application/json"]["schema"];
        let wrong = document.wrong(&answer, schema);
        assert!(wrong.is_empty(), "{asked}: {}", wrong.join("\n"));
        looked += 1;
    }
    assert!(looked > 15, "there is more to look at than {looked}");
}

#[tokio::test]
async fn the_page_of_the_api_loads_and_runs_nothing_but_what_this_server_has() {
    let app = spawn_app().await;
    let answer = app.get("/docs").send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .expect("a text")
        .to_owned();
    assert!(
        policy.contains("default-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let page = answer.text().await.expect("a text");
    for place in page
        .split(['"', '\''])
        .filter(|text| text.contains(['/', ':']))
    {
        assert!(!place.contains("//"), "{place} is elsewhere");
    }
    for (file, kind) in [
        ("swagger-ui-bundle.js", "text/javascript"),
        ("swagger-ui.css", "text/css"),
    ] {
        let path = format!("/vendor/swagger-ui/{file}");
        assert!(page.contains(&path), "the page loads {path}");
        let answer = app.get(&path).send().await.expect("an answer");
        let told = answer.headers()["content-type"].to_str().expect("a text");
        assert!(told.starts_with(kind), "{file}: {told}");
        // It lies there packed. This client unpacks what it is told is packed, as a browser does.
        let text = answer.text().await.expect("a text");
        assert!(text.contains("swagger-ui"), "{file} is unpacked");
    }
}
