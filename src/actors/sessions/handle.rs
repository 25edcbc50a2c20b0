//! What others hold of the sessions.

use std::{collections::BTreeMap, time::Duration};

use super::{Delete, MAILBOX, MoveWorkflow, Parts, Post, Reset, Sessions};
use crate::{
    actors::{
        executor::Missed,
        patience::in_time,
        session::{PostError, Posted, WorkflowError, WorkflowOrder},
        supervisor::{Child, Policy, Spec, Supervisor, Unsent},
        writer::AppendError,
    },
    domain::{
        access::By,
        id::{ProjectId, TopicId},
        message::MessageText,
    },
};

/// What others hold of the sessions.
#[derive(Clone)]
pub struct SessionsHandle {
    child: Child<Sessions>,
    /// Who says and wants it.
    by: By,
}

impl SessionsHandle {
    /// Starts the sessions under `supervisor`. Gates expire after `gate_expires`, if that is said.
    pub fn start(
        supervisor: &Supervisor,
        arbiter: &actix_rt::ArbiterHandle,
        parts: Parts,
        gate_expires: Option<Duration>,
    ) -> Self {
        let spec = Spec {
            name: "sessions".to_owned(),
            parent: "supervisor",
            policy: Policy::Permanent,
            mailbox: MAILBOX,
        };
        let sessions = Sessions {
            supervisor: supervisor.clone(),
            arbiter: arbiter.clone(),
            parts,
            live: BTreeMap::new(),
            started: 0,
            gate_expires,
        };
        Self {
            child: supervisor.start(spec, arbiter, move |_| sessions),
            by: None,
        }
    }

    /// The same for what somebody says and wants.
    pub fn signed(&self, by: By) -> Self {
        Self { by, ..self.clone() }
    }

    /// Says something; see [`Post`].
    ///
    /// # Errors
    /// [`PostError`].
    pub async fn post(
        &self,
        project: ProjectId,
        text: MessageText,
        key: Option<String>,
        queued: bool,
    ) -> Result<Posted, PostError> {
        let answer = self
            .child
            .ask(|reply| Post {
                project,
                text,
                key,
                queued,
                by: self.by.clone(),
                reply,
            })
            .map_err(overloaded)?;
        in_time(answer).await
    }

    /// Begins a new topic; see [`Reset`].
    ///
    /// # Errors
    /// [`AppendError`].
    pub async fn reset(&self, project: ProjectId) -> Result<TopicId, AppendError> {
        let answer = self
            .child
            .ask(|reply| Reset {
                project,
                by: self.by.clone(),
                reply,
            })
            .map_err(overloaded)?;
        in_time(answer).await
    }

    /// Does something with a project's workflow; see [`MoveWorkflow`].
    ///
    /// # Errors
    /// [`WorkflowError`].
    pub async fn move_workflow(
        &self,
        project: ProjectId,
        order: WorkflowOrder,
    ) -> Result<(), WorkflowError> {
        let answer = self
            .child
            .ask(|reply| MoveWorkflow {
                project,
                order,
                by: self.by.clone(),
                reply,
            })
            .map_err(overloaded)?;
        in_time(answer).await
    }

    /// Deletes a project; see [`Delete`].
    ///
    /// # Errors
    /// [`AppendError`].
    pub async fn delete(&self, project: ProjectId) -> Result<(), AppendError> {
        let answer = self
            .child
            .ask(|reply| Delete { project, reply })
            .map_err(overloaded)?;
        in_time(answer).await
    }

    /// Has what other servers stored be looked for, in a project or in all this server works for. Whether they were told:
    /// their mailbox may be full.
    pub fn look_again(&self, project: Option<ProjectId>) -> bool {
        self.child.tell(Missed { project }) != Err(Unsent::Full)
    }
}

fn overloaded(_: Unsent) -> AppendError {
    AppendError::Overloaded
}
