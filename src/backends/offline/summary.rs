//! What was found, in words for a person who does not write code.

use std::fmt::Write as _;

use super::{
    counted, grouped,
    history::{COMMITS_COUNTED_MAX, History},
    languages,
    manifests::Manifest,
    searches::Entry,
    survey::{Findings, kinds},
};

/// Items in one list: more is not read.
const ITEMS_MAX: usize = 6;

/// Writes the summary, in Markdown.
pub(super) fn write(found: &Findings) -> String {
    let mut parts = vec![format!("# {}", inline(&title(found)))];
    parts.push(what_it_is(found));
    parts.push(how_big(found));
    parts.extend(how_it_is_built(found));
    parts.push(how_it_is_started(found));
    parts.push(how_it_is_tested(found));
    parts.push(latest_changes(&found.history));
    parts.push(what_next(found));
    parts.join("\n\n")
}

fn title(found: &Findings) -> String {
    let readme = found
        .readme
        .as_ref()
        .and_then(|readme| readme.title.clone());
    let top = found
        .manifests
        .iter()
        .filter(|manifest| !manifest.path.contains('/'));
    readme
        .or_else(|| {
            top.into_iter()
                .find_map(|manifest| manifest.facts.name.clone())
        })
        .unwrap_or_else(|| found.folder.clone())
}

fn what_it_is(found: &Findings) -> String {
    let heading = "## What it is";
    let readme = found.readme.as_ref();
    if let Some((readme, paragraph)) =
        readme.and_then(|readme| Some((readme, readme.paragraph.as_ref()?)))
    {
        return format!(
            "{heading}\n\nIts {} says:\n\n> {}",
            code(&readme.path),
            one_line(paragraph)
        );
    }
    let missing = match readme {
        Some(readme) => format!(
            "Its {} has no text that says what it is.",
            code(&readme.path)
        ),
        None => "It has no README, which would say what it is.".to_owned(),
    };
    let described = found
        .manifests
        .iter()
        .find_map(|manifest| Some((&manifest.path, manifest.facts.description.as_ref()?)));
    match described {
        Some((path, description)) => {
            format!(
                "{heading}\n\n{missing} Its {} says:\n\n> {}",
                code(path),
                one_line(description)
            )
        }
        None => format!("{heading}\n\n{missing}"),
    }
}

fn how_big(found: &Findings) -> String {
    let listing = &found.listing;
    let mut text = "## How big it is\n\n".to_owned();
    if listing.entries.is_empty() {
        text.push_str("There are no files in it yet.");
        return text;
    }
    let size = listing.size();
    let _ = match listing.untracked {
        true => write!(text, "It has {size}, none of them added to git yet."),
        false => write!(text, "It has {size}."),
    };
    match found.languages.as_slice() {
        [] => text.push_str(" None of them is in a programming language I know by its file name."),
        languages => {
            let _ = write!(
                text,
                " By their names they are written in {}.",
                languages::in_words(languages)
            );
        }
    }
    let submodules: Vec<_> = listing.submodules().map(code).collect();
    if !submodules.is_empty() {
        let _ = write!(
            text,
            " {} are projects of their own inside it (git submodules); I did not look into them.",
            some_of(&submodules)
        );
    }
    text
}

fn how_it_is_built(found: &Findings) -> Option<String> {
    let kinds = kinds(&found.manifests);
    if kinds.is_empty() {
        return None;
    }
    let mut text = "## How it is built\n".to_owned();
    for (kind, path) in kinds {
        let _ = write!(text, "\n- {} ({})", kind.in_words(), code(path));
    }
    let parts: Vec<_> = found
        .manifests
        .iter()
        .flat_map(|manifest| &manifest.facts.parts)
        .map(|part| code(part))
        .collect();
    if !parts.is_empty() {
        let _ = write!(text, "\n\nIt has several parts: {}.", some_of(&parts));
    }
    let unread = found.manifests_all.saturating_sub(found.manifests.len());
    if unread > 0 {
        let _ = write!(
            text,
            "\n\nThere are {} of this kind deeper in it, which I did not read.",
            counted(unread, "more file", "more files")
        );
    }
    Some(text)
}

