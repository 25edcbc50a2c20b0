//! Why something cannot be kept somewhere.

use std::{fmt, io, path::PathBuf};

use super::size;

/// Why something cannot be kept somewhere.
#[derive(Debug)]
pub(super) enum Obstacle {
    /// There is a file where a folder should be.
    NoFolder(PathBuf),
    /// There is a folder where a file should be.
    NoFile(PathBuf),
    /// This user may not write there.
    Refused(PathBuf, io::Error),
    /// A link to what is not there.
    LeadsNowhere(PathBuf),
    /// No path that anything can be at: links in a circle, or a name that is too long.
    Unusable(PathBuf, io::Error),
    /// What is there keeps no files, such as `/proc`.
    KeepsNothing(PathBuf),
    /// It is full.
    Full(PathBuf, u64),
}

impl Obstacle {
    /// What it comes from as a rule.
    pub(super) fn cause(&self) -> &'static str {
        match self {
            Self::NoFolder(_) | Self::NoFile(_) => {
                "something else is there, or the setting names what was not meant"
            }
            Self::Refused(_, error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {
                "it is mounted for reading only"
            }
            Self::Refused(..) => "it belongs to another user than the one that runs this program",
            Self::LeadsNowhere(_) => {
                "what it leads to was moved, or is on a disk that is not mounted"
            }
            Self::Unusable(..) => "the path is not the one that was meant",
            Self::KeepsNothing(_) => "this part of the file system is the system's own",
            Self::Full(..) => "the disk is full",
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFolder(path) => write!(f, "{} is a file", path.display()),
            Self::NoFile(path) => write!(f, "{} is a folder", path.display()),
            Self::Refused(path, error) => {
                write!(f, "{} cannot be written: {error}", path.display())
            }
            Self::LeadsNowhere(path) => {
                write!(f, "{} is a link to what is not there", path.display())
            }
            Self::Unusable(path, error) => write!(f, "{} cannot be used: {error}", path.display()),
            Self::KeepsNothing(path) => write!(f, "{} keeps no files", path.display()),
            Self::Full(path, left) => {
                write!(f, "{} has {} left", path.display(), size(*left))
            }
        }
    }
}
