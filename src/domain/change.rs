//! Changes: what happened, in the past tense. The writer stores each with the activity that tells of it.

mod entry;
mod texts;

use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::Value;

use super::{
    access::Access,
    access::By,
    execution::{Command, NewExecution, Notice, Outcome},
    github::{Heard, IssueCounts, Moved, PullChange, event::IssueMoved},
    id::{ActivityId, ExecutionId, MessageId, PhaseId, ProjectId, ServerId, TopicId},
    message::{MessageText, Role},
    notification::Tried,
    project::{AgentEdit, AgentSettings, ProjectName, ProjectStatus},
    search::Words,
    step::Step,
    vision::VisionDocument,
    workflow::{Gate, Move, PhaseName, Standing},
};

/// A change with what makes it one of a kind: reported twice, it is stored once.
#[derive(Debug, Clone)]
pub struct Reported {
    /// The id its activity will have.
    pub id: ActivityId,
    /// Whose log it belongs to.
    pub project: ProjectId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// In which phase of the workflow, where it is not the change itself that says so.
    pub phase: Option<PhaseName>,
    /// The server in whose name it is done, if only the one that works for the project may do it.
    pub holder: Option<ServerId>,
    /// Who did it.
    pub by: By,
    /// What happened.
    pub change: Change,
}

impl Reported {
    /// Something that happened just now, to the microsecond: PostgreSQL keeps no more, and what is read back must be the
    /// same as what was said when it was stored.
    pub fn now(project: ProjectId, change: Change) -> Self {
        Self {
            id: ActivityId::new(),
            project,
            at: crate::clock::now().trunc_subsecs(6),
            phase: None,
            holder: None,
            by: None,
            change,
        }
    }

    /// Something about who may use the server, just now. No project has the id it carries.
    pub fn access(access: Access) -> Self {
        Self::now(ProjectId(uuid::Uuid::nil()), Change::Access(access))
    }

    /// What came of an attempt to deliver a notification, just now. It is about no log.
    pub fn tried(tried: Tried) -> Self {
        let change = Change::NotificationTried(tried);
        Self::now(ProjectId(uuid::Uuid::nil()), change)
    }

    /// It as a part of a phase of the workflow.
    #[must_use]
    pub fn in_phase(self, phase: Option<PhaseName>) -> Self {
        Self { phase, ..self }
    }
}

