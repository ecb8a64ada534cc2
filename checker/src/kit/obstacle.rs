//! What keeps files from being written.

use std::io;
use std::path::PathBuf;

/// What keeps a file from being looked at or written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// This is a link to a folder: what lies below it lies elsewhere.
    Link(String),
    /// This is to be a folder and is none.
    NotAFolder(String),
    /// This is to be a file and is none.
    NotAFile(String),
    /// This cannot be read, and that is why.
    Unreadable(String, String),
}

/// Why nothing more was written.
#[derive(Debug, thiserror::Error)]
pub enum KitError {
    /// The system refuses.
    #[error("cannot write {file}: {source}")]
    Write {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Somebody has put something there since it was looked at.
    #[error("{0} has changed in this moment, and stays as it is; run the command again")]
    Changed(PathBuf),
    /// Something is in the way.
    #[error("cannot write {file}: {obstacle}")]
    InTheWay {
        /// Which file.
        file: PathBuf,
        /// What.
        obstacle: Obstacle,
    },
}

impl std::fmt::Display for Obstacle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Link(path) => write!(f, "{path} is a link, and what lies behind it is not touched"),
            Self::NotAFolder(path) => write!(f, "{path} is not a folder"),
            Self::NotAFile(path) => write!(f, "{path} is not a file"),
            Self::Unreadable(path, why) => write!(f, "{path} cannot be read: {why}"),
        }
    }
}
