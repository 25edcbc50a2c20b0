//! All that is counted by one server, and all that is known of it without counting.

use std::{collections::BTreeMap, fmt};

use super::parts::Parts;
use crate::{
    actors::supervisor::{Failures, State},
    agent::llm::Health,
    metrics::{HttpFigures, Registry, asked::Sheet, register_process},
};

/// What a figure without labels has.
const NONE: [(&str, String); 0] = [];

/// Enters everything.
pub(super) fn registry(parts: &Parts, http: &HttpFigures) -> Registry {
    let mut registry = Registry::default();
    parts.writer.status().counted().register(&mut registry);
    parts.canary.register(&mut registry);
    http.register(&mut registry);
    for backend in parts.backends.all() {
        backend.register(&mut registry);
    }
    parts.github.register(&mut registry);
    if let Some(model) = &parts.model {
        model.register(&mut registry);
    }
    if let Some(notifier) = &parts.notifier {
        notifier.register(&mut registry);
    }
    let known = Known(parts.clone());
    registry.ask(move |sheet| known.enter(sheet));
    register_process(&mut registry);
    registry
}

/// What is known of a server without counting.
struct Known(Parts);

impl Known {
    fn enter(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let version = [("version", self.0.about.version.clone())];
        sheet.gauge("pm_build_info", "The version that runs", [(version, 1)])?;
        self.feed(sheet)?;
        self.storing(sheet)?;
        self.executions(sheet)?;
        self.canary(sheet)?;
        self.notifications(sheet)?;
        self.actors(sheet)
    }

    fn feed(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let feed = &self.0.feed;
        let lag = feed.standing().iter().map(|one| one.lag).max();
        let help = "Activities the slowest stream or chat window is behind";
        sheet.gauge("pm_stream_lag_activities", help, [(NONE, lag.unwrap_or(0))])?;
        let help = "Activities sent to streams, each as often as it was sent";
        sheet.counter("pm_stream_events_sent", help, [(NONE, feed.sent())])
    }

    fn storing(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let Parts {
            writer,
            reader,
            leases,
            database,
            ..
        } = &self.0;
        let figures = writer.status().figures();
        let help = "Appends that wait or are being stored";
        sheet.gauge("pm_writer_queue", help, [(NONE, count(writer.queue()))])?;
        let help = "When a commit last succeeded, in seconds since 1970";
        let last = figures
            .last_commit_at
            .iter()
            .map(|at| (NONE, at.timestamp()));
        sheet.gauge("pm_last_commit_timestamp_seconds", help, last)?;
        let away = writer.status().degraded().borrow().is_some();
        let help = "1 while nothing can be stored";
        sheet.gauge("pm_database_away", help, [(NONE, i64::from(away))])?;
        let (open, idle) = reader.connections();
        let used = i64::from(open) - count(idle);
        let connections = [("used", used), ("idle", count(idle))];
        let connections =
            connections.map(|(state, number)| ([("state", state.to_owned())], number));
        sheet.gauge(
            "pm_database_connections",
            "Connections open for reading",
            connections,
        )?;
        if database.is_sqlite() {
            return Ok(());
        }
        let help = "Projects this server works for";
        sheet.gauge(
            "pm_leases_held",
            help,
            [(NONE, count(leases.projects().len()))],
        )?;
        let certain = leases.here().is_some_and(|here| here.is_certain());
        let help = "1 while this server is certain that it works for them";
        sheet.gauge("pm_lease_certain", help, [(NONE, i64::from(certain))])
    }

