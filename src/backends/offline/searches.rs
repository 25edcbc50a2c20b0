//! Searching the project: where programs begin, and where the tests are.

use super::{
    counted,
    git::git_line,
    listing::Listing,
    visit::{Answer, Halt, Visit},
};

/// Bytes of a search's answer taken in at most. Entry points are few; tests come as one line for each file.
const ANSWER_BYTES_MAX: usize = 512 * 1024;

/// A pattern (extended regular expression) and the files to look for it in.
struct Pattern {
    what: &'static str,
    expression: &'static str,
    files: &'static [&'static str],
}

/// Where a program begins, by language.
static ENTRIES: &[Pattern] = &[
    Pattern {
        what: "Rust program",
        expression: r"^[[:space:]]*(pub )?(async )?fn main *\(",
        files: &["*.rs"],
    },
    Pattern {
        what: "Python program",
        expression: r#"^if __name__ *== *['"]__main__['"]"#,
        files: &["*.py"],
    },
    Pattern {
        what: "Go program",
        expression: r"^func main\(\)",
        files: &["*.go"],
    },
    Pattern {
        what: "Java program",
        expression: r"static void main *\(",
        files: &["*.java"],
    },
    Pattern {
        what: "Kotlin program",
        expression: r"^(suspend )?fun main *\(",
        files: &["*.kt"],
    },
    Pattern {
        what: "C or C++ program",
        expression: r"^(int|void|auto)[[:space:]]+main *\(",
        files: &["*.c", "*.cc", "*.cpp", "*.cxx"],
    },
    Pattern {
        what: "C# program",
        expression: r"static .*[[:space:]]Main *\(",
        files: &["*.cs"],
    },
];

/// What a test looks like, by language.
static TESTS: &[Pattern] = &[
    Pattern {
        what: "Rust",
        expression: r"#\[([a-z_]+::)?test\b",
        files: &["*.rs"],
    },
    Pattern {
        what: "Python",
        expression: r"^[[:space:]]*(async )?def test_",
        files: &["*.py"],
    },
    Pattern {
        what: "JavaScript or TypeScript",
        expression: r"^[[:space:]]*(it|test)(\.[a-z]+)*\(",
        files: &["*.js", "*.jsx", "*.mjs", "*.cjs", "*.ts", "*.tsx", "*.mts"],
    },
    Pattern {
        what: "Go",
        expression: r"^func (Test|Fuzz)[^a-z]",
        files: &["*_test.go"],
    },
    Pattern {
        what: "Java or Kotlin",
        expression: r"^[[:space:]]*@(Parameterized)?Test\b",
        files: &["*.java", "*.kt"],
    },
    Pattern {
        what: "C#",
        expression: r"\[(Fact|Theory|Test|TestMethod)\b",
        files: &["*.cs"],
    },
    Pattern {
        what: "Ruby",
        expression: r"^[[:space:]]*(it ['\x22]|def test_)",
        files: &["*.rb"],
    },
    Pattern {
        what: "PHP",
        expression: r"function test[A-Z_]",
        files: &["*.php"],
    },
    Pattern {
        what: "C or C++",
        expression: r"^[[:space:]]*(TEST|TEST_F|TEST_P|TEST_CASE) *\(",
        files: &["*.c", "*.cc", "*.cpp", "*.cxx"],
    },
];

/// A place where a program begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) what: &'static str,
    pub(super) path: String,
    pub(super) line: u32,
}

/// Tests in one language.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tests {
    pub(super) what: &'static str,
    pub(super) tests: usize,
    pub(super) files: usize,
    /// Whether there are more than could be counted.
    pub(super) cut: bool,
}

