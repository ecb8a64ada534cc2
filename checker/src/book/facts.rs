//! What stands around a text: where it belongs, what to do with it, what comes before and behind it.

use std::path::Path;

use super::Reading;
use crate::course::{Course, Language, Lesson};

/// What a reader should know of a lesson before reading it.
pub(super) struct Facts {
    /// The title of its part.
    pub(super) part: String,
    /// Its files of the exercise that exist, relative to the course's root, in order of the languages.
    pub(super) files: Vec<String>,
    /// What checks the exercise.
    pub(super) check: String,
}

impl Facts {
    /// Of all languages, or of one.
    pub(super) fn new(course: &Course, lesson: &Lesson, language: Option<Language>) -> Self {
        let part = course.parts.iter().find(|part| part.id == lesson.part);
        let wanted = Language::ALL.into_iter().filter(|one| language.is_none_or(|wanted| wanted == *one));
        let files = wanted.map(|language| Path::new("exercises").join(&lesson.id).join(language.file_name()));
        let files = files.filter(|file| course.root.join(file).is_file());
        Self {
            part: part.map_or_else(String::new, |part| part.title.clone()),
            files: files.map(|file| file.display().to_string()).collect(),
            check: format!("workbook check {}", lesson.id),
        }
    }

    /// The files, the folder said once: `exercises/w04-l03/main.rs`, `main.c`.
    pub(super) fn short_files(&self) -> Vec<&str> {
        let rest = self.files.iter().skip(1).map(|file| file.rsplit('/').next().unwrap_or(file));
        self.files.first().map(String::as_str).into_iter().chain(rest).collect()
    }
}

/// What is read before this, and what behind it.
pub(super) fn neighbours<'a>(course: &'a Course, id: &str) -> (Option<Reading<'a>>, Option<Reading<'a>>) {
    let all: Vec<_> = Reading::all(course).collect();
    let Some(here) = all.iter().position(|reading| reading.id() == id) else { return (None, None) };
    let before = here.checked_sub(1).map(|index| all[index]);
    (before, all.get(here + 1).copied())
}

/// The lessons of a part.
pub(super) fn lessons<'a>(course: &'a Course, part: &str) -> Vec<&'a Lesson> {
    course.lessons.iter().filter(|lesson| lesson.part == part).collect()
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn any_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [front @ .., last] => format!("{} or {last}", front.join(", ")),
    }
}
