//! What the binary carries: the course, and how it is laid out in a learner's folder.
//!
//! What is to be done with each file is planned first (`plan`), and then done (`install`).

mod backup;
mod carried;
mod folder;
mod install;
mod layout;
mod obstacle;
mod plan;
mod record;

use std::borrow::Cow;

pub use backup::{Reset, reset};
pub use carried::{edited_starters, is_any_starter, solution, starter};
pub use folder::{Folder, make_folder};
pub use install::install;
pub use layout::missing_bins;
pub use obstacle::{KitError, Obstacle};
pub use plan::{Purpose, Step, What, plan};
pub use record::{Found, Record, RecordError};

/// The version of this workbook.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What cargo and rust-analyzer read.
pub const CARGO_TOML: &str = "Cargo.toml";

/// A file as it is today, by its path below the learner's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// With `/` between its parts.
    pub path: Cow<'static, str>,
    /// What is in it.
    pub content: Cow<'static, [u8]>,
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Read by learner and checker.
    Lesson,
    /// Where the learner writes.
    Exercise,
    /// What editors and git want to see.
    Layout,
}

impl Kind {
    /// What the file with this path is for.
    #[must_use]
    pub fn of(path: &str) -> Self {
        match path.split('/').next() {
            Some("lessons") => Self::Lesson,
            Some("exercises") => Self::Exercise,
            _ => Self::Layout,
        }
    }
}
