//! What is answered to what is asked for.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Value, json};

use super::{
    TOKEN, shapes,
    state::{Repository, State},
};
use crate::support::listening::{Came, Reply};

/// Things on a page, unless asked otherwise, and at most.
const PAGE: usize = 30;
const PAGE_MAX: usize = 100;

pub fn answer(state: &mut State, came: &Came) -> Reply {
    let reply = answered(state, came);
    // By GitHub's documentation what has not changed costs nothing.
    if matches!(&reply, Reply::Text(text) if text.starts_with("HTTP/1.1 304")) {
        state.give_one_back();
    }
    reply
}

fn answered(state: &mut State, came: &Came) -> Reply {
    let token = came
        .header("authorization")
        .and_then(|header| header.split_whitespace().last());
    let is_known = token == Some(TOKEN) && !state.is_revoked;
    if token.is_some() && !is_known {
        return fails(state, 401);
    }
    if !state.take_one() {
        let words = "API rate limit exceeded for user ID 1.";
        return state.says(403, &json!({ "message": words }), &[]);
    }
    let path: Vec<String> = came.path().split('/').skip(1).map(decoded).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["rate_limit"] => {
            let core =
                json!({ "limit": 5_000, "remaining": 4_990, "reset": 1_900_000_000, "used": 10 });
            state.says(
                200,
                &json!({ "resources": { "core": core }, "rate": core }),
                &[],
            )
        }
        ["user", "repos"] if !is_known => fails(state, 401),
        ["user", "repos"] => owned(state, came, |_| true),
        ["users" | "orgs", owner, "repos"] => {
            let begins = format!("{owner}/").to_ascii_lowercase();
            let is_theirs = |name: &str| name.to_ascii_lowercase().starts_with(&begins);
            match state.repositories.iter().any(|one| is_theirs(&one.name)) {
                true => owned(state, came, is_theirs),
                false => fails(state, 404),
            }
        }
        ["search", "issues"] => counted(state, came, is_known),
        ["repositories", id, rest @ ..] => {
            let found = state
                .repositories
                .iter()
                .find(|one| one.id.to_string() == *id);
            match found.map(|one| one.name.clone()) {
                Some(name) => of_repository(state, came, &name, rest),
                None => fails(state, 404),
            }
        }
        ["repos", owner, name, rest @ ..] => {
            let name = format!("{owner}/{name}");
            if let Some(leads) = renamed(state, came, &name) {
                return leads;
            }
            match state.find(&name) {
                Some(found) if !found.private || is_known => {
                    of_repository(state, came, &name, rest)
                }
                _ => fails(state, 404),
            }
        }
        _ => fails(state, 404),
    }
}

/// Where GitHub leads who asks for a repository by a name it had before.
fn renamed(state: &State, came: &Came, name: &str) -> Option<Reply> {
    let mut repositories = state.repositories.iter();
    let renamed = repositories.find(|one| one.was.iter().any(|was| was == name))?;
    let (from, to) = (
        format!("/repos/{name}"),
        format!("/repositories/{}", renamed.id),
    );
    let target = came.target.replacen(&from, &to, 1);
    let location = format!("http://127.0.0.1:{}{target}", state.port);
    let body = json!({ "message": "Moved Permanently", "url": location });
    Some(state.says(301, &body, &[("Location", location)]))
}

fn of_repository(state: &mut State, came: &Came, name: &str, rest: &[&str]) -> Reply {
    let (port, known) = (state.port, came.header("authorization").is_some());
    let Some(repository) = state.find(name) else {
        return fails(state, 404);
    };
    match (came.method.as_str(), rest) {
        ("GET", []) => {
            let shape = shapes::repository(port, name, repository.id, repository.private);
            known_by(state, came, &shape)
        }
        ("GET", ["issues"]) => page(state, came, listed(repository, port, came)),
        ("GET", ["pulls", number]) => {
            let mut pulls = repository.pulls.iter();
            let found = pulls.find(|pull| pull["number"].as_u64() == number.parse().ok());
            found.map_or_else(|| fails(state, 404), |pull| known_by(state, came, pull))
        }
        ("GET", ["commits", _, "check-runs"]) if repository.checks_hidden.is_some() => {
            fails(state, repository.checks_hidden.expect("it is there"))
        }
        ("GET", ["commits", sha, "check-runs"]) => {
            let runs = repository.checks.get(*sha).cloned();
            let runs = runs.unwrap_or_else(|| json!([]));
            let count = runs.as_array().map_or(0, Vec::len);
            let body = json!({ "total_count": count, "check_runs": runs });
            known_by(state, came, &body)
        }
        ("GET", ["commits", sha, "status"]) => {
            let body = json!({ "state": "pending", "statuses": [], "sha": sha, "total_count": 0 });
            known_by(state, came, &body)
        }
        ("GET", ["collaborators", login, "permission"]) if known => {
            let permission = repository.people.get(*login);
            let permission = permission.map_or("read", String::as_str);
            let body = json!({ "permission": permission, "role_name": permission, "user": shapes::person(login) });
            state.says(200, &body, &[])
        }
        ("GET", ["issues", number, "comments"]) => {
            let of = repository.comments.iter();
            let of = of.filter(|(issue, _)| issue.to_string() == *number);
            let shown = of_page(came, of.map(|(_, comment)| comment.clone()));
            page(state, came, shown)
        }
        ("POST", ["issues", number, "comments"]) if known => commented(state, came, name, number),
        ("GET", ["collaborators", ..]) | ("POST", _) => fails(state, 401),
        _ => fails(state, 404),
    }
}

