//! The page and its files.

use std::path::{Path, PathBuf};

use reqwest::{Method, StatusCode, header::HeaderMap};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{TestApp, patiently, refused, spawn_app};

/// What the page begins with: they come with all they import.
const ENTRIES: [&str; 2] = ["main.js", "style.css"];

/// Scripts that run by themselves: before the page is drawn, and in the page at /docs.
const ALONE: [&str; 3] = ["theme.js", "docs.js", "login.js"];

/// The files of the page, by their path in it.
fn files() -> Vec<(String, PathBuf)> {
    fn walk(folder: &Path, top: &Path, found: &mut Vec<(String, PathBuf)>) {
        for entry in std::fs::read_dir(folder).expect("a folder of the page") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, top, found);
            } else {
                let name = path.strip_prefix(top).expect("it is inside");
                found.push((name.to_str().expect("a plain name").to_owned(), path));
            }
        }
    }
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
    let mut found = Vec::new();
    walk(&top, &top, &mut found);
    found
}

async fn get(app: &TestApp, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let answer = app.get(path).send().await.expect("an answer");
    let (status, headers) = (answer.status(), answer.headers().clone());
    (
        status,
        headers,
        answer.bytes().await.expect("a body").to_vec(),
    )
}

#[tokio::test]
async fn the_page_is_at_the_root_and_may_only_load_from_and_speak_to_this_server() {
    let app = spawn_app().await;
    let (status, headers, body) = get(&app, "/").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        String::from_utf8_lossy(&body).contains("<html"),
        "it is a page"
    );
    let policy = headers["content-security-policy"].to_str().expect("a text");
    for rule in [
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(rule), "{rule} in {policy}");
    }
    for loosened in ["unsafe-inline", "unsafe-eval", "http:", "https:", "*"] {
        assert!(!policy.contains(loosened), "{loosened} in {policy}");
    }
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert_eq!(headers["cache-control"], "no-cache");
}

#[tokio::test]
async fn every_file_of_the_page_is_served_as_what_it_is() {
    let app = spawn_app().await;
    let all = files();
    assert!(all.len() > 20, "the page has more files than {}", all.len());
    for (name, path) in all {
        let (status, headers, body) = get(&app, &format!("/{name}")).await;
        assert_eq!(status, StatusCode::OK, "/{name}");
        if !ENTRIES.contains(&name.as_str()) {
            assert!(
                body == std::fs::read(&path).expect("a file"),
                "/{name} is the file"
            );
        }
        let kind = headers["content-type"].to_str().expect("a text");
        let expected = match path.extension().and_then(|extension| extension.to_str()) {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("json") => "application/json",
            _ => kind,
        };
        assert_eq!(kind, expected, "/{name}");
    }
}

#[tokio::test]
async fn a_page_gets_all_its_modules_as_one_and_all_its_sheets() {
    let app = spawn_app().await;
    let text = async |path: &str| {
        let (_, _, body) = get(&app, path).await;
        String::from_utf8(body).expect("a text")
    };
    let (script, sheet) = (text("/main.js").await, text("/style.css").await);
    // Some run before the page is drawn, or are another page's: alone.
    let is_bundled = |name: &str| {
        !ENTRIES.contains(&name) && !ALONE.contains(&name) && !name.starts_with("vendor/")
    };
    let all = files();
    let modules = all.iter().filter(|(name, _)| name.ends_with(".js"));
    for (name, path) in modules.filter(|(name, _)| is_bundled(name)) {
        let first = format!("\n// {name}\n");
        assert_eq!(script.matches(&first).count(), 1, "{name} is in it once");
        let source = std::fs::read_to_string(path).expect("a file");
        for line in source.lines().filter(|line| line.starts_with("  ")) {
            assert!(script.contains(line), "{name} is in it whole: {line}");
        }
    }
    for line in script.lines().filter(|line| line.starts_with("import ")) {
        assert!(line.contains(" from \"./vendor/"), "{line}");
    }
    for (name, path) in all.iter().filter(|(name, _)| name.starts_with("styles/")) {
        let source = std::fs::read_to_string(path).expect("a file");
        assert_eq!(sheet.matches(&source).count(), 1, "{name} is in it once");
    }
    assert!(!sheet.contains("@import"), "{sheet}");
}

