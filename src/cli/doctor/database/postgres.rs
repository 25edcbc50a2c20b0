//! What is peculiar to PostgreSQL, and mending what is wrong with one.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement};
use shell_words::quote;
use url::Url;

use super::NAME;
use crate::{
    cli::doctor::report::{Check, Fix, as_root},
    db::{ConnectError, Database},
};

/// What PostgreSQL says of itself and of this user, in the order of [`Row`].
const ASKED: &str = "SELECT current_setting('server_encoding'), pg_is_in_recovery(), \
                     current_schema() IS NOT NULL AND has_schema_privilege(current_schema(), 'CREATE'), \
                     current_user::text, coalesce(current_schema()::text, 'public')";

/// Encoding, whether it is a standby, whether this user may make tables, the user, the schema.
type Row = (String, bool, bool, String, String);

/// What only PostgreSQL has.
pub(super) async fn peculiar(
    connection: &DatabaseConnection,
    database: &Database,
) -> Result<Vec<Check>, DbErr> {
    let asked = Statement::from_string(DbBackend::Postgres, ASKED);
    let Some(row) = connection.query_one_raw(asked).await? else {
        return Ok(Vec::new());
    };
    let (encoding, is_standby, may_make, user, schema): Row = (
        row.try_get_by_index(0)?,
        row.try_get_by_index(1)?,
        row.try_get_by_index(2)?,
        row.try_get_by_index(3)?,
        row.try_get_by_index(4)?,
    );
    let mut checks = Vec::new();
    if encoding != "UTF8" {
        let found = format!("{} has the encoding {encoding}", database.shown());
        let other = format!("{}_utf8", name(database));
        checks.push(
            Check::warning(NAME, found)
                .because("it was not made in UTF8, and cannot hold every letter people write")
                .fix(
                    Fix::to("make one in UTF8, and name that in DATABASE_URL")
                        .run(made(database, &other)),
                ),
        );
    }
    if is_standby {
        let found = format!("{} is a standby, which is only read", database.shown());
        let primary = Fix::to("name the primary");
        checks.push(
            Check::broken(NAME, found)
                .because("DATABASE_URL names the copy, or the two have changed places")
                .fix(primary.set("PM__DATABASE__URL", placeholder(database))),
        );
    } else if !may_make {
        let found = format!("{user} may make no tables in {}", database.shown());
        let grant = format!("GRANT CREATE, USAGE ON SCHEMA \"{schema}\" TO \"{user}\"");
        let owner = Fix::to("as the owner of the database, give this user the right");
        checks.push(
            Check::broken(NAME, found)
                .because("since PostgreSQL 15 only the owner of a database may make tables in it")
                .fix(owner.run(format!(
                    "psql -U postgres -d {} -c {}",
                    quote(&name(database)),
                    quote(&grant)
                ))),
        );
    }
    Ok(checks)
}

/// Ways to mend one that does not open, by the code with which PostgreSQL says why.
pub(super) fn mended(database: &Database, error: &ConnectError) -> Vec<Fix> {
    let meanwhile =
        Fix::to("do without PostgreSQL meanwhile: the database is a file in the data folder then");
    let meanwhile = meanwhile.set("PM__DATABASE__URL", "");
    match error.sqlstate().as_deref() {
        Some("3D000") => {
            let made = Fix::to("make it").run(made(database, &name(database)));
            vec![made, meanwhile]
        }
        Some("28P01" | "28000") => {
            let right = Fix::to("put the right user and password into the address");
            let right = right.set("PM__DATABASE__URL", placeholder(database));
            vec![right, meanwhile]
        }
        Some(_) => vec![meanwhile],
        None => {
            let reached = reached(database);
            let look = Fix::to("see whether it is there");
            let look = look.run(format!("pg_isready {}", reached.trim()));
            let start = Fix::to("start it").run(as_root("systemctl start postgresql"));
            match is_here(database) {
                true => vec![start, look, meanwhile],
                false => vec![look, meanwhile],
            }
        }
    }
}

/// Whether it would be on this machine.
fn is_here(database: &Database) -> bool {
    let url = Url::parse(&database.url).ok();
    let host = url.as_ref().and_then(Url::host_str);
    host.is_none_or(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host))
}

/// The line that makes a database.
fn made(database: &Database, name: &str) -> String {
    format!(
        "createdb --encoding=UTF8 --template=template0 {}{}",
        reached(database),
        quote(name)
    )
}

/// The address with words in place of what has to be known.
fn placeholder(database: &Database) -> String {
    let Ok(url) = Url::parse(&database.url) else {
        return "postgres://USER:PASSWORD@HOST/NAME".to_owned();
    };
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let user = match url.username() {
        "" => "USER",
        user => user,
    };
    let host = url.host_str().unwrap_or("HOST");
    format!("postgres://{user}:PASSWORD@{host}{port}{}", url.path())
}

/// The name of the database, which is the user's where there is none.
fn name(database: &Database) -> String {
    let Ok(url) = Url::parse(&database.url) else {
        return "project_manager".to_owned();
    };
    match url.path().trim_start_matches('/') {
        "" => url.username().to_owned(),
        name => name.to_owned(),
    }
}

/// How PostgreSQL's own tools reach it, with a space behind; they ask for the password.
fn reached(database: &Database) -> String {
    let Ok(url) = Url::parse(&database.url) else {
        return String::new();
    };
    let host = url.host_str().map(|host| host.trim_matches(['[', ']']));
    let host = host.map(|host| format!("-h {} ", quote(host)));
    let port = url.port().map(|port| format!("-p {port} "));
    let user = Some(url.username()).filter(|user| !user.is_empty());
    let user = user.map(|user| format!("-U {} ", quote(user)));
    [host, port, user].into_iter().flatten().collect()
}

/// As [`reached`], with the database.
pub(super) fn database_words(database: &Database) -> String {
    format!("{}-d {}", reached(database), quote(&name(database)))
}
