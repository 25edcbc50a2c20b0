//! What callers are answered, held against what is committed: at once, and once more in the end.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    time::Duration,
};

use project_manager::{
    actors::writer::AppendError,
    db::apply::Logged,
    domain::{change::Reported, id::ActivityId},
};
use tokio::time::Instant;

use super::database::Database;

/// How long a person waits before nothing of theirs is stored any more.
const PERSON_WAITS: Duration = Duration::from_secs(8);

/// How often something may crash the writer before the writer gives it up.
const CRASHES: usize = 3;

/// How an append is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// However long it takes.
    Patiently,
    /// As for a person.
    Now,
    /// For this long. Then the caller is gone.
    Until(Duration),
}

/// An append and what came of it.
pub(super) struct Asked {
    pub(super) how: How,
    pub(super) began: Instant,
    pub(super) changes: Vec<Reported>,
    /// None when the caller was gone by then.
    pub(super) answer: Option<Result<Vec<Logged>, AppendError>>,
}

impl Asked {
    /// What must hold at the moment of the answer.
    pub(super) fn check(&self, database: &Database) {
        let crashes = database.crashes_since(self.began);
        let in_doubt = crashes > 0 || database.was_in_doubt(&self.changes);
        let waited = self.began.elapsed();
        let is_person = self.how == How::Now;
        match &self.answer {
            Some(Ok(logged)) => self.check_stored(logged, database),
            Some(Err(AppendError::Unknown)) => assert!(
                crashes >= CRASHES || (is_person && in_doubt),
                "what came of it is known: {self}"
            ),
            Some(Err(AppendError::Unavailable)) => assert!(
                is_person && waited >= PERSON_WAITS,
                "turned away after {waited:?}: {self}"
            ),
            Some(Err(AppendError::Overloaded)) => assert!(is_person, "turned away: {self}"),
            Some(Err(_)) => assert!(
                database.state().tables.take(&self.changes).is_err(),
                "refused for no reason of its own: {self}"
            ),
            None => {}
        }
        // Longer only if it was being stored by then, and as long as that may take.
        let most = PERSON_WAITS + database.patience() + Duration::from_millis(1);
        assert!(
            !is_person || in_doubt || waited <= most,
            "a person waited {waited:?}, and nothing is in doubt: {self}"
        );
    }

    /// What is said to be stored is committed by now, each in its place.
    fn check_stored(&self, logged: &[Logged], database: &Database) {
        let told: Vec<ActivityId> = logged.iter().map(|logged| logged.activity.id).collect();
        assert_eq!(told, self.in_the_log(), "told of something else: {self}");
        for Logged { project, activity } in logged {
            assert_eq!(
                database.at(*project, activity.seq),
                Some(activity.id),
                "not in its place in the log: {self}"
            );
        }
    }

    /// What of it the log tells, once it is stored.
    fn in_the_log(&self) -> Vec<ActivityId> {
        let changes = self.changes.iter();
        let told = changes.filter(|reported| reported.change.entry().is_some());
        told.map(|reported| reported.id).collect()
    }

    /// Whether the caller cannot know whether it is stored.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self.answer, None | Some(Err(AppendError::Unknown)))
    }

    fn is_stored(&self) -> bool {
        matches!(self.answer, Some(Ok(_)))
    }
}

/// What must hold in the end: the logs have no gap and nothing twice, all of what was answered to be there, and nothing
/// of what was answered not to be.
pub(super) fn check_logs(database: &Database, asked: &[Asked]) {
    let mut places = HashMap::new();
    for (project, log) in &database.state().tables.logs {
        for (place, activity) in log.iter().enumerate() {
            assert_eq!(activity.seq, place as i64 + 1, "a gap in {project}");
            let before = places.insert(activity.id, (*project, activity.seq));
            assert_eq!(before, None, "stored twice");
        }
    }
    // What was asked again, under the same ids, is one thing.
    let mut things: BTreeMap<ActivityId, Vec<&Asked>> = BTreeMap::new();
    for asked in asked {
        things.entry(asked.changes[0].id).or_default().push(asked);
    }
    for answers in things.into_values() {
        let all = answers[0].in_the_log();
        let there = all.iter().filter(|id| places.contains_key(id)).count();
        let first = answers[0];
        assert!(there == 0 || there == all.len(), "stored by half: {first}");
        if answers.iter().any(|asked| asked.is_stored()) {
            assert_eq!(there, all.len(), "lost: {first}");
        } else if !answers.iter().any(|asked| asked.is_unknown()) {
            assert_eq!(there, 0, "stored, and answered that it was not: {first}");
        }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: ", self.how)?;
        for reported in &self.changes {
            let (of, number) = reported.id.0.as_u64_pair();
            let (_, project) = reported.project.0.as_u64_pair();
            write!(f, "{of}.{number} in {project}, ")?;
        }
        match &self.answer {
            None => write!(f, "not heard"),
            Some(Err(error)) => write!(f, "{error:?}"),
            Some(Ok(logged)) => {
                let places = logged.iter().map(|logged| logged.activity.seq);
                write!(f, "stored at {:?}", places.collect::<Vec<_>>())
            }
        }
    }
}
