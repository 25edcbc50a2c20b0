//! `pm gates`: what waits for a person, and their answer.

use clap::{Args, Subcommand};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    Where,
    api::Api,
    failure::Failure,
    find::{self, is_prefix},
    screen::{ASKS, FAINT, GOOD, NAME, styled},
    steps::question,
    text::{ago, one_line, word},
    wire::{Gate, Project},
};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::cli) struct Gates {
    #[command(subcommand)]
    decision: Option<Decision>,
    /// Of this project: its name, its id, or the beginning of its id. Without it, of all projects.
    project: Option<String>,
    /// As JSON, for programs: gates as the API shows them.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Subcommand)]
enum Decision {
    /// Say yes.
    Approve {
        /// Which gate: its id, or the beginning of the id of an open one.
        id: String,
        /// What is to be kept beside the yes.
        #[arg(long, value_name = "TEXT")]
        notes: Option<String>,
        /// Which of a coding agent's answers; without it the least that allows it.
        #[arg(long, value_name = "OPTION")]
        option: Option<String>,
        #[command(flatten)]
        shown: Shown,
    },
    /// Say no, and why.
    Reject {
        /// Which gate: its id, or the beginning of the id of an open one.
        id: String,
        /// What is wrong: it goes to the coding agent with the next try. A coding agent's own question needs none.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Which of a coding agent's answers; without it the least that rejects it.
        #[arg(long, value_name = "OPTION")]
        option: Option<String>,
        #[command(flatten)]
        shown: Shown,
    },
}

#[derive(Debug, Args)]
struct Shown {
    /// As JSON, for programs: the gate as it is now.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

impl Gates {
    pub(super) fn at(&self) -> &Where {
        match &self.decision {
            Some(Decision::Approve { shown, .. } | Decision::Reject { shown, .. }) => &shown.at,
            None => &self.at,
        }
    }
}

pub(super) async fn run(api: &Api, asked: &Gates) -> Result<(), Failure> {
    match &asked.decision {
        None => list(api, asked).await,
        Some(Decision::Approve {
            id,
            notes,
            option,
            shown,
        }) => {
            let body = json!({ "notes": notes, "option": option });
            decide(api, id, "approve", &body, shown.json).await
        }
        Some(Decision::Reject {
            id,
            reason,
            option,
            shown,
        }) => {
            let body = json!({ "reason": reason, "option": option });
            decide(api, id, "reject", &body, shown.json).await
        }
    }
}

async fn list(api: &Api, asked: &Gates) -> Result<(), Failure> {
    let projects = match &asked.project {
        Some(wanted) => vec![find::project(api, wanted).await?],
        None => api.projects().await?,
    };
    let open = open(api, &projects).await?;
    if asked.json {
        let raw: Vec<&Value> = open.iter().map(|(_, raw)| raw).collect();
        return api.screen.json(&json!(raw).to_string());
    }
    if open.is_empty() {
        return api.screen.line("Nothing waits for you.");
    }
    let now = crate::clock::now();
    for (at, (gate, _)) in open.iter().enumerate() {
        let name = projects
            .iter()
            .find(|project| project.id == gate.project_id);
        let name = name
            .map(|project| one_line(&project.name))
            .unwrap_or_default();
        let about = format!("{}, {}", word(&gate.gate_type), ago(gate.created_at, now));
        let head = format!(
            "{}  {}  {}",
            styled(NAME, &name),
            styled(ASKS, &one_line(&gate.question)),
            styled(FAINT, &format!("({about})"))
        );
        let between = (at > 0).then(String::new);
        let body = question(gate, &api.server.base)
            .into_iter()
            .map(|line| format!("  {line}"));
        api.screen
            .lines(between.into_iter().chain([head]).chain(body))?;
    }
    Ok(())
}

/// The open gates of these projects, the oldest of each first, as a type and as they came.
async fn open(api: &Api, projects: &[Project]) -> Result<Vec<(Gate, Value)>, Failure> {
    let mut open = Vec::new();
    let asking = projects
        .iter()
        .filter(|project| project.needs_attention > 0);
    for project in asking {
        let path = format!("/api/projects/{}/gates?status=PENDING", project.id);
        let raw: Vec<Value> = match api.read(&path).await {
            Ok(raw) => raw,
            // Deleted since the projects were listed.
            Err(failure) if failure.is_unknown() => continue,
            Err(failure) => return Err(failure),
        };
        for raw in raw.into_iter().rev() {
            open.push((api.understood(&raw.to_string())?, raw));
        }
    }
    Ok(open)
}

async fn decide(
    api: &Api,
    wanted: &str,
    decision: &str,
    body: &Value,
    as_json: bool,
) -> Result<(), Failure> {
    let id = meant(api, wanted).await?;
    let path = format!("/api/gates/{id}/{decision}");
    let raw: Value = match api.post(&path, body, None).await {
        Ok(answer) => api.understood(&answer.text)?,
        Err(Failure::Refused {
            status: StatusCode::CONFLICT,
            words,
            mut problem,
            is_again,
        }) => match problem.gate.take() {
            // An earlier try was heard, and its answer got lost.
            Some(raw) if is_again && is_what_was_said(&raw, decision, body) => raw,
            raw => return Err(Failure::NotDone(first(&words, raw))),
        },
        Err(failure) if failure.is_unknown() => {
            return Err(Failure::Misused(format!(
                "{failure} `pm gates` lists what is open."
            )));
        }
        Err(failure) => return Err(failure),
    };
    let gate: Gate = api.understood(&raw.to_string())?;
    if as_json {
        return api.screen.json(&raw.to_string());
    }
    let chosen = gate.chosen();
    api.screen.line(&format!(
        "{} {}{}",
        styled(GOOD, &format!("{}:", sentence(&word(&gate.status)))),
        one_line(&gate.question),
        chosen.map(|name| format!(" ({name})")).unwrap_or_default()
    ))
}

/// Whether a gate is decided as this answer would have it.
fn is_what_was_said(gate: &Value, decision: &str, body: &Value) -> bool {
    let (status, response) = match decision {
        "approve" => ("APPROVED", &body["notes"]),
        _ => ("REJECTED", &body["reason"]),
    };
    let said = |text: &Value| text.as_str().unwrap_or_default().trim().to_owned();
    gate["status"] == status && said(&gate["response"]) == said(response)
}

/// What is told of a gate that was decided already: how, and when.
fn first(words: &str, gate: Option<Value>) -> String {
    let gate = gate.and_then(|gate| serde_json::from_value::<Gate>(gate).ok());
    let Some(gate) = gate else {
        return words.to_owned();
    };
    let when = gate.responded_at.map(|at| ago(at, crate::clock::now()));
    let when = when.map(|when| format!(" {when}")).unwrap_or_default();
    let said = gate.response.as_ref().map(|said| format!(" ({said})"));
    format!(
        "{words} It is {}{when}{}: {}",
        word(&gate.status),
        said.unwrap_or_default(),
        gate.question
    )
}

/// The id that is meant.
async fn meant(api: &Api, wanted: &str) -> Result<String, Failure> {
    let wanted = wanted.trim().to_lowercase();
    if uuid::Uuid::try_parse(&wanted).is_ok() {
        return Ok(wanted);
    }
    let open = open(api, &api.projects().await?).await?;
    let begins = open.iter().filter(|(gate, _)| is_prefix(&wanted, &gate.id));
    let ids: Vec<&str> = begins.map(|(gate, _)| gate.id.as_str()).collect();
    match ids.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => Err(Failure::Misused(format!(
            "there is no open gate {wanted:?}; `pm gates` lists them"
        ))),
        several => Err(Failure::Misused(format!(
            "{wanted:?} may be any of these:\n  {}",
            several.join("\n  ")
        ))),
    }
}

/// It with a capital letter.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => format!("{}{}", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

impl Gate {
    /// The words of the answer that was chosen.
    fn chosen(&self) -> Option<String> {
        let mut options = self.options.iter();
        let chosen = options.find(|option| Some(&option.id) == self.chosen.as_ref())?;
        Some(one_line(&chosen.name))
    }
}
