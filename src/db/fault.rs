//! Telling a row the database refuses from a database that is away.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

use crate::failpoint::OnPurpose;

/// What a database error means for whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The row stands there already.
    Duplicate,
    /// The database will not have this row, however often it is asked.
    Refused,
    /// The database cannot answer now; the same request may succeed later.
    Away,
}

/// Judges an error.
///
/// What is certainly about the connection, the machine or a lock is [`Fault::Away`] and worth another try; all else is
/// about the statement and would fail again for ever. A duplicate is told apart because it is often no error at all.
pub fn fault(error: &DbErr) -> Fault {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => return Fault::Duplicate,
        Some(SqlErr::ForeignKeyConstraintViolation(_)) => return Fault::Refused,
        _ => {}
    }
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Fault::Away,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            judge(error)
        }
        _ => Fault::Refused,
    }
}

/// As if the connection had broken.
pub fn broken(on_purpose: OnPurpose) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(on_purpose.to_string()))
}

fn judge(error: &sqlx::Error) -> Fault {
    let sqlx::Error::Database(error) = error else {
        return match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Fault::Away,
            _ => Fault::Refused,
        };
    };
    let code = error.code().unwrap_or_default();
    let away = if error
        .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
        .is_some()
    {
        postgres_is_away(&code)
    } else {
        code.parse().is_ok_and(sqlite_is_away)
    };
    if away { Fault::Away } else { Fault::Refused }
}

/// By class: connection, rolled back (deadlock), resources, shut down, system; and single codes for a standby, a lock, and a
/// transaction that was silent or open for too long, as that of a process that was suspended.
fn postgres_is_away(code: &str) -> bool {
    ["08", "40", "53", "57", "58"]
        .iter()
        .any(|class| code.starts_with(class))
        || ["25006", "25P03", "25P04", "55P03"].contains(&code)
}

/// By primary code: busy, locked, no memory, read-only, I/O, corrupt, full, cannot open, protocol, not a database.
fn sqlite_is_away(code: u32) -> bool {
    matches!(code & 0xff, 5 | 6 | 7 | 8 | 10 | 11 | 13 | 14 | 15 | 26)
}

/// An error with its causes, in one line. Database errors often repeat their cause in their own words; it is said once.
pub fn reason(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        cause = error.source();
    }
    words
}
