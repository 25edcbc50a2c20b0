//! What callers have to store: mostly something new, sometimes what is there already, what is refused, and what crashes
//! whoever stores it.

use chrono::DateTime;
use project_manager::domain::{
    change::{Change, NewMessage, NewProject, Reported},
    execution::{Command, Outcome},
    id::{ActivityId, ExecutionId, MessageId, ProjectId, TopicId},
    message::{MessageText, Role},
    project::{AgentSettings, ProjectName},
    step::{Step, TextFormat},
};
use serde_json::Value;
use uuid::Uuid;

use super::tables::{CRASHER, POISON};
use crate::support::Chance;

/// Makes up the changes of one caller, under ids that tell whose they are.
pub(super) struct Changes {
    of: u64,
    projects: Vec<ProjectId>,
    chance: Chance,
    ids: u64,
}

impl Changes {
    /// Those of the caller with this number, in these projects.
    pub(super) fn new(of: u64, projects: &[ProjectId], chance: Chance) -> Self {
        Self {
            of,
            projects: projects.to_vec(),
            chance,
            ids: 0,
        }
    }

    /// Changes to be stored together.
    pub(super) fn append(&mut self) -> Vec<Reported> {
        let changes = [1, 1, 1, 2, 3][self.chance.below(5)];
        (0..changes).map(|_| self.reported()).collect()
    }

    fn reported(&mut self) -> Reported {
        let mut project = self.projects[self.chance.below(self.projects.len())];
        let change = match self.chance.below(240) {
            0..3 => noticed(POISON),
            3..5 => noticed(CRASHER),
            5..8 => {
                project = ProjectId(self.id());
                noticed("nowhere")
            }
            8..16 => {
                project = ProjectId(self.id());
                created()
            }
            16..36 => Change::ExecutionPlaced {
                execution: self.execution(),
                place: Value::Null,
                branch: None,
            },
            36..48 => Change::ExecutionFinished {
                execution: self.execution(),
                command: Command::Prime,
                outcome: Outcome::Cancelled,
                duration_ms: None,
            },
            48..88 => self.posted(),
            88..168 => self.step(),
            _ => noticed("something happened"),
        };
        Reported {
            id: ActivityId(self.id()),
            project,
            at: DateTime::UNIX_EPOCH,
            phase: None,
            holder: None,
            by: None,
            change,
        }
    }

    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u64_pair(self.of, self.ids)
    }

    /// One of a few, so that several want to end the same one.
    fn execution(&mut self) -> ExecutionId {
        ExecutionId(Uuid::from_u64_pair(0, self.chance.below(12) as u64))
    }

    /// Mostly under one of a few keys.
    fn posted(&mut self) -> Change {
        let key = self.chance.below(12);
        Change::MessagePosted(NewMessage {
            id: MessageId(self.id()),
            topic: TopicId(Uuid::nil()),
            opens_topic: false,
            role: Role::User,
            text: MessageText::parse("hello").expect("a message"),
            queued: false,
            key: (key < 8).then(|| key.to_string()),
        })
    }

    /// Sometimes one that was taken before.
    fn step(&mut self) -> Change {
        let text = "what was said".to_owned();
        let step = match self.chance.once_in(2) {
            true => Step::Text {
                text,
                format: TextFormat::Output,
                block: None,
            },
            false => Step::ToolResult {
                tool: "Read".to_owned(),
                summary: "84 lines".to_owned(),
                output: text,
                cut_bytes: 0,
                ok: true,
                duration_ms: 1,
                call: None,
            },
        };
        Change::StepTaken {
            execution: self.execution(),
            command: Command::Prime,
            source_index: self.chance.below(200) as i64,
            step,
        }
    }
}

/// Something the log tells of, and nothing can be said against.
pub(super) fn noticed(words: &str) -> Change {
    Change::Noticed {
        message: words.to_owned(),
        status: "recovered",
    }
}

fn created() -> Change {
    Change::ProjectCreated(NewProject {
        name: ProjectName::parse("Another").expect("a name"),
        description: None,
        github_repo_url: None,
        telegram_chat_id: None,
        workspace_path: None,
        backend: None,
        agent: AgentSettings::default(),
        key: None,
    })
}
