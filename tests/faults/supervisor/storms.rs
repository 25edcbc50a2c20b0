//! Many panics in a row: nothing queued is lost, and nobody else notices.

use actix_rt::Arbiter;
use futures_util::FutureExt;
use futures_util::future::{Either, join, select};
use project_manager::actors::reply::Crashed;
use project_manager::actors::supervisor::{Child, Policy, State, Supervisor, Unsent};

use super::failing::{Echo, Failing, Fault, Hook, echo, fail};
use super::{generous, here, start, status, until, waits_for_ever};

const PANICS: usize = 1_000;
const QUEUED_BEHIND_EACH: usize = 5;

/// Questions the neighbour must get through during the storm, one after the other: one for each panic. Each restart waits
/// a millisecond, in which it can answer dozens, so that the other forty-nine in fifty are for a machine that is busy. One
/// that is served only when the storm is over answers none.
const ANSWERS_BESIDE_MIN: usize = PANICS;

/// Asks one question after the other until told to stop; each must be answered. Gives how many were.
async fn keep_asking(
    neighbour: &Child<Failing>,
    stop: tokio::sync::oneshot::Receiver<()>,
) -> usize {
    let mut stop = stop;
    for number in 0.. {
        let stopped = match select(echo(neighbour, number), &mut stop).await {
            Either::Left((answer, _)) => {
                assert_eq!(answer, Ok(number));
                false
            }
            Either::Right(_) => true,
        };
        if stopped {
            return number;
        }
    }
    unreachable!("the numbers do not end")
}

#[actix_web::test]
async fn a_thousand_panics_in_a_row_lose_none_of_five_thousand_queued_messages() {
    let supervisor = Supervisor::new(generous());
    let arbiter = Arbiter::new();
    let (child, seen) = start(&supervisor, "failing", Policy::Permanent, &arbiter.handle());
    let (neighbour, _) = start(
        &supervisor,
        "neighbour",
        Policy::Permanent,
        &arbiter.handle(),
    );
    assert_eq!(echo(&neighbour, 0).await, Ok(0));

    let rounds: Vec<_> = (0..PANICS)
        .map(|round| {
            let failed = fail(&child, Fault::Handler);
            let behind =
                (0..QUEUED_BEHIND_EACH).map(|at| echo(&child, round * QUEUED_BEHIND_EACH + at));
            (failed, behind.collect::<Vec<_>>())
        })
        .collect();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let storm = async {
        let mut answered = 0;
        for (failed, behind) in rounds {
            assert_eq!(failed.await, Err(Crashed));
            for answer in behind {
                assert_eq!(answer.await, Ok(answered));
                answered += 1;
            }
        }
        stop.send(()).expect("the neighbour is still being asked");
        answered
    };
    let (answered, asked) = join(storm, keep_asking(&neighbour, stopped)).await;

    assert_eq!(answered, PANICS * QUEUED_BEHIND_EACH);
    assert!(
        asked >= ANSWERS_BESIDE_MIN,
        "the neighbour answered {asked} questions during the storm"
    );
    let after = status(&supervisor, "failing");
    assert_eq!(
        (after.state, after.restarts, after.mailbox),
        (State::Running, PANICS, 0)
    );
    assert_eq!(seen.count(Hook::Restarting), PANICS);
    assert_eq!(
        seen.count(Hook::Dropped),
        0,
        "it is the same actor throughout"
    );
    let neighbour = status(&supervisor, "neighbour");
    assert!(neighbour.last_exit.is_none() && neighbour.restarts == 0);
    supervisor.stand_down();
    arbiter.stop();
}

#[actix_web::test]
async fn a_thousand_panics_of_all_kinds_by_turns_and_in_started_lose_nothing_either() {
    let supervisor = Supervisor::new(generous());
    let (child, seen) = start(&supervisor, "failing", Policy::Permanent, &here());
    let (neighbour, _) = start(&supervisor, "neighbour", Policy::Permanent, &here());
    let kinds = Fault::PANICS.len();
    let mut crashes = 0;
    for round in 0..PANICS {
        let fault = Fault::PANICS[round % kinds];
        // Every eighth restart finds `started` failing, too; a future's `Drop` fails the restart itself.
        crashes += 1 + u64::from(fault == Fault::DropOfAFuture);
        if round % kinds == 0 {
            seen.fail_in(Hook::Started);
            crashes += 1;
        }
        let failed = fail(&child, fault);
        let behind: Vec<_> = (0..QUEUED_BEHIND_EACH)
            .map(|number| echo(&child, number))
            .collect();
        let answers_first = [Fault::Spawn, Fault::RunLater, Fault::Stream].contains(&fault);
        let answer = if answers_first { Ok(()) } else { Err(Crashed) };
        assert_eq!(failed.await, answer, "round {round}, {fault:?}");
        for (number, answer) in behind.into_iter().enumerate() {
            assert_eq!(answer.await, Ok(number), "round {round}, {fault:?}");
        }
        until("the crash", || supervisor.crashes() == crashes).await;
        assert_eq!(
            echo(&child, round).await,
            Ok(round),
            "round {round}, {fault:?}"
        );
        assert_eq!(
            echo(&neighbour, round).await,
            Ok(round),
            "round {round}, {fault:?}"
        );
    }
    assert_eq!(seen.count(Hook::Started), 1 + PANICS + PANICS / kinds);
    assert_eq!(status(&supervisor, "failing").mailbox, 0);
    assert_eq!(status(&supervisor, "neighbour").restarts, 0);
}

#[actix_web::test]
async fn while_an_actor_waits_for_its_restart_its_queue_is_kept_and_its_neighbour_answers() {
    let supervisor = Supervisor::new(waits_for_ever());
    let arbiter = Arbiter::new();
    let (child, _) = start(&supervisor, "failing", Policy::Permanent, &arbiter.handle());
    let (neighbour, _) = start(
        &supervisor,
        "neighbour",
        Policy::Permanent,
        &arbiter.handle(),
    );
    assert_eq!(fail(&child, Fault::Handler).await, Err(Crashed));
    until("the delay", || {
        status(&supervisor, "failing").state == State::Restarting
    })
    .await;

    let mut queued = [echo(&child, 1), echo(&child, 2), echo(&child, 3)];
    for number in 0..100 {
        assert_eq!(echo(&neighbour, number).await, Ok(number));
    }
    assert_eq!(status(&supervisor, "failing").mailbox, 3);
    for answer in &mut queued {
        assert_eq!(
            answer.now_or_never(),
            None,
            "nobody answered, and nothing was dropped"
        );
    }

    // Its thread goes while it waits: nobody is left waiting with it.
    arbiter.stop();
    for answer in queued {
        assert_eq!(answer.await, Err(Crashed));
    }
    until("the end", || {
        status(&supervisor, "failing").state == State::Ended
    })
    .await;
    assert_eq!(status(&supervisor, "failing").mailbox, 0);
    assert_eq!(
        child.ask(|reply| Echo { number: 4, reply }).err(),
        Some(Unsent::Gone)
    );
    assert_eq!(child.unanswered(), 0);
}
