//! Points at which this program can be made to fail on purpose, to see that it holds what it promises.
//!
//! Without the feature `failpoints` nothing of it is in the program, and a release build cannot have it. With it, the
//! variable `FAILPOINTS` says what happens where, in the words of the crate `fail`:
//!
//! ```text
//! FAILPOINTS='rows-inserted=20*off->1*panic->off;stream-write=1%return(delay)'
//! ```
//!
//! `panic` panics, `return(error)` fails as the real thing would, `return(delay)` takes its time. What the point is made
//! to do, it also says in the log.

#[cfg(feature = "failpoints")]
mod with;
#[cfg(not(feature = "failpoints"))]
mod without;

#[cfg(feature = "failpoints")]
pub use self::with::{Around, from_environment};
#[cfg(not(feature = "failpoints"))]
pub use self::without::Around;

#[cfg(all(feature = "failpoints", not(debug_assertions)))]
compile_error!(
    "the feature `failpoints` is for tests: no release build may be able to fail on purpose"
);

/// Where the program can be made to fail. Its name in `FAILPOINTS` is in kebab case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumIter)]
#[strum(serialize_all = "kebab-case")]
pub enum FailPoint {
    /// The writer has begun a transaction and inserted nothing.
    BeforeInserts,
    /// Everything is inserted, and can still be taken back.
    AfterInserts,
    /// The commit is about to be asked for, and whoever waits can no longer give up.
    BeforeCommit,
    /// The commit has succeeded, and its answer got lost.
    CommitUnknown,
    /// What was committed is about to be published and acknowledged.
    BeforePublish,
    /// A read of the database, for everybody but the writer.
    DatabaseRead,
    /// The writer was given changes to store, and has not looked at them.
    BeforeAppend,
    /// The writer has put them into its queue.
    AfterAppend,
    /// The executor was given a command to queue.
    BeforeQueue,
    /// The executor is storing it.
    AfterQueue,
    /// The executor was asked to end an execution.
    BeforeCancel,
    /// It has told whoever runs it, or is storing its end.
    AfterCancel,
    /// The executor was given a person's answer to a coding agent.
    BeforeDecide,
    /// It has handed that on.
    AfterDecide,
    /// The executor was asked to end all of a project's executions.
    BeforeStop,
    /// It is doing so.
    AfterStop,
    /// The executor was told that an execution has ended.
    BeforeEnded,
    /// It has given away the slot, or is about to.
    AfterEnded,
    /// The executor was asked to tell of endings.
    BeforeFollow,
    /// It will.
    AfterFollow,
    /// The executor was told to look what others stored, where commands run, and for which projects this server works.
    BeforeLookAgain,
    /// It has let go of what it lost, and is looking.
    AfterLookAgain,
    /// The executor was told that the server stops.
    BeforeStandDown,
    /// It starts nothing more.
    AfterStandDown,
    /// The executor was told that a poller was given up.
    BeforeGivenUp,
    /// It is closing its execution.
    AfterGivenUp,
    /// A poller was asked to end its execution.
    BeforePollerCancel,
    /// It has passed that on.
    AfterPollerCancel,
    /// A poller was given a person's answer to a coding agent.
    BeforePollerDecide,
    /// It has its turn, or nobody waits for it.
    AfterPollerDecide,
    /// The canary was asked to sing.
    BeforeSing,
    /// It sings, or has just done so.
    AfterSing,
    /// The sessions were given a message of a person.
    BeforePost,
    /// They have handed it to the project's session.
    AfterPost,
    /// The sessions were asked for a new topic.
    BeforeReset,
    /// They have handed that on.
    AfterReset,
    /// The sessions were asked to do something with a workflow.
    BeforeMoveWorkflow,
    /// They have handed that on.
    AfterMoveWorkflow,
    /// The sessions were asked to delete a project.
    BeforeDelete,
    /// They are having that stored.
    AfterDelete,
    /// The sessions were told that an execution has ended.
    BeforeSessionsEnded,
    /// They are finding out whom to tell.
    AfterSessionsEnded,
    /// The sessions were told that something may have happened without a word to them.
    BeforeMissed,
    /// They are finding out what.
    AfterMissed,
    /// The sessions were told that a session was given up.
    BeforeSetAside,
    /// They are telling its project.
    AfterSetAside,
    /// A session was given a message of a person.
    BeforeSessionPost,
    /// It is storing it.
    AfterSessionPost,
    /// A session was asked for a new topic.
    BeforeSessionReset,
    /// It is storing it.
    AfterSessionReset,
    /// A session was asked to do something with its workflow.
    BeforeWorkflowMoves,
    /// It is storing what comes of it.
    AfterWorkflowMoves,
    /// A session was told that an execution it ordered has ended.
    BeforeReport,
    /// The report has its turn, or waits for it.
    AfterReport,
    /// A session was told to look for what waits for an answer, a report or its turn.
    BeforeLook,
    /// It is looking.
    AfterLook,
    /// A turn of a conversation is about to be taken.
    Turn,
    /// A command is about to be handed to what runs it.
    BackendRun,
    /// What runs a command told something of it.
    BackendReport,
    /// A command has come to its end, which is not stored yet.
    BackendEnd,
    /// A request to SCAR is about to be made.
    ScarRequest,
    /// Somebody outside is about to be told of something.
    NotificationRequest,
    /// They have answered, and that is about to be stored.
    NotificationAnswered,
    /// A pull request is about to be looked at.
    PullRequestLook,
    /// GitHub has answered, and that is about to be stored.
    PullRequestLooked,
    /// It is about to be asked whether who said something on GitHub may.
    MentionTaken,
    /// The conversation was told what they said, and that is about to be stored.
    MentionPosted,
    /// The answer is on GitHub, and that is about to be stored.
    MentionAnswered,
    /// A process of a command is about to be started.
    ChildStart,
    /// A coding agent on this machine told or asked something.
    AgentLine,
    /// What a coding agent asked is about to be answered.
    AgentAnswer,
    /// Something is about to be written to an event stream.
    StreamWrite,
    /// Something is about to be sent to a chat window.
    WindowWrite,
}

/// What a point can be made to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It panics.
    Panic,
    /// It fails with the error that is usual there.
    Error,
    /// It takes its time.
    Delay,
}

impl FailPoint {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// An error somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this was made to fail on purpose at {0}")]
pub struct OnPurpose(&'static str);