/// Searches for the places where programs begin, in the languages that are there.
pub(super) async fn entries(visit: &Visit<'_>, listing: &Listing) -> Result<Vec<Entry>, Halt> {
    let mut found = Vec::new();
    for pattern in present(ENTRIES, listing) {
        let args = arguments("-n", pattern, listing.untracked);
        let work = async {
            let answer = visit.git(&args, ANSWER_BYTES_MAX).await?;
            // 1: it ran and found nothing.
            if !matches!(answer.code, Some(0 | 1)) {
                return Ok((Vec::new(), Answer::bad(answer.words())));
            }
            let text = answer.text();
            let entries: Vec<_> = text
                .lines()
                .filter_map(|line| entry(pattern.what, line))
                .collect();
            let summary = match entries.len() {
                0 => "None found".to_owned(),
                found => counted(found, "place", "places"),
            };
            Ok((entries, Answer::good(summary, readable(&text))))
        };
        let summary = format!("Search for the start of a {}", pattern.what);
        found.extend(
            visit
                .using("Search", summary, git_line(&args), work)
                .await?,
        );
    }
    Ok(found)
}

/// Searches for tests, in the languages that are there.
pub(super) async fn tests(visit: &Visit<'_>, listing: &Listing) -> Result<Vec<Tests>, Halt> {
    let mut found = Vec::new();
    for pattern in present(TESTS, listing) {
        let args = arguments("-c", pattern, listing.untracked);
        let work = async {
            let answer = visit.git(&args, ANSWER_BYTES_MAX).await?;
            if !matches!(answer.code, Some(0 | 1)) {
                return Ok((None, Answer::bad(answer.words())));
            }
            let text = answer.text();
            let counts: Vec<usize> = text.lines().filter_map(matches_in_file).collect();
            let tests = Tests {
                what: pattern.what,
                tests: counts.iter().sum(),
                files: counts.len(),
                cut: answer.cut,
            };
            let summary = match tests.tests {
                0 => "None found".to_owned(),
                _ => tests.in_words(),
            };
            Ok((Some(tests), Answer::good(summary, readable(&text))))
        };
        let summary = format!("Search for tests in {}", pattern.what);
        let tests = visit
            .using("Search", summary, git_line(&args), work)
            .await?;
        found.extend(tests.filter(|tests| tests.tests > 0));
    }
    Ok(found)
}

impl Tests {
    /// `213 tests in 23 files`.
    pub(super) fn in_words(&self) -> String {
        format!(
            "{}{} in {}",
            if self.cut { "more than " } else { "" },
            counted(self.tests, "test", "tests"),
            counted(self.files, "file", "files")
        )
    }
}

fn present<'a>(
    patterns: &'static [Pattern],
    listing: &'a Listing,
) -> impl Iterator<Item = &'static Pattern> + 'a {
    patterns.iter().filter(|pattern| {
        let endings: Vec<&str> = pattern
            .files
            .iter()
            .map(|glob| glob.trim_start_matches('*'))
            .collect();
        listing
            .files()
            .any(|path| endings.iter().any(|ending| path.ends_with(ending)))
    })
}

fn arguments(how: &'static str, pattern: &'static Pattern, untracked: bool) -> Vec<&'static str> {
    // -z: a NUL after the path, so that a path may hold a colon; -I: no binary files.
    let mut args = vec!["grep", "-I", "-z", "-E", how];
    if untracked {
        args.push("--untracked");
    }
    args.extend(["-e", pattern.expression, "--"]);
    args.extend(pattern.files);
    args
}

/// `<path>\0<line>\0<text>` (`<line>:<text>` before git 2.20 or so).
fn entry(what: &'static str, line: &str) -> Option<Entry> {
    let (path, rest) = line.split_once('\0')?;
    let number = rest.split(['\0', ':']).next()?;
    Some(Entry {
        what,
        path: path.to_owned(),
        line: number.parse().ok()?,
    })
}

/// `<path>\0<count>`.
fn matches_in_file(line: &str) -> Option<usize> {
    line.split_once('\0')?.1.parse().ok()
}

fn readable(text: &str) -> String {
    text.replace('\0', ":")
}

#[cfg(test)]
mod tests {
    use super::{Entry, entry, matches_in_file};

    #[test]
    fn a_path_with_a_colon_is_one_path() {
        let expected = Entry {
            what: "Go program",
            path: "a:b/main.go".to_owned(),
            line: 7,
        };
        assert_eq!(
            entry("Go program", "a:b/main.go\x007\0func main() {"),
            Some(expected)
        );
        assert_eq!(matches_in_file("a:b_test.go\x0012"), Some(12));
        assert_eq!(matches_in_file("nonsense"), None);
    }
}
