//! Phases and gates.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use serde_json::Value as Json;

use super::{Left, source::Row, story::Story};
use crate::domain::{
    change::Change,
    id::{GateId, PhaseId},
    workflow::{Gate, GateContext, GateStatus, GateType, PhaseName, PhaseStatus},
};

/// What a person reads of a question that nobody had answered.
const WITHDRAWN: &str = "The project was brought over before this was decided; “continue” asks again where it is needed.";

/// The phases of a project, by their ids.
pub(super) type Phases = BTreeMap<Uuid, PhaseName>;

/// Adds the phases; which there are, and how many were taken.
pub(super) fn phases(rows: &[Row], story: &mut Story, left: &mut Left) -> (Phases, u64) {
    let mut ids: BTreeMap<PhaseName, PhaseId> = BTreeMap::new();
    let mut taken = Vec::new();
    for row in rows {
        match phase(row) {
            Ok((id, name, status)) if !ids.contains_key(&name) => {
                ids.insert(name, PhaseId(id));
                taken.push((name, status, row));
            }
            Ok((_, name, _)) => {
                let why = format!("there is another phase {:?} already", name.as_str());
                left.row("phase", row, &why);
            }
            Err(why) => left.row("phase", row, &why),
        }
    }
    if ids.is_empty() {
        return (Phases::new(), 0);
    }
    // All five are there or none.
    let phases = PhaseName::ALL.map(|name| *ids.entry(name).or_insert_with(PhaseId::new));
    story.add(story.begins(), Change::PhasesMade { phases });
    for (name, status, row) in &taken {
        moves(*name, *status, row, story);
    }
    let names = ids.into_iter().map(|(name, id)| (id.0, name)).collect();
    (names, taken.len() as u64)
}

fn phase(row: &Row) -> Result<(Uuid, PhaseName, PhaseStatus), String> {
    let id = row.uuid("id").ok_or("it has no id")?;
    let name = row.text("name").unwrap_or_default();
    let number = row.number("phase_number");
    let by_number = |phase: &PhaseName| number == Some(phase.number().into());
    let found = name.parse().ok();
    let found = found.or_else(|| PhaseName::ALL.into_iter().find(by_number));
    let found = found.ok_or_else(|| format!("it is {name:?}, which is none of the five phases"))?;
    Ok((id, found, row.word("status")?))
}

/// A phase that was begun was at work, and then came to stand as it does.
fn moves(name: PhaseName, status: PhaseStatus, row: &Row, story: &mut Story) {
    if status == PhaseStatus::Pending {
        return;
    }
    let (started, ended) = (row.time("started_at"), row.time("completed_at"));
    let began = started.or(ended).unwrap_or(story.begins());
    story.move_phase(began, name, PhaseStatus::InProgress);
    if status != PhaseStatus::InProgress {
        story.move_phase(ended.unwrap_or(began).max(began), name, status);
    }
}

/// Adds the gates; how many. What nobody had decided is taken back `now`: nothing waits for its answer.
pub(super) fn gates(
    rows: &[Row],
    phases: &Phases,
    now: DateTime<Utc>,
    story: &mut Story,
    left: &mut Left,
) -> u64 {
    let mut taken = 0;
    for row in rows {
        match gate(row, phases, now, story) {
            Ok(gate) => {
                taken += 1;
                let open = Gate {
                    status: GateStatus::Pending,
                    response: None,
                    responded_at: None,
                    ..gate.clone()
                };
                story.add(gate.created_at, Change::GateOpened(open));
                let decided_at = gate.responded_at.unwrap_or(gate.created_at);
                story.add(decided_at, Change::GateDecided(gate));
            }
            Err(why) => left.row("gate", row, &why),
        }
    }
    taken
}

fn gate(row: &Row, phases: &Phases, now: DateTime<Utc>, story: &Story) -> Result<Gate, String> {
    let id = row.uuid("id").ok_or("it has no id")?;
    let phase = row
        .uuid("phase_id")
        .and_then(|id| Some((id, *phases.get(&id)?)));
    let name = phase.map(|(_, name)| name);
    let created_at = row.time("created_at").unwrap_or(story.begins());
    let created_at = created_at.max(story.begins());
    let answered_at = row.time("responded_at").map(|at| at.max(created_at));
    let (status, response, responded_at) = match row.word("status")? {
        GateStatus::Pending => (GateStatus::Withdrawn, Some(WITHDRAWN.to_owned()), Some(now)),
        status => (
            status,
            row.filled("response"),
            Some(answered_at.unwrap_or(created_at)),
        ),
    };
    let gate = Gate {
        id: GateId(id),
        project_id: story.project(),
        phase_id: phase.map(|(id, _)| PhaseId(id)),
        phase: name,
        execution_id: None,
        gate_type: gate_type(row, name)?,
        question: row.filled("question").ok_or("it asks nothing")?,
        context: GateContext {
            what: row.json("context").map(readable).unwrap_or_default(),
            ..GateContext::default()
        },
        options: Vec::new(),
        status,
        chosen: None,
        response,
        created_at,
        responded_at,
    };
    Ok(gate.storable())
}

/// What is asked, by the word for it, else by the phase at whose end it is asked.
fn gate_type(row: &Row, phase: Option<PhaseName>) -> Result<GateType, String> {
    let word = row.text("gate_type").unwrap_or_default();
    let says = |part: &str| word.to_lowercase().contains(part);
    match (says("vision"), says("plan"), says("valid")) {
        (true, _, _) => Ok(GateType::Vision),
        (_, true, _) => Ok(GateType::Plan),
        (_, _, true) => Ok(GateType::Validation),
        _ => phase
            .and_then(PhaseName::gate)
            .ok_or_else(|| format!("its gate_type is {word:?}, which is not known")),
    }
}

fn readable(context: &Json) -> String {
    match context {
        Json::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_else(|_| other.to_string()),
    }
}
