//! The files git knows.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    counted,
    git::{GitAnswer, git_line},
    visit::{Answer, Halt, Visit},
};

/// Bytes of `git ls-files` taken in at most: some hundred thousand files, more than any summary can tell apart.
const LISTING_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Files shown of the list; the result's own limit in bytes comes on top.
const SHOWN_MAX: usize = 200;

/// What an entry of the list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    File,
    Link,
    Submodule,
}

/// The files of a checkout.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// By path, in order.
    pub(super) entries: BTreeMap<String, Entry>,
    /// Whether there are more.
    pub(super) cut: bool,
    /// Whether git tracks none of them yet: they only lie in the folder.
    pub(super) untracked: bool,
}

impl Listing {
    /// Paths of files and links, without submodules.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.entries
            .iter()
            .filter(|(_, entry)| **entry != Entry::Submodule)
            .map(|(path, _)| path.as_str())
    }

    pub(super) fn submodules(&self) -> impl Iterator<Item = &str> {
        self.entries
            .iter()
            .filter(|(_, entry)| **entry == Entry::Submodule)
            .map(|(path, _)| path.as_str())
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.entries.contains_key(path)
    }

    pub(super) fn folders(&self) -> usize {
        let mut folders = BTreeSet::new();
        for path in self.files() {
            let mut rest = path;
            while let Some((folder, _)) = rest.rsplit_once('/') {
                if !folders.insert(folder) {
                    break;
                }
                rest = folder;
            }
        }
        folders.len()
    }

    /// `84 files in 12 folders`, `more than 84 files…`.
    pub(super) fn size(&self) -> String {
        let files = counted(self.files().count(), "file", "files");
        let more = if self.cut { "more than " } else { "" };
        match self.folders() {
            0 => format!("{more}{files}"),
            folders => format!("{more}{files} in {}", counted(folders, "folder", "folders")),
        }
    }
}

/// Lists what git tracks; in a folder where that is nothing yet, what it would track.
pub(super) async fn list(visit: &Visit<'_>) -> Result<Listing, Halt> {
    let listing = run(
        visit,
        "List the files git knows",
        &["ls-files", "-z", "--stage"],
        parse_stage,
    )
    .await?;
    if !listing.entries.is_empty() {
        return Ok(listing);
    }
    visit
        .status("Git knows no files yet; looking at what lies in the folder")
        .await?;
    let args = ["ls-files", "-z", "--others", "--exclude-standard"];
    let mut listing = run(
        visit,
        "List the files that are not added to git",
        &args,
        parse_names,
    )
    .await?;
    listing.untracked = true;
    Ok(listing)
}

async fn run(
    visit: &Visit<'_>,
    summary: &str,
    args: &[&str],
    parse: fn(&GitAnswer) -> BTreeMap<String, Entry>,
) -> Result<Listing, Halt> {
    let work = async {
        let answer = visit.git(args, LISTING_BYTES_MAX).await?;
        if answer.code != Some(0) {
            return Ok((Listing::default(), Answer::bad(answer.words())));
        }
        let listing = Listing {
            entries: parse(&answer),
            cut: answer.cut,
            untracked: false,
        };
        let shown: Vec<_> = listing
            .entries
            .keys()
            .take(SHOWN_MAX)
            .map(String::as_str)
            .collect();
        let mut output = shown.join("\n");
        let more = listing.entries.len() - shown.len();
        if more > 0 {
            output.push_str(&format!("\n… and {}", counted(more, "more", "more")));
        }
        let summary = listing.size();
        Ok((listing, Answer::good(summary, output)))
    };
    visit
        .using("List", summary.to_owned(), git_line(args), work)
        .await
}

/// The complete entries of a list that may have been cut in the middle of one.
fn complete(answer: &GitAnswer) -> impl Iterator<Item = String> {
    let end = answer
        .output
        .iter()
        .rposition(|&byte| byte == 0)
        .unwrap_or(0);
    answer.output[..end]
        .split(|&byte| byte == 0)
        .filter(|entry| !entry.is_empty())
        .map(|entry| String::from_utf8_lossy(entry).into_owned())
}

/// `<mode> <object> <stage>\t<path>`; a path in conflict comes once for each stage.
fn parse_stage(answer: &GitAnswer) -> BTreeMap<String, Entry> {
    complete(answer)
        .filter_map(|line| {
            let (about, path) = line.split_once('\t')?;
            let entry = match about.split(' ').next()? {
                "160000" => Entry::Submodule,
                "120000" => Entry::Link,
                _ => Entry::File,
            };
            Some((path.to_owned(), entry))
        })
        .collect()
}

fn parse_names(answer: &GitAnswer) -> BTreeMap<String, Entry> {
    complete(answer).map(|path| (path, Entry::File)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Entry, GitAnswer, Listing, parse_stage};

    #[test]
    fn a_list_cut_in_the_middle_keeps_its_complete_entries() {
        let answer = GitAnswer {
            output: b"100644 aa 0\tsrc/a/main.rs\x00160000 bb 0\tvendor\x00120000 cc 0\tlink\x00100644 dd 1\tlink\x00100644 dd 0\tsrc/hal".to_vec(),
            cut: true,
            code: Some(0),
            complaint: String::new(),
        };
        let listing = Listing {
            entries: parse_stage(&answer),
            cut: true,
            untracked: false,
        };
        let entries: Vec<_> = listing
            .entries
            .iter()
            .map(|(path, entry)| (path.as_str(), *entry))
            .collect();
        assert_eq!(
            entries,
            [
                ("link", Entry::File),
                ("src/a/main.rs", Entry::File),
                ("vendor", Entry::Submodule)
            ]
        );
        assert_eq!(listing.size(), "more than 2 files in 2 folders");
    }
}
