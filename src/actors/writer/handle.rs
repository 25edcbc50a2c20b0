//! What others hold of the writer.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{
    Append, AppendError, CRASHES_MAX, Claim, MAILBOX, RETRY_FIRST, RETRY_LONGEST, Writer,
    WriterStatus,
    ledger::{Connection, Ledger},
};
use crate::{
    actors::{
        reply::Crashed,
        supervisor::{Child, Policy, Spec, Supervisor, Unsent},
    },
    db::apply::Logged,
    delay::Delays,
    domain::{access::By, change::Reported, id::ServerId, redaction::Secrets},
    feed::Feed,
    leases::Hold,
};

/// How long a person waits for their message to be stored before they are told that it was not. Longer than a lock of
/// another process, shorter than a browser's patience.
const PERSON_WAITS: Duration = Duration::from_secs(8);

/// How much longer they wait when it is being stored at that very moment: longer than a statement that is given up.
const DECIDED_WITHIN: Duration = Duration::from_secs(20);

/// What others hold of the writer.
#[derive(Clone)]
pub struct WriterHandle {
    child: Child<Writer>,
    status: WriterStatus,
    /// The server in whose name it is written, if only the one that works for the project may.
    holder: Option<ServerId>,
    /// Who does what is written.
    by: By,
    /// What is cut out of what is stored.
    secrets: Secrets,
}

impl WriterHandle {
    /// Starts the writer under `supervisor` on a thread of its own: a full mailbox is worked off in one go, and nobody
    /// else should wait for that. `connection` is one of `ledger`, which opens the next ones; `reads_failed` makes it look
    /// whether the database is away. `secrets` are cut out of all that is stored.
    pub fn start(
        supervisor: &Supervisor,
        arbiter: &actix_rt::ArbiterHandle,
        ledger: Arc<dyn Ledger>,
        connection: Box<dyn Connection>,
        reads_failed: watch::Receiver<()>,
        feed: Feed,
        secrets: Secrets,
    ) -> Self {
        let status = WriterStatus::default();
        let spec = Spec {
            name: "writer".to_owned(),
            parent: "supervisor",
            policy: Policy::Permanent,
            mailbox: MAILBOX,
        };
        let child = supervisor.start(spec, arbiter, {
            let status = status.clone();
            move |_| Writer {
                feed,
                status,
                ledger,
                connection: Some(connection),
                queue: VecDeque::new(),
                storing: 0,
                busy: false,
                delays: Delays::new(RETRY_FIRST, RETRY_LONGEST),
                reads_failed: reads_failed.clone(),
            }
        });
        Self {
            child,
            status,
            holder: None,
            by: None,
            secrets,
        }
    }

    /// The same for what somebody does.
    pub fn signed(&self, by: By) -> Self {
        Self { by, ..self.clone() }
    }

    /// The same for whoever has to do with these values as well, which must not be stored.
    pub fn keeping_out(&self, secrets: impl IntoIterator<Item = String>) -> Self {
        Self {
            secrets: self.secrets.and(secrets),
            ..self.clone()
        }
    }

    /// The same for whoever acts with this hold: what comes after it was lost is refused, with
    /// [`AppendError::NotHeld`].
    pub fn holding(&self, hold: &Hold) -> Self {
        Self {
            holder: hold.server(),
            ..self.clone()
        }
    }

    fn in_its_name(&self, changes: Vec<Reported>) -> Arc<[Reported]> {
        let named = |reported: Reported| Reported {
            holder: self.holder,
            by: reported.by.or_else(|| self.by.clone()),
            change: reported.change.without(&self.secrets),
            ..reported
        };
        changes.into_iter().map(named).collect()
    }

    /// Stores changes, however long the database is away and however full the queue. For what must not be lost.
    ///
    /// # Errors
    /// [`AppendError`], but neither `Overloaded` nor `Unavailable`.
    pub async fn append(&self, changes: Vec<Reported>) -> Result<Vec<Logged>, AppendError> {
        let changes = self.in_its_name(changes);
        let mut delays = Delays::new(Duration::from_millis(20), Duration::from_secs(1));
        let mut crashes = 0;
        loop {
            let changes = Arc::clone(&changes);
            let claim = Claim::open();
            let append = |reply| Append {
                changes,
                claim,
                maybe_stored: crashes > 0,
                reply,
            };
            match self.child.ask(append) {
                Ok(answer) => match answer.await {
                    Ok(decided) => return decided,
                    // It crashed with this in its hands. Asked again it looks first, so nothing is stored twice.
                    Err(Crashed) if crashes < CRASHES_MAX => crashes += 1,
                    Err(Crashed) => return Err(AppendError::Unknown),
                },
                Err(Unsent::Full) => delays.wait().await,
                Err(Unsent::Gone) => return Err(AppendError::Unknown),
            }
        }
    }

    /// Returns when everything appended before is decided, also what nobody waits for any more: an append of nothing
    /// stands behind all of it in the queue.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub async fn settled(&self) -> Result<(), AppendError> {
        self.append(Vec::new()).await.map(|_| ())
    }

    /// Stores changes a person waits for, for `PERSON_WAITS`, and if they are being stored just then for as long as that
    /// takes. What is answered with an error other than [`AppendError::Unknown`] is not stored later.
    ///
    /// # Errors
    /// [`AppendError`].
    pub async fn append_now(&self, changes: Vec<Reported>) -> Result<Vec<Logged>, AppendError> {
        let claim = Claim::open();
        let changes = self.in_its_name(changes);
        let append = |reply| Append {
            changes,
            claim: claim.clone(),
            maybe_stored: false,
            reply,
        };
        let mut answer = self
            .child
            .ask(append)
            .map_err(|_| AppendError::Overloaded)?;
        if let Ok(answer) = tokio::time::timeout(PERSON_WAITS, &mut answer).await {
            return answer?;
        }
        let decided = async {
            tokio::select! {
                biased;
                answer = answer => answer?,
                () = claim.given_up() => Err(AppendError::Unavailable),
            }
        };
        tokio::time::timeout(DECIDED_WITHIN, decided)
            .await
            .unwrap_or(Err(AppendError::Unknown))
    }

    /// What is cut out of what is stored, for whoever shows what is not stored yet.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Stores changes for as long as the caller waits; `begun` is called when a transaction has begun that stores them.
    ///
    /// # Errors
    /// As [`append_now`](Self::append_now).
    pub async fn append_watched(
        &self,
        changes: Vec<Reported>,
        begun: impl FnOnce(),
    ) -> Result<Vec<Logged>, AppendError> {
        let claim = Claim::open();
        let changes = self.in_its_name(changes);
        let append = |reply| Append {
            changes,
            claim: claim.clone(),
            maybe_stored: false,
            reply,
        };
        let answer = self.child.ask(append);
        let mut answer = answer.map_err(|_| AppendError::Overloaded)?;
        tokio::select! {
            biased;
            () = claim.taken() => begun(),
            answer = &mut answer => return answer?,
        }
        answer.await?
    }

    /// Appends that wait or are being stored, those nobody has looked at yet among them.
    pub fn queue(&self) -> usize {
        self.child.unanswered()
    }

    /// How the writer fares.
    pub fn status(&self) -> &WriterStatus {
        &self.status
    }
}
