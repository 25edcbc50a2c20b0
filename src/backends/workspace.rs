//! A project's folder: whether it is there, and a git checkout, in words for a person where it is not.

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::fs;

/// The folder with every link in its path resolved, if it is one.
pub(super) async fn folder(workspace: Option<&Path>) -> Result<PathBuf, String> {
    let Some(path) = workspace else {
        return Err(
            "This project has no folder yet. Give it one: the path of a git checkout on the server's machine.".to_owned(),
        );
    };
    let root = match fs::canonicalize(path).await {
        Ok(root) => root,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(missing(path)),
        Err(error) => {
            return Err(format!(
                "The project's folder {} cannot be opened: {error}. See to it that the server's user may read it, and \
                 try again.",
                path.display()
            ));
        }
    };
    if !root.is_dir() {
        return Err(format!(
            "{} is not a folder. Give the project the path of a git checkout.",
            path.display()
        ));
    }
    Ok(root)
}

/// Why git does not work in the folder, from what it said.
pub(super) fn not_a_checkout(root: &Path, said: &str) -> String {
    let root = root.display();
    if said.contains("dubious ownership") {
        format!(
            "Git does not work in the project's folder {root}, because it belongs to another user than the server runs \
             as. If you trust it, run `git config --global --add safe.directory {root}` as the server's user and try \
             again. Git said: {said}"
        )
    } else if said.contains("not a git repository") {
        format!(
            "The project's folder {root} is not a git checkout. Clone the project there, or run `git init` in it, and \
             try again."
        )
    } else {
        format!(
            "The project's folder {root} is not a git checkout that can be read. Git said: {said}. Clone the project anew, \
             or choose another folder in the project's settings."
        )
    }
}

/// The folder is not there.
pub(super) fn missing(path: &Path) -> String {
    format!(
        "The project's folder {} does not exist. Put the git checkout there, or choose another folder in the project's settings.",
        path.display()
    )
}
