//! Where it is shown: lines on standard output, words on standard error, and on a terminal one line below that says what is
//! being done now.

use std::{
    cell::RefCell,
    env,
    io::{self, IsTerminal as _, Stdout, Write as _},
};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

use super::{
    failure::Failure,
    text::{fitting, plain},
};

/// Columns of a terminal that does not say how many it has.
const COLUMNS_USUAL: usize = 80;

/// To the start of the line, and erase it.
const ERASE: &str = "\r\u{1b}[2K";

pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default();
pub(super) const ASKS: Style = AnsiColor::Yellow.on_default();
pub(super) const NAME: Style = Style::new().bold();
pub(super) const FAINT: Style = Style::new().dimmed();
pub(super) const USUAL: Style = Style::new();

/// A text in a style. What is no terminal gets the text alone.
pub(super) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Says something on standard error. One that is closed is gone on without: there is nowhere to say so.
pub(super) fn say(text: &str) {
    let _ = writeln!(anstream::stderr(), "pm: {}", plain(text));
}

/// Says the last there is to say, from beside the thread that shows: that one may stand still where it writes, with standard
/// output in its hands. So the line with what is being done is erased by way of standard error, which is the same terminal.
pub(super) fn say_last(text: &str) {
    if has_status() && io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "{ERASE}");
    }
    say(text);
}

/// Whether a line of what is shown can be rewritten.
fn has_status() -> bool {
    let is_dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
    io::stdout().is_terminal() && !is_dumb
}

/// Standard output and standard error.
pub(super) struct Screen {
    /// Takes the colours away where they are not wanted.
    lines: RefCell<AutoStream<Stdout>>,
    /// Whether a line can be rewritten.
    has_status: bool,
    status: RefCell<Option<String>>,
}

impl Screen {
    /// This process's own.
    pub(super) fn new() -> Self {
        Self {
            lines: RefCell::new(AutoStream::auto(io::stdout())),
            has_status: has_status(),
            status: RefCell::new(None),
        }
    }

    /// Writes lines. Whoever made them has taken care of what is foreign in them.
    pub(super) fn lines<T: AsRef<str>>(
        &self,
        lines: impl IntoIterator<Item = T>,
    ) -> Result<(), Failure> {
        self.erase()?;
        let mut out = self.lines.borrow_mut();
        for line in lines {
            writeln!(out, "{}", line.as_ref())?;
        }
        out.flush()?;
        drop(out);
        self.draw()
    }

    /// Writes a line.
    pub(super) fn line(&self, line: &str) -> Result<(), Failure> {
        self.lines([line])
    }

    /// Writes a text that programs read, as it is.
    pub(super) fn json(&self, text: &str) -> Result<(), Failure> {
        self.line(&super::text::json(text))
    }

    /// Says something beside what is shown, on standard error.
    pub(super) fn word(&self, text: &str) {
        // Nothing can be done about a terminal that is gone but to go on without it.
        let _ = self.erase();
        say(text);
        let _ = self.draw();
    }

    /// Says what is being done now, in place of what was said before.
    pub(super) fn now(&self, text: &str) -> Result<(), Failure> {
        if !self.has_status {
            return Ok(());
        }
        *self.status.borrow_mut() = Some(plain(text).replace('\n', " "));
        self.draw()
    }

    /// Nothing is being done any more.
    pub(super) fn done(&self) -> Result<(), Failure> {
        self.erase()?;
        *self.status.borrow_mut() = None;
        Ok(())
    }

    fn erase(&self) -> Result<(), Failure> {
        if self.status.borrow().is_some() {
            let mut out = io::stdout();
            write!(out, "{ERASE}")?;
            out.flush()?;
        }
        Ok(())
    }

    fn draw(&self) -> Result<(), Failure> {
        if let Some(status) = self.status.borrow().as_deref() {
            let columns = rustix::termios::tcgetwinsize(io::stdout())
                .map(|size| usize::from(size.ws_col))
                .ok()
                .filter(|columns| *columns > 0)
                .unwrap_or(COLUMNS_USUAL);
            // One column less than there is: in the last one many a terminal begins a new line.
            let mut out = io::stdout();
            write!(out, "{ERASE}{}", fitting(status, columns - 1))?;
            out.flush()?;
        }
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // What is written next, by the shell, begins where it should.
        let _ = self.done();
    }
}
