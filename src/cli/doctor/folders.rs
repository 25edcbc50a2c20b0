//! Whether what must be kept can be kept: folders, files and room. Nothing is made to find out.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use rustix::fs::{Access, AtFlags, CWD, Mode, OFlags};
use secrecy::ExposeSecret as _;

use super::report::{Check, Fix, as_root, word};
use crate::config::Settings;

const NAME: &str = "data";

/// Bytes without which no database can be made: an empty one has some hundred thousand.
const ROOM_MIN: u64 = 4 << 20;

/// Bytes under which the disk is soon full: a day of busy projects.
const ROOM_WANTED: u64 = 256 << 20;

/// Why something cannot be kept somewhere.
#[derive(Debug)]
enum Obstacle {
    /// There is a file where a folder should be.
    NoFolder(PathBuf),
    /// There is a folder where a file should be.
    NoFile(PathBuf),
    /// This user may not write there.
    Refused(PathBuf, io::Error),
    /// What is there keeps no files, such as `/proc`.
    KeepsNothing(PathBuf),
    /// It is full.
    Full(PathBuf, u64),
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFolder(path) => write!(f, "{} is a file", path.display()),
            Self::NoFile(path) => write!(f, "{} is a folder", path.display()),
            Self::Refused(path, error) => {
                write!(f, "{} cannot be written: {error}", path.display())
            }
            Self::KeepsNothing(path) => write!(f, "{} keeps no files", path.display()),
            Self::Full(path, left) => {
                write!(f, "{} has {} left", path.display(), size(*left))
            }
        }
    }
}

pub(super) fn check(settings: &Settings) -> Vec<Check> {
    let folder = &settings.data.dir;
    let file = sqlite_file(settings);
    let is_inside = file.as_ref().is_some_and(|file| file.starts_with(folder));
    let mut checks = vec![match (obstacle(folder, None), is_inside) {
        (None, _) => room(folder),
        (Some(obstacle), true) => {
            let found = format!("the data folder {} cannot be used", folder.display());
            let check = Check::broken(NAME, format!("{found}: {obstacle}"));
            mended(check, &obstacle, settings)
        }
        (Some(obstacle), false) => {
            let found = format!(
                "the data folder {} cannot be used, so coding agents have no place for their copies of projects",
                folder.display()
            );
            let check = Check::warning(NAME, format!("{found}: {obstacle}"));
            mended(check, &obstacle, settings)
        }
    }];
    let is_fine = checks.iter().all(|check| check.fixes.is_empty());
    if let Some(file) = file.filter(|_| is_fine || !is_inside)
        && let Some(obstacle) = obstacle(file.parent().unwrap_or(folder), Some(&file))
    {
        let found = format!("the database {} cannot be written", file.display());
        let check = Check::broken(NAME, format!("{found}: {obstacle}"));
        checks.push(mended(check, &obstacle, settings));
    }
    checks
}

/// Where the database is, if it is a file.
fn sqlite_file(settings: &Settings) -> Option<PathBuf> {
    let url = settings.database.url.expose_secret();
    url.strip_prefix("sqlite://").map(PathBuf::from)
}

fn room(folder: &Path) -> Check {
    let left = left(&existing(folder).0).unwrap_or(u64::MAX);
    let found = match folder.exists() {
        true => format!("{}, {} free", folder.display(), size(left)),
        false => format!(
            "{} will be made at the first start, {} free",
            folder.display(),
            size(left)
        ),
    };
    match left < ROOM_WANTED {
        true => Check::warning(NAME, found)
            .because("the disk is almost full; what cannot be stored is not done")
            .fix(
                Fix::to("see what takes the room, and make some")
                    .run(format!("df -h {}", word(&existing(folder).0))),
            ),
        false => Check::ok(NAME, found),
    }
}

/// What keeps a folder, and a file in it, from being written.
fn obstacle(folder: &Path, file: Option<&Path>) -> Option<Obstacle> {
    let (place, is_folder) = existing(folder);
    if !is_folder {
        return Some(Obstacle::NoFolder(place));
    }
    if let Err(error) = writable(&place) {
        return Some(Obstacle::Refused(place, error));
    }
    match left(&place) {
        None => return Some(Obstacle::KeepsNothing(place)),
        Some(left) if left < ROOM_MIN => return Some(Obstacle::Full(place, left)),
        Some(_) => {}
    }
    let file = file?;
    let beside = ["", "-wal", "-shm"].map(|suffix| {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        PathBuf::from(path)
    });
    for path in beside.into_iter().filter(|path| path.exists()) {
        if path.is_dir() {
            return Some(Obstacle::NoFile(path));
        }
        if let Err(error) = accessible(&path, Access::READ_OK | Access::WRITE_OK) {
            return Some(Obstacle::Refused(path, error));
        }
    }
    None
}

/// The nearest to `folder` that is there, and whether it is a folder.
fn existing(folder: &Path) -> (PathBuf, bool) {
    let here = |path: &Path| match path.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => path.to_owned(),
    };
    let found = folder.ancestors().map(here).find(|path| path.exists());
    let found = found.unwrap_or_else(|| PathBuf::from("/"));
    let is_folder = found.is_dir();
    (found, is_folder)
}

