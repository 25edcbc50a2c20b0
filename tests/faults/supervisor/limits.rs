//! Over the real limits, each policy does what it says.

use futures_util::FutureExt;
use project_manager::actors::reply::Crashed;
use project_manager::actors::supervisor::{
    Policy, REMEMBERED_ENDS, RestartLimits, State, Supervisor, Unsent,
};

use super::failing::{Echo, Fault, Hook, ON_PURPOSE, echo, fail};
use super::{Log, find, generous, here, set_aside, start, status, until};

#[actix_web::test]
async fn a_permanent_child_over_its_budget_escalates_by_name_with_the_reason() {
    let supervisor = Supervisor::new(RestartLimits::default());
    let (child, seen) = start(&supervisor, "writer", Policy::Permanent, &here());
    let (neighbour, _) = start(&supervisor, "neighbour", Policy::Permanent, &here());
    let failed: Vec<_> = (0..6).map(|_| fail(&child, Fault::Handler)).collect();
    let behind = echo(&child, 1);

    let escalation = supervisor.escalated().await;
    assert_eq!(escalation.child, "writer");
    assert_eq!(
        escalation.why,
        format!("panicked: {ON_PURPOSE} (more than 5 restarts in 10s)")
    );
    assert_eq!(seen.count(Hook::Restarting), 5);
    for answer in failed {
        assert_eq!(answer.await, Err(Crashed));
    }
    assert_eq!(
        behind.await,
        Err(Crashed),
        "nobody waits for an actor that does not come back"
    );
    assert_eq!(
        child.ask(|reply| Echo { number: 2, reply }).err(),
        Some(Unsent::Gone)
    );
    let after = status(&supervisor, "writer");
    assert_eq!(
        (after.state, after.restarts, after.mailbox),
        (State::Ended, 5, 0)
    );

    assert_eq!(echo(&neighbour, 1).await, Ok(1));
    assert_eq!(
        supervisor.escalated().await,
        escalation,
        "whoever asks later is told the same"
    );
}

#[actix_web::test]
async fn an_actor_that_stops_itself_in_started_does_not_spin_but_escalates() {
    let supervisor = Supervisor::new(RestartLimits::default());
    let (neighbour, _) = start(&supervisor, "neighbour", Policy::Permanent, &here());
    let seen = super::Seen::default();
    seen.stop_when_started();
    let actor = super::Failing::new(seen.clone());
    let child = supervisor.start(super::spec("quitter", Policy::Permanent), &here(), |_| {
        actor
    });
    until("the second start", || seen.count(Hook::Started) == 2).await;
    assert_eq!(echo(&neighbour, 1).await, Ok(1));
    let escalation = supervisor.escalated().await;
    assert_eq!(
        escalation.why,
        "stopped itself (more than 5 restarts in 10s)"
    );
    assert_eq!(seen.count(Hook::Started), 6);
    assert!(!child.is_connected());
}

#[actix_web::test]
async fn a_child_over_its_budget_is_set_aside_and_no_one_else_notices() {
    let supervisor = Supervisor::new(RestartLimits::default());
    let (policy, given_up) = set_aside();
    let (child, _) = start(&supervisor, "session", policy, &here());
    let (neighbour, _) = start(&supervisor, "neighbour", Policy::Permanent, &here());
    let failed: Vec<_> = (0..6).map(|_| fail(&child, Fault::Handler)).collect();
    for answer in failed {
        assert_eq!(answer.await, Err(Crashed));
    }
    let given_up = given_up.await.expect("it is told once");
    assert_eq!(given_up.child, "session");
    assert_eq!(
        given_up.why,
        format!("panicked: {ON_PURPOSE} (more than 5 restarts in 10s)")
    );
    assert!(
        !child.is_connected(),
        "by the time it is told, the mailbox is closed"
    );
    assert_eq!(status(&supervisor, "session").state, State::SetAside);
    assert_eq!(echo(&neighbour, 1).await, Ok(1));
    assert_eq!(status(&supervisor, "neighbour").restarts, 0);
    assert_eq!(supervisor.escalated().now_or_never(), None);

    // Started again, it takes the place of what was remembered of it.
    let (policy, _given_up) = set_aside();
    let (child, _) = start(&supervisor, "session", policy, &here());
    assert_eq!(echo(&child, 1).await, Ok(1));
    let entries = supervisor
        .statuses()
        .into_iter()
        .filter(|status| status.name == "session");
    let states: Vec<_> = entries
        .map(|status| (status.state, status.restarts))
        .collect();
    assert_eq!(states, [(State::Running, 0)]);
}

