//! Actors that panic, stop, and lose their thread, under the supervisor.

mod attached;
mod endings;
mod failing;
mod limits;
mod panics;
mod storms;

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use actix_rt::{Arbiter, ArbiterHandle};
use project_manager::actors::supervisor::{
    Child, GiveUp, Policy, RestartLimits, Spec, Status, Supervisor,
};
use tokio::sync::oneshot;

use self::failing::{Failing, Seen};

/// More than any test's panics, and next to no delay: for tests about what survives, not about when to stop.
fn generous() -> RestartLimits {
    let instant = Duration::from_millis(1);
    RestartLimits {
        restarts: 10_000,
        window: Duration::from_secs(60),
        first_delay: instant,
        longest_delay: instant,
    }
}

/// The first crash is followed by a delay no test lives to see the end of.
fn waits_for_ever() -> RestartLimits {
    let hour = Duration::from_secs(3_600);
    RestartLimits {
        first_delay: hour,
        longest_delay: hour * 2,
        ..RestartLimits::default()
    }
}

fn spec(name: &str, policy: Policy) -> Spec {
    Spec {
        name: name.to_owned(),
        parent: "test",
        policy,
        mailbox: 10_000,
    }
}

fn start(
    supervisor: &Supervisor,
    name: &str,
    policy: Policy,
    arbiter: &ArbiterHandle,
) -> (Child<Failing>, Seen) {
    let seen = Seen::default();
    let actor = Failing::new(seen.clone());
    (
        supervisor.start(spec(name, policy), arbiter, |_| actor),
        seen,
    )
}

fn here() -> ArbiterHandle {
    Arbiter::current()
}

fn set_aside() -> (Policy, oneshot::Receiver<GiveUp>) {
    let (told, given_up) = oneshot::channel();
    let on_give_up = Box::new(move |why| told.send(why).expect("the test waits for it"));
    (Policy::SetAside { on_give_up }, given_up)
}

fn find(supervisor: &Supervisor, name: &str) -> Option<Status> {
    supervisor
        .statuses()
        .into_iter()
        .find(|status| status.name == name)
}

fn status(supervisor: &Supervisor, name: &str) -> Status {
    find(supervisor, name).unwrap_or_else(|| panic!("{name} is not in the list"))
}

/// Waits for a condition; gives up only when it will certainly never hold.
async fn until(what: &str, condition: impl Fn() -> bool) {
    let hopeless = Duration::from_secs(30);
    let mut look = tokio::time::interval(Duration::from_millis(1));
    let waiting = async {
        while !condition() {
            look.tick().await;
        }
    };
    let waited = tokio::time::timeout(hopeless, waiting).await;
    assert!(waited.is_ok(), "still waiting for: {what}");
}

/// What is logged on the test's own thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

/// A place that logs for the first time asks whether anybody listens and remembers the answer. With one subscriber in the
/// process it asks on its own thread alone, where another test may run that has none; with a second one it asks all.
static SECOND: LazyLock<tracing::Dispatch> = LazyLock::new(|| {
    let silent = tracing_subscriber::fmt().with_writer(std::io::sink);
    tracing::Dispatch::new(silent.finish())
});

impl Log {
    fn of_this_thread() -> (Self, tracing::subscriber::DefaultGuard) {
        LazyLock::force(&SECOND);
        let log = Self::default();
        let sink = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || sink.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no writer panics").clone())
            .expect("the log is text")
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no writer panics").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
