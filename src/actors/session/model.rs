//! A turn that the language model takes.
//!
//! It finds the words; what is done follows from what the rules found in the person's message. When the rules are certain
//! that something is ordered it is done, whether the model calls for it or not; what they do not find is not done, whoever
//! says so. When there is no answer the rules' own is given.
//!
//! What it writes is seen while it writes (`feed/live.rs`), except where it may not be true: before it is known what came
//! of an order.

mod tools;
mod workflow;

use std::time::Duration;

use serde_json::json;

use super::{known::Known, turn::Conversation};
use crate::{
    agent::{
        self, Decision,
        llm::{
            About, Answer, Called, Dialogue, Failure, Heard, Model, Used,
            tools::{Call, ExecuteScar, Misuse, Tool as _},
        },
    },
    clock,
    db::message::Message,
    domain::{
        change::Change,
        execution::{Command, Order},
        id::MessageId,
    },
    feed::Writing,
    traces::Asked,
};

/// Answers of the model in one turn, tool calls included: three or four are what a question takes.
const ROUNDS_MAX: usize = 8;

/// Tool calls in one answer that are carried out.
const CALLS_MAX: usize = 8;

/// Calls in one turn that may be wrong and are told so: a model that has not understood its tools by then will not.
const MISUSES_MAX: usize = 3;

/// How long a turn may take: a person waits in front of it, and other turns behind it.
const TURN_WITHIN: Duration = Duration::from_secs(240);

/// What a command that changes nothing is started with, where the rules had another reply in mind.
const STARTED: &str = "I've started that. You can follow each step under Activity, and I'll tell you what came of it.";

const MISUSED: &str = "I could not answer that: the language model I think with used its tools wrongly again and again. \
                       What I did before that stands under Activity. Please say it in other words, or more directly.";
const ENDLESS: &str = "I could not answer that: the language model I think with went on asking for more and came to no end. \
                       What I did before that stands under Activity. Please say it in other words, or more directly.";

const NO_VISION: &str = "Nothing was kept: not authorised: the person did not ask for it. When they have told enough, ask them with the \
                         question for it; after a yes it may be kept.";

/// Why the model's turn came to no answer.
enum End {
    Away(Failure),
    Misused,
    Endless,
    /// A person said stop.
    Stopped,
}

impl End {
    /// As traces call it; nothing where a person wanted it.
    fn as_failure(&self) -> Option<&'static str> {
        match self {
            Self::Away(_) => Some("away"),
            Self::Misused => Some("misused its tools"),
            Self::Endless => Some("came to no end"),
            Self::Stopped => None,
        }
    }
}

impl Conversation {
    /// Has the model answer, if there is one and the rules leave something to say: the id the reply will have, that it is
    /// being written, and the reply. Without one the rules' decision is carried out.
    pub(super) async fn by_model(
        &self,
        message: &Message,
        known: &Known,
        decision: &Decision,
    ) -> (MessageId, Option<Writing>, Option<String>) {
        let id = MessageId::new();
        let leaves_words = matches!(decision, Decision::Reply(_) | Decision::Run { .. });
        let Some(model) = self.parts.model.as_ref().filter(|_| leaves_words) else {
            return (id, None, None);
        };
        let mut turn = ModelTurn {
            conversation: self,
            model,
            message,
            ordered: match decision {
                Decision::Run { orders, reply } => Some((orders, reply)),
                _ => None,
            },
            harmless: agent::harmless_in(&message.content),
            wants_vision: agent::wants_vision(&message.content, known.previous_reply()),
            writing: {
                let secrets = self.parts.writer.secrets();
                self.parts.feed.write(self.project, id, secrets)
            },
            placed: None,
            misuses: 0,
            used: Used::default(),
        };
        let asked_at = clock::now();
        let taken = tokio::time::timeout(TURN_WITHIN, Box::pin(turn.take(known))).await;
        let taken = taken.unwrap_or(Err(End::Away(Failure::TimedOut)));
        self.account_for(model, turn.used).await;
        self.parts.feed.traces().asked(&Asked {
            message: message.id,
            model: model.name(),
            at: asked_at,
            input: turn.used.input,
            output: turn.used.output,
            failure: taken.as_ref().err().and_then(End::as_failure),
        });
        let reply = match taken {
            Ok(text) => {
                self.is_there(model).await;
                Some(text)
            }
            Err(End::Away(failure)) => {
                self.is_away(model, failure).await;
                turn.placed
            }
            Err(End::Stopped) => {
                let words = || agent::stopped(&turn.writing.written(), turn.ordered.is_some());
                Some(turn.placed.unwrap_or_else(words))
            }
            Err(end @ (End::Misused | End::Endless)) => {
                self.is_there(model).await;
                let words = match end {
                    End::Misused => MISUSED,
                    _ => ENDLESS,
                };
                // What was ordered and is not begun is for the rules.
                let is_owed = turn.ordered.is_some() && turn.placed.is_none();
                turn.placed.or_else(|| (!is_owed).then(|| words.to_owned()))
            }
        };
        if reply.is_none() {
            turn.writing.again();
        }
        (id, Some(turn.writing), reply)
    }

