//! A future that is polled only when it was woken.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use futures_util::future::LocalBoxFuture;

/// Lives in a task that is woken for other things far more often, and costs those a look at one flag.
pub(super) struct Sleeper {
    /// None when it is over.
    future: Option<LocalBoxFuture<'static, ()>>,
    call: Arc<Call>,
    waker: Waker,
    /// The task it is in, as [`Call::task`] has it.
    task: Waker,
}

/// Whether it was woken, and whom to tell.
struct Call {
    is_woken: AtomicBool,
    task: Mutex<Waker>,
}

impl Sleeper {
    /// Its first poll is due.
    pub(super) fn new(future: impl Future<Output = ()> + 'static) -> Self {
        let call = Arc::new(Call {
            is_woken: AtomicBool::new(true),
            task: Mutex::new(Waker::noop().clone()),
        });
        Self {
            future: Some(Box::pin(future)),
            waker: Waker::from(Arc::clone(&call)),
            call,
            task: Waker::noop().clone(),
        }
    }

    /// Polls it if it was woken; ready once it is over.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(future) = &mut self.future else {
            return Poll::Ready(());
        };
        if !self.task.will_wake(context.waker()) {
            self.task = context.waker().clone();
            *self.call.task() = context.waker().clone();
        }
        // Nearly always not, and a look costs less than a swap.
        if !self.call.is_woken.load(Ordering::Acquire)
            || !self.call.is_woken.swap(false, Ordering::AcqRel)
        {
            return Poll::Pending;
        }
        let poll = Pin::new(future).poll(&mut Context::from_waker(&self.waker));
        if poll.is_ready() {
            self.future = None;
        }
        poll
    }
}

impl Call {
    fn task(&self) -> MutexGuard<'_, Waker> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_woken.store(true, Ordering::Release);
        self.task().wake_by_ref();
    }
}
