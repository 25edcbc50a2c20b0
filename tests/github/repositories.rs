//! Choosing a repository.

use serde_json::{Value, json};

use super::{app_on, app_with, project_of};
use crate::support::{Client, TestGitHub};

async fn choice(client: &Client, query: &str) -> Value {
    client
        .read(&format!("/api/github/repositories{query}"))
        .await
}

fn names(choice: &Value) -> Vec<&str> {
    let all = choice["repositories"].as_array().expect("a list").iter();
    all.filter_map(|one| one["full_name"].as_str()).collect()
}

#[tokio::test]
async fn the_repositories_of_the_token_are_found_by_their_words_and_say_which_project_has_them() {
    let github = TestGitHub::start();
    github
        .has("acme/shop")
        .has_private("acme/Ledger")
        .has("you/notes");
    let app = app_on(&github).await;
    let project = project_of(&app, &github, "acme/shop").await;
    let all = choice(&app, "").await;
    assert_eq!(names(&all), ["acme/shop", "acme/Ledger", "you/notes"]);
    assert_eq!(
        all["repositories"][0],
        json!({
            "full_name": "acme/shop", "description": "What shop is about", "url": github.url("acme/shop"), "private": false,
            "archived": false, "project_id": project,
        })
    );
    assert_eq!(all["repositories"][1]["project_id"], Value::Null);
    assert_eq!(all["repositories"][1]["private"], true);
    assert_eq!(names(&choice(&app, "?query=LEDG").await), ["acme/Ledger"]);
    assert_eq!(
        names(&choice(&app, "?query=what%20notes").await),
        ["you/notes"]
    );
    assert_eq!(
        names(&choice(&app, "?query=acme&limit=1").await),
        ["acme/shop"]
    );
}

#[tokio::test]
async fn without_a_token_nobodys_repositories_are_known_and_nothing_is_asked() {
    let github = TestGitHub::start();
    github.has("acme/shop");
    let app = app_with(github.settings_without_token()).await;
    assert_eq!(
        choice(&app, "").await,
        json!({ "has_token": false, "repositories": [] })
    );
    assert!(github.requests().is_empty());
}

#[tokio::test]
async fn all_pages_of_somebodys_repositories_are_looked_through() {
    let github = TestGitHub::start();
    for number in 0..230 {
        github.has(&format!("acme/part-{number}"));
    }
    let app = app_on(&github).await;
    assert_eq!(
        names(&choice(&app, "?query=part-229").await),
        ["acme/part-229"]
    );
    assert_eq!(names(&choice(&app, "?limit=500").await).len(), 100);
}
