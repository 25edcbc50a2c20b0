//! Taking in what a backend tells, and what people answer it meanwhile.

use tokio::sync::mpsc;

use super::{
    Follow, STEPS_AHEAD,
    asking::{Asking, Due},
};
use crate::{
    actors::writer::AppendError, backends::Report, domain::change::Change, failpoint::FailPoint,
};

impl Follow {
    /// Takes in everything until the backend has nothing more to tell. The next step has this place.
    pub(super) async fn take(
        &self,
        mut taken: mpsc::Receiver<Report>,
        mut next_step: i64,
        mut asking: Asking,
    ) -> Result<(), AppendError> {
        let mut reports = Vec::new();
        loop {
            tokio::select! {
                // People first: of steps there may be many.
                biased;
                due = asking.due() => match due {
                    Due::Decided(decide) => self.decide(&mut asking, decide).await?,
                    Due::Expired => self.expire(&mut asking).await?,
                    Due::LetGo => asking.let_go(),
                },
                more = taken.recv_many(&mut reports, STEPS_AHEAD) => match more {
                    0 => return Ok(()),
                    _ => self.take_in(reports.drain(..), &mut next_step, &mut asking).await?,
                },
            }
        }
    }

    /// Has all of these stored together, and then answers who waits for that.
    async fn take_in(
        &self,
        reports: impl Iterator<Item = Report>,
        next_step: &mut i64,
        asking: &mut Asking,
    ) -> Result<(), AppendError> {
        FailPoint::BackendReport.cross();
        let (execution, command) = (self.id(), self.execution.order.command);
        let (mut changes, mut waiting) = (Vec::new(), Vec::new());
        for report in reports {
            changes.push(self.report(match report {
                Report::Step(step) => {
                    *next_step += 1;
                    Change::StepTaken {
                        execution,
                        command,
                        source_index: *next_step - 1,
                        step: step.storable(),
                    }
                }
                Report::Notice(notice) => Change::ExecutionNoticed {
                    execution,
                    command,
                    notice,
                },
                Report::Keep { place, kept, .. } => {
                    waiting.push(kept);
                    Change::ExecutionPlaced { execution, place }
                }
                Report::Ask { question, answer } => {
                    match asking.ask(&self.execution, question, answer) {
                        Some(gate) => Change::GateOpened(gate),
                        None => continue,
                    }
                }
                Report::Delta { .. } => continue,
            }));
        }
        if !changes.is_empty() {
            self.append(changes).await?;
        }
        for kept in waiting {
            // Who waited may be gone by now.
            let _ = kept.send(());
        }
        Ok(())
    }
}
