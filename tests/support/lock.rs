//! A database that somebody else keeps locked.

use sea_orm::{ConnectionTrait as _, DatabaseConnection};

use super::TestDatabase;

/// As long as it is held nobody else can write; reading goes on.
pub struct Lock {
    connection: DatabaseConnection,
}

impl Lock {
    /// Takes it, as another program would.
    pub async fn take(database: &TestDatabase) -> Self {
        let connection = database.connect().await;
        let steps: &[&str] = if database.is_postgres() {
            &["BEGIN", "LOCK TABLE activities IN SHARE MODE"]
        } else {
            &["PRAGMA busy_timeout = 20000", "BEGIN IMMEDIATE"]
        };
        for sql in steps {
            connection.execute_unprepared(sql).await.expect(sql);
        }
        Self { connection }
    }

    /// Lets go.
    pub async fn release(self) {
        let released = self.connection.execute_unprepared("ROLLBACK").await;
        released.expect("the lock is released");
        self.connection.close().await.expect("a closed connection");
    }
}
