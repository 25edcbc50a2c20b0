//! Where an actor can fail, what is restarted, and what becomes of its messages.

use actix::MailboxError;
use actix_rt::Arbiter;
use project_manager::actors::reply::Crashed;
use project_manager::actors::supervisor::{Policy, State, Supervisor};

use super::failing::{Fault, Hook, ON_PURPOSE, Panic, echo, fail};
use super::{Log, find, generous, here, set_aside, start, status, until};

/// What a fault does to a permanent child: how often it is restarted for it, and what the one who asked for
/// the fault is answered.
const FAULTS: [(Fault, usize, Result<(), Crashed>); 12] = [
    (Fault::Handler, 1, Err(Crashed)),
    (Fault::Wait, 1, Err(Crashed)),
    (Fault::Atomic, 1, Err(Crashed)),
    (Fault::ActFuture, 1, Err(Crashed)),
    (Fault::Spawn, 1, Ok(())),
    (Fault::RunLater, 1, Ok(())),
    (Fault::Stream, 1, Ok(())),
    (Fault::Stop, 1, Ok(())),
    (Fault::Terminate, 1, Ok(())),
    (Fault::StreamEnd, 1, Ok(())),
    (Fault::Future, 0, Err(Crashed)),
    (Fault::OutsideTask, 0, Err(Crashed)),
];

#[actix_web::test]
async fn after_every_kind_of_fault_the_actor_is_back_and_what_was_queued_is_answered() {
    for (fault, restarts, answer) in FAULTS {
        let supervisor = Supervisor::new(generous());
        let (child, seen) = start(&supervisor, "failing", Policy::Permanent, &here());
        let (neighbour, _) = start(&supervisor, "neighbour", Policy::Permanent, &here());

        let failed = fail(&child, fault);
        let queued: Vec<_> = (0..5).map(|number| echo(&child, number)).collect();
        assert_eq!(failed.await, answer, "{fault:?}");
        for (number, answer) in queued.into_iter().enumerate() {
            assert_eq!(answer.await, Ok(number), "{fault:?}");
        }
        until("the restart", || {
            status(&supervisor, "failing").restarts == restarts
        })
        .await;
        assert_eq!(echo(&child, 6).await, Ok(6), "{fault:?}");

        let after = status(&supervisor, "failing");
        assert_eq!(
            (after.state, after.restarts, after.mailbox),
            (State::Running, restarts, 0),
            "{fault:?}"
        );
        assert_eq!(seen.count(Hook::Restarting), restarts, "{fault:?}");
        assert_eq!(
            seen.count(Hook::Started),
            1 + restarts,
            "{fault:?}: a restart starts again"
        );
        let stops = [Fault::Stop, Fault::Terminate, Fault::StreamEnd].contains(&fault);
        let why = if stops {
            "stopped itself".to_owned()
        } else {
            format!("panicked: {ON_PURPOSE}")
        };
        let last_exit = after.last_exit.map(|exit| exit.why);
        assert_eq!(last_exit, (restarts > 0).then_some(why), "{fault:?}");

        assert_eq!(echo(&neighbour, 1).await, Ok(1), "{fault:?}");
        assert_eq!(status(&supervisor, "neighbour").restarts, 0, "{fault:?}");
    }
}

#[actix_web::test]
async fn a_question_by_send_that_the_actor_panicked_over_is_closed_while_the_address_stays_valid() {
    let supervisor = Supervisor::new(generous());
    let (child, _) = start(&supervisor, "failing", Policy::Permanent, &here());
    assert_eq!(child.addr().send(Panic).await, Err(MailboxError::Closed));
    assert!(child.addr().connected());
    assert_eq!(echo(&child, 1).await, Ok(1));
}

