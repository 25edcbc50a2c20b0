//! What is asked of the server beside the stream, until it is answered: to stop the command, and whether it has ended.

use std::time::Duration;

use futures_util::future::LocalBoxFuture;

use crate::{
    cli::client::{
        api::{Answer, Api},
        failure::Failure,
    },
    delay::{Delays, pause},
};

/// The first and the longest wait before it is asked once more.
const RETRY_FIRST: Duration = Duration::from_millis(200);
const RETRY_LONGEST: Duration = Duration::from_secs(5);

/// Something that is asked. It is not limited by itself: it ends with the watching, which has a limit for a server that is away.
pub(super) struct Asking<'a> {
    api: &'a Api,
    question: Question,
    delays: Delays,
    attempt: Option<LocalBoxFuture<'a, Result<Answer, Failure>>>,
}

/// What is asked.
pub(super) enum Question {
    /// How this is now.
    Get(String),
    /// To do this.
    Post(String),
}

impl<'a> Asking<'a> {
    /// Something that can be asked.
    pub(super) fn new(api: &'a Api, question: Question) -> Self {
        Self {
            api,
            question,
            delays: Delays::new(RETRY_FIRST, RETRY_LONGEST),
            attempt: None,
        }
    }

    /// Asks, unless that is being done.
    pub(super) fn start(&mut self) {
        if self.attempt.is_none() {
            self.delays.reset();
            self.attempt = Some(self.asked_after(Duration::ZERO));
        }
    }

    /// What comes of it: the answer, or why there is none. One that may come later is asked for again. It may be dropped and
    /// begun anew while it waits.
    pub(super) async fn outcome(&mut self) -> Result<Answer, Failure> {
        let Some(attempt) = &mut self.attempt else {
            return std::future::pending().await;
        };
        let outcome = attempt.await;
        self.attempt = match &outcome {
            Err(failure) if failure.may_pass() => {
                let wait = self.delays.next_delay();
                Some(self.asked_after(wait))
            }
            _ => None,
        };
        outcome
    }

    fn asked_after(&self, wait: Duration) -> LocalBoxFuture<'a, Result<Answer, Failure>> {
        let api = self.api;
        match &self.question {
            Question::Get(path) => {
                let path = path.clone();
                Box::pin(async move {
                    pause(wait).await;
                    api.get_once(path).await
                })
            }
            Question::Post(path) => {
                let path = path.clone();
                Box::pin(async move {
                    pause(wait).await;
                    api.post_once(path).await
                })
            }
        }
    }
}
