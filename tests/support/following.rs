//! A command that is read while it is at work, line by line, as somebody in front of it does.

use std::sync::{Arc, Mutex};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout},
    task::JoinHandle,
};

use super::{Done, ProgramBuilder, patiently, wait_until};

/// Why the words can always be taken.
const HELD: &str = "nobody panics while it is held";

/// Bytes that wait in a pipe of 64 KiB only when something larger than the pipe is being written.
const STUFFED_BYTES: u64 = 40_000;

/// A command at work. Dropping it kills it.
pub struct Following {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// What it wrote to its standard error so far.
    words: Arc<Mutex<String>>,
    errors: JoinHandle<()>,
}

impl ProgramBuilder {
    /// Starts it as a command that is read while it is at work.
    pub fn follow(self) -> Following {
        let mut child = self.into_command().spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut stderr = BufReader::new(child.stderr.take().expect("it is piped"));
        let words = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&words);
        #[expect(
            clippy::disallowed_methods,
            reason = "the command keeps the handle and waits for it at its end"
        )]
        let errors = tokio::spawn(async move {
            let mut line = String::new();
            while stderr.read_line(&mut line).await.expect("text") > 0 {
                kept.lock().expect(HELD).push_str(&line);
                line.clear();
            }
        });
        Following {
            child,
            lines,
            words,
            errors,
        }
    }
}

impl Following {
    /// The next line of its output.
    pub async fn line(&mut self) -> String {
        let line = patiently("a line of the command", self.lines.next_line()).await;
        let line = line.expect("its output is text");
        line.unwrap_or_else(|| panic!("its output ended: {}", self.words.lock().expect(HELD)))
    }

    /// Lines until one with these words, that one included.
    pub async fn until(&mut self, words: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            lines.push(self.line().await);
            if lines.last().is_some_and(|line| line.contains(words)) {
                return lines;
            }
        }
    }

    /// Returns when it has said this on its standard error.
    pub async fn said(&self, words: &str) {
        wait_until(("on its standard error", words), async || {
            let said = self.words.lock().expect(HELD);
            said.contains(words).then_some(())
        })
        .await;
    }

    /// Returns when nobody could write more to its output than it did: it stands still where it writes.
    pub async fn is_stuffed(&mut self) {
        wait_until("a pipe that is full", async || {
            let unread = rustix::io::ioctl_fionread(self.lines.get_ref().get_ref());
            (unread.expect("a pipe") > STUFFED_BYTES).then_some(())
        })
        .await;
    }

    /// Ctrl-C.
    pub fn interrupt(&self) {
        self.send(Signal::INT);
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        self.send(Signal::TERM);
    }

    fn send(&self, signal: Signal) {
        let pid = self.child.id().expect("it was not waited for");
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a process has an id"), signal).expect("it was running");
    }

    /// Does not read on, as `head` does; how it ended.
    pub async fn closed(self, then: impl Future<Output = ()>) -> Done {
        let Self {
            mut child,
            lines,
            words,
            errors,
        } = self;
        drop(lines);
        then.await;
        let status = patiently("the command to end", child.wait()).await;
        patiently("its last words", errors).await.expect("no panic");
        Done {
            code: status.expect("it can be waited for").code(),
            output: String::new(),
            errors: words.lock().expect(HELD).clone(),
        }
    }

    /// Waits for its end without reading what it writes; how.
    pub async fn ended_unread(mut self) -> Done {
        let status = patiently("the command to end", self.child.wait()).await;
        patiently("its last words", self.errors)
            .await
            .expect("no panic");
        Done {
            code: status.expect("it can be waited for").code(),
            output: String::new(),
            errors: self.words.lock().expect(HELD).clone(),
        }
    }

    /// Waits for its end; how, and what it wrote from here on.
    pub async fn ended(mut self) -> Done {
        let mut output = String::new();
        while let Some(line) = patiently("a line or the end", self.lines.next_line())
            .await
            .expect("its output is text")
        {
            output.push_str(&line);
            output.push('\n');
        }
        let status = patiently("the command to end", self.child.wait()).await;
        patiently("its last words", self.errors)
            .await
            .expect("no panic");
        Done {
            code: status.expect("it can be waited for").code(),
            output,
            errors: self.words.lock().expect(HELD).clone(),
        }
    }
}
