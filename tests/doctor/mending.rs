//! From a set-up that is broken to a server that runs, by doing what the doctor says and nothing else.

use std::net::TcpListener;

use reqwest::StatusCode;
use sea_orm::ConnectionTrait as _;
use serde_json::Value;

use super::Setup;
use crate::{
    faults::startup::refused,
    support::{Checkout, Client, TestDatabase, expect, scar::TestScar, wait_until},
};

/// Times the doctor may be asked: one thing may hide another.
const ROUNDS_MAX: usize = 3;

/// What is broken, and how that shows without a doctor.
struct Case {
    /// What is broken.
    what: &'static str,
    /// The check that has to name it, and words it has to name it with.
    named: (&'static str, &'static str),
    /// How it comes out.
    status: &'static str,
    /// Breaks it. What is returned keeps it broken.
    make: fn(&mut Setup) -> Box<dyn std::any::Any>,
    /// What a server does with it.
    shows: Shows,
}

/// What a server does with a set-up that is broken.
enum Shows {
    /// It does not start, and says this.
    Refused(&'static str),
    /// It starts, and a command fails.
    CommandFails,
    /// It starts, and this path of it says that something is unwell.
    Unwell(&'static str),
    /// It starts and works: it mends that itself.
    Nothing,
}

fn nothing() -> Box<dyn std::any::Any> {
    Box::new(())
}

const CASES: &[Case] = &[
    Case {
        what: "the port is taken by another program",
        named: ("port", "which is no Project Manager"),
        status: "broken",
        make: |setup| {
            let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
            let address = taken.local_addr().expect("an address");
            setup.set("API_PORT", address.port());
            Box::new(taken)
        },
        shows: Shows::Refused("cannot listen on"),
    },
    Case {
        what: "the address is none of this machine's, and there is no token",
        named: ("port", "Cannot assign requested address"),
        status: "broken",
        make: |setup| {
            setup.set("API_HOST", "192.0.2.1");
            nothing()
        },
        shows: Shows::Refused("there is no token"),
    },
    Case {
        what: "others reach it, and there is no token",
        named: ("access", "there is no token"),
        status: "broken",
        make: |setup| {
            setup.set("PM__API__PUBLIC_URL", "https://pm.example.com");
            nothing()
        },
        shows: Shows::Refused("there is no token"),
    },
    Case {
        what: "a setting is mistyped",
        named: ("settings", "did you mean PM__LOG__LEVEL?"),
        status: "broken",
        make: |setup| {
            setup.set("PM__LOG__LEVLE", "info");
            nothing()
        },
        shows: Shows::Refused("PM__LOG__LEVLE is no setting"),
    },
    Case {
        what: "a setting has a value it cannot have",
        named: ("settings", "expected a whole number from 1 to 64"),
        status: "broken",
        make: |setup| {
            setup.set("PM__DATABASE__READERS", "many");
            nothing()
        },
        shows: Shows::Refused("PM__DATABASE__READERS is \"many\""),
    },
    Case {
        what: "there is no such environment",
        named: ("settings", "config/prod.toml"),
        status: "broken",
        make: |setup| {
            setup.set("PM_ENV", "prod");
            // That environment has a port of its own, which somebody may have.
            setup.set("API_PORT", 0);
            nothing()
        },
        shows: Shows::Refused("PM_ENV is \"prod\""),
    },
    Case {
        what: "the file with a secret is not there",
        named: ("settings", "No such file"),
        status: "broken",
        make: |setup| {
            setup.set("PM__AUTH__TOKEN_FILE", setup.at("run/token").display());
            nothing()
        },
        shows: Shows::Refused("PM__AUTH__TOKEN_FILE="),
    },
    Case {
        what: "a file is where the data folder should be",
        named: ("data", "is a file"),
        status: "broken",
        make: |setup| {
            std::fs::write(setup.at("data"), "precious").expect("a file");
            nothing()
        },
        shows: Shows::Refused("cannot make the folder"),
    },
    Case {
        what: "nothing can be kept in the data folder",
        named: ("data", "/proc keeps no files"),
        status: "broken",
        make: |setup| {
            // Root may write wherever there are files.
            setup.set("PM__DATA__DIR", "/proc/project-manager");
            nothing()
        },
        shows: Shows::Refused("cannot make the folder"),
    },
    Case {
        what: "the database is none",
        named: ("database", "not a database"),
        status: "broken",
        make: |setup| {
            std::fs::create_dir(setup.at("data")).expect("a folder");
            let text = "This was a database once.\n".repeat(1_000);
            std::fs::write(setup.database(), text).expect("a file");
            nothing()
        },
        shows: Shows::Refused("is no SQLite database"),
    },
    Case {
        what: "the command of the coding agent is not there",
        named: ("commands", "`no-such-agent` is not there"),
        status: "broken",
        make: |setup| {
            setup.set("PM__ACP__COMMAND", "no-such-agent");
            nothing()
        },
        shows: Shows::CommandFails,
    },
    Case {
        what: "the environment of coding agents cannot be read",
        named: ("commands", "a quote that is not closed"),
        status: "broken",
        make: |setup| {
            setup.set("PM__ACP__ENV", "KEY='forgotten");
            setup.set("PM__ACP__COMMAND", "true");
            nothing()
        },
        shows: Shows::Refused("a quote that is not closed"),
    },
    Case {
        what: "git is not in the PATH",
        named: ("git", "it is in no folder that PATH names"),
        status: "broken",
        make: |setup| {
            setup.set("PATH", setup.at("bin").display());
            nothing()
        },
        shows: Shows::CommandFails,
    },
    Case {
        what: "SCAR is away",
        named: ("scar", "Connection refused"),
        status: "broken",
        make: |setup| {
            let scar = TestScar::start();
            setup.set("SCAR_BASE_URL", scar.address());
            scar.kill();
            Box::new(scar)
        },
        shows: Shows::Unwell("/health/scar"),
    },
];

#[tokio::test]
async fn every_set_up_that_is_broken_runs_after_what_the_doctor_says_was_done() {
    for case in CASES {
        println!("{}", case.what);
        let mut setup = Setup::new();
        let broken = (case.make)(&mut setup);
        fails(&setup, case).await;
        mend(&mut setup, case).await;
        runs(&setup, case).await;
        drop(broken);
    }
}

/// Without a doctor it is seen that something is wrong.
async fn fails(setup: &Setup, case: &Case) {
    match case.shows {
        Shows::Refused(words) => refused(&setup.run(&["serve"]).await, &[words]),
        Shows::CommandFails => {
            let server = setup.program(&["serve"]).start().await;
            assert_eq!(prime(&server).await, "FAILED", "{}", case.what);
            server.terminate().await;
        }
        Shows::Unwell(path) => {
            let server = setup.program(&["serve"]).start().await;
            expect(server.get(path), StatusCode::SERVICE_UNAVAILABLE).await;
            server.terminate().await;
        }
        Shows::Nothing => {}
    }
}

/// Does the first of what the doctor says, until it has nothing more to say.
async fn mend(setup: &mut Setup, case: &Case) {
    let (name, words) = case.named;
    for round in 0..ROUNDS_MAX {
        let report = setup.doctor().await;
        if round == 0 {
            let named = report.words(name, case.status);
            assert!(named.contains(words), "{}: {named}", case.what);
            assert_eq!(report.code, Some(i32::from(case.status == "broken")));
        }
        let unwell = report.all(if round == 0 { case.status } else { "broken" });
        let Some(first) = unwell.first() else {
            report.is_well();
            return;
        };
        let cause = first["cause"].as_str().expect("a cause");
        assert!(!cause.is_empty());
        let fix = first["fixes"][0].clone();
        setup.apply(&fix);
    }
    let report = setup.doctor().await;
    report.is_well();
}

/// The server starts, is ready, and does its work.
async fn runs(setup: &Setup, case: &Case) {
    let server = setup.program(&["serve"]).start().await;
    server.ready().await;
    match case.shows {
        Shows::CommandFails => assert_eq!(prime(&server).await, "COMPLETED", "{}", case.what),
        Shows::Unwell(path) => {
            expect(server.get(path), StatusCode::OK).await;
        }
        Shows::Refused(_) | Shows::Nothing => {}
    }
    server.terminate().await;
}

/// How a look at a project ends.
async fn prime(server: &Client) -> String {
    let checkout = Checkout::with(&[("README.md", "# Shop\n")]);
    let project = server.project_in("Shop", checkout.text()).await;
    let execution = server.execute(&project, "prime").await;
    let id = execution["id"].as_str().expect("an id").to_owned();
    wait_until("the command to end", async || {
        let status = server.execution(&id).await["status"].clone();
        let status = status.as_str().expect("a status").to_owned();
        ["COMPLETED", "FAILED"]
            .contains(&status.as_str())
            .then_some(status)
    })
    .await
}

/// Makes the tables, and then does this to them.
async fn database_with(setup: &Setup, sql: &[&str]) {
    assert_eq!(setup.run(&["migrate", "up"]).await.code, Some(0));
    let url = format!("sqlite://{}", setup.database().display());
    let db = TestDatabase::at(&url).connect().await;
    for sql in sql {
        db.execute_unprepared(sql).await.expect(sql);
    }
    db.close().await.expect("a closed connection");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_named_and_left_as_it_is() {
    let mut setup = Setup::new();
    let newer = ["INSERT INTO seaql_migrations VALUES ('m20990101_000001_moods', 0)"];
    database_with(&setup, &newer).await;
    let case = Case {
        what: "the database is of a newer version",
        named: ("database", "m20990101_000001_moods"),
        status: "broken",
        make: |_| nothing(),
        shows: Shows::Refused("newer version"),
    };
    let before = std::fs::read(setup.database()).expect("a database");
    let database = setup.database();
    fails(&setup, &case).await;
    mend(&mut setup, &case).await;
    runs(&setup, &case).await;
    assert_eq!(std::fs::read(database).expect("a database"), before);
}

#[tokio::test]
async fn a_database_of_an_older_version_is_worth_a_copy_and_is_brought_up_to_date() {
    let mut setup = Setup::new();
    database_with(&setup, &[]).await;
    assert_eq!(setup.run(&["migrate", "down"]).await.code, Some(0));
    let case = Case {
        what: "the database is of an older version",
        named: ("database", "`pm serve` brings them up to date"),
        status: "warning",
        make: |_| nothing(),
        shows: Shows::Nothing,
    };
    mend(&mut setup, &case).await;
    let report = setup.doctor().await;
    assert!(
        report
            .words("database", "ok")
            .contains("its tables are of this version")
    );
    let mut copy = setup.database().into_os_string();
    copy.push(".backup");
    assert!(std::path::Path::new(&copy).is_file(), "a copy was made");
    runs(&setup, &case).await;
}

#[tokio::test]
async fn who_has_the_database_at_another_port_is_named_and_can_be_ended() {
    let mut setup = Setup::new();
    let other = setup.program(&["serve"]).start().await;
    refused(&setup.run(&["serve"]).await, &["another server is using"]);
    let report = setup.doctor().await;
    assert_eq!(report.code, Some(1));
    let lock = report.check("lock", "broken");
    let found = lock["found"].as_str().expect("words");
    assert!(
        found.ends_with(&format!("process {}", other.pid())),
        "{found}"
    );
    let fix: Value = lock["fixes"][0].clone();
    setup.apply(&fix);
    other.ended().await;
    setup.doctor().await.is_well();
    let server = setup.program(&["serve"]).start().await;
    server.ready().await;
}

#[tokio::test]
async fn tables_of_another_program_are_named_and_left_alone() {
    let mut setup = Setup::new();
    let file = setup.at("other.db");
    let url = format!("sqlite://{}", file.display());
    let db = TestDatabase::at(&url).connect().await;
    db.execute_unprepared("CREATE TABLE projects (name text)")
        .await
        .expect("a table");
    db.close().await.expect("a closed connection");
    setup.set("DATABASE_URL", url);
    let case = Case {
        what: "the database is another program's",
        named: ("database", "tables of another program: projects"),
        status: "broken",
        make: |_| nothing(),
        shows: Shows::Refused("projects"),
    };
    mend(&mut setup, &case).await;
    runs(&setup, &case).await;
}
