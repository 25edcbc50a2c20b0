//! The git checkout the server was started in, offered as the first project.

use std::path::Path;

use crate::http::Suggested;

/// The checkout `folder` is in, if it is in one.
pub(super) fn around(folder: &Path) -> Option<Suggested> {
    let top = folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())?;
    Some(Suggested {
        name: top.file_name()?.to_string_lossy().into_owned(),
        workspace_path: top.to_str()?.to_owned(),
        github_repo_url: std::fs::read_to_string(top.join(".git/config"))
            .ok()
            .as_deref()
            .and_then(web_address),
    })
}

/// Where the remote `origin` of a git configuration is on the web.
fn web_address(config: &str) -> Option<String> {
    let origin = config.split("[remote \"origin\"]").nth(1)?;
    let section = origin.split("\n[").next()?;
    let url = section
        .lines()
        .find_map(|line| {
            line.trim()
                .strip_prefix("url")?
                .trim_start()
                .strip_prefix('=')
        })?
        .trim();
    let path = [
        "https://github.com/",
        "git@github.com:",
        "ssh://git@github.com/",
    ]
    .into_iter()
    .find_map(|start| url.strip_prefix(start))?;
    Some(format!(
        "https://github.com/{}",
        path.trim_end_matches('/').trim_end_matches(".git")
    ))
}
