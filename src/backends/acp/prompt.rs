//! What a coding agent is asked: the project's own words for a command where it has some, else this program's.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::domain::execution::{Command, Order};

/// Bytes of a project's own words for a command at most: some thirty pages.
const BYTES_MAX: u64 = 128 << 10;

/// Folders looked through below `.claude/commands` at most.
const FOLDERS_MAX: usize = 200;

/// Where a project keeps its words for commands, in the order in which they are looked for.
const FOLDERS: [&str; 3] = [".claude/commands", ".agents/commands", ".archon/commands"];

/// Arguments that can be named one by one: `$1` to `$9`.
const POSITIONS: usize = 9;

const PRIME: &str = include_str!("../../../prompts/commands/prime.md");
const PLAN: &str = include_str!("../../../prompts/commands/plan-feature-github.md");
const EXECUTE: &str = include_str!("../../../prompts/commands/execute-github.md");
const VALIDATE: &str = include_str!("../../../prompts/commands/validate.md");

/// What is asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Prompt {
    /// The words.
    pub(super) text: String,
    /// The project's file they are from; none where they are this program's.
    pub(super) file: Option<PathBuf>,
}

/// The words for `order` in the project at `root`. `slug` names the plan that is written.
///
/// # Errors
/// When the project has a file for it that cannot be read.
pub(super) async fn find(root: &Path, order: &Order, slug: &str) -> io::Result<Prompt> {
    let root = root.to_owned();
    let name = format!("{}.md", order.command.as_str());
    let looked = tokio::task::spawn_blocking(move || own(&root, &name));
    let own = looked.await.map_err(io::Error::other)??;
    let (text, file) = match own {
        Some((text, file)) => (text, Some(file)),
        None => (built_in(order.command).replace("{slug}", slug), None),
    };
    Ok(Prompt {
        text: filled(without_front_matter(&text), &order.args),
        file,
    })
}

fn built_in(command: Command) -> &'static str {
    match command {
        Command::Prime => PRIME,
        Command::PlanFeatureGithub | Command::PlanFeature => PLAN,
        Command::ExecuteGithub | Command::Execute => EXECUTE,
        Command::Validate => VALIDATE,
    }
}

/// The project's own words, with the file they stand in.
fn own(root: &Path, name: &str) -> io::Result<Option<(String, PathBuf)>> {
    for (index, folder) in FOLDERS.iter().enumerate() {
        let folder = root.join(folder);
        // Only Claude Code's commands may lie in folders below.
        let file = match index {
            0 => below(folder, name),
            _ => Some(folder.join(name)).filter(|file| file.is_file()),
        };
        if let Some(file) = file.filter(|file| lies_in(root, file)) {
            return Ok(Some((read(&file)?, file)));
        }
    }
    Ok(None)
}

/// A link out of the project is not the project's word.
fn lies_in(root: &Path, file: &Path) -> bool {
    match (root.canonicalize(), file.canonicalize()) {
        (Ok(root), Ok(file)) => file.starts_with(root),
        _ => false,
    }
}

fn read(file: &Path) -> io::Result<String> {
    let size = file.metadata()?.len();
    if size > BYTES_MAX {
        let why = format!("{} has more than {BYTES_MAX} bytes", file.display());
        return Err(io::Error::other(why));
    }
    let read = std::fs::read_to_string(file);
    read.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))
}

/// The first file of that name at or below `folder`: the nearest, and of those the first by name.
fn below(folder: PathBuf, name: &str) -> Option<PathBuf> {
    let mut level = vec![folder];
    let mut seen = 0;
    while !level.is_empty() {
        level.sort();
        if let Some(found) = level
            .iter()
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
        {
            return Some(found);
        }
        seen += level.len();
        if seen > FOLDERS_MAX {
            return None;
        }
        level = level.iter().flat_map(|folder| folders_in(folder)).collect();
    }
    None
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    // A link is not followed: it may lead round in a circle.
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect()
}

/// Without the settings some agents keep at the top of such a file.
fn without_front_matter(text: &str) -> &str {
    let Some(rest) = text.strip_prefix("---\n") else {
        return text;
    };
    rest.split_once("\n---\n")
        .map_or(text, |(_, words)| words.trim_start())
}

