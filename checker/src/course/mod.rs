//! Lessons as data: loaded, checked, and turned into what the peer plays.

pub mod checks;
pub(crate) mod document;
mod error;
mod find;
mod finding_kind;
mod front_matter;
mod generate;
mod language;
pub(crate) mod link;
pub mod lint;
pub(crate) mod load;
mod message;
mod play;
mod proofs;
mod references;
mod template;
pub(crate) mod toml_error;
mod validate;
mod word_list;
pub(crate) mod words;

use std::path::PathBuf;

pub(crate) use error::SourceFile;
pub use error::{CourseError, CourseErrors};
pub use find::UnknownLesson;
pub use finding_kind::FindingKind;
pub use language::{Language, UnknownLanguage};
pub use play::Play;
pub use proofs::{Edit, EditError, Mutant, Proofs, Variant};

use checks::{Checks, Mistake};

/// All lessons, in the order in which they are taken.
#[derive(Debug)]
pub struct Course {
    /// The folder that holds `lessons/`, `exercises/` and `solutions/`.
    pub root: PathBuf,
    /// Parts in order of their ids.
    pub parts: Vec<Part>,
    /// Lessons in order of part and `order`.
    pub lessons: Vec<Lesson>,
}

/// A part of the course: some lessons on one subject.
#[derive(Debug)]
pub struct Part {
    /// Such as `w04`.
    pub id: String,
    /// The first heading of its `part.md`.
    pub title: String,
    /// The whole of `part.md`.
    pub text: String,
}

/// One lesson: its text and how it is graded.
#[derive(Debug)]
pub struct Lesson {
    /// Such as `w04-l03`.
    pub id: String,
    /// Such as `Keep-alive semantics`.
    pub title: String,
    /// The id of its part.
    pub part: String,
    /// Its place in the part, from 1.
    pub order: u32,
    /// Which side of HTTP the learner writes.
    pub kind: LessonKind,
    /// How long it takes, in minutes.
    pub duration_min: u32,
    /// The folder of `lesson.md` and `checks.toml`.
    pub folder: PathBuf,
    /// The whole of `lesson.md`, without front matter.
    pub text: String,
    /// Rows of the "Common mistakes" table: mistake and fix, as plain text.
    pub mistake_rows: Vec<MistakeRow>,
    /// How it is graded.
    pub checks: Checks,
}

/// Which side of HTTP the learner writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LessonKind {
    /// The program connects.
    Client,
}

/// A row of the "Common mistakes" table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MistakeRow {
    /// What people do.
    pub mistake: String,
    /// What to do instead.
    pub fix: String,
}

impl Lesson {
    /// The fix that the lesson's table gives for a mistake. Texts are compared without their Markdown.
    #[must_use]
    pub fn fix(&self, mistake: &Mistake) -> &str {
        let text = document::plain_text(mistake.row.get_ref());
        let row = self.mistake_rows.iter().find(|row| row.mistake == text);
        row.map_or("", |row| row.fix.as_str())
    }
}
