//! Whether what must be kept can be kept: folders, files and room. Nothing is made to find out.

mod mended;
mod obstacle;

use std::{
    io,
    path::{Path, PathBuf},
};

use rustix::fs::{Access, AtFlags, CWD, Mode, OFlags};
use secrecy::ExposeSecret as _;

pub(super) use self::mended::{elsewhere, is_chosen, is_our_name};
use self::obstacle::Obstacle;
use super::report::{Check, Fix, word};
use crate::config::Settings;

const NAME: &str = "data";

/// Bytes without which no database can be made: an empty one has some hundred thousand.
const ROOM_MIN: u64 = 4 << 20;

/// Bytes under which the disk is soon full: a day of busy projects.
const ROOM_WANTED: u64 = 256 << 20;

/// What is to be kept.
#[derive(Debug, Clone, Copy)]
enum Kept {
    /// The data folder, with the database in it or without.
    Folder,
    /// The database, in a folder of its own.
    Database,
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
            mended::mended(check, &obstacle, Kept::Folder, settings)
        }
        (Some(obstacle), false) => {
            let found = format!(
                "the data folder {} cannot be used, so coding agents have no place for their copies of projects",
                folder.display()
            );
            let check = Check::warning(NAME, format!("{found}: {obstacle}"));
            mended::mended(check, &obstacle, Kept::Folder, settings)
        }
    }];
    let is_fine = checks.iter().all(|check| check.fixes.is_empty());
    if let Some(file) = file.filter(|_| is_fine || !is_inside)
        && let Some(obstacle) = obstacle(file.parent().unwrap_or(folder), Some(&file))
    {
        let found = format!("the database {} cannot be written", file.display());
        let check = Check::broken(NAME, format!("{found}: {obstacle}"));
        checks.push(mended::mended(check, &obstacle, Kept::Database, settings));
    }
    checks
}

/// Where the database is, if it is a file.
fn sqlite_file(settings: &Settings) -> Option<PathBuf> {
    let url = settings.database.url.expose_secret();
    url.strip_prefix("sqlite://").map(PathBuf::from)
}

fn room(folder: &Path) -> Check {
    let place = existing(folder).unwrap_or_else(|_| folder.to_owned());
    let left = left(&place).unwrap_or(u64::MAX);
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
                    .run(format!("df -h {}", word(&place))),
            ),
        false => Check::ok(NAME, found),
    }
}

/// What keeps a folder, and a file in it, from being written.
fn obstacle(folder: &Path, file: Option<&Path>) -> Option<Obstacle> {
    kept(folder, file).err()
}

fn kept(folder: &Path, file: Option<&Path>) -> Result<(), Obstacle> {
    roomy(&existing(folder)?)?;
    let Some(file) = file else { return Ok(()) };
    for suffix in ["", "-wal", "-shm"] {
        let path = beside(file, suffix);
        match std::fs::metadata(&path) {
            Ok(about) if about.is_dir() => return Err(Obstacle::NoFile(path)),
            Ok(_) => {
                if let Err(error) = accessible(&path, Access::READ_OK | Access::WRITE_OK) {
                    return Err(Obstacle::Refused(path, error));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let Ok(target) = std::fs::read_link(&path) else {
                    continue;
                };
                // It is made where the link leads to, in a folder that has to be there.
                let target = path.parent().unwrap_or(folder).join(target);
                match target.parent().filter(|folder| folder.is_dir()) {
                    Some(folder) => roomy(folder)?,
                    None => return Err(Obstacle::LeadsNowhere(path)),
                }
            }
            Err(error) => return Err(Obstacle::Unusable(path, error)),
        }
    }
    Ok(())
}

/// A file of SQLite's, which all have the name of the first.
fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(suffix);
    PathBuf::from(path)
}

/// Whether files can be made in a folder that is there, and of what size.
fn roomy(place: &Path) -> Result<(), Obstacle> {
    writable(place).map_err(|error| Obstacle::Refused(place.to_owned(), error))?;
    match left(place) {
        None => Err(Obstacle::KeepsNothing(place.to_owned())),
        Some(left) if left < ROOM_MIN => Err(Obstacle::Full(place.to_owned(), left)),
        Some(_) => Ok(()),
    }
}

/// The nearest folder to `folder` that is there: what is missing between the two can be made.
fn existing(folder: &Path) -> Result<PathBuf, Obstacle> {
    for path in folder.ancestors() {
        let path = match path.as_os_str().is_empty() {
            true => Path::new("."),
            false => path,
        };
        let error = match std::fs::metadata(path) {
            Ok(about) if about.is_dir() => return Ok(path.to_owned()),
            Ok(_) => return Err(Obstacle::NoFolder(path.to_owned())),
            Err(error) => error,
        };
        match error.kind() {
            io::ErrorKind::NotFound if std::fs::symlink_metadata(path).is_ok() => {
                return Err(Obstacle::LeadsNowhere(path.to_owned()));
            }
            // What it is in says why.
            io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::PermissionDenied => {}
            _ => return Err(Obstacle::Unusable(path.to_owned(), error)),
        }
    }
    Ok(PathBuf::from("/"))
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
