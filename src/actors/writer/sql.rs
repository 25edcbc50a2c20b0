//! The database as the writer's ledger: each step as SQL, each error as what it means.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};

use super::{
    AppendError,
    ledger::{Connection, Failure, Ledger, Transaction},
};
use crate::{
    db::{
        Database, Fault, activity,
        apply::{ApplyError, Logged, Retention, apply},
        delivery, discard, fault, notice, project, reason,
    },
    domain::{
        activity::Activity,
        change::Reported,
        id::{ActivityId, ProjectId, ServerId},
        notification::Wanted,
    },
};

impl Ledger for Database {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>, Failure>> {
        Box::pin(async {
            let opened = self.open_for_writing().await;
            let connection = opened.map_err(|error| Failure::away(reason(&error)))?;
            Ok(self.writing_through(connection))
        })
    }

    fn patience(&self) -> Duration {
        self.acquire_timeout + self.statement_timeout
    }

    fn retention(&self) -> Retention {
        self.retention
    }
}

impl Database {
    /// A connection as the writer uses it.
    pub fn writing_through(&self, connection: DatabaseConnection) -> Box<dyn Connection> {
        Box::new(SqlConnection {
            connection,
            server: self.server,
            wanted: Arc::new(self.wanted.clone()),
        })
    }
}

struct SqlConnection {
    connection: DatabaseConnection,
    server: ServerId,
    wanted: Arc<Wanted>,
}

struct SqlTransaction {
    txn: DatabaseTransaction,
    server: ServerId,
    wanted: Arc<Wanted>,
}

impl Connection for SqlConnection {
    fn stored<'a>(
        &'a self,
        ids: &'a [ActivityId],
    ) -> BoxFuture<'a, Result<Vec<Activity>, Failure>> {
        Box::pin(async { Ok(activity::stored(&self.connection, ids).await?) })
    }

    fn has_project(&self, project: ProjectId) -> BoxFuture<'_, Result<bool, Failure>> {
        Box::pin(async move { Ok(project::head(&self.connection, project).await?.is_some()) })
    }

    fn discard(self: Box<Self>) {
        discard(&self.connection);
    }

    fn begin(&self) -> BoxFuture<'_, Result<Box<dyn Transaction>, Failure>> {
        Box::pin(async {
            let options = TransactionOptions {
                // A transaction that begins reading and turns to writing fails at once when another one writes.
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            let txn = self.connection.begin_with_options(options).await?;
            Ok(Box::new(SqlTransaction {
                txn,
                server: self.server,
                wanted: Arc::clone(&self.wanted),
            }) as Box<dyn Transaction>)
        })
    }
}

impl Transaction for SqlTransaction {
    fn apply<'a>(
        &'a mut self,
        changes: &'a [&'a Reported],
        retention: Retention,
    ) -> BoxFuture<'a, Result<Vec<Logged>, Failure>> {
        Box::pin(async move {
            let logged = apply(&self.txn, changes, retention).await?;
            // With the commit, or not at all.
            delivery::insert(&self.txn, &self.wanted, changes, &logged).await?;
            notice::send(&self.txn, self.server, &logged).await?;
            Ok(logged)
        })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), Failure>> {
        Box::pin(async { Ok(self.txn.commit().await?) })
    }

    fn rollback(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async {
            if let Err(error) = self.txn.rollback().await {
                let error = &error as &dyn std::error::Error;
                tracing::debug!(error, "the rollback was left to the database");
            }
        })
    }
}

impl From<ApplyError> for Failure {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::ProjectUnknown(project) => {
                Self::Refused(AppendError::ProjectUnknown(project))
            }
            ApplyError::ExecutionPast(_) => Self::Refused(AppendError::ExecutionPast),
            ApplyError::MessagePast(_) => Self::Refused(AppendError::MessagePast),
            ApplyError::GatePast(_) => Self::Refused(AppendError::GatePast),
            ApplyError::PhasePast(_) => Self::Refused(AppendError::PhasePast),
            ApplyError::PullPast(_) => Self::Refused(AppendError::PullPast),
            ApplyError::ProjectBusy(_) => Self::Refused(AppendError::ProjectBusy),
            ApplyError::NotHeld(_) => Self::Refused(AppendError::NotHeld),
            ApplyError::Database(error) => error.into(),
        }
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        match fault(&error) {
            Fault::Duplicate => Self::Refused(AppendError::Duplicate),
            Fault::Refused => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the database refused a change"
                );
                Self::Refused(AppendError::Refused(error.to_string()))
            }
            Fault::Away => Self::away(error.to_string()),
        }
    }
}
