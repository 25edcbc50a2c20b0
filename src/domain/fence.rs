//! Blocks of code in a text, as Markdown has them.

/// Follows a text line by line: which lines are code.
#[derive(Debug, Default)]
pub struct Fence {
    /// With what the block began that is open: which sign, and how many.
    open: Option<(char, usize)>,
}

/// Columns of white space in front of what begins or ends a block, at most, by CommonMark: with more it is something else.
const INDENT_MAX: usize = 3;

impl Fence {
    /// Whether the next line belongs to a block of code: what begins and what ends one does.
    pub fn holds(&mut self, line: &str) -> bool {
        let bare = line.trim_start_matches(' ');
        let mark = (line.len() - bare.len() <= INDENT_MAX)
            .then(|| mark(bare))
            .flatten();
        match (self.open, mark) {
            (None, Some(begins)) => self.open = Some(begins),
            (None, None) => return false,
            // It ends with as many signs at least, of the same kind, and nothing else.
            (Some((kind, count)), Some((its, its_count))) if kind == its && its_count >= count => {
                if bare.trim_end().chars().all(|c| c == kind) {
                    self.open = None;
                }
            }
            (Some(_), _) => {}
        }
        true
    }
}

/// With what a line begins or ends a block.
fn mark(line: &str) -> Option<(char, usize)> {
    let kind = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let count = line.chars().take_while(|c| *c == kind).count();
    // A line with more of them later is code within a line.
    let is_mark = count >= 3 && (kind == '~' || !line[count..].contains('`'));
    is_mark.then_some((kind, count))
}

#[cfg(test)]
mod tests {
    use super::Fence;

    #[test]
    fn a_block_ends_where_markdown_says_and_not_before() {
        let text = "a\n````\n```\nrun the tests\n```\n````\nb\n~~~\n```\nc\n~~~\n```x``` d\n    ```\ne\n```\nf";
        let mut fence = Fence::default();
        let own: Vec<&str> = text.lines().filter(|line| !fence.holds(line)).collect();
        assert_eq!(own, ["a", "b", "```x``` d", "    ```", "e"]);
    }
}
