//! What can go wrong with a gradebook, and what to do about it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::ErrorCode;

use super::schema::STEPS;
use crate::grade::record::Key;

/// How long to wait for others who are writing: they write for some tenths of a second at a time.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// Why the gradebook cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GradebookError {
    /// There is no such file.
    #[error(
        "there is no gradebook {}: `workbook grade` makes one, and --gradebook FILE names another",
        .0.display()
    )]
    Missing(PathBuf),
    /// The file holds something else.
    #[error(
        "{} is not a gradebook, and is left as it is: name another file, or move this one away",
        .0.display()
    )]
    NotAGradebook(PathBuf),
    /// The file was a gradebook once.
    #[error(
        "{} is damaged ({reason}): move it away and run `workbook merge` again, which makes it anew from the records \
         beside it; only comments on clusters have to be given again",
        file.display()
    )]
    Corrupt {
        /// The file.
        file: PathBuf,
        /// What was found.
        reason: String,
    },
    /// A later workbook wrote it.
    #[error(
        "{} was written by a newer workbook (layout {version}, and this one knows {}); it is left as it is: use that \
         workbook, or name another file",
        file.display(),
        STEPS.len()
    )]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its version.
        version: usize,
    },
    /// It can be read at most.
    #[error(
        "{} cannot be written: the file or its folder is read-only; change that, or copy it to another folder and name \
         the copy",
        .0.display()
    )]
    ReadOnly(PathBuf),
    /// Somebody else is writing all the time.
    #[error(
        "{} is being written by another program, and did not become free within {} s: wait until that one is done, and \
         try again",
        file.display(),
        waited.as_secs()
    )]
    Locked {
        /// The file.
        file: PathBuf,
        /// How long this one has waited.
        waited: Duration,
    },
    /// There is no room.
    #[error(
        "the disk of {} is full; what was stored until now is whole: make room and run the same command again",
        .0.display()
    )]
    DiskFull(PathBuf),
    /// No run is complete.
    #[error("{} holds no complete run yet: `workbook grade` makes one", .0.display())]
    NoRun(PathBuf),
    /// There is no run of this number.
    #[error("{} has no run {number}: the latest is {latest}", file.display())]
    UnknownRun {
        /// The file.
        file: PathBuf,
        /// What was asked for.
        number: u32,
        /// The greatest number that there is.
        latest: u32,
    },
    /// The result of something that was planned is missing.
    #[error(
        "{missing} of the planned results are missing, the first is {first}: run the shards that were not finished, \
         and merge again"
    )]
    Incomplete {
        /// How many.
        missing: usize,
        /// One of them.
        first: Key,
    },
    /// Something else.
    #[error("{}: {reason}", file.display())]
    Machine {
        /// The file.
        file: PathBuf,
        /// What the library says.
        reason: String,
    },
}

/// Gives an error of the library its name.
pub(super) fn told(file: &Path) -> impl Fn(rusqlite::Error) -> GradebookError + Copy + '_ {
    move |error| {
        let file = file.to_owned();
        let Some(code) = error.sqlite_error_code() else {
            // What was read is not what this workbook writes.
            return GradebookError::Corrupt { file, reason: error.to_string() };
        };
        match code {
            ErrorCode::NotADatabase => GradebookError::NotAGradebook(file),
            ErrorCode::DatabaseCorrupt => GradebookError::Corrupt { file, reason: error.to_string() },
            // What cannot be opened behind a file that was is its journal.
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => {
                GradebookError::ReadOnly(file)
            }
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                GradebookError::Locked { file, waited: PATIENCE }
            }
            ErrorCode::DiskFull => GradebookError::DiskFull(file),
            _ => GradebookError::Machine { file, reason: error.to_string() },
        }
    }
}
