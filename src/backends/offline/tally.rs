//! How many tests passed and failed, as test tools say it in their last lines.

/// What the tools said. All zero if none of them is known here: then nothing is told.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
    packages_passed: u64,
    packages_failed: u64,
}

impl Tally {
    /// Looks at one line of output. Sums up: cargo says it once for each test program.
    pub(super) fn observe(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            // Cargo: `ok. 12 passed; 0 failed; 1 ignored; …`
            self.count(counts);
        } else if let Some(counts) = line.trim_start().strip_prefix("Tests") {
            // Jest: `Tests:       1 failed, 41 passed, 42 total`; Vitest: `Tests  1 failed | 41 passed (42)`
            if counts.starts_with([':', ' ']) {
                self.count(counts);
            }
        } else if is_pytest(line) {
            self.count(line);
        } else if let Some(counts) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) {
            // Node: `# pass 41`
            let mut words = counts.split_whitespace();
            if let (Some(word), Some(Ok(number)), None) =
                (words.next(), words.next().map(str::parse), words.next())
            {
                self.add(word, number);
            }
        } else if line.starts_with("ok  \t") {
            // Go, a line for each package.
            self.packages_passed += 1;
        } else if line.starts_with("FAIL\t") {
            self.packages_failed += 1;
        } else {
            self.mocha(line);
        }
    }

    /// `41 passed, 1 failed`, if anything is known.
    pub(super) fn in_words(&self) -> Option<String> {
        let known = |number: u64, words: &str| (number > 0).then(|| format!("{number} {words}"));
        let packages = |number: u64, words: &str| match number {
            1 => known(1, &format!("package {words}")),
            _ => known(number, &format!("packages {words}")),
        };
        let words: Vec<_> = [
            known(self.passed, "passed"),
            known(self.failed, "failed"),
            known(self.skipped, "skipped"),
            packages(self.packages_passed, "passed"),
            packages(self.packages_failed, "failed"),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// `  41 passing (1s)`, `  2 failing`, and nothing else on the line.
    fn mocha(&mut self, line: &str) {
        let mut words = line.split_whitespace();
        if let (Some(Ok(number)), Some(word @ ("passing" | "failing" | "pending"))) =
            (words.next().map(str::parse), words.next())
            && words.next().is_none_or(|rest| rest.starts_with('('))
        {
            self.add(word, number);
        }
    }

    /// Every number that is followed by a word that says what it counts.
    fn count(&mut self, text: &str) {
        let mut number = None;
        for word in text
            .split([' ', ',', ';', '|', ':'])
            .filter(|word| !word.is_empty())
        {
            if let Some(number) = number.take() {
                self.add(word, number);
            }
            number = word.parse().ok();
        }
    }

    fn add(&mut self, word: &str, number: u64) {
        let count = match word {
            "passed" | "passing" | "pass" => &mut self.passed,
            "failed" | "failing" | "fail" | "error" | "errors" => &mut self.failed,
            "skipped" | "ignored" | "pending" | "todo" => &mut self.skipped,
            _ => return,
        };
        *count = count.saturating_add(number);
    }
}

/// `===== 1 failed, 41 passed in 0.12s =====`, without the signs if it is told to be quiet.
fn is_pytest(line: &str) -> bool {
    let line = line.trim_matches(['=', ' ']);
    line.starts_with(|c: char| c.is_ascii_digit())
        && line
            .rsplit_once(" in ")
            .and_then(|(_, time)| time.split_whitespace().next())
            .and_then(|time| time.strip_suffix('s'))
            .is_some_and(|time| time.parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn words(lines: &[&str]) -> Option<String> {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.observe(line));
        tally.in_words()
    }

    #[test]
    fn the_words_of_the_usual_tools_are_understood() {
        let cases: [(&[&str], &str); 7] = [
            (
                &[
                    "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
                    "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
                ],
                "15 passed, 1 failed, 1 skipped",
            ),
            (
                &["==== 1 failed, 41 passed, 2 skipped in 0.12s ===="],
                "41 passed, 1 failed, 2 skipped",
            ),
            (&["41 passed in 63.20s (0:01:03)"], "41 passed"),
            (
                &["Tests:       1 failed, 41 passed, 42 total"],
                "41 passed, 1 failed",
            ),
            (
                &["      Tests  1 failed | 41 passed (42)"],
                "41 passed, 1 failed",
            ),
            (&["  41 passing (1s)", "  2 failing"], "41 passed, 2 failed"),
            (&["# tests 3", "# pass 2", "# fail 1"], "2 passed, 1 failed"),
        ];
        for (lines, expected) in cases {
            assert_eq!(words(lines).as_deref(), Some(expected), "{lines:?}");
        }
        assert_eq!(
            words(&[
                "ok  \texample.org/a\t0.01s",
                "FAIL\texample.org/b\t0.01s",
                "FAIL\texample.org/c [build failed]"
            ])
            .as_deref(),
            Some("1 package passed, 2 packages failed")
        );
    }

    #[test]
    fn other_lines_count_for_nothing() {
        assert_eq!(
            words(&[
                "3 passed the door",
                "12 failed attempts in all",
                "Testsuite 5 passed",
                "# comment 3 more"
            ]),
            None
        );
    }
}
