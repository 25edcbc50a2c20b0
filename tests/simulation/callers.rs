//! Who has something to store: several at once, some patient, some not, some gone before they are answered.

use futures_util::future::join_all;
use project_manager::{actors::writer::WriterHandle, delay::pause, domain::change::Reported};
use tokio::time::{Instant, timeout};

use super::{
    answers::{Asked, How},
    changes::Changes,
    database::Database,
    trace::Pen,
};
use crate::support::Chance;

/// More than the writer lets wait.
const FLOOD: usize = 1_100;

/// Somebody who has things to store.
pub(super) struct Caller {
    pub(super) changes: Changes,
    pub(super) writer: WriterHandle,
    pub(super) database: Database,
    pub(super) chance: Chance,
    pub(super) pen: Pen,
}

impl Caller {
    /// Has things stored, now one and now several at once, and gives what was answered.
    pub(super) async fn call(mut self) -> Vec<Asked> {
        let mut all = Vec::new();
        let rounds = 1 + self.chance.below(5);
        for _ in 0..1 + self.chance.below(rounds) {
            pause(self.chance.millis(5_000)).await;
            let at_once = match self.chance.once_in(2_000) {
                true => FLOOD,
                false => [1, 1, 2, 5][self.chance.below(4)],
            };
            let appends: Vec<_> = (0..at_once)
                .map(|_| (self.how(), self.changes.append()))
                .collect();
            let asked = appends
                .into_iter()
                .map(|(how, changes)| self.ask(how, changes));
            let asked = join_all(asked).await;
            for unknown in asked.iter().filter(|asked| asked.is_unknown()) {
                if self.chance.once_in(2) {
                    // Under the same ids: it is not stored twice.
                    let again = unknown.changes.clone();
                    all.push(self.ask(How::Patiently, again).await);
                }
            }
            all.extend(asked);
        }
        all
    }

    fn how(&mut self) -> How {
        match self.chance.below(6) {
            0..3 => How::Patiently,
            3..5 => How::Now,
            _ => How::Until(self.chance.millis(4_000)),
        }
    }

    async fn ask(&self, how: How, changes: Vec<Reported>) -> Asked {
        let began = Instant::now();
        let answer = match how {
            How::Patiently => Some(self.writer.append(changes.clone()).await),
            How::Now => Some(self.writer.append_now(changes.clone()).await),
            How::Until(gone) => timeout(gone, self.writer.append(changes.clone()))
                .await
                .ok(),
        };
        let asked = Asked {
            how,
            began,
            changes,
            answer,
        };
        self.pen.note(asked.to_string());
        asked.check(&self.database);
        asked
    }
}
