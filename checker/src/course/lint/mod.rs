//! What makes a lesson complete: text and checks that agree, links that lead somewhere, proofs that cover every mistake.

mod criteria;
mod links;
mod proofs;
mod sections;

use std::path::Path;

use super::document::Document;
use super::error::{self, CourseError, SourceFile};
use super::{Course, Lesson, front_matter};

/// Everything that is missing or does not fit in a course that can be loaded, in order of files and lines.
#[must_use]
pub fn lint(course: &Course) -> Vec<CourseError> {
    let mut errors = Vec::new();
    let texts: Vec<_> =
        course.lessons.iter().filter_map(|lesson| LessonText::read(course, lesson, &mut errors)).collect();
    for text in &texts {
        sections::check(text, &mut errors);
        criteria::check(text, &mut errors);
        links::check(&course.root, text, &mut errors);
        proofs::check(&course.root, text, &mut errors);
    }
    error::sort(&mut errors);
    errors
}

/// A lesson with its files, for errors that point into them.
struct LessonText<'a> {
    lesson: &'a Lesson,
    /// `lesson.md`.
    file: SourceFile,
    /// What it consists of.
    document: Document,
    /// `checks.toml`.
    checks: SourceFile,
}

impl<'a> LessonText<'a> {
    fn read(course: &Course, lesson: &'a Lesson, errors: &mut Vec<CourseError>) -> Option<Self> {
        let folder = lesson.folder.strip_prefix(&course.root).unwrap_or(&lesson.folder);
        let mut read = |name: &str| {
            SourceFile::read(&course.root, &folder.join(name)).map_err(|error| errors.push(error)).ok()
        };
        let (file, checks) = (read("lesson.md")?, read("checks.toml")?);
        let document = read_document(&file, errors)?;
        Some(Self { lesson, file, document, checks })
    }
}

/// The Markdown behind the front matter.
fn read_document(file: &SourceFile, errors: &mut Vec<CourseError>) -> Option<Document> {
    let front = front_matter::read(file, errors)?;
    Some(Document::parse(&file.text, front.text_start))
}

/// The Markdown of any file of the course, with or without front matter.
fn document_of(root: &Path, path: &Path) -> Option<Document> {
    let file = SourceFile::read(root, path).ok()?;
    let start = front_matter::read(&file, &mut Vec::new()).map_or(0, |front| front.text_start);
    Some(Document::parse(&file.text, start))
}
