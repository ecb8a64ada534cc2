//! Verdicts for other people's tools: one file a format, each a pure function from submissions to a text.
//!
//! Whatever a program has printed is data in all of them: it is shown with escapes, and never begins a line, ends
//! an element or becomes markup.

pub mod autolab;
pub mod canvas;
mod case;
pub mod classroom50;
mod document;
pub mod exercism;
pub mod github;
pub mod gradescope;
pub mod jsonl;
pub mod junit;
pub mod moodle;
mod place;
pub mod prairielearn;
pub mod rdjson;
mod score;
pub mod sheet;
pub mod summary;
pub mod tap;
mod words;

#[cfg(test)]
mod tests;

use crate::judge::{CriterionVerdict, ScenarioVerdict, Verdict};

use super::heading::Heading;
use super::json::{compact, pretty};

pub use document::Document;
pub use score::{NoScore, require_score};

/// One program in one lesson, with what came of it.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The lesson's id.
    pub lesson: String,
    /// The lesson's title.
    pub title: String,
    /// What was checked, such as `main.rs`, or a command.
    pub program: String,
    /// The source as an editor finds it from where the report is read; none for a command.
    pub source: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// What a class says of it; none where somebody checks a program alone.
    pub class: Option<Class>,
}

/// What a class says of a submission beside what happened. Amounts are in hundredths of a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Whose it is.
    pub learner: String,
    /// What all is worth in the end.
    pub total: u64,
    /// The most that can be earned.
    pub of: u64,
    /// Sentences for the learner: what the instructor says, and how late it is.
    pub notes: Vec<String>,
    /// Ids of criteria that learners must not see.
    pub hidden: Vec<String>,
}

/// What came of a check.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The program ran.
    Judged(Box<Verdict>, Heading),
    /// There was nothing to run.
    DoesNotBuild {
        /// All criteria of the lesson, none of which holds.
        criteria: Vec<CriterionVerdict>,
        /// What the compiler printed.
        output: Vec<u8>,
    },
    /// What was handed in has no program in it.
    NoProgram {
        /// All criteria of the lesson, none of which holds.
        criteria: Vec<CriterionVerdict>,
        /// Why, in one sentence.
        reason: String,
    },
}

impl Submission {
    /// The verdict, where the program ran.
    #[must_use]
    pub fn verdict(&self) -> Option<&Verdict> {
        match &self.outcome {
            Outcome::Judged(verdict, _) => Some(verdict),
            Outcome::DoesNotBuild { .. } | Outcome::NoProgram { .. } => None,
        }
    }

    /// What was played, in order of the lesson.
    #[must_use]
    pub fn scenarios(&self) -> &[ScenarioVerdict] {
        self.verdict().map_or(&[], |verdict| &verdict.scenarios)
    }

    /// What tells it apart from others in one text.
    fn suite(&self) -> String {
        match &self.class {
            Some(class) => format!("{} {}", class.learner, self.lesson),
            None => self.lesson.clone(),
        }
    }

    /// Must learners not see this criterion?
    fn hides(&self, criterion: &str) -> bool {
        self.class.as_ref().is_some_and(|class| class.hidden.iter().any(|id| id == criterion))
    }

    /// The same of all of these, where there are any.
    fn hides_all(&self, criteria: &[String]) -> bool {
        !criteria.is_empty() && criteria.iter().all(|id| self.hides(id))
    }

    fn criteria(&self) -> &[CriterionVerdict] {
        match &self.outcome {
            Outcome::Judged(verdict, _) => &verdict.criteria,
            Outcome::DoesNotBuild { criteria, .. } | Outcome::NoProgram { criteria, .. } => criteria,
        }
    }
}