    async fn account_for(&self, model: &Model, used: Used) {
        if used == Used::default() {
            return;
        }
        self.tell(Change::ModelUsed {
            model: model.name().to_owned(),
            input: used.input,
            output: used.output,
            requests: used.requests,
        })
        .await;
    }

    async fn is_there(&self, model: &Model) {
        if model.state().answered(self.project) {
            let message = format!("The language model {} answers again.", model.name());
            self.tell(Change::Noticed {
                message,
                status: "recovered",
            })
            .await;
        }
    }

    async fn is_away(&self, model: &Model, failure: Failure) {
        if model.state().failed(self.project, failure) {
            let message = format!(
                "Model away, working with fixed phrases: {} does not answer, because {failure}. Until it does, the project \
                 manager understands direct orders and answers in set words. {}",
                model.name(),
                failure.advice()
            );
            self.tell(Change::Noticed {
                message,
                status: "degraded",
            })
            .await;
        }
    }

    /// Stores what is only to be known: the reply does not depend on it.
    async fn tell(&self, change: Change) {
        if let Err(error) = self.append(change).await {
            tracing::warn!(error = &error as &dyn std::error::Error, project.id = %self.project, "something about the language model could not be stored");
        }
    }
}

struct ModelTurn<'a> {
    conversation: &'a Conversation,
    model: &'a Model,
    message: &'a Message,
    /// What the rules found to be ordered, and what they say when it starts.
    ordered: Option<(&'a Vec<Order>, &'a String)>,
    /// What may be started besides.
    harmless: Vec<Command>,
    /// Whether a vision document may be kept.
    wants_vision: bool,
    writing: Writing,
    /// What there is to say of what was started.
    placed: Option<String>,
    misuses: usize,
    used: Used,
}

