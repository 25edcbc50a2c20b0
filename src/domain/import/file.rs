//! `.scar/projects.json`, as SCAR and the predecessor have it:
//!
//! ```json
//! { "version": "1.0", "projects": [
//!   { "name": "Shop", "github_repo": "you/shop", "description": "…", "telegram_chat_id": 1 } ] }
//! ```

use serde_json::{Map, Value};

use super::{Entry, Failed, meant};
use crate::domain::github::RepositoryName;

/// Projects one file may name.
const PROJECTS_MAX: usize = 10_000;

/// Reads the projects of a file. One that makes no sense does not hide the others; where the file itself makes none, that is all
/// there is.
pub fn read_file(
    file: &str,
    text: &str,
    of_address: impl Fn(&str) -> Option<RepositoryName>,
    address_of: impl Fn(&RepositoryName) -> String,
) -> Vec<Result<Entry, Failed>> {
    let failed = |why: String| {
        let name = file.to_owned();
        vec![Err(Failed { name, why })]
    };
    let file: Value = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => return failed(format!("it is no JSON: {error}")),
    };
    if let Some(version) = file.get("version").filter(|version| !is_known(version)) {
        return failed(format!("its version is {version}; 1 is known here"));
    }
    let Some(projects) = file.get("projects").and_then(Value::as_array) else {
        return failed(
            "it has no list of projects: { \"version\": \"1.0\", \"projects\": [ … ] }".to_owned(),
        );
    };
    if projects.len() > PROJECTS_MAX {
        return failed(format!(
            "it has {} projects; {PROJECTS_MAX} are read at most",
            projects.len()
        ));
    }
    let entries = projects.iter().enumerate();
    entries
        .map(|(index, project)| {
            let named = |why: &str| Failed {
                name: called(project, index),
                why: why.to_owned(),
            };
            let project = project
                .as_object()
                .ok_or_else(|| named("it is no project: { \"name\": … }"))?;
            entry(project, &of_address, &address_of).map_err(|why| named(&why))
        })
        .collect()
}

fn entry(
    project: &Map<String, Value>,
    of_address: impl Fn(&str) -> Option<RepositoryName>,
    address_of: impl Fn(&RepositoryName) -> String,
) -> Result<Entry, String> {
    let text = |key: &str| match project.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
        Some(_) => Err(format!("its {key} is no text")),
    };
    let repository = text("github_repo")?.map(|repository| meant(repository, of_address));
    let repository = repository
        .transpose()
        .map_err(|failed| format!("its github_repo is {:?}: {}", failed.name, failed.why))?;
    let name = text("name")?.map(str::to_owned);
    let name = name.or_else(|| Some(repository.as_ref()?.name.clone()));
    let telegram_chat_id = match project.get("telegram_chat_id") {
        None | Some(Value::Null) => None,
        Some(id) => Some(
            id.as_i64()
                .ok_or("its telegram_chat_id is no whole number")?,
        ),
    };
    Ok(Entry {
        name: name.ok_or("it has neither a name nor a github_repo")?,
        url: repository.map(|repository| address_of(&repository)),
        description: text("description")?.map(str::to_owned),
        telegram_chat_id,
    })
}

/// What a project of a file is called, for people who look for it there.
fn called(project: &Value, index: usize) -> String {
    let text = |key: &str| {
        project
            .get(key)?
            .as_str()
            .filter(|text| !text.trim().is_empty())
    };
    match text("name").or_else(|| text("github_repo")) {
        Some(name) => name.chars().take(100).collect(),
        None => format!("project {}", index + 1),
    }
}

/// `1`, `"1"`, `"1.0"`
fn is_known(version: &Value) -> bool {
    match version {
        Value::Number(number) => number
            .as_f64()
            .is_some_and(|number| (1.0..2.0).contains(&number)),
        Value::String(text) => text.split('.').next() == Some("1"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<Entry, Failed>> {
        let of = |url: &str| RepositoryName::parse(url.strip_prefix("https://github.com/")?);
        read_file("projects.json", text, of, |name| {
            format!("https://github.com/{name}")
        })
    }

    fn why(text: &str) -> String {
        let mut all = read(text);
        all.pop().expect("one").expect_err("a failure").why
    }

    #[test]
    fn each_project_is_read_and_a_bad_one_is_named_beside_the_others() {
        let text = r#"{ "version": "1.0", "projects": [
            { "name": "Shop", "github_repo": "acme/shop", "description": "Books", "telegram_chat_id": -100123 },
            { "name": "Bad", "github_repo": "acme" },
            { "github_repo": "https://github.com/acme/notes" },
            { "name": "Alone" }, 7, { "name": 5 }, {}, { "name": "Chat", "telegram_chat_id": "x" } ] }"#;
        let entry = |name: &str, url: Option<&str>| Entry {
            name: name.to_owned(),
            url: url.map(str::to_owned),
            description: None,
            telegram_chat_id: None,
        };
        let all = read(text);
        let shop = Entry {
            description: Some("Books".to_owned()),
            telegram_chat_id: Some(-100_123),
            ..entry("Shop", Some("https://github.com/acme/shop"))
        };
        let fine: Vec<&Entry> = all.iter().flatten().collect();
        let notes = entry("notes", Some("https://github.com/acme/notes"));
        assert_eq!(fine, [&shop, &notes, &entry("Alone", None)]);
        let bad = all.iter().filter_map(|one| one.as_ref().err());
        let names: Vec<&str> = bad.map(|failed| failed.name.as_str()).collect();
        assert_eq!(
            names,
            ["Bad", "project 5", "project 6", "project 7", "Chat"]
        );
    }

    #[test]
    fn a_file_that_is_none_says_what_one_looks_like() {
        assert!(why("{").contains("no JSON"));
        assert!(why("[]").contains("\"projects\": [ … ]"));
        assert!(why(r#"{ "projects": {} }"#).contains("no list of projects"));
        assert!(why(r#"{ "version": 2, "projects": [] }"#).contains("its version is 2"));
        assert!(read(r#"{ "version": 1, "projects": [] }"#).is_empty());
        assert!(read(r#"{ "projects": [] }"#).is_empty());
    }
}
