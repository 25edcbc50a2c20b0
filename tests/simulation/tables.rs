//! What the database takes and what it refuses, as the tables of the real one do.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt,
};

use project_manager::{
    actors::writer::AppendError,
    domain::{
        activity::Activity,
        change::{Change, Reported},
        id::{ActivityId, ExecutionId, ProjectId},
    },
};

/// What is refused, whoever says it and however often.
pub(super) const POISON: &str = "poison";

/// What crashes whoever stores it or looks for it; mostly.
pub(super) const CRASHER: &str = "crasher";

/// What is committed.
pub(super) struct Tables {
    pub(super) logs: BTreeMap<ProjectId, Vec<Activity>>,
    marks: HashSet<Mark>,
}

/// What a transaction adds.
#[derive(Default)]
pub(super) struct Added {
    projects: Vec<ProjectId>,
    pub(super) activities: Vec<(ProjectId, Activity)>,
    marks: HashSet<Mark>,
}

/// What can be there only once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Mark {
    Activity(ActivityId),
    Key(ProjectId, String),
    Step(ExecutionId, i64),
    Ended(ExecutionId),
}

impl Tables {
    /// Those of these projects, with nothing in their logs.
    pub(super) fn with(projects: &[ProjectId]) -> Self {
        Self {
            logs: projects.iter().map(|id| (*id, Vec::new())).collect(),
            marks: HashSet::new(),
        }
    }

    /// Those of these activities that the logs hold.
    pub(super) fn among(&self, ids: &[ActivityId]) -> Vec<Activity> {
        let all = self.logs.values().flatten();
        all.filter(|activity| ids.contains(&activity.id))
            .cloned()
            .collect()
    }

    /// What these changes would add, in their order.
    ///
    /// # Errors
    /// When one of them is refused.
    pub(super) fn take<'a>(
        &self,
        changes: impl IntoIterator<Item = &'a Reported>,
    ) -> Result<Added, AppendError> {
        let mut added = Added::default();
        for reported in changes {
            self.take_one(reported, &mut added)?;
            if let Some(entry) = reported.change.entry() {
                let id = reported.id;
                self.mark(Mark::Activity(id), AppendError::Duplicate, &mut added)?;
                let of_project = |(of, _): &&(ProjectId, Activity)| *of == reported.project;
                let before = added.activities.iter().filter(of_project).count()
                    + self.logs.get(&reported.project).map_or(0, Vec::len);
                let activity = Activity {
                    id,
                    seq: i64::try_from(before).expect("it fits") + 1,
                    timestamp: reported.at,
                    entry,
                };
                added.activities.push((reported.project, activity));
            }
        }
        Ok(added)
    }

    fn take_one(&self, reported: &Reported, added: &mut Added) -> Result<(), AppendError> {
        let project = reported.project;
        let known = self.logs.contains_key(&project) || added.projects.contains(&project);
        match &reported.change {
            Change::ProjectCreated(_) if known => Err(AppendError::Duplicate),
            Change::ProjectCreated(_) => {
                added.projects.push(project);
                Ok(())
            }
            _ if !known => Err(AppendError::ProjectUnknown(project)),
            Change::Noticed { message, .. } if message == POISON => {
                Err(AppendError::Refused(message.clone()))
            }
            Change::MessagePosted(new) => match &new.key {
                Some(key) => {
                    let key = Mark::Key(project, key.clone());
                    self.mark(key, AppendError::Duplicate, added)
                }
                None => Ok(()),
            },
            Change::StepTaken {
                execution,
                source_index,
                ..
            } => {
                let step = Mark::Step(*execution, *source_index);
                self.mark(step, AppendError::Duplicate, added)
            }
            Change::ExecutionFinished { execution, .. } => {
                self.mark(Mark::Ended(*execution), AppendError::ExecutionPast, added)
            }
            Change::ExecutionPlaced { execution, .. }
                if self.has(&Mark::Ended(*execution), added) =>
            {
                Err(AppendError::ExecutionPast)
            }
            _ => Ok(()),
        }
    }

    fn has(&self, mark: &Mark, added: &Added) -> bool {
        added.marks.contains(mark) || self.marks.contains(mark)
    }

    fn mark(
        &self,
        mark: Mark,
        otherwise: AppendError,
        added: &mut Added,
    ) -> Result<(), AppendError> {
        if self.has(&mark, added) {
            return Err(otherwise);
        }
        added.marks.insert(mark);
        Ok(())
    }

    /// Adds it.
    pub(super) fn add(&mut self, added: Added) {
        for project in added.projects {
            self.logs.entry(project).or_default();
        }
        for (project, activity) in added.activities {
            self.logs.entry(project).or_default().push(activity);
        }
        self.marks.extend(added.marks);
    }
}

impl Added {
    /// What of it stands in logs.
    pub(super) fn activities(&self) -> impl Iterator<Item = &Activity> {
        self.activities.iter().map(|(_, activity)| activity)
    }

    /// In whose logs it stands.
    pub(super) fn projects(&self) -> BTreeSet<ProjectId> {
        self.activities
            .iter()
            .map(|(project, _)| *project)
            .collect()
    }
}

impl fmt::Display for Added {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (project, activity) in &self.activities {
            let (_, project) = project.0.as_u64_pair();
            write!(f, "{project}:{} ", activity.seq)?;
        }
        Ok(())
    }
}
