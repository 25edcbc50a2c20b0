//! What to do about a database that did not open: a sentence for each thing that can be wrong.

use std::io;

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// What to do about `source`, which kept SQLite from opening its file or reading its version.
pub(super) fn for_sqlite(source: &DbErr) -> &'static str {
    let words = source.to_string();
    // SQLite says these in words only: the code is lost on the way when opening fails.
    if words.contains("not a database") || words.contains("malformed") {
        "the file is damaged or is no SQLite database: move it away or restore it from a backup; it was left untouched"
    } else if words.contains("unable to open") || words.contains("readonly") {
        "check that the folder and the file can be read and written, or choose another folder with PM__DATA__DIR"
    } else if is_newer(&words) {
        "a newer version of this program has changed its tables: use that version, restore a backup from before, or choose \
         another folder with PM__DATA__DIR"
    } else {
        "check that nothing else has it locked and that the disk is not full"
    }
}

/// What to do about `source`, which kept PostgreSQL from letting this program in or changing its tables.
pub(super) fn for_postgres(source: &DbErr) -> &'static str {
    if is_newer(&source.to_string()) {
        return "a newer version of this program has changed its tables: use that version, restore a backup from before, or \
                name another database in DATABASE_URL";
    }
    match sqlx_error(source) {
        Some(sqlx::Error::Database(error)) => for_code(&error.code().unwrap_or_default()),
        Some(sqlx::Error::Tls(_)) => for_tls(&source.to_string()),
        Some(sqlx::Error::Io(error)) => for_io(error),
        Some(sqlx::Error::Protocol(_)) => {
            "what answers there is no PostgreSQL: check the host and the port in DATABASE_URL"
        }
        Some(sqlx::Error::PoolTimedOut) => {
            "nothing answers there: check the host and the port in DATABASE_URL, that PostgreSQL is running, and that no \
             firewall stands between"
        }
        _ => "check DATABASE_URL, and that PostgreSQL is running and lets this user in",
    }
}

/// PostgreSQL's own code for it, where it has one.
pub(super) fn sqlstate(source: &DbErr) -> Option<String> {
    match sqlx_error(source)? {
        sqlx::Error::Database(error) => error
            .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
            .map(|error| error.code().to_owned()),
        _ => None,
    }
}

/// By PostgreSQL's own codes.
fn for_code(code: &str) -> &'static str {
    match code {
        "28P01" => {
            "PostgreSQL knows no such user with this password: check both in DATABASE_URL (in a password, @ is written %40 \
             and / is written %2F)"
        }
        "28000" => {
            "PostgreSQL does not let this user in from this machine: add a line to its pg_hba.conf, or sslmode=require to \
             DATABASE_URL where it lets in only what is encrypted"
        }
        "3D000" => {
            "there is no database of this name: make it with CREATE DATABASE, or correct the name at the end of DATABASE_URL"
        }
        "42501" => {
            "this user lacks a right: make it the owner of the database, or GRANT it CONNECT on the database and USAGE and \
             CREATE on its schema"
        }
        "53300" => {
            "PostgreSQL has no connection left: raise its max_connections (or the user's CONNECTION LIMIT), or lower \
             PM__DATABASE__READERS on each server"
        }
        "57P03" => {
            "PostgreSQL is still starting or already stopping: start this program again when it is up"
        }
        "25006" => {
            "this PostgreSQL is a standby, which is only read: name the primary in DATABASE_URL"
        }
        _ => "check DATABASE_URL, and what PostgreSQL has in its own log",
    }
}

fn for_io(error: &io::Error) -> &'static str {
    let words = error.to_string();
    // A refused certificate comes as an error of the socket.
    if error.get_ref().is_some() && words.contains("certificate") {
        return for_tls(&words);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            "nothing listens there: check that PostgreSQL is running, and the host and the port in DATABASE_URL"
        }
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => {
            "a file it names cannot be read: check sslrootcert, sslcert and sslkey in DATABASE_URL, or its socket"
        }
        // The system has no code for it.
        _ if words.contains("lookup address") => {
            "there is no host of this name: check the host in DATABASE_URL, and this machine's DNS"
        }
        _ => {
            "the connection broke off: check that PostgreSQL listens on this port, and what it has in its own log"
        }
    }
}

fn for_tls(words: &str) -> &'static str {
    if words.contains("does not support TLS") {
        return "this PostgreSQL has no TLS: switch it on there (ssl = on), or take sslmode out of DATABASE_URL where nobody \
                can listen in between";
    }
    "its certificate was refused: sslrootcert in DATABASE_URL must name the certificate of who signed it, and with \
     sslmode=verify-full the host must be a name in it"
}

/// Advice for a database that an option names: nothing in the settings would change which one it is.
pub(super) fn with_option(advice: &str, option: &str) -> String {
    let file = format!("another file with {option}");
    advice
        .replace("another folder with PM__DATA__DIR", &file)
        .replace("DATABASE_URL", option)
}

fn is_newer(words: &str) -> bool {
    words.contains("Migration file") || words.contains("is missing")
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}
