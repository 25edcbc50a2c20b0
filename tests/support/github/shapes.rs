//! What GitHub's things look like, with the keys that its documentation shows and that matter here.

use serde_json::{Value, json};

/// GitHub's words for a status.
pub fn words(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        301 => "Moved Permanently",
        304 => "Not Modified",
        401 => "Bad credentials",
        403 => "Resource not accessible by personal access token",
        404 => "Not Found",
        410 => "Issues are disabled for this repo",
        422 => "Validation Failed",
        429 => "Too Many Requests",
        500 => "Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Unknown",
    }
}

pub fn person(login: &str) -> Value {
    json!({ "login": login, "id": 1, "node_id": "MDQ6VXNlcjE=", "type": "User", "site_admin": false })
}

pub fn repository(port: u16, name: &str, id: u64, private: bool) -> Value {
    let (owner, short) = name.split_once('/').expect("owner/name");
    json!({
        "id": id, "node_id": "R_1", "name": short, "full_name": name, "owner": person(owner), "private": private,
        "html_url": format!("http://127.0.0.1:{port}/{name}"), "description": format!("What {short} is about"), "fork": false,
        "url": format!("http://127.0.0.1:{port}/repos/{name}"), "archived": false, "disabled": false, "default_branch": "main",
        "open_issues_count": 3, "visibility": if private { "private" } else { "public" },
    })
}

pub fn issue(port: u16, repository: &str, number: u64, title: &str) -> Value {
    json!({
        "id": number, "node_id": "I_1", "number": number, "title": title, "state": "open", "user": person("octocat"),
        "url": format!("http://127.0.0.1:{port}/repos/{repository}/issues/{number}"),
        "html_url": format!("http://127.0.0.1:{port}/{repository}/issues/{number}"),
        "labels": [{ "id": 1, "name": "bug", "color": "f29513", "default": true }],
        "assignees": [person("hubot")], "comments": 0, "body": "I'm having a problem with this.",
        "created_at": "2026-04-22T13:33:48Z", "updated_at": "2026-04-23T13:33:48Z", "closed_at": null,
        "author_association": "CONTRIBUTOR", "locked": false,
    })
}

pub fn pull(port: u16, repository: &str, number: u64) -> Value {
    let branch = format!("feature-{number}");
    json!({
        "id": number, "node_id": "PR_1", "number": number, "title": format!("Change {number}"), "state": "open", "locked": false,
        "url": format!("http://127.0.0.1:{port}/repos/{repository}/pulls/{number}"),
        "html_url": format!("http://127.0.0.1:{port}/{repository}/pull/{number}"), "user": person("octocat"), "body": null,
        "created_at": "2026-04-22T13:33:48Z", "updated_at": "2026-04-23T13:33:48Z", "closed_at": null, "merged_at": null,
        "merged": false, "draft": false, "head": { "ref": branch, "sha": format!("sha-of-{number}"), "label": format!("acme:{branch}") },
        "base": { "ref": "main", "sha": "sha-of-main" },
    })
}

pub fn comment(port: u16, repository: &str, issue: u64, id: u64, body: &str) -> Value {
    json!({
        "id": id, "node_id": "IC_1", "body": body, "user": person("project-manager"), "author_association": "MEMBER",
        "url": format!("http://127.0.0.1:{port}/repos/{repository}/issues/comments/{id}"),
        "html_url": format!("http://127.0.0.1:{port}/{repository}/issues/{issue}#issuecomment-{id}"),
        "created_at": "2026-04-22T13:33:48Z", "updated_at": "2026-04-22T13:33:48Z",
    })
}