#[actix_web::test]
async fn a_temporary_child_is_not_restarted_and_only_the_last_ends_are_remembered() {
    let supervisor = Supervisor::new(generous());
    let many = REMEMBERED_ENDS + 8;
    for number in 0..many {
        let name = format!("streamer {number}");
        let (child, seen) = start(&supervisor, &name, Policy::Temporary, &here());
        let failed = fail(&child, Fault::Handler);
        let behind = echo(&child, 1);
        assert_eq!((failed.await, behind.await), (Err(Crashed), Err(Crashed)));
        until("the end", || !child.is_connected()).await;
        assert_eq!(
            (seen.count(Hook::Restarting), seen.count(Hook::Started)),
            (0, 1)
        );
        let after = status(&supervisor, &name);
        assert_eq!(
            (after.state, after.restarts, after.mailbox),
            (State::Ended, 0, 0)
        );
        let why = after.last_exit.expect("it failed").why;
        assert_eq!(why, format!("panicked: {ON_PURPOSE}"));
    }
    assert_eq!(supervisor.crashes(), many as u64);
    assert_eq!(supervisor.statuses().len(), REMEMBERED_ENDS);
    assert!(
        find(&supervisor, "streamer 7").is_none(),
        "the oldest are forgotten"
    );
    assert!(find(&supervisor, "streamer 8").is_some());
    assert_eq!(supervisor.escalated().now_or_never(), None);
}

#[actix_web::test]
async fn a_mailbox_takes_as_many_messages_as_it_says_however_many_hold_the_child() {
    let supervisor = Supervisor::new(generous());
    let seen = super::Seen::default();
    let spec = super::Spec {
        mailbox: 4,
        ..super::spec("small", Policy::Permanent)
    };
    let child = supervisor.start(spec, &here(), |_| super::Failing::new(seen));
    // On this thread the actor does not get to its messages before the test awaits something.
    let queued: Vec<_> = (0..4).map(|number| echo(&child, number)).collect();
    for _ in 0..3 {
        let refused = child.clone().ask(|reply| Echo { number: 5, reply });
        assert_eq!(refused.err(), Some(Unsent::Full));
    }
    assert_eq!(
        status(&supervisor, "small").mailbox,
        4,
        "what was refused does not count"
    );
    for (number, answer) in queued.into_iter().enumerate() {
        assert_eq!(answer.await, Ok(number));
    }
    assert_eq!(status(&supervisor, "small").mailbox, 0);
    assert_eq!(echo(&child, 6).await, Ok(6));
}

#[actix_web::test]
async fn each_crash_is_logged_once_with_the_actors_name_its_restarts_and_why() {
    let (log, _guard) = Log::of_this_thread();

    let supervisor = Supervisor::new(RestartLimits {
        restarts: 2,
        ..generous()
    });
    let (child, _) = start(&supervisor, "writer", Policy::Permanent, &here());
    for _ in 0..3 {
        drop(fail(&child, Fault::Handler));
    }
    supervisor.escalated().await;
    let text = log.text();
    let lines: Vec<_> = text.lines().filter(|line| line.contains("ERROR")).collect();
    assert_eq!(lines.len(), 3, "{text}");
    for (restarts, line) in lines.into_iter().enumerate() {
        for part in [
            "actor.name=writer",
            &format!("restarts={restarts}"),
            "panicked: on purpose",
        ] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
    }
}
