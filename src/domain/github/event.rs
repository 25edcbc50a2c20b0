//! What a webhook of GitHub tells: its body, as far as it is read.
//!
//! What stands in a body strangers wrote, but for the names and numbers that GitHub gives. So each is read as what it must be
//! (a login, an address of that repository), and what is something else is not taken. Fields nobody knows are passed over.

mod body;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use serde::de::IgnoredAny;

use self::body::{Body, Branch, Checked, Issue, Person};
use super::{
    IssueState, RepositoryName,
    answer::is_ours,
    mention::{self, Mention, Place},
};

/// Characters of a login at most: GitHub has 39, GitHub Enterprise's directories may have more.
const LOGIN_CHARS_MAX: usize = 100;

/// Characters of an issue's title that are kept; GitHub takes 256.
const TITLE_CHARS_MAX: usize = 256;

/// Characters of an address at most: one of GitHub's has some hundred.
const URL_CHARS_MAX: usize = 500;

/// Pull requests and branches of one body that are looked at: a commit is in few.
const PULLS_MAX: usize = 20;

/// Characters of a branch's name at most, by GitHub's own rule.
const BRANCH_CHARS_MAX: usize = 255;

/// The events of which more is read than that it is an object.
const READ: [&str; 6] = [
    "issues",
    "issue_comment",
    "pull_request",
    "check_run",
    "check_suite",
    "status",
];

/// What a body tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// In which repository; none for what is about none.
    pub repository: Option<RepositoryName>,
    /// What happened there.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// GitHub wants to see whether it is heard.
    Ping,
    /// Something about an issue.
    Issue(IssueEvent),
    /// Something was said on an issue or a pull request.
    Comment(Said),
    /// Something about pull requests.
    Pulls(Pulls),
    /// Nothing that concerns a project.
    Nothing,
}

/// Which pull requests something is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulls {
    /// Those with these numbers.
    pub numbers: Vec<u64>,
    /// Those that bring these branches.
    pub branches: Vec<String>,
}

/// Something about an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueEvent {
    /// What it did, where that is told; an edit, say, is not.
    pub moved: Option<IssueMoved>,
    /// What the one who opened it said to the project manager with that.
    pub said: Said,
}

/// What somebody said to the project manager, or why nobody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// They called it.
    ToUs {
        /// What they said. Boxed: most events are smaller by far.
        mention: Box<Mention>,
        /// What it is, however often it is told: `comment 17`.
        subject: String,
        /// When it was written.
        at: Option<DateTime<Utc>>,
    },
    /// Nobody called it.
    NotToUs,
    /// A program did.
    ByProgram,
    /// It is an answer of the project manager's own.
    ByUs,
}

/// An issue was opened, closed, or opened again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueMoved {
    /// Its number in the repository.
    pub number: u64,
    /// What it is about, as somebody wrote it.
    pub title: String,
    /// Where people see it.
    pub url: String,
    /// Where it stands now.
    pub state: IssueState,
    /// Whether it was closed before.
    pub is_again: bool,
    /// Who did that: their login.
    pub by: String,
    /// What it is, however often it is told.
    pub subject: String,
}

/// A body that is none of GitHub's. The words say what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

