//! Set-ups that are broken, each by real means.

use std::net::TcpListener;

use super::Setup;
use crate::support::scar::TestScar;

/// What is broken, and how that shows without a doctor.
pub(super) struct Case {
    /// What is broken.
    pub(super) what: &'static str,
    /// The check that has to name it, and words it has to name it with.
    pub(super) named: (&'static str, &'static str),
    /// How it comes out.
    pub(super) status: &'static str,
    /// Breaks it. What is returned keeps it broken.
    pub(super) make: fn(&mut Setup) -> Box<dyn std::any::Any>,
    /// What a server does with it.
    pub(super) shows: Shows,
}

/// What a server does with a set-up that is broken.
pub(super) enum Shows {
    /// It does not start, and says this.
    Refused(&'static str),
    /// It starts, and a command fails.
    CommandFails,
    /// It starts, and this path of it says that something is unwell.
    Unwell(&'static str),
    /// It starts and works: it mends that itself.
    Nothing,
}

/// Listens on a port below those the system gives to connections: the doctor takes one of the next, and nobody is to have
/// that by the time the server is started.
pub(super) fn listen() -> TcpListener {
    let ports = 10_000..30_000;
    let random = uuid::Uuid::now_v7().as_u64_pair().1 % 20_000;
    let begin = 10_000 + u16::try_from(random).expect("it is one of the ports");
    let mut ports = (begin..ports.end).chain(ports);
    let free = ports.find_map(|port| TcpListener::bind(("127.0.0.1", port)).ok());
    free.expect("a free port")
}

pub(super) fn nothing() -> Box<dyn std::any::Any> {
    Box::new(())
}

/// The set-ups, each with what breaks it.
pub(super) const CASES: &[Case] = &[
    Case {
        what: "the port is taken by another program",
        named: ("port", "which is no Project Manager"),
        status: "broken",
        make: |setup| {
            let taken = listen();
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
        what: "the data folder is a link to what is gone",
        named: ("data", "is a link to what is not there"),
        status: "broken",
        make: |setup| {
            std::os::unix::fs::symlink(setup.at("gone"), setup.at("data")).expect("a link");
            nothing()
        },
        shows: Shows::Refused("cannot make the folder"),
    },
    Case {
        what: "the data folder is a link to itself",
        named: ("data", "symbolic links"),
        status: "broken",
        make: |setup| {
            std::os::unix::fs::symlink(setup.at("data"), setup.at("data")).expect("a link");
            nothing()
        },
        shows: Shows::Refused("cannot make the folder"),
    },
    Case {
        what: "the name of the data folder is too long",
        named: ("data", "File name too long"),
        status: "broken",
        make: |setup| {
            setup.set("PM__DATA__DIR", setup.at(&"d".repeat(300)).display());
            nothing()
        },
        shows: Shows::Refused("cannot make the folder"),
    },
    Case {
        what: "the database is a link into a folder that is gone",
        named: ("data", "is a link to what is not there"),
        status: "broken",
        make: |setup| {
            std::fs::create_dir(setup.at("data")).expect("a folder");
            let target = setup.at("gone/project-manager.db");
            std::os::unix::fs::symlink(target, setup.database()).expect("a link");
            nothing()
        },
        shows: Shows::Refused("cannot open the database"),
    },
    Case {
        what: "a folder is where the database should be",
        named: ("data", "is a folder"),
        status: "broken",
        make: |setup| {
            let url = format!("sqlite://{}", setup.at("home").display());
            setup.set("DATABASE_URL", url);
            nothing()
        },
        shows: Shows::Refused("cannot open the database"),
    },
    Case {
        what: "the address of the database, in a file, names what is somebody else's",
        named: ("database", "not a database"),
        status: "broken",
        make: |setup| {
            let file = setup.at("letter");
            std::fs::write(&file, "My dear, it rains here.\n".repeat(1_000)).expect("a file");
            let url = format!("sqlite://{}", file.display());
            std::fs::write(setup.at("url"), url).expect("a file");
            setup.set("PM__DATABASE__URL_FILE", setup.at("url").display());
            nothing()
        },
        shows: Shows::Refused("is no SQLite database"),
    },
    Case {
        what: "a token is too short, and there is another one in a file",
        named: ("settings", "PM__AUTH__TOKEN is"),
        status: "broken",
        make: |setup| {
            std::fs::create_dir(setup.at("data")).expect("a folder");
            std::fs::write(setup.at("data/token"), "in use elsewhere").expect("a file");
            setup.set("PM__AUTH__TOKEN", "short");
            nothing()
        },
        shows: Shows::Refused("PM__AUTH__TOKEN is"),
    },
    Case {
        what: "the token in a file is too short, and others reach the server",
        named: ("settings", "PM__AUTH__TOKEN_FILE is"),
        status: "broken",
        make: |setup| {
            std::fs::write(setup.at("token"), "short").expect("a file");
            setup.set("PM__AUTH__TOKEN_FILE", setup.at("token").display());
            setup.set("PM__API__PUBLIC_URL", "https://pm.example.com");
            nothing()
        },
        shows: Shows::Refused("PM__AUTH__TOKEN_FILE is"),
    },
    Case {
        what: "the longest wait is shorter than the shortest, which is the default",
        named: ("settings", "PM__SCAR__POLL_MS_MAX is 1; expected at least"),
        status: "broken",
        make: |setup| {
            setup.set("PM__SCAR__POLL_MS_MAX", 1);
            nothing()
        },
        shows: Shows::Refused("PM__SCAR__POLL_MS_MAX is 1"),
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
        what: "notifications have an address and no key",
        named: ("settings", "PM__NOTIFICATIONS__SECRET"),
        status: "broken",
        make: |setup| {
            setup.set("PM__NOTIFICATIONS__URL", "http://127.0.0.1:9/hook");
            nothing()
        },
        shows: Shows::Refused("and PM__NOTIFICATIONS__SECRET is not"),
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
            std::fs::write(setup.at("env"), "KEY='forgotten").expect("a file");
            setup.set("PM__ACP__ENV_FILE", setup.at("env").display());
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
