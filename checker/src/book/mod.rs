//! Lessons as people read them: in a terminal, and as pages. Nothing here prints or writes.

mod block;
mod destination;
mod facts;
mod parse;
mod tongue;

pub mod terminal;
#[cfg(test)]
mod tests;
pub mod web;

use crate::course::{Course, Lesson, Part};

/// What can be read: a lesson, or what is said of a part.
#[derive(Debug, Clone, Copy)]
pub enum Reading<'a> {
    /// A lesson.
    Lesson(&'a Lesson),
    /// A part of the course.
    Part(&'a Part),
}

impl<'a> Reading<'a> {
    /// Everything that can be read, in the order in which it is read.
    pub fn all(course: &'a Course) -> impl Iterator<Item = Self> {
        course.parts.iter().flat_map(|part| {
            let lessons = course.lessons.iter().filter(|lesson| lesson.part == part.id);
            std::iter::once(Self::Part(part)).chain(lessons.map(Self::Lesson))
        })
    }

    /// What a command line names: `w04-l03`, or `w04` for the part.
    #[must_use]
    pub fn id(&self) -> &'a str {
        match self {
            Self::Lesson(lesson) => &lesson.id,
            Self::Part(part) => &part.id,
        }
    }

    fn title(&self) -> &'a str {
        match self {
            Self::Lesson(lesson) => &lesson.title,
            Self::Part(part) => &part.title,
        }
    }

    fn text(&self) -> &'a str {
        match self {
            Self::Lesson(lesson) => &lesson.text,
            Self::Part(part) => &part.text,
        }
    }

    /// The file of its text, relative to the course's root.
    fn file(&self, course: &Course) -> std::path::PathBuf {
        match self {
            Self::Lesson(lesson) => {
                lesson.folder.strip_prefix(&course.root).unwrap_or(&lesson.folder).join("lesson.md")
            }
            Self::Part(part) => [crate::course::load::LESSONS, &part.id, "part.md"].iter().collect(),
        }
    }
}
