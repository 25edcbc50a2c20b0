//! The words the log keeps of a workflow.

use serde_json::json;

use crate::domain::{
    activity::{Entry, Kind, Source},
    project::ProjectStatus,
    vision::VisionDocument,
    workflow::{Gate, GateStatus, GateType, Move, PhaseStatus, Standing},
};

pub(super) fn vision_written(document: &VisionDocument) -> Entry {
    Entry {
        status: Some("vision_written".to_owned()),
        detail: Some(document.what_it_is.clone()),
        ..Entry::new(Source::Pm, Kind::Pm, "Wrote the vision document")
    }
}

pub(super) fn phase_moved(
    moved: Move,
    standing: Standing,
    project: ProjectStatus,
    why: Option<&str>,
) -> Entry {
    let name = moved.phase.as_str();
    let mut message = match moved.to {
        PhaseStatus::Pending => format!("{name}: not begun"),
        PhaseStatus::InProgress => format!("{name}: begun"),
        PhaseStatus::AwaitingApproval => format!("{name}: waits for your decision"),
        PhaseStatus::Paused => format!("{name}: paused"),
        PhaseStatus::Failed => format!("{name}: failed"),
        PhaseStatus::Completed => format!("{name}: done"),
    };
    if let Some(why) = why {
        message += &format!(", {why}");
    }
    let number = moved.phase.number();
    Entry {
        phase: Some(name.to_owned()),
        status: Some(moved.to.as_str().to_owned()),
        detail: why.map(str::to_owned),
        data: Some(json!({
            "phase": { "name": name, "order": number, "status": moved.to },
            "workflow": standing,
            "project_status": project,
        })),
        ..Entry::new(Source::Pm, Kind::Phase, message)
    }
}

pub(super) fn gate(gate: &Gate) -> Entry {
    Entry {
        execution_id: gate.execution_id,
        phase: gate.phase.map(|phase| phase.as_str().to_owned()),
        status: Some(gate.status.as_str().to_owned()),
        detail: gate.response.clone(),
        data: Some(json!({ "gate": gate })),
        ..Entry::new(
            Source::Pm,
            Kind::Gate,
            match gate.gate_type {
                GateType::Permission => of_agent(gate),
                GateType::Vision | GateType::Plan | GateType::Validation => of_phase(gate),
            },
        )
    }
}

/// What a coding agent asks, and what became of it.
fn of_agent(gate: &Gate) -> String {
    let chosen = gate.options.iter();
    let chosen = chosen.filter(|option| Some(&option.id) == gate.chosen.as_ref());
    let chosen = chosen.map(|option| format!(" “{}”", option.name)).next();
    let (chosen, question) = (chosen.unwrap_or_default(), &gate.question);
    match gate.status {
        GateStatus::Pending => format!("Asks for your decision: {question}"),
        GateStatus::Approved => format!("You allowed it{chosen}: {question}"),
        GateStatus::Rejected => format!("You did not allow it{chosen}: {question}"),
        GateStatus::Expired => format!("Nobody answered in time: {question}"),
        GateStatus::Withdrawn => format!("Was not answered: {question}"),
    }
}

fn of_phase(gate: &Gate) -> String {
    let name = gate.phase.map_or("the workflow", |phase| phase.as_str());
    match (gate.status, &gate.response) {
        (GateStatus::Pending, _) => format!("Asks for your decision: {}", gate.question),
        (GateStatus::Approved, None) => format!("You approved {name}"),
        (GateStatus::Approved, Some(notes)) => format!("You approved {name}: {notes}"),
        (GateStatus::Rejected, reason) => {
            format!(
                "You rejected {name}: {}",
                reason.as_deref().unwrap_or_default()
            )
        }
        (GateStatus::Expired, _) => format!("Nobody decided on {name} in time"),
        (GateStatus::Withdrawn, _) => format!("Takes back its question about {name}"),
    }
}
