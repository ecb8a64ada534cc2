//! What is known of a class: one SQLite file with all runs, results and evidence.
//!
//! A run counts once its merge is finished. Whoever is killed before leaves a file that is whole: the same merge goes
//! on where it stopped, and ends with the same gradebook.

mod comments;
mod diff;
mod error;
#[cfg(test)]
mod file_tests;
mod merge;
mod read;
mod rejudge;
mod rows;
#[cfg(test)]
pub(super) mod samples;
mod schema;
mod tally;
#[cfg(test)]
mod tests;
mod words;

use std::cell::RefCell;
use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension};

pub use diff::{Came, Change, CriterionChange, Held, Why};
pub use error::GradebookError;
pub use merge::{Added, Merge};
pub use read::{Graded, Origin, Run};
pub use rejudge::Rejudged;
pub use tally::{Rules, Tally, Worth, unearned};

use self::error::{PATIENCE, told};
use self::schema::{Layout, STEPS};
use super::evidence::Unpackers;
use super::record::Key;

/// The file with everything that is known of a class.
#[derive(Debug)]
pub struct Gradebook {
    connection: Connection,
    file: PathBuf,
    unpackers: RefCell<Unpackers>,
}

impl Gradebook {
    /// Opens the gradebook in this file, to read and to write. A missing one is made, an older one brought up to date.
    ///
    /// # Errors
    /// When the file is something else, damaged, of a newer version, in use for too long, or cannot be written.
    pub fn open(file: &Path) -> Result<Self, GradebookError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let connection = Connection::open_with_flags(file, flags).map_err(|error| unopened(file, error))?;
        let book = Self { connection, file: file.to_owned(), unpackers: RefCell::default() };
        if book.connection.is_readonly("main").map_err(told(file))? {
            return Err(GradebookError::ReadOnly(book.file));
        }
        book.made_ready()
    }

    /// Opens a gradebook that there is. Where nothing can be written, it is read as it stands.
    ///
    /// # Errors
    /// As [`Gradebook::open`], and when there is no such file.
    pub fn open_to_read(file: &Path) -> Result<Self, GradebookError> {
        if !file.exists() {
            return Err(GradebookError::Missing(file.to_owned()));
        }
        match Self::open(file) {
            Err(GradebookError::ReadOnly(_)) => Self::open_as_it_stands(file),
            book => book,
        }
    }

    /// The same file, opened once more: each thread reads for itself.
    ///
    /// # Errors
    /// As [`Gradebook::open_to_read`].
    pub fn reader(&self) -> Result<Self, GradebookError> {
        Self::open_to_read(&self.file)
    }

    /// Without a lock, for that is a file, too: nobody can be writing where nothing can be written.
    fn open_as_it_stands(file: &Path) -> Result<Self, GradebookError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let connection =
            Connection::open_with_flags(address(file), flags).map_err(|error| unopened(file, error))?;
        let book = Self { connection, file: file.to_owned(), unpackers: RefCell::default() };
        match schema::layout(&book.connection).map_err(told(file))? {
            // What a writer that was killed has left behind would have to be taken in first.
            _ if left_behind(file) => Err(GradebookError::ReadOnly(book.file)),
            Layout::Version(version) if version == STEPS.len() => Ok(book),
            Layout::Version(version) if version > STEPS.len() => {
                Err(GradebookError::Newer { file: book.file, version })
            }
            Layout::Version(_) | Layout::Empty => Err(GradebookError::ReadOnly(book.file)),
            Layout::Foreign => Err(GradebookError::NotAGradebook(book.file)),
        }
    }

    /// Looks what the file is, and brings it up to date.
    fn made_ready(mut self) -> Result<Self, GradebookError> {
        let Self { connection, file, .. } = &mut self;
        let told = told(file);
        connection.busy_timeout(PATIENCE).map_err(told)?;
        match schema::layout(connection).map_err(told)? {
            Layout::Foreign => return Err(GradebookError::NotAGradebook(file.clone())),
            Layout::Version(version) if version > STEPS.len() => {
                return Err(GradebookError::Newer { file: file.clone(), version });
            }
            Layout::Version(_) | Layout::Empty => {}
        }
        let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
        connection.execute_batch(settings).map_err(told)?;
        schema::migrate(connection).map_err(told)?;
        Ok(self)
    }

    /// Is the result of this key known? One that could not be judged is worth another try.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn has(&self, key: &Key) -> Result<bool, GradebookError> {
        let sql = "SELECT kind FROM result WHERE key = ?";
        let read = || -> rusqlite::Result<Option<String>> {
            self.connection.prepare_cached(sql)?.query_row([&key.0.0], |row| row.get(0)).optional()
        };
        let kind = read().map_err(told(&self.file))?;
        Ok(kind.is_some_and(|kind| kind != words::NOT_JUDGED))
    }
}

/// Why a file could not even be opened.
fn unopened(file: &Path, error: rusqlite::Error) -> GradebookError {
    let machine = |reason: String| GradebookError::Machine { file: file.to_owned(), reason };
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(file) {
        Ok(_) if file.is_dir() => machine("it is a folder; name a file in it".to_owned()),
        Ok(_) => told(file)(error),
        Err(_) if !folder.is_dir() => machine(format!("there is no folder {}", folder.display())),
        Err(refused) if refused.kind() == ErrorKind::NotFound => {
            machine("it cannot be made, for nothing can be written in its folder".to_owned())
        }
        Err(refused) => machine(refused.to_string()),
    }
}

/// The address of a file that does not change while it is read.
fn address(file: &Path) -> String {
    let mut address = "file:".to_owned();
    for &byte in file.as_os_str().as_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                address.push(char::from(byte));
            }
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address + "?immutable=1"
}

/// Is there a journal with something in it?
fn left_behind(file: &Path) -> bool {
    let mut journal = file.as_os_str().to_owned();
    journal.push("-wal");
    Path::new(&journal).metadata().is_ok_and(|data| data.len() > 0)
}
