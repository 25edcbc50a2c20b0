//! A crash of the executor itself, and of a poller it cannot be told of at once.

use std::sync::mpsc::{SyncSender, sync_channel};

use actix_rt::{Arbiter, ArbiterHandle};
use futures_util::FutureExt as _;
use project_manager::{
    actors::{supervisor::RestartLimits, writer::AppendError},
    domain::{
        execution::{Command, ExecutionStatus, Outcome},
        id::ExecutionId,
    },
};

use super::bare::Bare;
use crate::support::Scripted;

#[actix_web::test]
async fn a_crash_of_the_executor_leaves_what_runs_alone_and_what_waits_in_its_place() {
    let backend = Scripted::new();
    let bare = Bare::start(&backend).await;
    let running = bare.queue(Command::Prime).await;
    let job = backend.next_job().await;
    let waiting = bare.queue(Command::Validate).await;
    bare.crash().await;
    job.says("it goes on").await;
    // Asked after the crash, answered by the restarted executor, which has found everything again.
    let last = bare.queue(Command::Prime).await;
    bare.has(&running, ExecutionStatus::Running).await;
    assert!(!backend.has_job(), "one slot, one command");
    job.complete("done");
    bare.has(&running, ExecutionStatus::Completed).await;
    for (execution, command) in [(&waiting, Command::Validate), (&last, Command::Prime)] {
        let job = backend.next_job().await;
        assert_eq!(
            (job.job.execution, job.job.order.command),
            (execution.id, command)
        );
        bare.crash().await;
        job.complete("done");
        bare.has(execution, ExecutionStatus::Completed).await;
    }
    assert_eq!(bare.supervisor.crashes(), 3);
}

#[actix_web::test]
async fn what_is_cancelled_right_after_a_crash_of_the_executor_is_cancelled_once() {
    let backend = Scripted::new();
    let bare = Bare::start(&backend).await;
    let running = bare.queue(Command::Prime).await;
    let job = backend.next_job().await;
    let waiting = bare.queue(Command::Validate).await;
    bare.crash().await;
    assert_eq!(
        bare.executor.cancel(bare.project, waiting.id).await,
        Ok(true)
    );
    let follow = async {
        job.cancel.cancelled().await;
        job.end(Outcome::Cancelled);
    };
    let (cancelled, ()) = tokio::join!(bare.executor.cancel(bare.project, running.id), follow);
    assert_eq!(cancelled, Ok(true));
    bare.has(&running, ExecutionStatus::Cancelled).await;
    bare.has(&waiting, ExecutionStatus::Cancelled).await;
    assert_eq!(
        bare.executor.cancel(bare.project, running.id).await,
        Ok(false)
    );
    assert!(
        !backend.has_job(),
        "what was cancelled while it waited is not run"
    );
}

/// Halts a thread until something is sent.
fn halt(thread: &ArbiterHandle) -> SyncSender<()> {
    let (go, going) = sync_channel(0);
    let (halted, halting) = sync_channel(0);
    let halt = move || {
        halted.send(()).expect("the test waits for it");
        going.recv().expect("the test lets it go");
    };
    assert!(thread.spawn_fn(halt), "the thread lives");
    halting.recv().expect("the thread lives");
    go
}

#[actix_web::test]
async fn a_poller_that_is_given_up_while_the_executor_has_too_much_to_do_frees_its_project() {
    let backend = Scripted::new();
    let never = RestartLimits {
        restarts: 0,
        ..RestartLimits::default()
    };
    let running = Arbiter::new();
    let bare = Bare::start_with(&backend, never, &running.handle()).await;
    let unlucky = bare.queue(Command::Prime).await;
    let job = backend.next_job().await;
    let go = halt(&running.handle());
    drop(job);
    // Behind the poller's crash the executor's mailbox fills to the brim.
    let overloaded = Some(Err(AppendError::Overloaded));
    while bare
        .executor
        .cancel(bare.project, ExecutionId::new())
        .now_or_never()
        != overloaded
    {}
    go.send(()).expect("the thread waits for it");
    bare.has(&unlucky, ExecutionStatus::Failed).await;
    let lucky = bare.queue(Command::Validate).await;
    backend.next_job().await.complete("done");
    bare.has(&lucky, ExecutionStatus::Completed).await;
    running.stop();
}