/// With the arguments in their places; at the end, where there is no place for them.
fn filled(text: &str, args: &str) -> String {
    let words = shell_words::split(args)
        .unwrap_or_else(|_| args.split_whitespace().map(str::to_owned).collect());
    let mut filled = String::with_capacity(text.len() + args.len());
    let (mut rest, mut placed) = (text, false);
    while let Some(at) = rest.find('$') {
        filled.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let position = after
            .chars()
            .next()
            .and_then(|digit| digit.to_digit(10))
            .map(|digit| digit as usize)
            .filter(|position| (1..=POSITIONS).contains(position));
        if let Some(left) = after.strip_prefix("ARGUMENTS") {
            filled.push_str(args);
            (rest, placed) = (left, true);
        } else if let Some(position) = position {
            filled.push_str(words.get(position - 1).map_or("", String::as_str));
            (rest, placed) = (&after[1..], true);
        } else {
            filled.push('$');
            rest = after;
        }
    }
    filled.push_str(rest);
    if !placed && !args.trim().is_empty() {
        filled.push_str("\n\nWhat was asked for: ");
        filled.push_str(args);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(command: Command, args: &str) -> Order {
        Order {
            command,
            args: args.to_owned(),
        }
    }

    #[test]
    fn arguments_stand_where_they_are_named() {
        let text = "Do $ARGUMENTS: first $1, then $2, and $3. It costs $5 or $x.";
        assert_eq!(
            filled(text, "'a cart' page"),
            "Do 'a cart' page: first a cart, then page, and . It costs  or $x."
        );
        assert_eq!(filled("Look.", ""), "Look.");
        assert_eq!(
            filled("Look.", "at it's"),
            "Look.\n\nWhat was asked for: at it's"
        );
        // What a person wrote is not looked through again.
        assert_eq!(filled("$1", "'$2 $ARGUMENTS'"), "$2 $ARGUMENTS");
    }

    #[tokio::test]
    async fn the_projects_own_words_come_first_wherever_they_lie() {
        let root = tempfile::tempdir().expect("a folder");
        let put = |path: &str, text: &str| {
            let file = root.path().join(path);
            std::fs::create_dir_all(file.parent().expect("it has one")).expect("a folder");
            std::fs::write(file, text).expect("a file");
        };
        let prime = order(Command::Prime, "");
        let built_in = find(root.path(), &prime, "x").await.expect("words");
        assert_eq!(built_in.file, None);
        put(".archon/commands/prime.md", "third");
        put(".agents/commands/prime.md", "second");
        let found = find(root.path(), &prime, "x").await.expect("words");
        assert_eq!(found.text, "second");
        put(".claude/commands/b/prime.md", "later");
        put(
            ".claude/commands/a/prime.md",
            "---\ndescription: x\n---\n\nfirst",
        );
        let found = find(root.path(), &prime, "x").await.expect("words");
        assert_eq!(found.text, "first");
        assert!(found.file.is_some_and(|file| file.ends_with("a/prime.md")));
    }

    #[tokio::test]
    async fn a_link_out_of_the_project_and_a_huge_file_are_not_its_words() {
        let (root, elsewhere) = (
            tempfile::tempdir().expect("a folder"),
            tempfile::tempdir().expect("a folder"),
        );
        let folder = root.path().join(".agents/commands");
        std::fs::create_dir_all(&folder).expect("a folder");
        let secret = elsewhere.path().join("secret.md");
        std::fs::write(&secret, "secret").expect("a file");
        std::os::unix::fs::symlink(&secret, folder.join("prime.md")).expect("a link");
        let prime = order(Command::Prime, "");
        let found = find(root.path(), &prime, "x").await.expect("words");
        assert_eq!(found.file, None);
        std::fs::write(folder.join("validate.md"), "x".repeat(200_000)).expect("a file");
        let validate = order(Command::Validate, "");
        let refused = find(root.path(), &validate, "x").await;
        assert!(refused.is_err_and(|error| error.to_string().contains("more than")));
    }
}