/// The page of a repository's issues that is asked for. By GitHub's documentation its pull requests are among them.
fn listed(repository: &Repository, port: u16, came: &Came) -> (Vec<Value>, bool) {
    let (name, wanted) = (&repository.name, came.query("state"));
    let wanted = wanted.unwrap_or_else(|| "open".to_owned());
    let change = |number: u64, title: &str, state: &Value| {
        let mut pull = shapes::issue(port, name, number, title);
        pull["pull_request"] = json!({ "url": "…" });
        pull["state"] = state.clone();
        pull
    };
    let more = (0..repository.more_issues).flat_map(|number| {
        let title = format!("Issue {number}");
        let issue = shapes::issue(port, name, 2 * number + 1_000, &title);
        [
            issue,
            change(2 * number + 1_001, "A change", &json!("open")),
        ]
    });
    let pulls = repository.pulls.iter().map(|pull| {
        let number = pull["number"].as_u64().expect("a number");
        change(number, "A change", &pull["state"])
    });
    let all = repository.issues.iter().cloned().chain(pulls).chain(more);
    of_page(
        came,
        all.filter(|one| wanted == "all" || one["state"] == wanted),
    )
}

fn commented(state: &mut State, came: &Came, name: &str, issue: &str) -> Reply {
    let (port, body) = (state.port, came.json());
    let repository = state.find_mut(name).expect("it was found");
    let id = u64::try_from(repository.comments.len()).expect("few") + 1;
    let Some(text) = body["body"].as_str().filter(|text| !text.is_empty()) else {
        return fails(state, 422);
    };
    let issue: u64 = issue.parse().expect("a number");
    let comment = shapes::comment(port, &repository.name, issue, id, text);
    repository.comments.push((issue, comment.clone()));
    state.says(201, &comment, &[])
}

fn owned(state: &State, came: &Came, is_meant: impl Fn(&str) -> bool) -> Reply {
    let meant = state.repositories.iter().filter(|one| is_meant(&one.name));
    let all = meant.map(|one| shapes::repository(state.port, &one.name, one.id, one.private));
    page(state, came, of_page(came, all))
}

/// `GET /search/issues?q=repo:acme/shop is:issue state:open`
fn counted(state: &State, came: &Came, is_known: bool) -> Reply {
    let question = came.query("q").unwrap_or_default();
    let of = |name: &str| {
        question
            .split_whitespace()
            .find_map(|word| word.strip_prefix(name))
    };
    let found = of("repo:").and_then(|name| state.find(name));
    let Some(found) = found.filter(|found| !found.private || is_known) else {
        return fails(state, 422);
    };
    let wanted = of("state:").unwrap_or("open");
    let count = found
        .issues
        .iter()
        .filter(|issue| issue["state"] == wanted)
        .count();
    let more = if wanted == "open" {
        found.more_issues
    } else {
        0
    };
    let total = u64::try_from(count).expect("few") + more;
    known_by(
        state,
        came,
        &json!({ "total_count": total, "incomplete_results": false, "items": [] }),
    )
}

/// What is on the page of a list that is asked for, and whether there is another one after it. What is not, is not even made.
fn of_page(came: &Came, all: impl Iterator<Item = Value>) -> (Vec<Value>, bool) {
    let size = number(came, "per_page").unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let before = (number(came, "page").unwrap_or(1).max(1) - 1) * size;
    let mut shown: Vec<Value> = all.skip(before).take(size + 1).collect();
    let has_more = shown.len() > size;
    shown.truncate(size);
    (shown, has_more)
}

/// One page of a list, with the address of the next one.
fn page(state: &State, came: &Came, (shown, has_more): (Vec<Value>, bool)) -> Reply {
    let mut headers = Vec::new();
    if has_more {
        let at = number(came, "page").unwrap_or(1);
        let query = came.target.split_once('?').map_or("", |(_, query)| query);
        let others = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("page="));
        let others: Vec<&str> = others.collect();
        let (port, path) = (state.port, by_number(state, came.path()));
        let next = format!(
            "http://127.0.0.1:{port}{path}?{}&page={}",
            others.join("&"),
            at + 1
        );
        headers.push(("Link", format!("<{next}>; rel=\"next\"")));
    }
    known_with(state, came, &Value::Array(shown), headers)
}

/// The same place by its repository's number: so GitHub leads to the next page, whatever the first one was asked for by.
fn by_number(state: &State, path: &str) -> String {
    let named = path.strip_prefix("/repos/");
    let found = named.and_then(|named| {
        let (owner, rest) = named.split_once('/')?;
        let (name, rest) = rest.split_once('/')?;
        let repository = state.find(&format!("{owner}/{name}"))?;
        Some(format!("/repositories/{}/{rest}", repository.id))
    });
    found.unwrap_or_else(|| path.to_owned())
}

fn number(came: &Came, name: &str) -> Option<usize> {
    came.query(name)?.parse().ok()
}

/// An answer by which GitHub knows it again.
fn known_by(state: &State, came: &Came, body: &Value) -> Reply {
    known_with(state, came, body, Vec::new())
}

fn known_with(state: &State, came: &Came, body: &Value, mut headers: Vec<(&str, String)>) -> Reply {
    let mut hasher = DefaultHasher::new();
    body.to_string().hash(&mut hasher);
    let etag = format!("W/\"{:016x}\"", hasher.finish());
    let is_known = came.header("if-none-match") == Some(&etag);
    headers.push(("ETag", etag));
    match is_known {
        true => state.says(304, body, &headers),
        false => state.says(200, body, &headers),
    }
}

fn fails(state: &State, status: u16) -> Reply {
    let body = json!({ "message": shapes::words(status), "documentation_url": "https://docs.github.com/rest", "status": status.to_string() });
    state.says(status, &body, &[])
}

fn decoded(part: &str) -> String {
    let pair = format!("x={}", part.replace('+', "%2B"));
    let mut pairs = form_urlencoded::parse(pair.as_bytes());
    pairs
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