    fn executions(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let Parts {
            executor,
            backends,
            model,
            ..
        } = &self.0;
        let load = executor.load();
        let help = "Commands that wait, for the one before them in their project or for a slot";
        sheet.gauge("pm_executions_waiting", help, [(NONE, count(load.waiting))])?;
        let named = |backend: &str| [("backend", backend.to_owned())];
        let running = backends.all().iter().map(|backend| {
            let running = load.running.get(backend.name()).copied();
            (named(backend.name()), count(running.unwrap_or(0)))
        });
        sheet.gauge(
            "pm_executions_running",
            "Commands that run, by backend",
            running,
        )?;
        let away = backends.all().iter().map(|backend| {
            let away = backend.health().trouble.is_some();
            (named(backend.name()), i64::from(away))
        });
        sheet.gauge("pm_backend_away", "1 while a backend does not answer", away)?;
        let away = model.iter().map(|model| {
            let away = matches!(model.state().health(), Health::Away { .. });
            (NONE, i64::from(away))
        });
        sheet.gauge(
            "pm_model_away",
            "1 while the language model does not answer",
            away,
        )
    }

    fn canary(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let last = self.0.canary.last();
        let failing = last
            .iter()
            .map(|flight| (NONE, i64::from(flight.stuck.is_some())));
        let help = "1 while what is written does not arrive";
        sheet.gauge("pm_canary_failing", help, failing)?;
        let help = "When that was last tested, in seconds since 1970";
        let tested = last.iter().map(|flight| (NONE, flight.at.timestamp()));
        sheet.gauge("pm_canary_timestamp_seconds", help, tested)
    }

    fn notifications(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let Some(notifier) = &self.0.notifier else {
            return Ok(());
        };
        let waiting = i64::try_from(notifier.waiting()).unwrap_or(i64::MAX);
        let help = "Notifications that are to be delivered by this server";
        sheet.gauge("pm_notifications_waiting", help, [(NONE, waiting)])
    }

    fn actors(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let supervisor = &self.0.supervisor;
        let mut kinds = BTreeMap::<(String, &'static str), (i64, i64)>::new();
        for status in supervisor.statuses() {
            // The canary's own streams are nobody's.
            if status.parent != "canary" {
                let kind = (label(status.kind()), state(status.state));
                let (number, mailbox) = kinds.entry(kind).or_default();
                *number += 1;
                *mailbox += count(status.mailbox);
            }
        }
        for (name, kind) in [
            ("pm_streams_open", "streamer"),
            ("pm_chat_windows_open", "chat_window"),
        ] {
            let open = kinds.get(&(kind.to_owned(), state(State::Running)));
            let help = "Connections that are open";
            sheet.gauge(name, help, [(NONE, open.map_or(0, |(number, _)| *number))])?;
        }
        let there = kinds.iter().map(|((kind, state), (number, _))| {
            let state = (*state).to_owned();
            ([("kind", kind.clone()), ("state", state)], *number)
        });
        sheet.gauge(
            "pm_actors",
            "Parts of the program, by kind and state",
            there,
        )?;
        let mut mailboxes = BTreeMap::<&str, i64>::new();
        for ((kind, _), (_, mailbox)) in &kinds {
            *mailboxes.entry(kind).or_default() += mailbox;
        }
        let mailboxes = mailboxes
            .into_iter()
            .map(|(kind, number)| ([("kind", kind.to_owned())], number));
        let help = "Questions to parts of the program that are not answered yet";
        sheet.gauge("pm_actor_mailbox", help, mailboxes)?;
        let failures = supervisor.failures();
        let by_kind = |of: fn(&Failures) -> u64| {
            let failures = failures.iter();
            failures.map(move |(kind, failures)| ([("kind", label(kind))], of(failures)))
        };
        let help = "Parts of the program that failed and were restarted";
        sheet.counter(
            "pm_actor_restarts",
            help,
            by_kind(|failures| failures.restarts),
        )?;
        let help = "Parts of the program that failed and were not restarted";
        sheet.counter("pm_actor_ends", help, by_kind(|failures| failures.ends))
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn label(kind: &str) -> String {
    kind.replace(' ', "_")
}

fn state(state: State) -> &'static str {
    match state {
        State::Running => "running",
        State::Restarting => "restarting",
        State::SetAside => "set_aside",
        State::Ended => "ended",
    }
}
