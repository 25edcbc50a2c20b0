//! From an activity to the bytes that all streams share.

use std::hint::black_box;

use project_manager::feed::Frame;

use super::{
    recorded,
    workload::{Work, Workload},
};

pub(crate) fn workloads() -> Vec<Workload> {
    vec![Workload {
        name: "serialisation/eleven-activities",
        times: 100,
        ready: activities,
    }]
}

/// All that was recorded, each once. That an activity is copied first is part of it, and little of it.
fn activities() -> anyhow::Result<Work> {
    let activities = recorded::activities()?;
    Ok(Box::new(move || {
        for activity in &activities {
            black_box(Frame::new(activity.clone()));
        }
    }))
}
