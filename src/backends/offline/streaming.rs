//! A running program's output as steps: as it comes, but never a step for each line of a flood.

use std::{collections::VecDeque, time::Duration};

use tokio::time::{Instant, timeout_at};

use super::{
    counted, grouped,
    lines::Lines,
    tally::Tally,
    visit::{Halt, Visit},
};
use crate::{
    backends::child::{CommandLine, Ended, Outputs, Running, Stop},
    domain::step::{Step, TextFormat},
};

/// The least time between two steps: the first line after a silence is shown at once, what follows within this time is
/// shown together. Ten steps a second look live and stay readable.
const PACE: Duration = Duration::from_millis(100);

/// Bytes in one step: about a screen full.
const STEP_BYTES_MAX: usize = 8 * 1024;

/// Bytes of output shown in all; behind that only the last lines. Nobody reads a megabyte of a test's output, and every
/// byte of it is stored for good.
const OUTPUT_BYTES_MAX: usize = 1024 * 1024;

/// What is said when that is reached. It may take an hour until more can be.
const CUT: &str = "… This is too much to show; the command goes on, and its last lines are shown when it has ended.\n";

/// Last lines kept for the outcome: where test tools say what failed.
const TAIL_LINES: usize = 30;

/// Characters kept of each of them.
const TAIL_LINE_CHARS_MAX: usize = 400;

/// Bytes read at once: what a pipe holds on Linux.
const CHUNK_BYTES: usize = 64 * 1024;

/// What a program did and said.
pub(super) struct Streamed {
    /// How it ended, or that its time was up; then everything it started is gone.
    pub(super) ended: Result<Ended, Stop>,
    /// The last lines.
    pub(super) tail: String,
    /// What its output says about tests.
    pub(super) tally: Tally,
}

/// Runs `line` and sends its output; after a stop as well, up to its last word.
pub(super) async fn stream(visit: &Visit<'_>, line: &CommandLine) -> Result<Streamed, Halt> {
    let mut running = Running::start(visit.guard(), line, Outputs::Merged)
        .map_err(|error| visit.cannot_start(&error))?;
    let mut output = Output::default();
    let ended = follow(visit, &mut running, &mut output).await;
    if ended.is_err() {
        running.end().await;
    }
    output.conclude();
    while let Some((step, bytes)) = output.first_step() {
        visit.last_step(step).await;
        output.pending.drain(..bytes);
    }
    if let Err(stop @ Stop::Cancelled) = ended {
        return Err(stop.into());
    }
    Ok(Streamed {
        ended,
        tail: output.tail.make_contiguous().join("\n"),
        tally: output.tally,
    })
}

async fn follow(
    visit: &Visit<'_>,
    running: &mut Running,
    output: &mut Output,
) -> Result<Ended, Stop> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut next = Instant::now();
    loop {
        let reading = running.read(&mut chunk);
        let read = if output.pending.is_empty() {
            Some(visit.limits.hold(reading).await?)
        } else {
            visit.limits.hold(timeout_at(next, reading)).await?.ok()
        };
        match read {
            Some(Ok(read @ 1..)) => output.push(&chunk[..read]),
            // The end. A pipe that cannot be read has none other.
            Some(Ok(0) | Err(_)) => break,
            None => {}
        }
        while output.pending.len() >= STEP_BYTES_MAX
            || !output.pending.is_empty() && Instant::now() >= next
        {
            output.send(visit).await?;
            next = Instant::now() + PACE;
        }
    }
    output.end_line();
    while !output.pending.is_empty() {
        output.send(visit).await?;
    }
    visit.limits.hold(running.ended()).await
}

/// What was said so far.
#[derive(Default)]
struct Output {
    lines: Lines,
    /// What is to be shown next: whole lines.
    pending: String,
    shown_bytes: usize,
    left_out_lines: usize,
    left_out_bytes: usize,
    tail: VecDeque<String>,
    tally: Tally,
}

impl Output {
    fn push(&mut self, bytes: &[u8]) {
        let mut complete = Vec::new();
        self.lines.push(bytes, &mut complete);
        for line in complete {
            self.take(line);
        }
    }

