//! What the guard tells the server: one word and one number a line, on the socket that is the guard's standard input.
//!
//! An exit code alone cannot say it: 127 is what a shell answers for a missing program, and what any program may answer
//! for itself.

use std::fmt;

/// One line of the guard's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The program runs.
    Started,
    /// The system refused to start the program, with this error number.
    Refused(i32),
    /// The program ended by itself, with this code.
    Exited(i32),
    /// The program was ended by this signal.
    Signalled(i32),
    /// So many processes of the group could not be ended.
    Left(i32),
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started => write!(f, "started 0"),
            Self::Refused(errno) => write!(f, "refused {errno}"),
            Self::Exited(code) => write!(f, "exited {code}"),
            Self::Signalled(signal) => write!(f, "signalled {signal}"),
            Self::Left(count) => write!(f, "left {count}"),
        }
    }
}

impl Report {
    /// Reads one line; `None` for a line no guard of this version writes.
    pub fn parse(line: &str) -> Option<Self> {
        let (word, number) = line.trim_end().split_once(' ')?;
        let number = number.parse().ok()?;
        match word {
            "started" => Some(Self::Started),
            "refused" => Some(Self::Refused(number)),
            "exited" => Some(Self::Exited(number)),
            "signalled" => Some(Self::Signalled(number)),
            "left" => Some(Self::Left(number)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn every_line_reads_back_as_it_was_written() {
        for report in [
            Report::Started,
            Report::Refused(13),
            Report::Exited(127),
            Report::Signalled(9),
            Report::Left(2),
        ] {
            assert_eq!(Report::parse(&format!("{report}\n")), Some(report));
        }
        assert_eq!(Report::parse("exited"), None);
        assert_eq!(Report::parse("exploded 3"), None);
    }
}
