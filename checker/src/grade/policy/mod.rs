//! How results become points: what criteria are worth, which attempt counts, what lateness costs.
//!
//! Policies are applied when scores are told and are no part of plans or records: changing one runs nothing again.
//! No clock: lateness is what the time of handing in says.

mod check;
mod counting;
mod due;
mod file;
mod length;
mod points;
mod score;
#[cfg(test)]
mod tests;
mod times;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::course::{Course, CourseErrors, SourceFile};

pub use counting::{Attempt, Attempts};
pub use points::{Percent, Points};
pub use score::{Late, Part, Score};

use due::{Due, LateRules};

/// The rules of a class. Without a file: points as the lessons have them, the last attempt counts, nothing is late,
/// and whoever meets all criteria passes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    seed: Option<u64>,
    attempts: Attempts,
    pass: Option<Percent>,
    late: LateRules,
    lessons: BTreeMap<String, LessonPolicy>,
    learners: BTreeMap<String, Extension>,
}

/// What is different for one lesson.
#[derive(Debug, Clone, Default, PartialEq)]
struct LessonPolicy {
    due: Option<Due>,
    points: BTreeMap<String, u32>,
    hidden: BTreeSet<String>,
    pass: Option<Percent>,
}

/// Until when one learner may hand in.
#[derive(Debug, Clone, Default, PartialEq)]
struct Extension {
    /// Of all lessons that are due earlier.
    due: Option<Due>,
    /// Of single lessons.
    lessons: BTreeMap<String, Due>,
}

impl Policy {
    /// Reads a policy; `name` is what errors call it by.
    ///
    /// # Errors
    /// Everything that is wrong with it, each thing where it stands.
    pub fn parse(text: &str, name: &Path, course: &Course) -> Result<Self, CourseErrors> {
        check::policy(&SourceFile { path: name.into(), text: text.into() }, course)
    }

    /// Reads a policy from a file.
    ///
    /// # Errors
    /// When there is no such file, or for what is wrong with it.
    pub fn read(path: &Path, course: &Course) -> Result<Self, CourseErrors> {
        let file = SourceFile::read(Path::new(""), path).map_err(|error| CourseErrors(vec![error]))?;
        check::policy(&file, course)
    }

    /// What bodies are made from; where there is none, each run chooses one and records it.
    #[must_use]
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// Which attempt counts.
    #[must_use]
    pub fn attempts(&self) -> Attempts {
        self.attempts
    }

    /// Is anything of this lesson due, so that a submission without a time deserves a word?
    #[must_use]
    pub fn has_due(&self, lesson: &str) -> bool {
        self.late.due.is_some() || self.lessons.get(lesson).is_some_and(|lesson| lesson.due.is_some())
    }

    /// Is there a share of a lesson's points to be reached? Otherwise it is passed by meeting all criteria.
    #[must_use]
    pub fn has_pass_mark(&self, lesson: &str) -> bool {
        self.pass(lesson).is_some()
    }

    /// Learners with an extension, for a word about those whom nobody knows.
    pub fn extended(&self) -> impl Iterator<Item = &str> {
        self.learners.keys().map(String::as_str)
    }

    /// When a learner has to hand in a lesson. An extension never makes anything due earlier.
    fn due(&self, lesson: &str, learner: &str) -> Option<&Due> {
        let due = self.lessons.get(lesson).and_then(|lesson| lesson.due.as_ref());
        let due = due.or(self.late.due.as_ref())?;
        let extension = self.learners.get(learner);
        let extended = extension
            .and_then(|extension| extension.lessons.get(lesson).or(extension.due.as_ref()))
            .filter(|extended| extended.instant() > due.instant());
        Some(extended.unwrap_or(due))
    }

    fn pass(&self, lesson: &str) -> Option<Percent> {
        self.lessons.get(lesson).and_then(|lesson| lesson.pass).or(self.pass)
    }
}