/// A part of a log and the words in it, by which a search finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The first `seq` of the part.
    pub first: i64,
    /// The last one.
    pub last: i64,
    /// What its texts have in them.
    pub words: Words,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A project was made. Writes no activity: a log begins with what happens in the project.
    ProjectCreated(NewProject),
    /// A person changed what a project is or where it works.
    ProjectEdited(ProjectEdit),
    /// A person deleted a project in which nothing was queued or ran. Writes no activity: its log goes with it.
    ProjectDeleted,
    /// A part of a deleted project's log was cleared away, and the rest of the project with the last. Writes no activity.
    ProjectCleared,
    /// A part of a log was read, so that what is looked for can be found in it. Writes no activity.
    LogIndexed(Block),
    /// Something was said.
    MessagePosted(NewMessage),
    /// A person put other words into a message that is queued.
    MessageEdited {
        /// Which message.
        message: MessageId,
        /// The words.
        text: MessageText,
    },
    /// A person took back a message that was queued.
    MessageWithdrawn {
        /// Which message.
        message: MessageId,
    },
    /// A message that was queued has its turn, because nothing is queued or runs any more. From now on it stands where the
    /// conversation is.
    MessageTaken {
        /// Which message.
        message: MessageId,
        /// The topic the conversation is in.
        topic: TopicId,
    },
    /// A new topic began; what was said before is kept but no longer the context.
    TopicStarted {
        /// The new topic.
        topic: TopicId,
    },
    /// A command got its place in the queue.
    ExecutionQueued(NewExecution),
    /// A backend began to work on it.
    ExecutionStarted {
        /// Which execution.
        execution: ExecutionId,
        /// Its command.
        command: Command,
        /// The backend's name.
        backend: &'static str,
    },
    /// A backend keeps where it stands, to find its way back after a restart. Writes no activity.
    ExecutionPlaced {
        /// Which execution.
        execution: ExecutionId,
        /// What the backend wants back.
        place: Value,
        /// The branch it works on, where that is known.
        branch: Option<String>,
    },
    /// There is something to say about a running execution that is no step of it.
    ExecutionNoticed {
        /// Which execution.
        execution: ExecutionId,
        /// Its command.
        command: Command,
        /// What it is.
        notice: Notice,
    },
    /// A backend did or said something.
    StepTaken {
        /// In which execution.
        execution: ExecutionId,
        /// Its command.
        command: Command,
        /// The step's place among the execution's steps, from 0: the same step cannot be taken in twice.
        source_index: i64,
        /// What it did or said.
        step: Step,
    },
    /// A person asked for the end of a running execution, on another server than the one it runs on.
    StopAsked {
        /// Which execution.
        execution: ExecutionId,
        /// Its command.
        command: Command,
    },
    /// An execution ended.
    ExecutionFinished {
        /// Which execution.
        execution: ExecutionId,
        /// Its command.
        command: Command,
        /// How it ended.
        outcome: Outcome,
        /// How long it ran; none when it never started, or nobody knows. One that is stopped is stopped as what waits then.
        duration_ms: Option<i64>,
    },
    /// A vision document was written.
    VisionWritten(VisionDocument),
    /// A project got the phases of its workflow, all pending. Writes no activity.
    PhasesMade {
        /// Their ids, in the phases' order.
        phases: [PhaseId; PhaseName::ALL.len()],
    },
    /// A phase of the workflow moved.
    PhaseMoved {
        /// Which, and how.
        moved: Move,
        /// Where the workflow stands then.
        standing: Standing,
        /// Where the project stands then.
        project: ProjectStatus,
        /// Why, where the move itself does not say it.
        why: Option<String>,
    },
    /// A person is asked to decide.
    GateOpened(Gate),
    /// A gate was decided, has expired, or was withdrawn: it is as it is from now on.
    GateDecided(Gate),
    /// A language model was asked for an answer.
    ModelUsed {
        /// The model's name.
        model: String,
        /// Tokens it was told.
        input: u64,
        /// Tokens it wrote.
        output: u64,
        /// Requests it answered.
        requests: u64,
    },
    /// A server wrote something to see that it arrives. It stands in no project's log.
    CanarySang {
        /// Which server.
        server: ServerId,
        /// Its place in that server's log, which it knows itself.
        seq: i64,
    },
    /// Something about who may use the server; it belongs to no project. Writes no activity.
    Access(Access),
    /// Something happened to what is known of a pull request.
    PullRequest(PullChange),
    /// A notification was tried to be delivered. Writes no activity.
    NotificationTried(Tried),
    /// Somebody looked how many issues a project's repository has, and it is not what it was. Writes no activity.
    IssuesCounted(IssueCounts),
    /// A webhook of GitHub was taken. Writes an activity only where somebody said something to the project manager.
    GitHubHeard(Heard),
    /// An issue on GitHub was opened, closed, or opened again.
    IssueMoved(IssueMoved),
    /// Something became of what somebody said to the project manager on GitHub. Writes an activity where people see it there.
    MentionMoved(Moved),
    /// The server has something to say about itself.
    Noticed {
        /// The words.
        message: String,
        /// `degraded`, `recovered`, `set_aside`, `failed`.
        status: &'static str,
    },
}

/// A project to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProject {
    /// Its name.
    pub name: ProjectName,
    /// What it is about.
    pub description: Option<String>,
    /// Where its repository is on the web.
    pub github_repo_url: Option<String>,
    /// The Telegram chat of an earlier deployment.
    pub telegram_chat_id: Option<i64>,
    /// Where its checkout is on this machine.
    pub workspace_path: Option<String>,
    /// Where its commands are to run, if not where the server runs them.
    pub backend: Option<String>,
    /// How its coding agent works.
    pub agent: AgentSettings,
    /// Names the request: one repeated with the same key is the same project.
    pub key: Option<String>,
}

/// What is to be changed of a project: nothing where it is none, and cleared where it is some none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectEdit {
    /// Its name.
    pub name: Option<ProjectName>,
    /// What it is about.
    pub description: Option<Option<String>>,
    /// Where its repository is on the web.
    pub github_repo_url: Option<Option<String>>,
    /// Where its checkout is on this machine.
    pub workspace_path: Option<Option<String>>,
    /// Where its commands run.
    pub backend: Option<Option<String>>,
    /// How its coding agent works.
    pub agent: Option<AgentEdit>,
    /// Where it stands.
    pub status: Option<ProjectStatus>,
}

/// A message to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id.
    pub id: MessageId,
    /// The topic it belongs to.
    pub topic: TopicId,
    /// Whether that topic begins with it.
    pub opens_topic: bool,
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub text: MessageText,
    /// Whether it waits until nothing is queued or runs any more; until then it may be edited and withdrawn.
    pub queued: bool,
    /// Names the request: one repeated with the same key in a project is the same message.
    pub key: Option<String>,
}
