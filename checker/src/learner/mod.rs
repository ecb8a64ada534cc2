//! What the workbook knows about one learner: what is done, which hints were shown, what happened last.
//!
//! All of it lies in `.workbook/` beside the course; deleting that loses nothing else.

mod file;
pub mod hints;
mod last;
pub mod next;
mod progress;
mod store;
pub mod table;

use std::path::{Path, PathBuf};

pub use last::LastRun;
pub use progress::{Attempt, LessonProgress, Outcome, Progress, Standing};
pub use store::{Store, StoreError, Trouble};

/// The folder for everything that the workbook keeps, below the course's root.
#[must_use]
pub fn folder(root: &Path) -> PathBuf {
    root.join(".workbook")
}
