//! The text files of the checkout, as git would list them, without needing git.

use std::fs;
use std::path::Path;

/// A file that is, or could be, committed.
pub(crate) struct SourceFile {
    /// From the root of the checkout, with `/` on every system.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl SourceFile {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Numbered as an editor numbers them.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line))
    }

    pub(crate) fn is_under(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }

    pub(crate) fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(_, extension)| extensions.contains(&extension))
    }

    /// Copied from elsewhere as it is; our rules do not hold there.
    pub(crate) fn is_vendored(&self) -> bool {
        self.path.starts_with("static/vendor/")
    }
}

/// Every text file that git does not ignore, vendored ones included.
pub(crate) fn project_files() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ignore =
        fs::read_to_string(root.join(".gitignore")).expect("the checkout has a .gitignore");
    let mut files = Vec::new();
    collect(root, "", &ignored_names(&ignore), &mut files);
    assert!(
        files.iter().any(|file| file.path == "src/lib.rs"),
        "no src/lib.rs was found under {}: the rules would hold for nothing",
        root.display()
    );
    files
}

/// The two kinds of line our .gitignore has: `/path/from/the/root` and `name` anywhere.
fn ignored_names(gitignore: &str) -> Vec<&str> {
    let names: Vec<&str> = gitignore
        .lines()
        .map(|line| line.trim().trim_end_matches('/'))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    for name in &names {
        assert!(
            !name.contains(['*', '!', '?', '[']) && (name.starts_with('/') || !name.contains('/')),
            ".gitignore: `{name}` is a pattern tests/tidy/files.rs does not understand: write a plain name, or teach it"
        );
    }
    names
}

fn collect(root: &Path, folder: &str, ignored: &[&str], files: &mut Vec<SourceFile>) {
    let mut entries: Vec<_> = fs::read_dir(root.join(folder))
        .unwrap_or_else(|error| panic!("reading the folder `{folder}`: {error}"))
        .map(|entry| entry.expect("a folder that opened can be listed"))
        .collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() {
            name.clone()
        } else {
            format!("{folder}/{name}")
        };
        let is_ignored =
            |ignored: &&str| **ignored == name || ignored.strip_prefix('/') == Some(path.as_str());
        if name == ".git" || ignored.iter().any(is_ignored) {
            continue;
        }
        let kind = entry.file_type().expect("a listed entry has a type");
        if kind.is_dir() {
            // Cargo marks a target folder with it, whatever the folder is called.
            if !entry.path().join("CACHEDIR.TAG").exists() {
                collect(root, &path, ignored, files);
            }
        } else if kind.is_file()
            && let Ok(text) = fs::read_to_string(entry.path())
        {
            // What is not UTF-8 is a picture or the like.
            files.push(SourceFile { path, text });
        }
    }
}