    /// What was said of a line that has no end is a line, too.
    fn end_line(&mut self) {
        if let Some(line) = self.lines.finish() {
            self.take(line);
        }
    }

    fn take(&mut self, line: String) {
        self.tally.observe(&line);
        if self.tail.len() == TAIL_LINES {
            self.tail.pop_front();
        }
        self.tail
            .push_back(line.chars().take(TAIL_LINE_CHARS_MAX).collect());
        if self.left_out_lines > 0 || self.shown_bytes + line.len() > OUTPUT_BYTES_MAX {
            if self.left_out_lines == 0 {
                self.pending.push_str(CUT);
            }
            self.left_out_lines += 1;
            self.left_out_bytes += line.len() + 1;
        } else {
            self.shown_bytes += line.len() + 1;
            self.pending.push_str(&line);
            self.pending.push('\n');
        }
    }

    /// Nothing follows: says how much was left out, and shows the end of it.
    fn conclude(&mut self) {
        self.end_line();
        if self.left_out_lines == 0 {
            return;
        }
        self.pending.push_str(&format!(
            "… {} ({} bytes) left out here; the last of them:\n",
            counted(self.left_out_lines, "line", "lines"),
            grouped(self.left_out_bytes)
        ));
        let first = self.tail.len().saturating_sub(self.left_out_lines);
        for line in self.tail.iter().skip(first) {
            self.pending.push_str(line);
            self.pending.push('\n');
        }
    }

    /// Shows the next step's worth of what is pending. What a stop keeps from being shown stays pending.
    async fn send(&mut self, visit: &Visit<'_>) -> Result<(), Stop> {
        if let Some((step, bytes)) = self.first_step() {
            visit.step(step).await?;
            self.pending.drain(..bytes);
        }
        Ok(())
    }

    /// The next step, and how much of what is pending it shows: all of it, or lines until there are enough.
    fn first_step(&self) -> Option<(Step, usize)> {
        let bytes = self.pending.as_bytes();
        let mut rest = bytes.iter().skip(STEP_BYTES_MAX - 1);
        let line_end = rest.position(|&byte| byte == b'\n');
        let end = line_end.map_or(bytes.len(), |at| STEP_BYTES_MAX + at);
        // The step is a block of its own: its last line needs no end. Empty lines before that are the program's.
        let text = self.pending[..end].strip_suffix('\n')?.to_owned();
        let format = TextFormat::Output;
        Some((
            Step::Text {
                text,
                format,
                block: None,
            },
            end,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::{CUT, OUTPUT_BYTES_MAX, Output, STEP_BYTES_MAX, TAIL_LINES};

    #[test]
    fn what_is_too_much_is_counted_and_its_end_is_shown() {
        let mut output = Output::default();
        let line = "x".repeat(1023);
        let fits = OUTPUT_BYTES_MAX / 1024;
        for _ in 0..fits {
            output.take(line.clone());
        }
        output.take("left out".to_owned());
        output.take("the last line".to_owned());
        let shown = output.pending.split_off(OUTPUT_BYTES_MAX);
        assert_eq!(shown, CUT, "said once, when it is reached");
        output.pending.clear();
        output.conclude();
        assert_eq!(
            output.pending,
            "… 2 lines (23 bytes) left out here; the last of them:\nleft out\nthe last line\n"
        );
        assert_eq!(output.tail.len(), TAIL_LINES);
    }

    #[test]
    fn what_is_more_than_a_step_is_split_at_the_end_of_a_line() {
        let mut output = Output::default();
        assert!(output.first_step().is_none());
        for line in [
            "é".repeat(STEP_BYTES_MAX / 2 - 1),
            "é".to_owned(),
            "last".to_owned(),
        ] {
            output.take(line);
        }
        let (_, bytes) = output.first_step().expect("a step");
        output.pending.drain(..bytes);
        assert_eq!(output.pending, "last\n");
        let (_, bytes) = output.first_step().expect("a step");
        assert_eq!(bytes, output.pending.len());
    }
}
