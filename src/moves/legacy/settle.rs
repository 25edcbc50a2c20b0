//! What the predecessor's rows say that no change tells: set when all else is in.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _,
    QueryFilter as _, prelude::Json, sea_query::Expr,
};

use crate::{
    db::{execution, project, topic},
    domain::{
        id::{ExecutionId, ProjectId, TopicId},
        project::ProjectStatus,
    },
};

/// A topic as it is to be.
pub(super) struct Topic {
    pub(super) id: TopicId,
    pub(super) title: Option<String>,
    pub(super) is_active: bool,
    pub(super) started_at: DateTime<Utc>,
    pub(super) ended_at: Option<DateTime<Utc>>,
}

/// The branch an execution worked on.
pub(super) struct Branch {
    pub(super) execution: ExecutionId,
    pub(super) name: String,
}

/// A project as it is to be.
pub(super) struct Settled {
    pub(super) project: ProjectId,
    pub(super) status: ProjectStatus,
    pub(super) telegram_chat_id: Option<i64>,
    pub(super) vision_document: Option<Json>,
    pub(super) updated_at: Option<DateTime<Utc>>,
    pub(super) topics: Vec<Topic>,
    pub(super) branches: Vec<Branch>,
}

impl Settled {
    /// Writes it.
    pub(super) async fn write(self, txn: &DatabaseTransaction) -> Result<(), DbErr> {
        let status: &'static str = self.status.into();
        let mut row = project::ActiveModel {
            id: Set(self.project.0),
            status: Set(status.to_owned()),
            telegram_chat_id: Set(self.telegram_chat_id),
            vision_document: Set(self.vision_document),
            ..Default::default()
        };
        if let Some(at) = self.updated_at {
            row.updated_at = Set(at);
        }
        project::Entity::update(row).exec(txn).await?;
        for topic in self.topics {
            let row = topic::ActiveModel {
                id: Set(topic.id.0),
                title: Set(topic.title),
                is_active: Set(topic.is_active),
                started_at: Set(topic.started_at),
                ended_at: Set(topic.ended_at),
                ..Default::default()
            };
            topic::Entity::update(row).exec(txn).await?;
        }
        for branch in self.branches {
            execution::Entity::update_many()
                .col_expr(execution::Column::BranchName, Expr::value(branch.name))
                .filter(execution::Column::Id.eq(branch.execution.0))
                .exec(txn)
                .await?;
        }
        Ok(())
    }
}
