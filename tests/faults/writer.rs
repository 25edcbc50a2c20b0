//! The writer: stored before answered, stored before shown, each on its own, in order, and through an outage.

mod commits;
mod crashes;
mod groups;
mod logged;
mod outages;

use futures_util::future::join_all;
use project_manager::{
    actors::writer::AppendError,
    db::apply::Logged,
    domain::{
        change::{Change, NewMessage, Reported},
        execution::{Command, NewExecution, Order},
        id::{ActivityId, ExecutionId, MessageId, ProjectId, TopicId},
        message::{MessageText, Role},
    },
};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use uuid::Uuid;

use crate::support::{Lock, TestApp, wait_until};

type Answer = Result<Vec<Logged>, AppendError>;

async fn project(app: &TestApp, name: &str) -> ProjectId {
    app.project(name).await.parse().expect("a project's id")
}

/// Something the log tells of and no other table does.
fn notice(project: ProjectId, words: &str) -> Vec<Reported> {
    let change = Change::Noticed {
        message: words.to_owned(),
        status: "recovered",
    };
    vec![Reported::now(project, change)]
}

fn message(project: ProjectId, words: &str, key: Option<&str>) -> Vec<Reported> {
    let new = NewMessage {
        id: MessageId::new(),
        topic: TopicId::new(),
        opens_topic: true,
        role: Role::System,
        text: MessageText::parse(words).expect("a message"),
        queued: false,
        key: key.map(str::to_owned),
    };
    vec![Reported::now(project, Change::MessagePosted(new))]
}

fn queued(project: ProjectId, execution: ExecutionId) -> Reported {
    let new = NewExecution {
        id: execution,
        order: Order {
            command: Command::Prime,
            args: String::new(),
        },
        then: Vec::new(),
        message: None,
        phase: None,
        key: None,
        attempt: 1,
    };
    Reported::now(project, Change::ExecutionQueued(new))
}

/// The `seq` of the one activity an append led to.
fn seq(answer: &Answer) -> i64 {
    match answer.as_deref() {
        Ok([only]) => only.activity.seq,
        other => panic!("one activity, not {other:?}"),
    }
}

/// Waits until so many appends are with the writer and not answered.
async fn with_the_writer(app: &TestApp, count: usize) {
    wait_until(format!("{count} appends with the writer"), async || {
        let statuses = app.supervisor().statuses();
        let writer = statuses.iter().find(|status| status.name == "writer")?;
        (writer.mailbox >= count).then_some(())
    })
    .await;
}

/// Waits until the writer is storing, which is when it takes no further appends.
async fn storing(app: &TestApp) {
    wait_until("the writer to store something", async || {
        (app.writer().status().figures().queue > 0).then_some(())
    })
    .await;
}

/// Has the writer store all of these in one group, in their order.
async fn in_one_group(app: &TestApp, appends: Vec<Vec<Reported>>) -> Vec<Answer> {
    let busy = notice(project(app, "Busy").await, "busy");
    let lock = Lock::take(app.database()).await;
    // While this one waits for the lock, the others gather behind it.
    let busy = app.writer().append(busy);
    let rest = async {
        storing(app).await;
        let count = 1 + appends.len();
        let all = appends
            .into_iter()
            .map(|changes| app.writer().append(changes));
        let release = async {
            with_the_writer(app, count).await;
            lock.release().await;
        };
        tokio::join!(join_all(all), release).0
    };
    let (busy, answers) = tokio::join!(busy, rest);
    busy.expect("the first is stored");
    answers
}

/// How often another connection sees an activity.
async fn seen(db: &DatabaseConnection, id: ActivityId) -> i64 {
    number(db, "SELECT COUNT(*) FROM activities WHERE id = $1", id.0).await
}

async fn number(db: &DatabaseConnection, sql: &str, id: Uuid) -> i64 {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.into()]);
    let row = db.query_one_raw(statement).await.expect(sql);
    row.expect("a row").try_get_by_index(0).expect("a number")
}