#[tokio::test]
async fn a_file_the_browser_has_is_not_sent_again_until_it_changes() {
    let app = spawn_app().await;
    for path in ["/", "/style.css", "/main.js", "/state.js"] {
        let (_, headers, _) = get(&app, path).await;
        let tag = headers["etag"].to_str().expect("a text").to_owned();
        assert!(
            tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10,
            "{tag}"
        );
        for known in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"other\", {tag}"),
            "*".to_owned(),
        ] {
            let request = app.get(path).header("If-None-Match", &known);
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(answer.headers()["etag"], tag.as_str());
            assert_eq!(answer.headers()["cache-control"], "no-cache");
            assert_eq!(answer.bytes().await.expect("a body").len(), 0);
        }
        let request = app.get(path).header("If-None-Match", "\"another\"");
        assert_eq!(
            request.send().await.expect("an answer").status(),
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn what_is_asked_for_without_its_body_comes_without_it() {
    let app = spawn_app().await;
    for path in ["/", "/style.css"] {
        let (_, headers, body) = get(&app, path).await;
        let request = app
            .client
            .request(Method::HEAD, format!("{}{path}", app.base));
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["etag"], headers["etag"]);
        assert_eq!(answer.headers()["content-length"], body.len().to_string());
        assert_eq!(answer.bytes().await.expect("a body").len(), 0);
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let app = spawn_app().await;
    let paths = [
        "/nothing",
        "/nothing.js",
        "/components",
        "/components/",
        "/index.html/",
        "/api",
        "/api/",
        "/api/nothing",
        "/health/nothing",
        "//",
        "/%00",
    ];
    for path in paths {
        refused(app.get(path), StatusCode::NOT_FOUND).await;
    }
}

#[tokio::test]
async fn what_exists_is_not_used_in_a_way_it_cannot_be() {
    let app = spawn_app().await;
    let project = app.project("Shop").await;
    let cases = [
        (Method::POST, "/".to_owned(), "GET, HEAD"),
        (Method::DELETE, "/style.css".to_owned(), "GET, HEAD"),
        (Method::PUT, "/api/projects".to_owned(), "GET, POST"),
        (
            Method::DELETE,
            format!("/api/projects/{project}/messages"),
            "GET, POST",
        ),
        (
            Method::GET,
            format!("/api/projects/{project}/reset"),
            "POST",
        ),
        (Method::POST, format!("/api/sse/scar/{project}"), "GET"),
        (Method::POST, "/health".to_owned(), "GET"),
    ];
    for (method, path, allowed) in cases {
        let request = || {
            app.client
                .request(method.clone(), format!("{}{path}", app.base))
        };
        refused(request(), StatusCode::METHOD_NOT_ALLOWED).await;
        let answer = request().send().await.expect("an answer");
        assert_eq!(answer.headers()["allow"], allowed, "{method} {path}");
    }
}

#[tokio::test]
async fn no_path_leads_out_of_the_page() {
    let app = spawn_app().await;
    let paths = [
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/..%2fCargo.toml",
        "/components/../../Cargo.toml",
        "//etc/passwd",
        "/./../Cargo.toml",
        "/%2e%2e%2fCargo.toml",
        "/..\\Cargo.toml",
        "/%252e%252e/Cargo.toml",
    ];
    for path in paths {
        // By hand: a client tidies such paths up before it asks.
        let mut connection = tokio::net::TcpStream::connect(("127.0.0.1", app.port()))
            .await
            .expect("a connection");
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        connection
            .write_all(request.as_bytes())
            .await
            .expect("it is sent");
        let mut answer = String::new();
        patiently("the answer", connection.read_to_string(&mut answer))
            .await
            .expect("it is text");
        let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
        assert!(
            ["404", "400"].contains(&status.as_str()),
            "{path}: {answer}"
        );
    }
}
