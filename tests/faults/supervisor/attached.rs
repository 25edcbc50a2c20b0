//! Children that live in somebody else's task.

use project_manager::actors::supervisor::{Policy, State, Supervisor};

use super::failing::{Failing, Fault, Hook, Seen, echo, fail};
use super::{find, generous, spec, status};

#[actix_web::test]
async fn an_attached_child_lives_in_what_polls_it_and_ends_in_order_when_that_is_dropped() {
    let supervisor = Supervisor::new(generous());
    let seen = Seen::default();
    let actor = Failing::new(seen.clone());
    let spec = spec("attached", Policy::Temporary);
    let (child, life) = supervisor.attach(spec, |_| actor);
    let mut life = Box::pin(life);
    let answer = echo(&child, 7);
    assert_eq!(seen.count(Hook::Started), 0, "nobody has polled it");
    tokio::select! {
        answer = answer => assert_eq!(answer, Ok(7)),
        () = &mut life => panic!("it ended by itself"),
    }
    assert!(find(&supervisor, "attached").is_some());
    drop(life);
    assert_eq!((supervisor.statuses().len(), supervisor.crashes()), (0, 0));
    assert_eq!(seen.count(Hook::Dropped), 1);
}

#[actix_web::test]
async fn a_crash_of_an_attached_child_ends_it_and_counts() {
    let supervisor = Supervisor::new(generous());
    let actor = Failing::new(Seen::default());
    let spec = spec("attached", Policy::Temporary);
    let (child, life) = supervisor.attach(spec, |_| actor);
    let answer = fail(&child, Fault::Handler);
    life.await;
    answer.await.expect_err("it crashed over it");
    let ended = status(&supervisor, "attached");
    assert_eq!((ended.state, supervisor.crashes()), (State::Ended, 1));
}

#[actix_web::test]
async fn a_panic_of_what_an_attached_child_lives_in_is_a_failure_of_the_child() {
    let supervisor = Supervisor::new(generous());
    let actor = Failing::new(Seen::default());
    let spec = spec("attached", Policy::Temporary);
    let (_child, life) = supervisor.attach(spec, |_| actor);
    #[expect(
        clippy::disallowed_methods,
        reason = "as the server does with a connection"
    )]
    let task = actix_rt::spawn(async move {
        let _life = life;
        panic!("the connection's own failure");
    });
    task.await.expect_err("it panicked");
    let ended = status(&supervisor, "attached");
    assert_eq!((ended.state, supervisor.crashes()), (State::Ended, 1));
    let why = ended.last_exit.expect("it has ended").why;
    assert_eq!(why, "what it was attached to panicked");
}
