//! The file of a learner's progress: never half written, never fatal.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Progress;
use super::file::{self, Lock};
use super::progress::FORMAT;

/// Where a learner's progress is kept.
#[derive(Debug, Clone)]
pub struct Store {
    file: PathBuf,
}

/// Why progress could not be remembered.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is of a later version of the workbook.
    #[error(
        "{} was written by a newer workbook (format {format}, and this one writes {FORMAT}); it is left as it is. \
         Use that workbook, or move the file away",
        file.display()
    )]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its format.
        format: u32,
    },
    /// The machine refused.
    #[error("{}: {error}", file.display())]
    Machine {
        /// The file or folder.
        file: PathBuf,
        /// What it said.
        error: io::Error,
    },
}

/// What was wrong with the file, and what was done about it.
#[derive(Debug)]
pub enum Trouble {
    /// It could not be understood. It was set aside, and progress begins anew.
    SetAside {
        /// Where it is now.
        to: PathBuf,
        /// What was wrong with it.
        reason: String,
    },
    /// It cannot be used; nothing is remembered.
    Unusable(StoreError),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SetAside { to, reason } => write!(
                f,
                "the file of your progress could not be read ({reason}); it is now {}, and progress begins anew. \
                 Your programs are not touched: `workbook check LESSON` finds out again what is done",
                to.display()
            ),
            Self::Unusable(error) => write!(f, "your progress cannot be remembered: {error}"),
        }
    }
}

impl Store {
    /// The store of the course at `root`.
    #[must_use]
    pub fn of(root: &Path) -> Self {
        Self { file: super::folder(root).join("progress.json") }
    }

    /// What is remembered, and what was wrong with the file; nothing is remembered at first.
    #[must_use]
    pub fn read(&self) -> (Progress, Option<Trouble>) {
        match self.load() {
            Ok(progress) => (progress, None),
            // Somebody else may have set it aside by now, and begun anew: that one must stay.
            Err(Broken::Not(_)) => match self.lock() {
                Ok(_lock) => self.read_locked(),
                Err(error) => (Progress::default(), Some(Trouble::Unusable(error))),
            },
            Err(Broken::Error(error)) => (Progress::default(), Some(Trouble::Unusable(error))),
        }
    }

    fn read_locked(&self) -> (Progress, Option<Trouble>) {
        match self.load() {
            Ok(progress) => (progress, None),
            Err(Broken::Not(reason)) => (Progress::default(), Some(self.set_aside(reason))),
            Err(Broken::Error(error)) => (Progress::default(), Some(Trouble::Unusable(error))),
        }
    }

    /// Changes what is remembered, and answers with all of it: other processes change it, too, and wait for each other.
    ///
    /// # Errors
    /// When it cannot be written; what was remembered before still is.
    pub fn update(
        &self,
        change: impl FnOnce(&mut Progress),
    ) -> Result<(Progress, Option<Trouble>), StoreError> {
        let lock = self.lock()?;
        let (mut progress, trouble) = self.read_locked();
        if let Some(Trouble::Unusable(error)) = trouble {
            return Err(error);
        }
        let before = progress.clone();
        change(&mut progress);
        if progress == before {
            return Ok((progress, trouble));
        }
        let mut text =
            serde_json::to_string_pretty(&progress).map_err(io::Error::other).map_err(self.told())?;
        text.push('\n');
        file::replace(&lock, &self.file, text.as_bytes(), true).map_err(self.told())?;
        Ok((progress, trouble))
    }

    fn load(&self) -> Result<Progress, Broken> {
        let text = match fs::read(&self.file) {
            Ok(text) => text,
            // Where even the folder is none, nothing was ever remembered.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(Progress::default());
            }
            Err(error) => return Err(Broken::Error(self.told()(error))),
        };
        let value: serde_json::Value = serde_json::from_slice(&text).map_err(Broken::because)?;
        let format = value.get("format").and_then(serde_json::Value::as_u64);
        match format.and_then(|format| u32::try_from(format).ok()) {
            Some(format) if format > FORMAT => {
                Err(Broken::Error(StoreError::Newer { file: self.file.clone(), format }))
            }
            _ => serde_json::from_value(value).map_err(Broken::because),
        }
    }

    fn set_aside(&self, reason: String) -> Trouble {
        let name = |number: u32| self.file.with_extension(format!("broken-{number}.json"));
        // No one has broken so many files.
        let to = (1..10_000).map(name).find(|name| !name.exists()).unwrap_or_else(|| name(0));
        match fs::rename(&self.file, &to) {
            Ok(()) => Trouble::SetAside { to, reason },
            Err(error) => Trouble::Unusable(self.told()(error)),
        }
    }

    fn lock(&self) -> Result<Lock, StoreError> {
        Lock::of(self.file.parent().unwrap_or(Path::new("."))).map_err(self.told())
    }

    fn told(&self) -> impl Fn(io::Error) -> StoreError + '_ {
        |error| StoreError::Machine { file: self.file.clone(), error }
    }
}

/// Why there is no progress in the file.
enum Broken {
    /// It is not what it should be.
    Not(String),
    Error(StoreError),
}

impl Broken {
    #[allow(clippy::needless_pass_by_value, reason = "for map_err")]
    fn because(error: serde_json::Error) -> Self {
        Self::Not(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::of(folder.path());
        (folder, store)
    }

    #[test]
    fn what_is_changed_is_there_the_next_time() {
        let (_folder, store) = store();
        assert_eq!(store.read().0, Progress::default());
        store.update(|progress| progress.lesson = Some("w04-l03".to_owned())).expect("written");
        assert_eq!(store.read().0.lesson.as_deref(), Some("w04-l03"));
    }

    #[test]
    fn what_an_older_workbook_has_written_is_understood() {
        let (_folder, store) = store();
        store.update(|_| ()).expect("the folder is made");
        let text =
            r#"{ "format": 1, "lessons": { "w04-l01": { "languages": { "main.c": { "checks": 2 } } } } }"#;
        fs::write(&store.file, text).expect("written");
        let (progress, trouble) = store.read();
        assert!(trouble.is_none(), "{trouble:?}");
        assert_eq!(progress.lessons["w04-l01"].languages[&crate::course::Language::C].checks, 2);
    }

    #[test]
    fn what_was_begun_anew_is_not_set_aside_with_the_broken_one() {
        let (_folder, store) = store();
        store.update(|_| ()).expect("the folder is made");
        for round in 1..=100 {
            fs::write(&store.file, "{").expect("written");
            std::thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| store.read());
                }
                scope.spawn(|| store.update(|progress| progress.lesson = Some("mine".to_owned())));
            });
            assert_eq!(store.read().0.lesson.as_deref(), Some("mine"), "round {round}");
        }
    }

    #[test]
    fn a_writer_that_was_killed_leaves_nothing_that_piles_up() {
        let (folder, store) = store();
        store.update(|_| ()).expect("the folder is made");
        let left = super::super::folder(folder.path()).join("progress.new");
        fs::write(&left, "{ \"form").expect("written");
        store.update(|progress| progress.lesson = Some("mine".to_owned())).expect("written");
        assert!(!left.exists());
        assert_eq!(store.read().0.lesson.as_deref(), Some("mine"));
    }

    #[test]
    fn nothing_half_written_is_ever_read() {
        let (_folder, store) = store();
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0..200 {
                    let lesson = format!("{number}").repeat(1000);
                    store.update(|progress| progress.lesson = Some(lesson)).expect("written");
                }
                done.store(true, std::sync::atomic::Ordering::Relaxed);
            });
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                assert!(store.read().1.is_none());
            }
        });
    }
}
