//! A GitHub: a real HTTP server on a port of its own that speaks GitHub's REST interface, in the shapes of its published
//! documentation (https://docs.github.com/en/rest, version 2022-11-28): lists in pages with `Link` headers, ETags, limits, errors
//! with their words. It uses nothing of the product.

mod hook;
mod routes;
mod shapes;
mod state;

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

pub use self::hook::{Hook, signature};
use self::{
    routes::answer,
    state::{Repository, State},
};
use super::listening::{Came, Listening, Reply};

/// The token it takes.
pub const TOKEN: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

/// What its webhooks are signed with.
pub const SECRET: &str = "what only GitHub and the server know";

/// What goes wrong with a request.
#[derive(Debug, Clone)]
pub enum Fault {
    /// It is answered with this status and GitHub's words for it.
    Status(u16),
    /// With this status, these words, and this header.
    Says(u16, &'static str, Option<(&'static str, String)>),
    /// With a page for people.
    Nonsense,
    /// Never.
    Silence,
    /// The connection breaks off before anything is done.
    Break,
    /// What was asked for is done, and the connection breaks off before it is said.
    BreakAfter,
}

/// A GitHub. Dropping it ends it.
pub struct TestGitHub {
    port: u16,
    state: Arc<Mutex<State>>,
    listening: Mutex<Option<Listening>>,
}

