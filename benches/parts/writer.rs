//! Storing: steps of a command, through the real writer into a SQLite file.
//!
//! With all that belongs to it: the words of the log, the statements, SQLite's own work on its thread, and the commit. How
//! long the disk takes to make it last is in the times, and not in the counts.

use futures_util::future::join_all;
use project_manager::domain::{
    change::{Change, Reported},
    execution::Command,
    step::Step,
};

use super::{
    recorded,
    store::Store,
    workload::{Work, Workload},
};

/// Callers whose appends become one group: all have asked before the writer has begun.
const CALLERS: usize = 64;

pub(crate) fn workloads() -> Vec<Workload> {
    vec![
        Workload {
            name: "writer/append",
            times: 120,
            ready: || append(1),
        },
        Workload {
            name: "writer/group-of-64",
            times: 3,
            ready: || append(CALLERS),
        },
    ]
}

/// So many callers append a step each, and wait until it is stored.
fn append(callers: usize) -> anyhow::Result<Work> {
    let store = Store::open()?;
    let steps: Vec<Step> = recorded::changes(store.execution)?
        .into_iter()
        .filter_map(|change| match change {
            Change::StepTaken { step, .. } => Some(step),
            _ => None,
        })
        .collect();
    let (execution, project) = (store.execution, store.project);
    let next = (0..).zip(steps.into_iter().cycle());
    let mut changes = next.map(move |(source_index, step)| Change::StepTaken {
        execution,
        command: Command::Prime,
        source_index,
        step,
    });
    Ok(Box::new(move || {
        let appends = changes
            .by_ref()
            .take(callers)
            .map(|change| store.writer.append(vec![Reported::now(project, change)]));
        for stored in store.block_on(join_all(appends)) {
            stored.expect("it is stored");
        }
    }))
}
