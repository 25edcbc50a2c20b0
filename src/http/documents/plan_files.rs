//! The plans that stand in a project's own folder, in `.agents/plans`: what the coding agent wrote there, as it is now.

use std::path::{Path, PathBuf};

use tokio::fs;

/// Files that are listed: the first by name.
const FILES_MAX: usize = 50;

/// Bytes of a plan at most: a book of a hundred pages.
const BYTES_MAX: u64 = 256 * 1024;

/// Their names. A folder that is not there, or leads elsewhere, has none.
pub(super) async fn names(workspace: Option<&str>) -> Vec<String> {
    let Some(folder) = folder(workspace).await else {
        return Vec::new();
    };
    let Ok(mut entries) = fs::read_dir(folder).await else {
        return Vec::new();
    };
    let mut names = Vec::new();
    while let Ok(Some(entry)) = entries.next_entry().await {
        let is_file = entry.file_type().await.is_ok_and(|kind| kind.is_file());
        if let Ok(name) = entry.file_name().into_string()
            && is_file
            && is_plan(&name)
        {
            names.push(name);
        }
    }
    names.sort();
    names.truncate(FILES_MAX);
    names
}

/// What one of them says.
pub(super) async fn read(workspace: Option<&str>, name: &str) -> Option<String> {
    if !is_plan(name) {
        return None;
    }
    let path = folder(workspace).await?.join(name);
    // A link may lead anywhere.
    let found = fs::symlink_metadata(&path).await.ok()?;
    if !found.is_file() || found.len() > BYTES_MAX {
        return None;
    }
    let bytes = fs::read(&path).await.ok()?;
    Some(String::from_utf8_lossy(&bytes).replace('\0', ""))
}

/// The folder they stand in, if it lies in the project's.
async fn folder(workspace: Option<&str>) -> Option<PathBuf> {
    let workspace = fs::canonicalize(workspace?).await.ok()?;
    let plans = fs::canonicalize(workspace.join(Path::new(".agents/plans")));
    let plans = plans.await.ok()?;
    plans.starts_with(&workspace).then_some(plans)
}

/// Whether it is the name of a plan, and nothing but a name.
fn is_plan(name: &str) -> bool {
    let stem = name.strip_suffix(".md");
    stem.is_some_and(|stem| {
        !stem.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0'])
    })
}
