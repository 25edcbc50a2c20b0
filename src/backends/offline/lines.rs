//! A program's output, cut into lines that can be stored and read.
//!
//! Colours and other escape sequences are left out, a line that was overwritten (a progress bar) is shown as it was last,
//! a line without an end is cut, and bytes that are no text are replaced. Memory is bounded by one line.

use super::grouped;

/// Bytes of one line kept: some screen widths. What is longer is data, not something to read.
const LINE_BYTES_MAX: usize = 4 * 1024;

/// Where in an escape sequence the output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Escape {
    #[default]
    None,
    /// After ESC.
    Begun,
    /// After ESC and a byte that announces one more, as in the choice of a character set.
    OneMore,
    /// In `ESC [ … letter`.
    Control,
    /// In `ESC ] … BEL` or `ESC ] … ESC \`: a title or a link.
    Command,
    /// In that, after an ESC.
    CommandEnding,
}

/// Takes bytes, gives lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    line: Vec<u8>,
    cut: usize,
    escape: Escape,
    /// The cursor is back at the line's beginning: what comes next, if not its end, replaces it.
    returned: bool,
}

impl Lines {
    /// Takes `bytes` and appends every line that they complete.
    pub(super) fn push(&mut self, bytes: &[u8], complete: &mut Vec<String>) {
        for &byte in bytes {
            if self.is_escape(byte) {
                continue;
            }
            match byte {
                b'\n' => complete.push(self.take()),
                b'\r' => self.returned = true,
                b'\t' | b' '.. if byte != 0x7f => self.add(byte),
                _ => {}
            }
        }
    }

    /// The last line, if it had no end.
    pub(super) fn finish(&mut self) -> Option<String> {
        (!self.line.is_empty()).then(|| self.take())
    }

    fn add(&mut self, byte: u8) {
        if self.returned {
            self.returned = false;
            self.line.clear();
            self.cut = 0;
        }
        if self.line.len() < LINE_BYTES_MAX {
            self.line.push(byte);
        } else {
            self.cut += 1;
        }
    }

    fn take(&mut self) -> String {
        let mut line = std::mem::take(&mut self.line);
        let cut = std::mem::take(&mut self.cut);
        self.returned = false;
        if cut == 0 {
            return String::from_utf8_lossy(&line).into_owned();
        }
        // Not in the middle of a character.
        if let Err(error) = std::str::from_utf8(&line)
            && error.error_len().is_none()
        {
            line.truncate(error.valid_up_to());
        }
        format!(
            "{} … ({} bytes more of this line left out)",
            String::from_utf8_lossy(&line),
            grouped(cut)
        )
    }

    /// Whether `byte` belongs to an escape sequence.
    fn is_escape(&mut self, byte: u8) -> bool {
        let was = self.escape;
        self.escape = match (was, byte) {
            // Sequences do not go over the end of a line: one that seems to was none.
            (_, b'\n') => Escape::None,
            (Escape::None | Escape::Begun, 0x1b) => Escape::Begun,
            (Escape::None, _) => Escape::None,
            (Escape::Begun, b'[') => Escape::Control,
            (Escape::Begun, b']' | b'P' | b'_' | b'^' | b'X') => Escape::Command,
            (Escape::Begun, b' '..=b'/') => Escape::OneMore,
            (Escape::Begun | Escape::OneMore, _) => Escape::None,
            (Escape::Control, b'@'..=b'~') => Escape::None,
            (Escape::Control, _) => Escape::Control,
            (Escape::Command, 0x07) => Escape::None,
            (Escape::Command, 0x1b) => Escape::CommandEnding,
            (Escape::Command, _) => Escape::Command,
            (Escape::CommandEnding, b'\\') => Escape::None,
            (Escape::CommandEnding, _) => Escape::Command,
        };
        byte != b'\n' && (was != Escape::None || self.escape != Escape::None)
    }
}

#[cfg(test)]
mod tests {
    use super::{LINE_BYTES_MAX, Lines};

    fn lines(chunks: &[&[u8]]) -> Vec<String> {
        let mut lines = Lines::default();
        let mut complete = Vec::new();
        for chunk in chunks {
            lines.push(chunk, &mut complete);
        }
        complete.extend(lines.finish());
        complete
    }

    #[test]
    fn lines_are_whole_however_they_arrive() {
        assert_eq!(
            lines(&[b"one\ntw", b"o\n\nthr", b"ee"]),
            ["one", "two", "", "three"]
        );
        assert_eq!(lines(&[b"one\r", b"\ntwo\r\n"]), ["one", "two"]);
    }

    #[test]
    fn colours_titles_and_links_are_left_out() {
        assert_eq!(
            lines(&[b"\x1b[1;32mok\x1b[0m \x1b", b"[38;5;1mred\x1b(B\n"]),
            ["ok red"]
        );
        assert_eq!(
            lines(&[b"\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b\n"]),
            ["ab"]
        );
        assert_eq!(lines(&[b"\x1b]never ended\nnext\n"]), ["", "next"]);
    }

    #[test]
    fn a_progress_bar_is_shown_as_it_was_last() {
        assert_eq!(lines(&[b" 10%\r 50%\r", b"100%\ndone\n"]), ["100%", "done"]);
        assert_eq!(lines(&[b"as it was\r"]), ["as it was"]);
    }

    #[test]
    fn what_is_no_text_is_replaced_or_left_out() {
        assert_eq!(lines(&[b"caf\xe9\x00\x08 bar\n"]), ["caf\u{fffd} bar"]);
    }

    #[test]
    fn a_line_without_an_end_is_cut_at_a_character() {
        let mut long = vec![b'a'; LINE_BYTES_MAX - 1];
        long.extend("é and more".as_bytes());
        let line = lines(&[&long]).remove(0);
        assert!(line.starts_with("aaa"));
        assert!(
            line.ends_with("a … (10 bytes more of this line left out)"),
            "{line}"
        );
    }
}
