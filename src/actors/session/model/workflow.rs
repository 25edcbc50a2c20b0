//! What the model's tools do with the workflow: less than a person may, and never what only a person decides.

use serde_json::{Value, json};

use crate::{
    actors::session::{
        turn::Conversation,
        workflow::{Planned, WorkflowError, WorkflowOrder},
    },
    agent,
    db::{ReadError, message::Message},
    domain::vision::{ITEMS_MAX, PART_CHARS_MAX, VisionDocument},
};

impl Conversation {
    pub(super) async fn workflow_status(&self) -> Result<Value, ReadError> {
        let stage = self.stage().await?;
        let workflow = stage.workflow();
        let phases: Vec<Value> = stage
            .phases()
            .iter()
            .map(|phase| json!({ "name": phase.name, "status": phase.status }))
            .collect();
        let asked = stage.open_gate().map(|gate| {
            json!({ "phase": gate.phase, "question": gate.question, "what": gate.context.what })
        });
        Ok(json!({
            "status": workflow.standing(), "phases": phases, "waits_for_the_person": asked,
            "vision_document": stage.vision, "last_rejected_because": stage.rejected(),
        }))
    }

    /// **Invariant:** only the person's own words have it go on.
    pub(super) async fn continue_workflow(&self, message: &Message) -> String {
        if !agent::says_go_on(&message.content) {
            return "Nothing was done: not authorised: the person did not say that it is to go on."
                .to_owned();
        }
        let stage = match self.stage().await {
            Ok(stage) => stage,
            Err(error) => return unread(&error),
        };
        let planned = self.planned(&stage, WorkflowOrder::GoOn).await;
        self.put_down(planned).await
    }

    /// Only after the person has asked for it, and it starts nothing: they decide on it.
    pub(super) async fn save_vision(&self, document: VisionDocument) -> String {
        if let Some(why) = unfit(&document) {
            return format!("Error: {why} Nothing was kept.");
        }
        let stage = match self.stage().await {
            Ok(stage) => stage,
            Err(error) => return unread(&error),
        };
        let planned = self.plan_vision(stage, document).await;
        self.put_down(planned).await
    }

    async fn put_down(&self, planned: Result<Planned, WorkflowError>) -> String {
        let stored = match planned {
            Ok(Planned { workflow, changes }) => match self.append_all(changes).await {
                Ok(()) => Ok(workflow),
                Err(error) => Err(WorkflowError::Append(error)),
            },
            Err(error) => Err(error),
        };
        match stored {
            Ok(workflow) => {
                if let Err(error) = self.carry_on().await {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, project.id = %self.project, "a workflow could not be carried on; it is tried again");
                }
                let stands = agent::workflow::standing(workflow).unwrap_or_default();
                format!("Done. The facts: {stands}")
            }
            Err(error) => format!("Error: nothing was done: {error}."),
        }
    }
}

fn unread(error: &ReadError) -> String {
    tracing::warn!(
        error = error as &dyn std::error::Error,
        "a tool could not read"
    );
    "Error: the database is not answering.".to_owned()
}

/// What keeps a document from being one, for the model to put right.
fn unfit(document: &VisionDocument) -> Option<String> {
    if let [first, ..] = document.missing().as_slice() {
        return Some(format!("{first} is missing: ask the person."));
    }
    let VisionDocument {
        what_it_is,
        who_its_for,
        problem_statement,
        solution_overview,
        key_features,
        user_journey,
        success_metrics,
        out_of_scope,
    } = document;
    let features = key_features
        .iter()
        .flat_map(|feature| [&feature.name, &feature.description]);
    let texts = [
        what_it_is,
        who_its_for,
        problem_statement,
        solution_overview,
        user_journey,
    ];
    let mut texts = texts
        .into_iter()
        .chain(features)
        .chain(success_metrics)
        .chain(out_of_scope);
    if texts.any(|text| text.chars().count() > PART_CHARS_MAX || text.contains('\0')) {
        return Some(format!(
            "a part is longer than {PART_CHARS_MAX} characters, or has one that cannot be kept."
        ));
    }
    let longest = key_features
        .len()
        .max(success_metrics.len())
        .max(out_of_scope.len());
    (longest > ITEMS_MAX).then(|| format!("a list has more than {ITEMS_MAX} items."))
}
