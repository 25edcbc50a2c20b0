//! Whether the server can listen where it is to, or runs there already.

mod listening;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use serde_json::Value;

use super::report::{Check, Fix, as_root, word};
use crate::{
    app::{self, lock::Holder},
    config::Settings,
};

const NAME: &str = "port";

/// How long what listens on the port may take to say what it is. A server answers in milliseconds.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// How many ports after the one that is taken are tried for another.
const TRIED_MAX: u16 = 200;

/// What was found of the port, and of whoever else has the database.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) checks: Vec<Check>,
    /// Where the server runs already, with this database.
    pub(super) runs_at: Option<String>,
}

/// What a server says of itself.
struct Running {
    version: String,
    health: Result<(), String>,
}

/// `holder` is who has the database, where that is a file that somebody has.
pub(super) async fn look(settings: &Settings, holder: Option<Holder>) -> Seen {
    let address = settings.api.address();
    let error = match app::bind(address) {
        Ok(listener) => {
            drop(listener);
            let found = match address.port() {
                0 => format!("any free port of {}", address.ip()),
                _ => format!("{address} is free"),
            };
            return free(Check::ok(NAME, found), settings, holder);
        }
        Err(error) => error,
    };
    let kind = error
        .downcast_ref::<io::Error>()
        .map_or(io::ErrorKind::Other, io::Error::kind);
    if kind != io::ErrorKind::AddrInUse {
        return free(refused(settings, kind, &error), settings, holder);
    }
    let url = format!("http://{}", reached(address));
    let running = ask(&url).await;
    let is_sqlite = app::database(settings).is_sqlite();
    let is_it = is_it(holder, address.port(), is_sqlite);
    match running {
        // A file can be had by one server only; whoever else answers has another one.
        Some(running) if is_it != Some(false) => runs(&url, &running, is_it.is_some()),
        Some(running) => {
            let found = format!(
                "{address} is taken by a Project Manager {} with another database",
                running.version
            );
            let check = Check::broken(NAME, found);
            let check =
                check.because("it was started with other settings, perhaps by another user");
            free(in_use(check, settings), settings, holder)
        }
        None => {
            let found =
                format!("{address} is taken by another program, which is no Project Manager");
            let check = Check::broken(NAME, found);
            let check =
                check.because("it was started first, and one port can have one program only");
            free(in_use(check, settings), settings, holder)
        }
    }
}

/// Whether what answers at this port is the server that has the database; none where that cannot be seen.
fn is_it(holder: Option<Holder>, port: u16, is_sqlite: bool) -> Option<bool> {
    match holder {
        Some(holder) => listening::listens(holder.pid?, port),
        None if is_sqlite => Some(false),
        // Any number of servers may have one of PostgreSQL's.
        None => None,
    }
}

fn runs(url: &str, running: &Running, is_known: bool) -> Seen {
    let found = format!("Project Manager {} runs already at {url}", running.version);
    let check = match &running.health {
        Ok(()) if is_known => Check::ok(NAME, format!("{found} and is well")),
        Ok(()) => Check::ok(
            NAME,
            format!(
                "{found} and is well; whether it has this database or another one cannot be seen from here"
            ),
        ),
        Err(words) => Check::warning(NAME, format!("{found} and is not well: {words}"))
            .because("what it says itself")
            .fix(Fix::to("see what it says of itself").run(format!("curl -sS {url}/health/ready"))),
    };
    Seen {
        checks: vec![check],
        runs_at: Some(url.to_owned()),
    }
}

/// The port, and whoever has the database without being at this port.
fn free(port: Check, settings: &Settings, holder: Option<Holder>) -> Seen {
    let mut checks = vec![port];
    if let Some((holder, file)) = holder.zip(app::database(settings).sqlite_file()) {
        let taken = app::lock::taken(&file);
        let whose = holder
            .pid
            .map_or(String::new(), |pid| format!(", process {pid}"));
        let check = Check::broken("lock", format!("{taken}{whose}"));
        let check = check.because("a server runs with these data at another address");
        let end = match holder.pid {
            Some(pid) => Fix::to("end it").run(format!("kill {pid}")),
            None => {
                Fix::to("find its process, and end it").run(format!("fuser -v {}", word(&file)))
            }
        };
        checks.push(check.fix(end).fixes(super::folders::elsewhere(settings)));
    }
    Seen {
        checks,
        runs_at: None,
    }
}

fn in_use(check: Check, settings: &Settings) -> Check {
    let port = settings.api.port;
    check
        .fixes(
            another_port(settings.api.host, port).map(|port| {
                Fix::to("take another port, which is free now").set("PM__API__PORT", port)
            }),
        )
        .fix(Fix::to("find what has it, and end that").run(format!("ss -ltnp 'sport = :{port}'")))
}

fn refused(settings: &Settings, kind: io::ErrorKind, error: &anyhow::Error) -> Check {
    let address = settings.api.address();
    let reason = error.root_cause();
    let check = Check::broken(NAME, format!("cannot listen on {address}: {reason}"));
    match kind {
        io::ErrorKind::AddrNotAvailable => {
            let check = check.because(format!("{} is no address of this machine", address.ip()));
            check
                .fix(Fix::to("listen for this machine alone").set("PM__API__HOST", "127.0.0.1"))
                .fix(
                    Fix::to("listen on every address it has; that needs a token")
                        .set("PM__API__HOST", "0.0.0.0"),
                )
                .fix(Fix::to("see which it has").run("ip -brief address"))
        }
        io::ErrorKind::PermissionDenied => check
            .because("ports below 1024 are for root as a rule")
            .fixes(another_port(address.ip(), 8_000).map(|port| {
                Fix::to("take another port, which is free now").set("PM__API__PORT", port)
            }))
            .fix(
                Fix::to("let this program have such ports, and start it again").run(as_root(
                    "setcap cap_net_bind_service=+ep \"$(command -v pm)\"",
                )),
            ),
        _ => check
            .because("what is said above")
            .fix(Fix::to("listen for this machine alone").set("PM__API__HOST", "127.0.0.1")),
    }
}

/// A port after this one that is free.
fn another_port(host: IpAddr, taken: u16) -> Option<u16> {
    let after = taken.saturating_add(1).max(1_024);
    let mut ports = after..=after.saturating_add(TRIED_MAX);
    ports.find(|port| app::bind(SocketAddr::new(host, *port)).is_ok())
}

/// The address by which this machine reaches itself.
fn reached(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// What listens there, if it is a server of this program.
async fn ask(url: &str) -> Option<Running> {
    // Refused when it was installed before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder()
        .no_proxy()
        .timeout(ANSWER_WITHIN)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .ok()?;
    let get = async |path: &str| {
        let answer = http.get(format!("{url}{path}")).send().await.ok()?;
        let is_well = answer.status().is_success();
        Some((is_well, answer.json::<Value>().await.ok()?))
    };
    let (_, about) = get("/health").await?;
    about["app_name"].as_str()?;
    let version = about["version"].as_str()?.to_owned();
    let health = match get("/health/ready").await {
        Some((true, _)) => Ok(()),
        Some((false, said)) => Err(said["checks"].to_string()),
        None => Err("it does not say whether it is ready".to_owned()),
    };
    Some(Running { version, health })
}
