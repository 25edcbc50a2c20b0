//! What a README says first.

/// Names, best first; compared without regard to case.
const NAMES: [&str; 6] = [
    "readme.md",
    "readme.markdown",
    "readme.rst",
    "readme.txt",
    "readme",
    "readme.adoc",
];

/// Characters quoted of the first paragraph: about five lines.
const PARAGRAPH_CHARS_MAX: usize = 600;

/// A README in two sentences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Readme {
    pub(super) path: String,
    pub(super) title: Option<String>,
    pub(super) paragraph: Option<String>,
}

/// The README at the top of the project.
pub(super) fn find<'a>(files: impl Iterator<Item = &'a str>) -> Option<String> {
    files
        .filter_map(|path| {
            let lower = path.to_ascii_lowercase();
            NAMES
                .iter()
                .position(|name| *name == lower)
                .map(|rank| (rank, path))
        })
        .min()
        .map(|(_, path)| path.to_owned())
}

/// Finds the title and the first paragraph that is prose.
pub(super) fn digest(path: &str, text: &str) -> Readme {
    let text = without_comments(without_front_matter(text));
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut title = None;
    let mut paragraph: Vec<&str> = Vec::new();
    let mut fenced = false;
    for (index, line) in lines.iter().enumerate() {
        let line = line.trim();
        if line.starts_with("```") || line.starts_with("~~~") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        let next = lines.get(index + 1).copied().unwrap_or_default();
        if let Some(heading) = heading(line, next) {
            if !paragraph.is_empty() {
                break;
            }
            title.get_or_insert(heading);
        } else if line.is_empty() {
            if !paragraph.is_empty() {
                break;
            }
        } else if is_prose(line) || (!paragraph.is_empty() && !is_underline(line)) {
            paragraph.push(line);
        }
    }
    Readme {
        path: path.to_owned(),
        title,
        paragraph: (!paragraph.is_empty()).then(|| shortened(&paragraph.join(" "))),
    }
}

fn without_front_matter(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}');
    text.strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
        .map_or(text, |(_, rest)| rest)
}

fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// `# Title`, `= Title`, `<h1>Title</h1>`, or a line with a line of signs below it.
fn heading(line: &str, next: &str) -> Option<String> {
    let marked = line
        .strip_prefix('#')
        .map(|rest| rest.trim_start_matches('#'))
        .or_else(|| line.strip_prefix('='))
        .filter(|rest| rest.starts_with(' '));
    let html = line.to_ascii_lowercase().starts_with("<h1").then_some(line);
    let underlined = (is_prose(line) && is_underline(next)).then_some(line);
    let text = plain(
        marked
            .or(html)
            .or(underlined)?
            .trim_matches([' ', '#', '=']),
    );
    (!text.is_empty()).then_some(text)
}

fn is_underline(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3
        && line
            .chars()
            .next()
            .is_some_and(|first| "=-~*^".contains(first) && line.chars().all(|c| c == first))
}

/// Not a badge, an image, HTML, a table, a list or a directive.
fn is_prose(line: &str) -> bool {
    let line = line.trim_start_matches("> ");
    let starts_otherwise = ["![", "[![", "<", "|", ".. ", ":", "- ", "* ", "+ ", "[//]"];
    !starts_otherwise.iter().any(|start| line.starts_with(start))
        && !is_underline(line)
        && line.chars().any(char::is_alphabetic)
}

/// Without tags and images, and with links as their words.
fn plain(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut in_tag = false;
    for c in text.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => {}
            _ => words.push(c),
        }
    }
    let mut kept = String::with_capacity(words.len());
    let mut rest = words.as_str();
    while let Some((before, after)) = rest.split_once('[') {
        let Some((label, target)) = after.split_once("](") else {
            break;
        };
        let Some((_, after)) = target.split_once(')') else {
            break;
        };
        kept.push_str(before.strip_suffix('!').unwrap_or(before));
        if !before.ends_with('!') {
            kept.push_str(label);
        }
        rest = after;
    }
    kept.push_str(rest);
    kept.trim().to_owned()
}

fn shortened(text: &str) -> String {
    let text = plain(text.trim_start_matches("> "));
    match text.char_indices().nth(PARAGRAPH_CHARS_MAX) {
        None => text,
        Some((end, _)) => {
            let end = text[..end].rfind(' ').unwrap_or(end);
            format!("{}…", &text[..end])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{digest, find};

    fn both(text: &str) -> (Option<String>, Option<String>) {
        let readme = digest("README.md", text);
        (readme.title, readme.paragraph)
    }

    fn some(title: &str, paragraph: &str) -> (Option<String>, Option<String>) {
        (Some(title.to_owned()), Some(paragraph.to_owned()))
    }

    #[test]
    fn the_first_prose_is_found_behind_badges_comments_and_code() {
        let text = "<!-- a\ncomment -->\n# Rocket\n\n[![ci](x)](y)\n<p align=center>\n\n```\ncode\n```\n\
                    A *fast* [thing](http://x),\nin two lines.\n\nMore.";
        assert_eq!(both(text), some("Rocket", "A *fast* thing, in two lines."));
    }

    #[test]
    fn underlined_titles_are_titles() {
        assert_eq!(both("Rocket\n======\n\nFlies.\n"), some("Rocket", "Flies."));
    }

    #[test]
    fn nothing_is_made_up_for_an_empty_readme() {
        assert_eq!(both("\n\n"), (None, None));
        assert_eq!(
            both("# Only a title"),
            (Some("Only a title".to_owned()), None)
        );
    }

    #[test]
    fn a_readme_at_the_top_wins_in_any_case() {
        let files = ["docs/README.md", "ReadMe", "Readme.md"];
        assert_eq!(find(files.into_iter()), Some("Readme.md".to_owned()));
        assert_eq!(find(["docs/README.md"].into_iter()), None);
    }
}
