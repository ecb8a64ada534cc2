//! The one next thing to do.

use super::{Progress, Standing};
use crate::course::{Course, Lesson};

/// What a learner does next.
#[derive(Debug, Clone, Copy)]
pub enum Next<'a> {
    /// Read the lesson.
    Read(&'a Lesson),
    /// Write the program, and check it.
    Write(&'a Lesson),
    /// Mend what failed.
    Mend(&'a Lesson),
    /// Nothing: every lesson is done.
    Nothing,
}

/// What comes next after all that is remembered.
#[must_use]
pub fn next<'a>(course: &'a Course, progress: &Progress) -> Next<'a> {
    let Some(lesson) = progress.current(course) else { return Next::Nothing };
    let entry = progress.lessons.get(&lesson.id);
    match progress.standing(lesson) {
        Standing::Untouched if entry.is_none_or(|entry| !entry.is_read) => Next::Read(lesson),
        Standing::Untouched => Next::Write(lesson),
        _ => Next::Mend(lesson),
    }
}

impl Next<'_> {
    /// Its lesson.
    #[must_use]
    pub fn lesson(&self) -> Option<&Lesson> {
        match self {
            Self::Read(lesson) | Self::Write(lesson) | Self::Mend(lesson) => Some(lesson),
            Self::Nothing => None,
        }
    }

    /// A few words, and the commands that do it, without `workbook`.
    #[must_use]
    pub fn advice(&self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Read(_) => ("read the lesson", &["read"]),
            Self::Write(_) => ("write your program, and check it at every save", &["open", "watch"]),
            Self::Mend(_) => ("go on with your program", &["open", "watch", "hint"]),
            Self::Nothing => ("every lesson is done", &["progress"]),
        }
    }
}