/// Reads a body that came with this `X-GitHub-Event`.
///
/// # Errors
/// [`Malformed`], when it is not what GitHub sends then.
pub fn read(event: &str, body: &[u8]) -> Result<Event, Malformed> {
    let unlike = |why: String| {
        Malformed(format!(
            "The body is not what GitHub sends for {event}: {why}."
        ))
    };
    // An object, whatever it tells: a list would be taken for the fields in order.
    let object: Result<BTreeMap<String, IgnoredAny>, _> = serde_json::from_slice(body);
    object.map_err(|error| unlike(error.to_string()))?;
    if !READ.contains(&event) {
        let what = match event {
            "ping" => What::Ping,
            _ => What::Nothing,
        };
        return Ok(Event {
            repository: None,
            what,
        });
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let body: Result<Body, _> = serde_path_to_error::deserialize(&mut json);
    let body = body.map_err(|error| unlike(format!("{}: {}", error.path(), error.inner())))?;
    let malformed = |what: &str| {
        Malformed(format!(
            "The body of this {event} has no {what} as GitHub writes them."
        ))
    };
    let named =
        |name: &str| RepositoryName::parse(name).filter(|parsed| parsed.to_string() == name);
    let repository = match &body.repository {
        Some(repository) => {
            Some(named(&repository.full_name).ok_or_else(|| malformed("name of a repository"))?)
        }
        None => None,
    };
    let what = match (event, &repository) {
        ("issues", Some(name)) => issues(&body, name).ok_or_else(|| malformed("issue"))?,
        ("issue_comment", Some(name)) => {
            let said = commented(&body, name).ok_or_else(|| malformed("comment"))?;
            What::Comment(said)
        }
        ("pull_request", Some(_)) => match body.pull_request {
            Some(pull) => What::Pulls(Pulls {
                numbers: vec![pull.number],
                branches: Vec::new(),
            }),
            None => return Err(malformed("pull request")),
        },
        ("check_run", Some(_)) => pulls(body.check_run),
        ("check_suite", Some(_)) => pulls(body.check_suite),
        ("status", Some(_)) => status(body.branches),
        (_, None) => return Err(malformed("repository")),
        _ => What::Nothing,
    };
    Ok(Event { repository, what })
}

fn pulls(checked: Option<Checked>) -> What {
    let Some(mut checked) = checked else {
        return What::Pulls(Pulls::default());
    };
    let suite = checked.check_suite.take();
    let branch = checked
        .head_branch
        .or(suite.and_then(|suite| suite.head_branch));
    let numbers = checked.pull_requests.into_iter().map(|pull| pull.number);
    What::Pulls(Pulls {
        numbers: numbers.take(PULLS_MAX).collect(),
        branches: branch.into_iter().filter(|name| is_branch(name)).collect(),
    })
}

fn status(branches: Vec<Branch>) -> What {
    let branches = branches.into_iter().map(|branch| branch.name);
    What::Pulls(Pulls {
        numbers: Vec::new(),
        branches: branches
            .filter(|name| is_branch(name))
            .take(PULLS_MAX)
            .collect(),
    })
}

fn is_branch(name: &str) -> bool {
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace();
    !name.is_empty() && name.chars().count() <= BRANCH_CHARS_MAX && name.chars().all(is_plain)
}

fn issues(body: &Body, repository: &RepositoryName) -> Option<What> {
    let issue = body.issue.as_ref()?;
    let action = body.action.as_deref()?;
    let by = login(body.sender.as_ref()?)?;
    let url = address(body, &issue.html_url)?;
    let moved = matches!(action, "opened" | "closed" | "reopened").then(|| IssueMoved {
        number: issue.number,
        title: line(&issue.title),
        url: url.to_owned(),
        state: issue.state,
        is_again: action == "reopened",
        by: by.to_owned(),
        subject: moved_when(issue, action),
    });
    let said = match (action, &issue.user) {
        ("opened", Some(user)) => said(
            Written {
                body: issue.body.as_deref(),
                user,
                url,
                subject: format!("issue {}", issue.id),
                at: issue.created_at,
            },
            issue,
            repository,
        )?,
        _ => Said::NotToUs,
    };
    Some(What::Issue(IssueEvent { moved, said }))
}

fn commented(body: &Body, repository: &RepositoryName) -> Option<Said> {
    let (issue, comment) = (body.issue.as_ref()?, body.comment.as_ref()?);
    let action = body.action.as_deref()?;
    let url = address(body, &comment.html_url)?;
    if action != "created" {
        // What is edited until it calls us was not said to us.
        return Some(Said::NotToUs);
    }
    // Of an account that is gone.
    let Some(user) = &comment.user else {
        return Some(Said::NotToUs);
    };
    let written = Written {
        body: comment.body.as_deref(),
        user,
        url,
        subject: format!("comment {}", comment.id),
        at: comment.created_at,
    };
    said(written, issue, repository)
}

/// What a move is, however often it is told: an issue is closed again and again, each time at another time.
fn moved_when(issue: &Issue, action: &str) -> String {
    // It is opened once, whatever else is said of it meanwhile.
    let again = issue.updated_at.filter(|_| action != "opened");
    let at = again.map(|at| at.timestamp_micros());
    format!("issue {} {action} {}", issue.id, at.unwrap_or_default())
}

/// A text on an issue, and who wrote it.
struct Written<'a> {
    body: Option<&'a str>,
    user: &'a Person,
    url: &'a str,
    subject: String,
    at: Option<DateTime<Utc>>,
}

fn said(written: Written<'_>, issue: &Issue, repository: &RepositoryName) -> Option<Said> {
    let Written {
        body,
        user,
        url,
        subject,
        at,
    } = written;
    let author = login(user)?;
    let text = body.unwrap_or_default();
    if is_ours(text) {
        return Some(Said::ByUs);
    }
    let Some(words) = mention::said_to_us(text) else {
        return Some(Said::NotToUs);
    };
    if user.kind == "Bot" || author.ends_with("[bot]") {
        return Some(Said::ByProgram);
    }
    let place = Place {
        issue: issue.number,
        is_pull: issue.pull_request.is_some(),
        url,
    };
    let mention = Mention {
        repository: repository.clone(),
        issue: issue.number,
        author: author.to_owned(),
        text: mention::message(&words, place),
        url: url.to_owned(),
    };
    Some(Said::ToUs {
        mention: Box::new(mention),
        subject,
        at,
    })
}

/// A login, if it is one: letters, digits and dashes, and what programs have behind theirs.
fn login(person: &Person) -> Option<&str> {
    let login = person.login.as_str();
    let name = login.strip_suffix("[bot]").unwrap_or(login);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let is_one = !name.is_empty() && login.len() <= LOGIN_CHARS_MAX && name.chars().all(is_plain);
    is_one.then_some(login)
}

/// An address, if it is one of a page below that of the repository, without anything that a line or a link would break at.
fn address<'a>(body: &Body, url: &'a str) -> Option<&'a str> {
    let page = &body.repository.as_ref()?.html_url;
    let below = url.strip_prefix(page.as_str())?;
    let is_web = page.starts_with("https://") || page.starts_with("http://");
    let is_plain = url.chars().all(|c| {
        c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']' | '`')
    });
    (is_web && is_plain && below.starts_with('/') && url.len() <= URL_CHARS_MAX).then_some(url)
}

/// A title as one line of some length.
fn line(title: &str) -> String {
    let visible = title.chars().map(|c| if c.is_control() { ' ' } else { c });
    visible
        .take(TITLE_CHARS_MAX)
        .collect::<String>()
        .trim()
        .to_owned()
}
