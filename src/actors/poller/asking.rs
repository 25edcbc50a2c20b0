//! What a coding agent asks while its command runs: kept here until a person answers, or nobody does in time.
//!
//! Whoever follows the execution owns it, so a question is answered in one place, and is over with what asked it.

use std::time::Duration;

use chrono::SubsecRound as _;
use sea_orm::DatabaseConnection;
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::Follow;
use crate::{
    actors::{
        executor::{Decide, DecideError},
        patience::read_patiently,
        writer::AppendError,
    },
    backends::{Answer, Question},
    clock,
    db::{
        execution::{self, Execution},
        gate,
    },
    delay::pause,
    domain::{
        change::Change,
        id::GateId,
        workflow::{Gate, GateContext, GateStatus, GateType},
    },
};

/// Questions of one command that may wait at the same time: more tools than a coding agent uses side by side. Over it the
/// agent is told at once that nobody answers.
const QUESTIONS_MAX: usize = 32;

/// The questions of a running command, and what people answer.
pub(super) struct Asking {
    decisions: mpsc::Receiver<Decide>,
    /// How long a person may take.
    limit: Duration,
    /// Who asks, for people.
    agent: &'static str,
    /// Fires when the command is to end: then nobody waits for an answer any more.
    end: CancellationToken,
    is_over: bool,
    /// In the order they were asked, which is the order they expire in.
    open: Vec<Open>,
}

struct Open {
    gate: Gate,
    expires: Instant,
    answer: oneshot::Sender<Answer>,
}

/// What is to be done about the questions.
pub(super) enum Due {
    /// A person answered one.
    Decided(Decide),
    /// Nobody answered the oldest in time.
    Expired,
    /// The command is to end.
    LetGo,
}

impl Asking {
    pub(super) fn new(decisions: mpsc::Receiver<Decide>, limit: Duration) -> Self {
        Self {
            decisions,
            limit,
            agent: "The coding agent",
            end: CancellationToken::new(),
            is_over: false,
            open: Vec::new(),
        }
    }

    /// The same for a command of this agent, which is to end when `end` fires.
    pub(super) fn of(mut self, agent: &'static str, end: CancellationToken) -> Self {
        self.agent = agent;
        self.end = end;
        self
    }

    /// Takes in a question, which is open when its gate is stored. None when nobody is going to be asked.
    pub(super) fn ask(
        &mut self,
        execution: &Execution,
        question: Question,
        answer: oneshot::Sender<Answer>,
    ) -> Option<Gate> {
        if self.is_over {
            return None;
        }
        if self.open.len() >= QUESTIONS_MAX {
            // Who asked may be gone by now.
            let _ = answer.send(Answer::Nobody);
            return None;
        }
        let gate = self.gate(execution, question).storable();
        self.open.push(Open {
            gate: gate.clone(),
            expires: Instant::now() + self.limit,
            answer,
        });
        Some(gate)
    }

    fn gate(&self, execution: &Execution, question: Question) -> Gate {
        let Question {
            what,
            detail,
            options,
        } = question;
        let phase = execution.in_phase();
        Gate {
            id: GateId::new(),
            project_id: execution.project_id,
            phase_id: phase.map(|phase| phase.id),
            phase: phase.map(|phase| phase.name),
            execution_id: Some(execution.id),
            gate_type: GateType::Permission,
            question: format!("{} wants to: {what}", self.agent),
            context: GateContext {
                what: if detail.is_empty() { what } else { detail },
                why: format!("{} asks before it does this, and its command waits.", self.agent),
                next: "It goes on with what you answer. When the command ends first, the question ends with it."
                    .to_owned(),
                document_url: None,
            },
            options,
            status: GateStatus::Pending,
            chosen: None,
            response: None,
            created_at: clock::now().trunc_subsecs(6),
            responded_at: None,
        }
    }

