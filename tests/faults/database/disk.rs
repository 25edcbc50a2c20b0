//! The disk with the SQLite file: full, and not to be written.

use std::{
    fs::File,
    io::{ErrorKind, Write as _},
    path::Path,
};

use super::{super::startup::refused, Traffic, impatient, is_postgres_pass, unhealthy_for};
use crate::support::{Program, ProgramBuilder};

/// A disk of the server's own for its data, large enough for what these tests store.
const SMALL_DISK: &str = r#"mount -t tmpfs -o size=48m tmpfs "$PM__DATA__DIR""#;

/// A file that takes all that is left of a disk.
struct Filler(File);

impl Filler {
    /// Takes all that is left where the server has this folder.
    fn of(server: &Program, folder: &Path) -> Self {
        let path = server.sees(&folder.join("filler"));
        let mut file = File::create(&path).expect("a file on the server's disk");
        for size in [1 << 16, 1] {
            let some = vec![0; size];
            let full = loop {
                if let Err(full) = file.write_all(&some) {
                    break full;
                }
            };
            assert_eq!(full.kind(), ErrorKind::StorageFull);
        }
        Self(file)
    }

    /// Gives it back, also on a disk on which nothing can be opened for writing any more.
    fn give_back(self) {
        self.0.set_len(0).expect("it was opened for writing");
    }
}

#[tokio::test]
async fn a_disk_that_is_full_and_then_cannot_be_written_at_all_is_waited_for() {
    if is_postgres_pass() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = ProgramBuilder::serving_apart(folder.path(), SMALL_DISK);
    let traffic = Traffic::begin(impatient(program)).await;
    let filler = Filler::of(&traffic.server, folder.path());
    traffic.sees_it_go().await;
    unhealthy_for(&traffic.server, "disk is full").await;
    // What is opened from now on can only be read; and the file is opened anew for each try.
    let data = folder.path().display();
    let mount = format!("mount --bind '{data}' '{data}' && mount -o remount,bind,ro '{data}'");
    traffic.server.mount(&mount).await;
    unhealthy_for(&traffic.server, "readonly").await;
    // Not before: a try that was on its way would have written to what it had opened, and all would be well.
    filler.give_back();
    let unmount = format!("umount --lazy '{data}'");
    traffic.server.mount(&unmount).await;
    traffic.sees_it_come_back().await;
    traffic.end().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_named_at_the_start() {
    if is_postgres_pass() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("project-manager.db");
    for made in ["true", r#"touch "$PM__DATA__DIR/project-manager.db""#] {
        let mounts = format!(r#"{SMALL_DISK} && {made} && mount -o remount,ro "$PM__DATA__DIR""#);
        let done = ProgramBuilder::serving_apart(folder.path(), &mounts)
            .run()
            .await;
        let file = file.to_str().expect("a plain name");
        refused(
            &done,
            &[
                "cannot open the database",
                file,
                "can be read and written",
                "PM__DATA__DIR",
            ],
        );
    }
}
