//! Ends in order, and threads that go away.

use actix_rt::Arbiter;
use futures_util::FutureExt;
use project_manager::actors::reply::Crashed;
use project_manager::actors::supervisor::{Policy, RestartLimits, State, Supervisor, Unsent};

use super::failing::{Echo, Fault, Hook, echo, fail};
use super::{find, generous, here, set_aside, start, status, until};

#[actix_web::test]
async fn stopping_itself_is_the_end_of_a_child_that_is_not_permanent() {
    let supervisor = Supervisor::new(generous());
    for fault in [Fault::Stop, Fault::Terminate, Fault::StreamEnd] {
        for policy in [Policy::Temporary, set_aside().0] {
            let (child, seen) = start(&supervisor, "leaving", policy, &here());
            assert_eq!(fail(&child, fault).await, Ok(()));
            until("the end", || find(&supervisor, "leaving").is_none()).await;
            let hooks = [
                Hook::Started,
                Hook::Restarting,
                Hook::Stopped,
                Hook::Dropped,
            ];
            assert_eq!(
                hooks.map(|hook| seen.count(hook)),
                [1, 0, 1, 1],
                "{fault:?}"
            );
            assert_eq!(
                child.ask(|reply| Echo { number: 1, reply }).err(),
                Some(Unsent::Gone)
            );
        }
    }
    assert_eq!((supervisor.statuses().len(), supervisor.crashes()), (0, 0));
}

#[actix_web::test]
async fn a_child_whose_every_address_is_dropped_answers_what_is_queued_and_ends() {
    let supervisor = Supervisor::new(generous());
    for permanent in [true, false] {
        let (policy, _given_up) = set_aside();
        let policy = if permanent { Policy::Permanent } else { policy };
        let (child, seen) = start(&supervisor, "retired", policy, &here());
        let other = child.clone();
        let queued: Vec<_> = (0..5).map(|number| echo(&child, number)).collect();
        drop((child, other));
        for (number, answer) in queued.into_iter().enumerate() {
            assert_eq!(answer.await, Ok(number));
        }
        until("the end", || supervisor.statuses().is_empty()).await;
        assert_eq!(
            (seen.count(Hook::Stopped), seen.count(Hook::Dropped)),
            (1, 1)
        );
    }
    assert_eq!(supervisor.crashes(), 0);
    assert_eq!(supervisor.escalated().now_or_never(), None);
}

#[actix_web::test]
async fn a_crash_after_the_last_address_is_dropped_still_loses_nothing_queued() {
    let supervisor = Supervisor::new(generous());
    let (policy, given_up) = set_aside();
    let (child, seen) = start(&supervisor, "retired", policy, &here());
    let failed = fail(&child, Fault::Handler);
    let queued: Vec<_> = (0..5).map(|number| echo(&child, number)).collect();
    drop(child);
    assert_eq!(failed.await, Err(Crashed));
    for (number, answer) in queued.into_iter().enumerate() {
        assert_eq!(answer.await, Ok(number));
    }
    until("the end", || supervisor.statuses().is_empty()).await;
    assert_eq!(
        (seen.count(Hook::Restarting), seen.count(Hook::Dropped)),
        (1, 1)
    );
    assert!(given_up.await.is_err(), "it ended in order");
}

#[actix_web::test]
async fn a_message_happens_although_nobody_waits_for_its_answer() {
    let supervisor = Supervisor::new(generous());
    let (child, seen) = start(&supervisor, "failing", Policy::Permanent, &here());
    drop(fail(&child, Fault::Stop));
    assert_eq!(echo(&child, 1).await, Ok(1));
    assert_eq!(seen.count(Hook::Restarting), 1);
    assert_eq!(child.unanswered(), 0);

    let mut abandoned = None;
    let kept = child.ask(|reply| {
        abandoned = Some(reply.is_abandoned());
        Echo { number: 2, reply }
    });
    assert_eq!(
        (kept.expect("it is queued").await, abandoned),
        (Ok(2), Some(false))
    );
}

#[actix_web::test]
async fn a_thread_that_goes_away_escalates_for_a_permanent_child_and_gives_up_the_others() {
    let supervisor = Supervisor::new(RestartLimits::default());
    let arbiter = Arbiter::new();
    let (writer, seen) = start(&supervisor, "writer", Policy::Permanent, &arbiter.handle());
    let (policy, given_up) = set_aside();
    let (session, _) = start(&supervisor, "session", policy, &arbiter.handle());
    let (_streamer, _) = start(
        &supervisor,
        "streamer",
        Policy::Temporary,
        &arbiter.handle(),
    );
    let (elsewhere, _) = start(&supervisor, "elsewhere", Policy::Permanent, &here());
    assert_eq!(echo(&writer, 1).await, Ok(1));
    arbiter.stop();
    arbiter.join().expect("the thread ends by itself");

    let escalation = supervisor.escalated().await;
    assert_eq!(
        (&*escalation.child, &*escalation.why),
        ("writer", "its thread has ended")
    );
    assert_eq!(
        given_up.await.expect("it is told").why,
        "its thread has ended"
    );
    assert_eq!(
        writer.ask(|reply| Echo { number: 2, reply }).err(),
        Some(Unsent::Gone)
    );
    assert!(!session.is_connected());
    for (name, state) in [
        ("writer", State::Ended),
        ("session", State::SetAside),
        ("streamer", State::Ended),
    ] {
        assert_eq!(status(&supervisor, name).state, state, "{name}");
    }
    assert_eq!(
        seen.count(Hook::Stopped),
        1,
        "it was in order, so its hooks ran"
    );
    assert_eq!(echo(&elsewhere, 1).await, Ok(1));
}

#[actix_web::test]
async fn starting_a_child_on_a_thread_that_is_gone_escalates() {
    let supervisor = Supervisor::new(RestartLimits::default());
    let arbiter = Arbiter::new();
    let gone = arbiter.handle();
    arbiter.stop();
    arbiter.join().expect("the thread ends by itself");
    let (child, seen) = start(&supervisor, "writer", Policy::Permanent, &gone);
    assert_eq!(supervisor.escalated().await.child, "writer");
    assert_eq!(
        child.ask(|reply| Echo { number: 1, reply }).err(),
        Some(Unsent::Gone)
    );
    assert_eq!(seen.count(Hook::Started), 0);
}

#[actix_web::test]
async fn after_standing_down_a_thread_takes_its_children_along_without_alarm() {
    let supervisor = Supervisor::new(RestartLimits::default());
    let arbiter = Arbiter::new();
    let (policy, given_up) = set_aside();
    let (writer, seen) = start(&supervisor, "writer", Policy::Permanent, &arbiter.handle());
    let (_session, _) = start(&supervisor, "session", policy, &arbiter.handle());
    assert_eq!(echo(&writer, 1).await, Ok(1));
    supervisor.stand_down();
    arbiter.stop();
    arbiter.join().expect("the thread ends by itself");
    assert!(supervisor.statuses().is_empty());
    assert_eq!((seen.count(Hook::Stopped), supervisor.crashes()), (1, 0));
    assert!(given_up.await.is_err());
    assert_eq!(supervisor.escalated().now_or_never(), None);
}