impl ModelTurn<'_> {
    async fn take(&mut self, known: &Known) -> Result<String, End> {
        let mut dialogue = dialogue(known, self.message, self.model.history_tokens());
        for _ in 0..ROUNDS_MAX {
            let ordered = self.ordered.filter(|_| self.placed.is_none());
            let answer = self.hear(&dialogue, ordered.is_some()).await?;
            if ordered.is_none() && answer.calls.is_empty() {
                return Ok(answer.text);
            }
            // What was said before it was known what came of the calls does not count.
            self.writing.again();
            if !answer.calls.is_empty() {
                let results = self.carry_out(&answer.calls).await?;
                dialogue.carried_out(&answer, results);
            }
            if let Some((orders, reply)) = ordered.filter(|_| self.placed.is_none()) {
                let result = self.start(orders.clone(), reply.clone()).await;
                dialogue.carried_out(&as_if_called(orders), vec![result]);
            }
        }
        Err(End::Endless)
    }

    async fn hear(&mut self, dialogue: &Dialogue, is_order: bool) -> Result<Answer, End> {
        let writing = &mut self.writing;
        let must_call = is_order.then_some(ExecuteScar::NAME);
        let heard = |heard: Heard<'_>| match heard {
            Heard::More(_) if is_order => {}
            Heard::More(text) => writing.more(text),
            Heard::Again => writing.again(),
        };
        // Only here is it cut off: an order that is being placed is placed, and the stop finds it.
        let answer = tokio::select! {
            biased;
            () = self.conversation.halt.cancelled() => Err(End::Stopped),
            answer = self.model.answer(dialogue, must_call, heard) => answer.map_err(End::Away),
        }?;
        self.used += answer.used;
        Ok(answer)
    }

    /// Carries out calls one after the other; what came of each.
    async fn carry_out(&mut self, calls: &[Called]) -> Result<Vec<String>, End> {
        let mut results = Vec::new();
        for (at, called) in calls.iter().enumerate() {
            let result = match Call::read(called) {
                _ if at >= CALLS_MAX => {
                    "Error: too many calls at once; this one was not carried out.".to_owned()
                }
                Ok(Call::ExecuteScar(call)) => self.execute(&call).await,
                Ok(Call::SaveVisionDocument(_)) if !self.wants_vision => NO_VISION.to_owned(),
                Ok(call) => self.conversation.look_up(call, self.message).await,
                Err(misuse) => self.misused(called, &misuse)?,
            };
            results.push(result);
        }
        Ok(results)
    }

    fn misused(&mut self, called: &Called, misuse: &Misuse) -> Result<String, End> {
        self.misuses += 1;
        tracing::warn!(
            model = self.model.name(),
            tool = called.name,
            "a tool was used wrongly: {misuse}"
        );
        match self.misuses <= MISUSES_MAX {
            true => Ok(format!("Error: {misuse}. Nothing was done.")),
            false => Err(End::Misused),
        }
    }

    /// **Invariant:** only the person's message starts something, as the rules read it.
    async fn execute(&mut self, call: &ExecuteScar) -> String {
        if self.placed.is_some() {
            return "Nothing was done: this message's order was carried out already, with what follows from it.".to_owned();
        }
        if let Some((orders, reply)) = self.ordered
            && orders.iter().any(|order| order.command == call.command)
        {
            return self.start(orders.clone(), reply.clone()).await;
        }
        if self.harmless.contains(&call.command) {
            let order = Order {
                command: call.command,
                args: String::new(),
            };
            return self.start(vec![order], STARTED.to_owned()).await;
        }
        "Nothing was done: not authorised: ask the person first.".to_owned()
    }

    async fn start(&mut self, orders: Vec<Order>, reply: String) -> String {
        let names: Vec<&str> = orders.iter().map(|order| order.command.as_str()).collect();
        let names = names.join(", then ");
        let placed = self.conversation.run(self.message, orders, reply).await;
        let result = format!(
            "The program has dealt with the order ({names}). The facts, as it would tell the person: {}\nTell the person in \
             your own words and do not say more than this. How it ends is told later, by itself.",
            json!(placed)
        );
        self.placed = Some(placed);
        result
    }
}

/// The call a model should have made.
fn as_if_called(orders: &[Order]) -> Answer {
    let first = orders.first();
    Answer {
        calls: vec![Called {
            id: "call_as_ordered".to_owned(),
            name: ExecuteScar::NAME.to_owned(),
            arguments: Some(json!({
                "command": first.map(|order| order.command),
                "args": first.map(|order| order.args.as_str()).unwrap_or_default(),
            })),
        }],
        ..Answer::default()
    }
}

fn dialogue(known: &Known, message: &Message, budget: usize) -> Dialogue {
    let project = known.project.as_ref();
    let text = |value: Option<&String>| value.map_or("none", String::as_str).to_owned();
    let running = project.and_then(|project| project.running.as_ref());
    let status: &'static str = project.map_or("", |project| project.status.into());
    let about = About {
        name: project.map_or("", |project| &project.name),
        description: &text(project.and_then(|project| project.description.as_ref())),
        repository: &text(project.and_then(|project| project.github_repo_url.as_ref())),
        status,
        running: running.map_or("nothing", |execution| execution.order.command.as_str()),
        waiting: known.waiting,
    };
    Dialogue::new(&about, &known.said(), &message.content, budget)
}