impl TestGitHub {
    /// Starts one without any repository.
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let listening = listen(0, &state);
        let port = listening.port;
        lock(&state).port = port;
        Self {
            port,
            state,
            listening: Mutex::new(Some(listening)),
        }
    }

    /// Where its interface is.
    pub fn api(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The address of a repository's page.
    pub fn url(&self, repository: &str) -> String {
        format!("{}/{repository}", self.api())
    }

    /// What a server is set to that uses it, with its token.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = self.settings_without_token();
        settings.push(("GITHUB_ACCESS_TOKEN", TOKEN.to_owned()));
        settings
    }

    /// The same without a token.
    pub fn settings_without_token(&self) -> Vec<(&'static str, String)> {
        vec![
            ("PM__GITHUB__API_URL", self.api()),
            ("GITHUB_WEBHOOK_SECRET", SECRET.to_owned()),
            ("PM__PROJECTS__REPOSITORIES", "any".to_owned()),
            // What changes here is seen at once.
            ("PM__GITHUB__CACHE_SECONDS", "0".to_owned()),
            ("PM__GITHUB__LOOK_SECONDS", "0.05".to_owned()),
            ("PM__GITHUB__TIMEOUT_SECONDS", "5".to_owned()),
        ]
    }

    /// There is a repository of this name.
    pub fn has(&self, repository: &str) -> &Self {
        self.state().repositories.push(Repository::new(repository));
        self
    }

    /// There is one that only who has the token may see.
    pub fn has_private(&self, repository: &str) -> &Self {
        let private = Repository {
            private: true,
            ..Repository::new(repository)
        };
        self.state().repositories.push(private);
        self
    }

    /// A repository has another name from now on; GitHub leads from the old one to it.
    pub fn rename(&self, from: &str, to: &str) -> &Self {
        let mut state = self.state();
        let repository = state.find_mut(from).expect("it has the repository");
        repository.was.push(from.to_owned());
        repository.name = to.to_owned();
        drop(state);
        self
    }

    /// Somebody opened an issue.
    pub fn issue(&self, repository: &str, number: u64, title: &str) -> &Self {
        let port = self.port;
        let mut state = self.state();
        let repository = state.find_mut(repository).expect("it has the repository");
        let issue = shapes::issue(port, &repository.name, number, title);
        repository.issues.push(issue);
        drop(state);
        self
    }

    /// What is so of an issue from now on: `json!({ "state": "closed" })`.
    pub fn change_issue(&self, repository: &str, number: u64, change: Value) -> &Self {
        let mut state = self.state();
        let repository = state.find_mut(repository).expect("it has the repository");
        let issue = repository
            .issues
            .iter_mut()
            .find(|issue| issue["number"] == number);
        state::merge(issue.expect("it has the issue"), change);
        drop(state);
        self
    }

    /// A repository has so many issues, with as many pull requests among them.
    pub fn many_issues(&self, repository: &str, count: u64) -> &Self {
        let mut state = self.state();
        state
            .find_mut(repository)
            .expect("it has the repository")
            .more_issues = count;
        drop(state);
        self
    }

    /// There is a pull request; what `with` says is other than usual: `json!({ "number": 7, "title": "Add prices" })`.
    pub fn pull(&self, repository: &str, with: Value) -> &Self {
        let port = self.port;
        let mut state = self.state();
        let repository = state.find_mut(repository).expect("it has the repository");
        let mut pull = shapes::pull(
            port,
            &repository.name,
            with["number"].as_u64().expect("a number"),
        );
        state::merge(&mut pull, with);
        let number = pull["number"].clone();
        repository.pulls.retain(|known| known["number"] != number);
        repository.pulls.push(pull);
        drop(state);
        self
    }

    /// The check runs of a commit: `json!([{ "name": "test", "status": "completed", "conclusion": "success" }])`.
    pub fn checks(&self, repository: &str, sha: &str, runs: Value) -> &Self {
        let mut state = self.state();
        let repository = state.find_mut(repository).expect("it has the repository");
        repository.checks.insert(sha.to_owned(), runs);
        drop(state);
        self
    }

    /// Whether the token may read a repository's check runs; the status it is answered with if it may not.
    pub fn hide_checks(&self, repository: &str, status: Option<u16>) -> &Self {
        let mut state = self.state();
        let repository = state.find_mut(repository).expect("it has the repository");
        repository.checks_hidden = status;
        drop(state);
        self
    }

    /// People wrote so many comments on an issue.
    pub fn many_comments(&self, repository: &str, issue: u64, count: u64) -> &Self {
        let port = self.port;
        let mut state = self.state();
        let repository = state.find_mut(repository).expect("it has the repository");
        let comment = |id| shapes::comment(port, &repository.name, issue, id, "So it is here.");
        let comments: Vec<Value> = (1..=count).map(comment).collect();
        let comments = comments.into_iter().map(|comment| (issue, comment));
        repository.comments.extend(comments);
        drop(state);
        self
    }

    /// What somebody may do in a repository: `admin`, `write`, `read`, `none`.
    pub fn permission(&self, repository: &str, login: &str, permission: &str) -> &Self {
        let mut state = self.state();
        let repository = state.find_mut(repository).expect("it has the repository");
        repository
            .people
            .insert(login.to_owned(), permission.to_owned());
        drop(state);
        self
    }

    /// The texts of an issue's comments, in order.
    pub fn comments(&self, repository: &str, issue: u64) -> Vec<String> {
        let state = self.state();
        let repository = state.find(repository).expect("it has the repository");
        let of = repository
            .comments
            .iter()
            .filter(|(number, _)| *number == issue);
        let text =
            |(_, comment): &(u64, Value)| comment["body"].as_str().unwrap_or_default().to_owned();
        of.map(text).collect()
    }

    /// What came so far, in order.
    pub fn requests(&self) -> Vec<Came> {
        self.state().requests.clone()
    }

    /// What goes wrong with the next request, after what was planned before.
    pub fn next(&self, fault: Fault) -> &Self {
        self.state().next.push_back(fault);
        self
    }

    /// What goes wrong with the next comment that is written.
    pub fn next_comment(&self, fault: Fault) -> &Self {
        self.state().next_comment = Some(fault);
        self
    }

    /// What goes wrong with each request from now on.
    pub fn always(&self, fault: Fault) -> &Self {
        self.state().always = Some(fault);
        self
    }

    /// Nothing goes wrong any more.
    pub fn well(&self) -> &Self {
        let mut state = self.state();
        state.always = None;
        state.next.clear();
        drop(state);
        self
    }

    /// Its token is not taken any more.
    pub fn revoke_token(&self) -> &Self {
        self.state().is_revoked = true;
        self
    }

    /// So many requests are taken until the end of the hour, which is so many seconds away.
    pub fn takes(&self, requests: u64, seconds: u64) -> &Self {
        self.state().takes(requests, seconds);
        self
    }

    /// Nobody listens any more, and what is connected breaks off.
    pub fn goes_down(&self) {
        let listening = lock(&self.listening).take();
        listening.expect("it is up").stop();
    }

    /// It listens again where it did.
    pub fn comes_up(&self) {
        *lock(&self.listening) = Some(listen(self.port, &self.state));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for TestGitHub {
    fn drop(&mut self) {
        if let Some(listening) = lock(&self.listening).take() {
            listening.stop();
        }
    }
}

fn listen(port: u16, state: &Arc<Mutex<State>>) -> Listening {
    let state = Arc::clone(state);
    Listening::start(port, move |came| {
        let mut state = lock(&state);
        state.requests.push(came.clone());
        let is_comment = came.method == "POST" && came.path().ends_with("/comments");
        let at_comment = match is_comment {
            true => state.next_comment.take(),
            false => None,
        };
        let planned = at_comment.or_else(|| state.next.pop_front());
        match planned.or_else(|| state.always.clone()) {
            None => answer(&mut state, came),
            Some(Fault::BreakAfter) => {
                answer(&mut state, came);
                Reply::Break
            }
            Some(Fault::Silence) => Reply::Silence,
            Some(Fault::Break) => Reply::Break,
            Some(Fault::Nonsense) => Reply::Text(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<h1>Hello</h1>".to_owned(),
            ),
            Some(Fault::Status(status)) => state.says(status, &json!({ "message": shapes::words(status) }), &[]),
            Some(Fault::Says(status, words, header)) => {
                let header = header.as_ref().map(|(name, value)| (*name, value.clone()));
                state.says(status, &json!({ "message": words }), header.as_slice())
            }
        }
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no test panics here")
}