fn how_it_is_started(found: &Findings) -> String {
    let mut text = "## How it is started\n".to_owned();
    let starts = found.manifests.iter().flat_map(starts);
    let begins = found.entries.iter().map(begin);
    let starts: Vec<_> = starts.collect();
    let begins: Vec<_> = begins.collect();
    if starts.is_empty() && begins.is_empty() {
        text.push_str("\nI found nothing in it that can be started: it may be a library, a document or a website.");
        return text;
    }
    list(&mut text, &starts);
    if !begins.is_empty() {
        text.push_str(if starts.is_empty() {
            "\nI found no command that starts it, but these places where a program begins:\n"
        } else {
            "\n\nIn the code, programs begin here:\n"
        });
        list(&mut text, &begins);
    }
    text
}

fn starts(manifest: &Manifest) -> Vec<String> {
    let folder = match manifest.path.rsplit_once('/') {
        Some((folder, _)) => format!(" in {}", code(folder)),
        None => String::new(),
    };
    manifest
        .facts
        .starts
        .iter()
        .map(|(command, what)| format!("{}{folder} starts {}", code(command), one_line(what)))
        .collect()
}

fn begin(entry: &Entry) -> String {
    format!(
        "{}, line {} ({})",
        code(&entry.path),
        entry.line,
        entry.what
    )
}

fn how_it_is_tested(found: &Findings) -> String {
    let mut text = "## How it is tested\n\n".to_owned();
    let counts: Vec<_> = found
        .tests
        .iter()
        .map(|tests| format!("{} in {}", tests.in_words(), tests.what))
        .collect();
    match counts.as_slice() {
        [] => text.push_str("I found no tests in it."),
        counts => {
            let _ = write!(text, "I found {}.", counts.join(", "));
        }
    }
    let commands: Vec<_> = found
        .manifests
        .iter()
        .filter(|manifest| !manifest.path.contains('/'))
        .filter_map(|manifest| manifest.facts.tests.as_deref())
        .map(code)
        .collect();
    if !commands.is_empty() {
        let _ = write!(
            text,
            " Its own tools run them with {}.",
            commands.join(" or ")
        );
    }
    if !found.tests.is_empty() {
        text.push_str(" I counted them by searching; I did not run them.");
    }
    text
}

fn latest_changes(history: &History) -> String {
    let mut text = "## What happened last\n\n".to_owned();
    if history.commits.is_empty() {
        text.push_str("Nothing has been committed to git yet.");
        return text;
    }
    let count = match history.count {
        Some(count) => counted(count, "commit", "commits"),
        None => format!("more than {} commits", grouped(COMMITS_COUNTED_MAX)),
    };
    let _ = match &history.branch {
        Some(branch) => write!(
            text,
            "The branch {} has {count}. The last ones:",
            code(branch)
        ),
        None => write!(
            text,
            "No branch is checked out; there are {count} up to here. The last ones:"
        ),
    };
    text.push('\n');
    for commit in &history.commits {
        let _ = write!(
            text,
            "\n- {}: {} ({})",
            commit.date,
            inline(&commit.subject),
            inline(&commit.author)
        );
    }
    text
}

fn what_next(found: &Findings) -> String {
    let mut text = "## What you could ask next\n".to_owned();
    let testable = found
        .manifests
        .iter()
        .any(|manifest| manifest.facts.tests.is_some())
        || !found.tests.is_empty();
    if testable {
        text.push_str(
            "\n- \"Run the checks\": I run the project's own tests and tell you whether they pass.",
        );
    }
    text.push_str("\n- \"Plan\" and what you would like to have: a coding agent writes the plan, if one is connected.");
    text
}

fn list(text: &mut String, items: &[String]) {
    for item in items.iter().take(ITEMS_MAX) {
        let _ = write!(text, "\n- {item}");
    }
    let more = items.len().saturating_sub(ITEMS_MAX);
    if more > 0 {
        let _ = write!(text, "\n- and {}", counted(more, "more", "more"));
    }
}

fn some_of(items: &[String]) -> String {
    let shown = items
        .iter()
        .take(ITEMS_MAX)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    match items.len().saturating_sub(ITEMS_MAX) {
        0 => shown,
        more => format!("{shown} and {}", counted(more, "more", "more")),
    }
}

/// As code in Markdown. A backtick inside would end it.
fn code(text: &str) -> String {
    format!("`{}`", one_line(text).replace('`', "'"))
}

/// As words in Markdown: what would be read as its signs is escaped.
fn inline(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        if "\\`*_[]<>#|".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
