//! Mending what is wrong with a SQLite file.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use crate::{
    cli::doctor::{folders, report::Fix},
    config::Settings,
    db::{ConnectError, reason},
};

/// What every SQLite file begins with.
const BEGINS: &[u8] = b"SQLite format 3\0";

/// Ways to mend a file that does not open.
pub(super) fn mended(file: &Path, error: &ConnectError, settings: &Settings) -> Vec<Fix> {
    let words = reason(error);
    let is_damaged =
        words.contains("malformed") || words.contains("not a database") || is_none(file);
    // Under any other name it may be somebody else's, and the setting be wrong.
    if !is_damaged || !folders::is_our_name(file, settings) {
        return folders::elsewhere(settings).into_iter().collect();
    }
    let aside = Fix::to(
        "put it out of the way, and start with an empty one; or put a backup in its place (docs/backup.md)",
    );
    let beside = ["", "-wal", "-shm"].map(|suffix| {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        PathBuf::from(path)
    });
    let there = beside.iter().filter(|path| path.exists());
    vec![there.fold(aside, |fix, path| fix.run(folders::moved(path)))]
}

/// Whether a file is certainly no SQLite database.
fn is_none(file: &Path) -> bool {
    let mut begins = Vec::new();
    let read = std::fs::File::open(file)
        .and_then(|file| file.take(BEGINS.len() as u64).read_to_end(&mut begins));
    read.is_ok() && !begins.is_empty() && begins != BEGINS
}

/// Starting with another file, beside this one.
pub(super) fn beside(file: &Path, settings: &Settings) -> Fix {
    let ending = env!("CARGO_PKG_VERSION");
    let fix = Fix::to(format!(
        "start this version ({ending}) with a database of its own meanwhile, an empty one; this one stays as it is"
    ));
    let folder = &settings.data.dir;
    match folders::is_our_name(file, settings) && !folders::is_chosen(settings) {
        true => fix.set(
            "PM__DATA__DIR",
            folders::free_name(folder, ending).display(),
        ),
        false => fix.set(
            "PM__DATABASE__URL",
            format!("sqlite://{}", folders::free_name(file, ending).display()),
        ),
    }
}
