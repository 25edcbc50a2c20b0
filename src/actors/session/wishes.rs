//! What a person wants done with the workflow, said in the chat: done and answered in one append.

use super::{
    turn::{Conversation, TurnError},
    workflow::{Decision, Planned, Stage, WorkflowError, WorkflowOrder},
};
use crate::{
    actors::{patience::read_patiently, writer::AppendError},
    agent::workflow::{self as words, Wish},
    db::{message::Message, project},
    domain::{message::reply_key, vision::VisionDocument, workflow::GateStatus},
};

impl Conversation {
    /// Keeps a vision document, shows it, and asks whether it is what is wanted.
    pub(super) async fn keep_vision(
        &self,
        message: &Message,
        stage: Stage,
        document: VisionDocument,
    ) -> Result<(), TurnError> {
        let id = self.project;
        let query = async |db: &sea_orm::DatabaseConnection| project::find(db, id).await;
        let project = read_patiently(&self.parts.reader, "a project", query).await?;
        let name = project.map_or_else(String::new, |project| project.name);
        let reply = words::vision_written(&document, &name);
        let planned = self.plan_vision(stage, document).await;
        self.settle(message, planned, |_| reply).await
    }

    /// Does what a person wants done with the workflow.
    pub(super) async fn grant(
        &self,
        message: &Message,
        stage: &Stage,
        wish: Wish,
    ) -> Result<(), TurnError> {
        let decision = |status, response| {
            let open = stage.open_gate();
            open.map(|gate| {
                WorkflowOrder::Decide(Decision {
                    gate: gate.id,
                    status,
                    response,
                })
            })
        };
        let order = match &wish {
            Wish::Begin | Wish::Continue => Some(WorkflowOrder::GoOn),
            Wish::Reset => Some(WorkflowOrder::Reset),
            Wish::Approve => decision(GateStatus::Approved, None),
            Wish::Reject { reason } => decision(GateStatus::Rejected, Some(reason.clone())),
        };
        let planned = match order {
            Some(order) => self.planned(stage, order).await,
            None => Err(AppendError::GatePast.into()),
        };
        self.settle(message, planned, |workflow| words::done(&wish, workflow))
            .await
    }

    /// Stores what is planned together with the reply to the message that wanted it, and carries the workflow on.
    async fn settle(
        &self,
        message: &Message,
        planned: Result<Planned, WorkflowError>,
        reply: impl FnOnce(crate::domain::workflow::Workflow) -> String,
    ) -> Result<(), TurnError> {
        let key = reply_key(message.id);
        let refused = match planned {
            Ok(Planned {
                workflow,
                mut changes,
            }) => {
                changes.push(self.message(key.clone(), &reply(workflow)).await?);
                match self.append_all(changes).await {
                    Ok(()) => return self.carry_on().await,
                    Err(error) => WorkflowError::Append(error),
                }
            }
            Err(refused) => refused,
        };
        match refused {
            WorkflowError::NotNow(why) => self.say(key, words::not_now(why)).await,
            WorkflowError::Append(
                error @ (AppendError::GatePast | AppendError::PhasePast | AppendError::Duplicate),
            ) => self.say(key, format!("Nothing was done: {error}.")).await,
            WorkflowError::Append(error) => Err(error.into()),
            error @ WorkflowError::Unread => {
                self.say(key, format!("I could not do that: {error}."))
                    .await
            }
        }
    }
}
