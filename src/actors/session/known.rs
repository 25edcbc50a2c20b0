//! What is known when a message has its turn: read once, for the rules and for the model.

use super::{left::LOOKED_BACK, turn::Conversation, workflow::Stage};
use crate::{
    agent::{self, Decision, LastCommand, Said, Situation},
    db::{
        ReadError,
        execution::{self, Execution},
        message::{self, Message},
        project::{self, Project},
    },
    domain::{execution::ExecutionStatus, github::mention::without_place, message::Role},
};

/// What is known.
pub(super) struct Known {
    /// None when it was deleted meanwhile.
    pub(super) project: Option<Project>,
    /// How many commands wait.
    pub(super) waiting: usize,
    /// What was said in the message's topic before it; what is queued is not said yet.
    pub(super) before: Vec<Message>,
}

impl Known {
    /// What the project manager said last.
    pub(super) fn previous_reply(&self) -> Option<&str> {
        let mut newest_first = self.before.iter().rev();
        let previous = newest_first.find(|said| said.role == Role::Assistant);
        previous.map(|said| said.content.as_str())
    }

    /// As the rules and the model are told it.
    pub(super) fn said(&self) -> Vec<Said<'_>> {
        let said = self.before.iter().map(|message| Said {
            role: message.role,
            text: without_place(&message.content),
        });
        said.collect()
    }
}

impl Conversation {
    pub(super) async fn known(&self, message: &Message) -> Result<Known, ReadError> {
        let id = self.project;
        self.parts
            .reader
            .read(async |db| {
                let waiting = execution::Page {
                    limit: LOOKED_BACK,
                    status: Some(ExecutionStatus::Queued),
                    command: None,
                };
                let before = message::Page {
                    limit: LOOKED_BACK,
                    before: Some(message.id),
                    topic: Some(message.topic_id),
                };
                let mut said = message::list(db, id, before).await?;
                said.retain(|said| !said.queued);
                Ok(Known {
                    project: project::find(db, id).await?,
                    waiting: execution::list(db, id, waiting).await?.len(),
                    before: said,
                })
            })
            .await
    }

    /// What the rules make of a message.
    pub(super) fn decide(
        &self,
        message: &Message,
        last: Option<&Execution>,
        stage: &Stage,
        known: &Known,
    ) -> Decision {
        let project = known.project.as_ref();
        let running = project.and_then(|project| project.running.as_ref());
        agent::decide(&Situation {
            said: &known.said(),
            workflow: stage.workflow(),
            has_vision: stage.vision.is_some(),
            text: without_place(&message.content),
            project_name: project.map_or("", |project| &project.name),
            has_workspace: project.is_some_and(|project| {
                let choice = project.backend.as_deref();
                project.workspace_path.is_some() || !self.parts.executor.needs_folder(choice)
            }),
            running: running.map(|execution| execution.order.command),
            queued: known.waiting,
            previous_reply: known.previous_reply(),
            last: last.map(LastCommand::from),
        })
    }
}
