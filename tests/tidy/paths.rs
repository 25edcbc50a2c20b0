//! Reads the paths out of Rust source, well enough for code that rustfmt has laid out.

/// Lines without those that are only a comment.
pub(crate) fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Whether `path` stands in the line and does not continue a longer name or path.
pub(crate) fn starts_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        !line[..at]
            .ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':')
    })
}

/// The parts named directly after `own::`, also in groups: `use crate::{db, domain::Project}`.
pub(crate) fn paths_from(text: &str, own: &str) -> Vec<(usize, String)> {
    let own = format!("{own}::");
    let code: String = text
        .lines()
        .map(|line| {
            if line.trim_start().starts_with("//") {
                "\n".to_owned()
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    let mut found = Vec::new();
    for (at, _) in code.match_indices(&own) {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + own.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            found.extend(first_names(group).into_iter().map(|name| (line, name)));
        } else {
            found.push((line, name_at_start(rest)));
        }
    }
    found
}

/// The first name of each item of a `{...}` group whose opening brace is already read.
fn first_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut item_begins = true;
    for (at, symbol) in group.char_indices() {
        match symbol {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => item_begins = true,
            _ if item_begins && !symbol.is_whitespace() => {
                names.push(name_at_start(&group[at..]));
                item_begins = false;
            }
            _ => {}
        }
    }
    names
}

fn name_at_start(text: &str) -> String {
    text.chars()
        .take_while(|symbol| symbol.is_alphanumeric() || *symbol == '_')
        .collect()
}
