//! Lessons by the names that people type.

use super::load::name_of;
use super::{Course, Lesson, words};

/// A name that stands for no lesson, or for several.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownLesson {
    /// No lesson is called so.
    #[error("there is no lesson `{name}`{}", nearest_of(nearest))]
    Unknown {
        /// What was asked for.
        name: String,
        /// Lessons with a like name, as `w04-l03 (keep-alive)`; all lessons where none is.
        nearest: Vec<String>,
    },
    /// Several lessons have this in their names.
    #[error("`{name}` may be any of {}", candidates.join(", "))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// Those lessons, as `w04-l03 (keep-alive)`.
        candidates: Vec<String>,
    },
}

fn nearest_of(nearest: &[String]) -> String {
    match nearest {
        [only] => format!("; did you mean {only}?"),
        _ => format!("; there are {}", nearest.join(", ")),
    }
}

impl Course {
    /// The lesson with this id, or with this in its id or in the name of its folder, whatever the case.
    ///
    /// # Errors
    /// When no lesson or more than one fits.
    pub fn lesson(&self, name: &str) -> Result<&Lesson, UnknownLesson> {
        let wanted = name.trim().to_lowercase();
        let is_exact = |lesson: &&Lesson| {
            lesson.id.to_lowercase() == wanted
                || lesson.folder_name() == wanted
                || lesson.short_name() == wanted
        };
        let is_part = |lesson: &&Lesson| {
            !wanted.is_empty()
                && (lesson.id.to_lowercase().contains(&wanted) || lesson.folder_name().contains(&wanted))
        };
        let exact: Vec<_> = self.lessons.iter().filter(is_exact).collect();
        let fitting = if exact.is_empty() { self.lessons.iter().filter(is_part).collect() } else { exact };
        match fitting.as_slice() {
            [lesson] => Ok(lesson),
            [] => Err(UnknownLesson::Unknown { name: name.to_owned(), nearest: self.nearest(&wanted) }),
            several => Err(UnknownLesson::Ambiguous {
                name: name.to_owned(),
                candidates: several.iter().map(|lesson| lesson.label()).collect(),
            }),
        }
    }

    fn nearest(&self, wanted: &str) -> Vec<String> {
        let names = self.lessons.iter().flat_map(|lesson| [lesson.id.to_lowercase(), lesson.short_name()]);
        let names: Vec<_> = names.collect();
        let near = words::nearest(wanted, names.iter().map(String::as_str));
        let is_near =
            |lesson: &&Lesson| near.is_none_or(|near| lesson.id == near || lesson.short_name() == near);
        self.lessons.iter().filter(is_near).map(Lesson::label).collect()
    }
}

impl Lesson {
    /// Such as `03-keep-alive`.
    fn folder_name(&self) -> String {
        name_of(&self.folder).to_lowercase()
    }

    /// Such as `keep-alive`.
    fn short_name(&self) -> String {
        let name = self.folder_name();
        name.trim_start_matches(|character: char| character.is_ascii_digit())
            .trim_start_matches('-')
            .to_owned()
    }

    fn label(&self) -> String {
        format!("{} ({})", self.id, self.short_name())
    }
}
