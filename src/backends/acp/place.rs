//! Whether a path lies in a project's copy, wherever links lead.

use std::path::{Component, Path, PathBuf};

/// The real path of `path`, which counts from `root`; none where it lies outside, or in git's own folder. What does not exist
/// yet lies where it would be made. `root` has every link resolved.
pub(super) fn real_inside(root: &Path, path: &Path) -> Option<PathBuf> {
    let whole = normal(&root.join(path))?;
    let real = resolved(&whole)?;
    let within = real.strip_prefix(root).ok()?;
    let is_gits = within
        .components()
        .next()
        .is_some_and(|first| first == Component::Normal(".git".as_ref()));
    (!is_gits).then_some(real)
}

/// Without `.` and `..`. A `..` after a link would lead elsewhere, but then the result is looked at as it is.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop().then_some(())?;
            }
            part => normal.push(part),
        }
    }
    Some(normal)
}

/// With the links of what exists of it resolved.
fn resolved(path: &Path) -> Option<PathBuf> {
    let mut missing = Vec::new();
    let mut there = path;
    loop {
        if let Ok(real) = there.canonicalize() {
            return Some(
                missing
                    .iter()
                    .rev()
                    .fold(real, |real, part| real.join(part)),
            );
        }
        // A link that leads nowhere may lead somewhere once it is written through.
        if there.is_symlink() {
            return None;
        }
        missing.push(there.file_name()?.to_owned());
        there = there.parent()?;
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::real_inside;

    #[test]
    fn only_what_really_lies_inside_is_inside() {
        let (root, elsewhere) = (
            tempfile::tempdir().expect("a folder"),
            tempfile::tempdir().expect("a folder"),
        );
        let root = root.path().canonicalize().expect("its path");
        std::fs::create_dir(root.join("src")).expect("a folder");
        std::os::unix::fs::symlink(elsewhere.path(), root.join("out")).expect("a link");
        std::os::unix::fs::symlink(elsewhere.path().join("new"), root.join("dangling"))
            .expect("a link");
        let inside = |path: &str| real_inside(&root, Path::new(path)).is_some();
        for path in ["src/a.rs", "./new/deep/b.rs", "src/../c.rs", "a.git"] {
            assert!(inside(path), "{path}");
        }
        assert!(inside(&root.join("src/x").to_string_lossy()));
        for path in [
            "../x",
            "src/../../x",
            "out/x",
            "dangling",
            "dangling/x",
            "/etc/passwd",
            ".git/config",
            ".git",
        ] {
            assert!(!inside(path), "{path}");
        }
    }
}
