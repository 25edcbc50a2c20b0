//! A git checkout for a test.

use std::{path::Path, process::Command};

use tempfile::TempDir;

/// A git checkout that goes away with the test.
pub struct Checkout {
    folder: TempDir,
}

impl Checkout {
    /// A checkout with these files, committed.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let checkout = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        for (name, text) in files {
            let path = checkout.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a file is in a folder"))
                .expect("a folder for a file");
            std::fs::write(path, text).expect("a file of the checkout");
        }
        checkout.git(&["init", "--quiet", "--initial-branch=main"]);
        checkout.git(&["add", "--all"]);
        checkout.git(&["commit", "--quiet", "--allow-empty", "--message=Begin"]);
        checkout
    }

    /// Its top folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Its top folder, as text.
    pub fn text(&self) -> &str {
        self.path()
            .to_str()
            .expect("a temporary folder has a plain name")
    }

    fn git(&self, arguments: &[&str]) {
        let done = Command::new("git")
            .args(["-c", "user.name=Test", "-c", "user.email=test@example.org"])
            .args(arguments)
            .current_dir(self.path())
            .output()
            .expect("git runs");
        assert!(
            done.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
}