    /// Waits until something is to be done.
    pub(super) async fn due(&mut self) -> Due {
        let oldest = self.open.first().map(|open| open.expires);
        let expired = async {
            match oldest {
                Some(at) => pause(at.saturating_duration_since(Instant::now())).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.end.cancelled(), if !self.is_over => Due::LetGo,
            Some(decide) = self.decisions.recv() => Due::Decided(decide),
            () = expired => Due::Expired,
        }
    }

    /// Nobody waits for an answer any more. The gates are closed with the command.
    pub(super) fn let_go(&mut self) {
        self.is_over = true;
        self.open.clear();
    }

    fn ids(&self) -> Vec<GateId> {
        self.open.iter().map(|open| open.gate.id).collect()
    }

    fn find(&self, gate: GateId) -> Option<&Gate> {
        let open = self.open.iter().map(|open| &open.gate);
        open.into_iter().find(|open| open.id == gate)
    }

    /// Tells the agent what was answered.
    fn answer(&mut self, gate: GateId, answer: Answer) {
        let Some(at) = self.open.iter().position(|open| open.gate.id == gate) else {
            return;
        };
        let open = self.open.remove(at);
        // Who asked may be gone by now.
        let _ = open.answer.send(answer);
    }
}

impl Drop for Asking {
    /// Who answers too late is told so.
    fn drop(&mut self) {
        self.decisions.close();
        while let Ok(decide) = self.decisions.try_recv() {
            decide.reply.send(Err(DecideError::NotAsked));
        }
    }
}

impl Follow {
    /// Has a person's answer stored, and then told.
    pub(super) async fn decide(
        &self,
        asking: &mut Asking,
        decide: Decide,
    ) -> Result<(), AppendError> {
        let Decide {
            decision,
            by,
            reply,
        } = decide;
        if reply.is_abandoned() {
            // They were told that it was not done.
            return Ok(());
        }
        let Some(gate) = asking.find(decision.gate) else {
            reply.send(Err(DecideError::NotAsked));
            return Ok(());
        };
        let decided = Gate {
            status: decision.status,
            chosen: Some(decision.option.clone()),
            response: decision.response,
            responded_at: Some(clock::now().trunc_subsecs(6)),
            ..gate.clone()
        };
        let change = self.report(Change::GateDecided(decided));
        let writer = self.writer.signed(by);
        let stored = writer.append_now(vec![change]).await.map(|_| ());
        let unknown = stored == Err(AppendError::Unknown);
        let is_stored = stored.is_ok();
        reply.send(stored.map_err(DecideError::from));
        if is_stored {
            asking.answer(decision.gate, Answer::Chosen(decision.option));
        } else if unknown {
            self.look_whether_decided(asking, decision.gate).await?;
        }
        Ok(())
    }

    /// Finds what people said on another server: that the command is to end, or what they answer.
    pub(super) async fn look(&self, asking: &mut Asking) {
        let (id, open) = (self.id(), asking.ids());
        let query = async |db: &DatabaseConnection| {
            let execution = execution::find(db, id).await?;
            let mut gates = Vec::new();
            for gate in &open {
                gates.extend(gate::find(db, *gate).await?);
            }
            Ok((execution, gates))
        };
        let (execution, gates) = match read_patiently(&self.reader, "what people said", query).await
        {
            Ok(read) => read,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                return tracing::error!(error, execution.id = %id, "what people said on another server cannot be read");
            }
        };
        if execution.is_some_and(|execution| execution.stop_asked) {
            self.cancel.cancel();
        }
        for gate in gates {
            if let Some(option) = gate.chosen {
                asking.answer(gate.id, Answer::Chosen(option));
            }
        }
    }

    /// It is not known whether an answer was stored: the agent is told what is.
    async fn look_whether_decided(
        &self,
        asking: &mut Asking,
        id: GateId,
    ) -> Result<(), AppendError> {
        self.writer.settled().await?;
        let query = async |db: &DatabaseConnection| gate::find(db, id).await;
        match read_patiently(&self.reader, "a question", query).await {
            Ok(Some(Gate {
                chosen: Some(option),
                ..
            })) => asking.answer(id, Answer::Chosen(option)),
            Ok(_) => {}
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, execution.id = %self.id(), "a question cannot be read, and waits until it expires");
            }
        }
        Ok(())
    }

    /// Nobody answered the oldest question in time.
    pub(super) async fn expire(&self, asking: &mut Asking) -> Result<(), AppendError> {
        let Some(open) = asking.open.first() else {
            return Ok(());
        };
        let id = open.gate.id;
        let expired = Gate {
            status: GateStatus::Expired,
            responded_at: Some(clock::now().trunc_subsecs(6)),
            ..open.gate.clone()
        };
        let change = self.report(Change::GateDecided(expired));
        match self.append(vec![change]).await {
            Ok(()) => {}
            // Decided after all, on another server or by what could not be found out.
            Err(AppendError::GatePast) => self.look_whether_decided(asking, id).await?,
            Err(error) => return Err(error),
        }
        asking.answer(id, Answer::Nobody);
        Ok(())
    }
}
