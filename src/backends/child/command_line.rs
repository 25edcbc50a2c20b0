//! A program with its arguments, its folder and what is added to its environment.

use std::{fmt, path::PathBuf};

/// What to run, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// The program: a name to look up in `PATH`, or a path; a relative one counts from `dir`.
    pub program: String,
    /// Its arguments, each as it is: no shell reads them.
    pub args: Vec<String>,
    /// The folder it runs in.
    pub dir: PathBuf,
    /// Variables added to the server's own environment (less its secrets).
    pub env: Vec<(String, String)>,
}

impl fmt::Display for CommandLine {
    /// As a person would type it. For eyes only: nothing reads it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", quoted(&self.program))?;
        self.args
            .iter()
            .try_for_each(|arg| write!(f, " {}", quoted(arg)))
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@+%^".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::CommandLine;

    #[test]
    fn a_command_line_reads_as_a_person_would_type_it() {
        let line = CommandLine {
            program: "git".to_owned(),
            args: vec![
                "log".to_owned(),
                "--format=%h".to_owned(),
                "it's here".to_owned(),
                String::new(),
            ],
            dir: "/".into(),
            env: Vec::new(),
        };
        assert_eq!(line.to_string(), r"git log --format=%h 'it'\''s here' ''");
    }
}