/// Whether something can be made in a folder: a file without a name, which nobody sees and which goes with its handle.
fn writable(folder: &Path) -> io::Result<()> {
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    match rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR) {
        Ok(_) => Ok(()),
        Err(error) => match io::Error::from(error) {
            refused if is_refusal(&refused) => Err(refused),
            // Not every file system has such files.
            _ => accessible(folder, Access::WRITE_OK | Access::EXEC_OK),
        },
    }
}

fn is_refusal(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
    )
}

fn accessible(path: &Path, access: Access) -> io::Result<()> {
    rustix::fs::accessat(CWD, path, access, AtFlags::EACCESS).map_err(io::Error::from)
}

/// Bytes that can still be written there; none where no files are kept at all.
fn left(place: &Path) -> Option<u64> {
    let Ok(about) = rustix::fs::statvfs(place) else {
        return Some(u64::MAX);
    };
    (about.f_blocks > 0).then(|| about.f_bavail.saturating_mul(about.f_frsize))
}

fn mended(check: Check, obstacle: &Obstacle, settings: &Settings) -> Check {
    let check = check.because(match obstacle {
        Obstacle::NoFolder(_) | Obstacle::NoFile(_) => "something else was put there",
        Obstacle::Refused(_, error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {
            "it is mounted for reading only"
        }
        Obstacle::Refused(..) => "it belongs to another user than the one that runs this program",
        Obstacle::KeepsNothing(_) => "this part of the file system is the system's own",
        Obstacle::Full(..) => "the disk is full",
    });
    let elsewhere = elsewhere(settings);
    match obstacle {
        Obstacle::NoFolder(path) | Obstacle::NoFile(path) => check
            .fix(Fix::to("put it out of the way").run(moved(path)))
            .fixes(elsewhere),
        Obstacle::Refused(path, _) => {
            let own = Fix::to(
                "have this user own it; elsewhere there would be none of the projects that are there",
            );
            let own = own.run(as_root(&format!("chown -R \"$(id -un)\" {}", word(path))));
            let has_data = sqlite_file(settings).is_some_and(|file| file.exists());
            match has_data {
                true => check.fix(own).fixes(elsewhere),
                false => check.fixes(elsewhere).fix(own),
            }
        }
        Obstacle::KeepsNothing(_) => check.fixes(elsewhere),
        Obstacle::Full(path, _) => check
            .fix(
                Fix::to("see what takes the room, and make some")
                    .run(format!("df -h {}", word(path))),
            )
            .fixes(elsewhere),
    }
}

/// Keeping what is to be kept somewhere else.
pub(super) fn elsewhere(settings: &Settings) -> Option<Fix> {
    let folder = usable(&[&settings.data.dir])?;
    let fix = Fix::to("keep the data in another folder, which can be written");
    Some(match sqlite_file(settings) {
        Some(file) if !file.starts_with(&settings.data.dir) => {
            let file = folder.join("project-manager.db");
            fix.set("PM__DATABASE__URL", format!("sqlite://{}", file.display()))
        }
        _ => fix.set("PM__DATA__DIR", folder.display()),
    })
}

/// A folder for data that is none of `others` and can be written.
pub(super) fn usable(others: &[&Path]) -> Option<PathBuf> {
    let variable = |name: &str| {
        let folder = std::env::var_os(name).map(PathBuf::from);
        folder.filter(|folder| folder.is_absolute())
    };
    let places = [
        variable("XDG_DATA_HOME").map(|data| data.join("project-manager")),
        variable("HOME").map(|home| home.join(".local/share/project-manager")),
        Some(PathBuf::from("/var/lib/project-manager")),
        std::env::current_dir()
            .ok()
            .map(|here| here.join("project-manager-data")),
    ];
    let mut places = places.into_iter().flatten();
    places.find(|place| {
        let is_other = others
            .iter()
            .any(|other| place.starts_with(other) || other.starts_with(place));
        let is_plain = place
            .to_str()
            .is_some_and(|path| !path.contains(['?', '%']));
        !is_other && is_plain && obstacle(place, None).is_none()
    })
}

/// The line that puts something out of the way, under a name that is free.
pub(super) fn moved(path: &Path) -> String {
    let aside = free_name(path, "aside");
    format!("mv {} {}", word(path), word(&aside))
}

/// A name beside `path` that is free.
pub(super) fn free_name(path: &Path, ending: &str) -> PathBuf {
    let name = |number: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(match number {
            1 => format!(".{ending}"),
            number => format!(".{ending}-{number}"),
        });
        PathBuf::from(name)
    };
    let mut names = (1..=u32::from(u16::MAX)).map(name);
    names
        .find(|name| std::fs::symlink_metadata(name).is_err())
        .unwrap_or_else(|| name(u32::MAX))
}

/// Bytes for people.
pub(super) fn size(bytes: u64) -> String {
    let (number, unit) = match bytes {
        0..0x400 => return format!("{bytes} bytes"),
        0x400..0x10_0000 => (bytes >> 10, "KiB"),
        0x10_0000..0x4000_0000 => (bytes >> 20, "MiB"),
        0x4000_0000.. => (bytes >> 30, "GiB"),
    };
    format!("{number} {unit}")
}
