//! Mending what keeps data from being kept. Whatever a fix changes is this program's own: the folder that was named, never one
//! above it, and a file only under the name that this program gives it. What belongs to somebody else is left with them.

use std::{
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use secrecy::ExposeSecret as _;

use super::{Kept, Obstacle, moved, obstacle, sqlite_file, usable};
use crate::{
    cli::doctor::report::{Check, Fix, as_root, word},
    config::{DATABASE_FILE, Settings},
};

/// Who runs this, by number: not every user in a container has a name.
const ME: &str = "\"$(id -u)\"";

pub(super) fn mended(check: Check, obstacle: &Obstacle, kept: Kept, settings: &Settings) -> Check {
    let check = check.because(obstacle.cause());
    let other = match kept {
        Kept::Folder => another_folder(settings),
        Kept::Database => elsewhere(settings),
    };
    let named = Fix::to(match kept {
        Kept::Folder => "name a folder with PM__DATA__DIR that this user may write",
        Kept::Database => "name a file with PM__DATABASE__URL that this user may write",
    });
    match obstacle {
        Obstacle::NoFile(path) if is_our_name(path, settings) => check
            .fix(Fix::to("put it out of the way").run(moved(path)))
            .fixes(other),
        Obstacle::NoFile(path) => {
            let inside = path.join(DATABASE_FILE);
            let inside = obstacle_of(path, &inside).is_none().then(|| {
                Fix::to("keep the database in a file in this folder").set(
                    "PM__DATABASE__URL",
                    format!("sqlite://{}", inside.display()),
                )
            });
            check.fixes(inside).fixes(other).fix(named)
        }
        Obstacle::Refused(path, error) if error.kind() != io::ErrorKind::ReadOnlyFilesystem => {
            refused(check, path, kept, other, settings).fix(named)
        }
        Obstacle::Full(path, _) => check
            .fix(
                Fix::to("see what takes the room, and make some")
                    .run(format!("df -h {}", word(path))),
            )
            .fixes(other),
        Obstacle::LeadsNowhere(path) => check.fixes(other).fix(
            Fix::to("see where it leads, and mount or make that")
                .run(format!("ls -ld {}", word(path))),
        ),
        Obstacle::NoFolder(_)
        | Obstacle::Refused(..)
        | Obstacle::Unusable(..)
        | Obstacle::KeepsNothing(_) => check.fixes(other).fix(named),
    }
}

fn obstacle_of(folder: &Path, file: &Path) -> Option<Obstacle> {
    obstacle(folder, Some(file))
}

/// What this user may not write.
fn refused(
    check: Check,
    path: &Path,
    kept: Kept,
    other: Option<Fix>,
    settings: &Settings,
) -> Check {
    let data = &settings.data.dir;
    let file = sqlite_file(settings).unwrap_or_else(|| data.join(DATABASE_FILE));
    let folder = match kept {
        Kept::Folder => data,
        Kept::Database => file.parent().unwrap_or(data),
    };
    let is_there = |path: &Path| match std::fs::symlink_metadata(path) {
        Ok(_) => Some(true),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => None,
        Err(_) => Some(false),
    };
    match (is_there(&file), is_there(folder)) {
        (Some(false), Some(false)) => {
            let made = Fix::to("have it made for this user");
            let line = as_root(&format!("install -d -o {ME} {}", word(folder)));
            check.fixes(other).fix(made.run(line))
        }
        (Some(false), _) => {
            // Nobody's data: it may be a part of the system, such as /etc.
            let check = check.fixes(let_me_write(folder));
            let is_empty = std::fs::read_dir(folder).is_ok_and(|mut all| all.next().is_none());
            let own = is_empty.then(|| {
                Fix::to("have this user own it; nothing is in it")
                    .run(as_root(&format!("chown {ME} {}", word(folder))))
            });
            check.fixes(other).fixes(own)
        }
        (Some(true), _) if file.file_name().is_none_or(|name| name != DATABASE_FILE) => {
            // The setting may name what is none of ours.
            check
                .fixes(other)
                .fixes(let_me_write(path).or_else(|| as_its_owner(path)))
        }
        (seen, _) => {
            let first = let_me_write(path).or_else(|| as_its_owner(path));
            let check = check.fixes(first).fixes(other.map(|fix| Fix {
                say: format!("{}; the projects that are here are not there", fix.say),
                ..fix
            }));
            // Only what is seen to be a folder of ours is given to somebody else with all that is in it.
            let is_ours = seen == Some(true) && file.parent() == Some(folder);
            check.fixes(is_ours.then(|| {
                let line = format!("chown -R {ME} {}", word(folder));
                Fix::to("have this user own it, if no server of another user works with it")
                    .run(as_root(&line))
            }))
        }
    }
}

/// What this user owns and may not write.
fn let_me_write(path: &Path) -> Option<Fix> {
    let owner = std::fs::metadata(path).ok()?.uid();
    (owner == rustix::process::geteuid().as_raw()).then(|| {
        let line = format!("chmod u+rwX {}", word(path));
        Fix::to("let this user, who owns it, write it").run(line)
    })
}

/// Looking as whoever owns what is there.
fn as_its_owner(path: &Path) -> Option<Fix> {
    let there = path
        .ancestors()
        .find_map(|path| std::fs::metadata(path).ok());
    let owner = there?.uid();
    let owner = name(owner).unwrap_or_else(|| format!("#{owner}"));
    let say =
        "look as the user it belongs to, who is meant to run the server, with the same settings";
    Some(Fix::to(say).run(format!("sudo -u {} pm doctor", shell_words::quote(&owner))))
}

/// What a user is called on this machine.
fn name(user: u32) -> Option<String> {
    let all = std::fs::read_to_string("/etc/passwd").ok()?;
    all.lines().find_map(|line| {
        // `name:x:1000:…`
        let mut fields = line.split(':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        (number.parse() == Ok(user)).then(|| name.to_owned())
    })
}

/// Whether that is the database under the name that this program gives it, or what SQLite keeps beside it. Nothing else is
/// put out of the way.
pub(in crate::cli::doctor) fn is_our_name(path: &Path, settings: &Settings) -> bool {
    let ours = settings.data.dir.join(DATABASE_FILE);
    let names = ["", "-wal", "-shm"].map(|suffix| super::beside(&ours, suffix));
    names.iter().any(|name| name == path)
}

/// Whether somebody chose the address of the database.
pub(in crate::cli::doctor) fn is_chosen(settings: &Settings) -> bool {
    let mut secrets = settings.secrets().iter();
    secrets.any(|(key, value)| *key == "database.url" && !value.expose_secret().is_empty())
}

/// Keeping the data in another folder.
fn another_folder(settings: &Settings) -> Option<Fix> {
    let data = &settings.data.dir;
    let folder = usable(&[data])?;
    let fix = Fix::to("keep the data in another folder, which can be written");
    let fix = fix.set("PM__DATA__DIR", folder.display());
    let is_inside = sqlite_file(settings).is_some_and(|file| file.starts_with(data));
    Some(match is_inside && is_chosen(settings) {
        true => fix.set("PM__DATABASE__URL", ""),
        false => fix,
    })
}

/// Keeping the database somewhere else.
pub(in crate::cli::doctor) fn elsewhere(settings: &Settings) -> Option<Fix> {
    let data = &settings.data.dir;
    let usual: PathBuf = data.join(DATABASE_FILE);
    let is_other = is_chosen(settings) && sqlite_file(settings).is_some_and(|file| file != usual);
    match is_other && obstacle_of(data, &usual).is_none() {
        true => Some(Fix::to("keep the database in the data folder").set("PM__DATABASE__URL", "")),
        false if is_other => {
            let file = usable(&[data])?.join(DATABASE_FILE);
            let fix = Fix::to("keep the database in another folder, which can be written");
            Some(fix.set("PM__DATABASE__URL", format!("sqlite://{}", file.display())))
        }
        false => another_folder(settings),
    }
}