#[actix_web::test]
async fn a_panic_in_any_hook_is_survived_and_the_queue_with_it() {
    // The hook to fail, how often, what brings it about, and how often the actor comes back.
    let cases = [
        (Hook::Started, 3, None, 3),
        (Hook::Restarting, 3, Some(Fault::Handler), 1),
        (Hook::Stopping, 1, Some(Fault::Stop), 1),
        (Hook::Stopped, 1, Some(Fault::Terminate), 1),
    ];
    for (hook, times, fault, restarts) in cases {
        let supervisor = Supervisor::new(generous());
        let (child, seen) = start(&supervisor, "failing", Policy::Permanent, &here());
        for _ in 0..times {
            seen.fail_in(hook);
        }
        let failed = fault.map(|fault| fail(&child, fault));
        for (number, answer) in (0..5)
            .map(|number| (number, echo(&child, number)))
            .collect::<Vec<_>>()
        {
            assert_eq!(answer.await, Ok(number), "{hook:?}");
        }
        if let Some(failed) = failed {
            let expected = if fault == Some(Fault::Handler) {
                Err(Crashed)
            } else {
                Ok(())
            };
            assert_eq!(failed.await, expected, "{hook:?}");
        }
        let after = status(&supervisor, "failing");
        assert_eq!((after.restarts, after.mailbox), (restarts, 0), "{hook:?}");
        let why = after.last_exit.expect("it failed").why;
        assert_eq!(why, format!("panicked: {ON_PURPOSE}"), "{hook:?}");
        assert_eq!(
            seen.count(hook),
            times + usize::from(matches!(hook, Hook::Started | Hook::Restarting)),
            "{hook:?}"
        );
    }
}

#[actix_web::test]
async fn a_future_that_panics_when_the_restart_drops_it_is_one_crash_more() {
    let supervisor = Supervisor::new(generous());
    let (child, _) = start(&supervisor, "failing", Policy::Permanent, &here());
    let failed = fail(&child, Fault::DropOfAFuture);
    let queued = echo(&child, 1);
    assert_eq!(failed.await, Err(Crashed));
    assert_eq!(queued.await, Ok(1));
    assert_eq!(supervisor.crashes(), 2);
    let why = status(&supervisor, "failing")
        .last_exit
        .expect("it failed")
        .why;
    assert_eq!(why, format!("panicked: {ON_PURPOSE}, when dropped"));
}

#[actix_web::test]
async fn an_actor_that_panics_when_dropped_ends_all_the_same_and_is_logged() {
    let (log, _guard) = Log::of_this_thread();
    let supervisor = Supervisor::new(generous());
    let (neighbour, _) = start(&supervisor, "neighbour", Policy::Permanent, &here());

    let (crashing, seen) = start(&supervisor, "crashing", Policy::Temporary, &here());
    seen.fail_in(Hook::Dropped);
    assert_eq!(fail(&crashing, Fault::Handler).await, Err(Crashed));
    until("the end", || !crashing.is_connected()).await;
    assert_eq!(status(&supervisor, "crashing").state, State::Ended);

    let (policy, given_up) = set_aside();
    let (leaving, seen) = start(&supervisor, "leaving", policy, &here());
    seen.fail_in(Hook::Dropped);
    drop(leaving);
    until("the end", || find(&supervisor, "leaving").is_none()).await;
    assert!(
        given_up.await.is_err(),
        "it ended in order, so it was not given up"
    );

    assert_eq!(echo(&neighbour, 1).await, Ok(1));
    for name in ["crashing", "leaving"] {
        let line = format!("an actor panicked while it was dropped actor.name={name}");
        assert!(log.text().contains(&line), "{}", log.text());
    }
}

#[actix_web::test]
async fn no_hook_runs_on_the_state_a_last_panic_left_behind() {
    let supervisor = Supervisor::new(generous());
    let (child, seen) = start(&supervisor, "failing", Policy::Temporary, &here());
    assert_eq!(fail(&child, Fault::Spawn).await, Ok(()));
    until("the drop", || seen.count(Hook::Dropped) == 1).await;
    assert_eq!(
        (seen.count(Hook::Stopping), seen.count(Hook::Stopped)),
        (0, 0)
    );
}

#[actix_web::test]
async fn a_child_that_panics_while_it_is_made_is_given_up_at_once() {
    let supervisor = Supervisor::new(generous());
    let (policy, given_up) = set_aside();
    let arbiter = Arbiter::new();
    let child = supervisor.start(
        super::spec("unmade", policy),
        &arbiter.handle(),
        |_| -> super::Failing { panic!("{ON_PURPOSE}") },
    );
    let why = given_up.await.expect("it is given up").why;
    assert_eq!(why, format!("panicked while it was made: {ON_PURPOSE}"));
    until("the mailbox to close", || !child.is_connected()).await;
    assert_eq!(status(&supervisor, "unmade").state, State::SetAside);
    arbiter.stop();
}
