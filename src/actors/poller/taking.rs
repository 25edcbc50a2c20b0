//! Taking in what a backend tells, and what people answer it meanwhile.

use tokio::sync::{mpsc, oneshot};

use super::{
    Follow, STEPS_AHEAD,
    asking::{Asking, Due},
    linking::Linking,
};
use crate::{
    actors::writer::AppendError,
    backends::Report,
    domain::{change::Change, step::Step},
    failpoint::FailPoint,
    feed::Growing,
};

impl Follow {
    /// Takes in everything until the backend has nothing more to tell. The next step has this place.
    pub(super) async fn take(
        &self,
        mut taken: mpsc::Receiver<Report>,
        next_step: i64,
        asking: Asking,
        linking: Linking,
    ) -> Result<(), AppendError> {
        let mut reports = Vec::new();
        let mut intake = Intake {
            next_step,
            asking,
            linking,
            growing: None,
        };
        loop {
            tokio::select! {
                // People first: of steps there may be many.
                biased;
                due = intake.asking.due() => match due {
                    Due::Decided(decide) => self.decide(&mut intake.asking, decide).await?,
                    Due::Expired => self.expire(&mut intake.asking).await?,
                    Due::LetGo => intake.asking.let_go(),
                },
                () = self.reins.look.notified() => self.look(&mut intake.asking).await,
                more = taken.recv_many(&mut reports, STEPS_AHEAD) => match more {
                    0 => return Ok(()),
                    _ => self.take_in(reports.drain(..), &mut intake).await?,
                },
            }
        }
    }

    /// Has all of these stored together, and then answers who waits for that.
    async fn take_in(
        &self,
        reports: impl Iterator<Item = Report>,
        intake: &mut Intake,
    ) -> Result<(), AppendError> {
        FailPoint::BackendReport.cross();
        let (mut changes, mut waiting) = (Vec::new(), Vec::new());
        for report in reports {
            let Some(change) = self.change(report, intake, &mut waiting) else {
                continue;
            };
            let linked = intake.linking.take(&self.execution, &change);
            changes.push(self.report(change));
            // With the step that tells of it, or not at all.
            changes.extend(linked.map(|linked| self.report(linked)));
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

    /// What is to be stored of a report, if anything.
    fn change(
        &self,
        report: Report,
        intake: &mut Intake,
        waiting: &mut Vec<oneshot::Sender<()>>,
    ) -> Option<Change> {
        let (execution, command) = (self.id(), self.execution.order.command);
        match report {
            Report::Step(step) => {
                intake.is_done(&step);
                intake.next_step += 1;
                Some(Change::StepTaken {
                    execution,
                    command,
                    source_index: intake.next_step - 1,
                    step: step.storable(),
                })
            }
            Report::Notice(notice) => Some(Change::ExecutionNoticed {
                execution,
                command,
                notice,
            }),
            Report::Keep {
                place,
                branch,
                kept,
            } => {
                waiting.push(kept);
                Some(Change::ExecutionPlaced {
                    execution,
                    place,
                    branch,
                })
            }
            Report::Ask { question, answer } => {
                let gate = intake.asking.ask(&self.execution, question, answer);
                gate.map(Change::GateOpened)
            }
            Report::Delta { block, text } => {
                let growing = &mut intake.growing;
                let growing = growing.get_or_insert_with(|| {
                    let secrets = self.writer.secrets().clone();
                    self.feed.grow(self.project(), execution, secrets)
                });
                growing.more(block, &text);
                None
            }
        }
    }
}

/// What is known of what a backend told so far.
struct Intake {
    /// The place of the next step.
    next_step: i64,
    asking: Asking,
    linking: Linking,
    /// Where is shown what it writes, once it does: without this a project that nobody watches costs no memory.
    growing: Option<Growing>,
}

impl Intake {
    /// A text that was shown while it was written is all there.
    fn is_done(&self, step: &Step) {
        if let Step::Text {
            block: Some(block), ..
        }
        | Step::Thinking {
            block: Some(block), ..
        } = step
            && let Some(growing) = &self.growing
        {
            growing.done(*block);
        }
    }
}
