//! JSON lines: the same as JSON, a line for each lesson.

use serde::Serialize;
use serde_json::Number;

use crate::report::json;

use super::document::{Document, whole};
use super::score::number;
use super::{Class, Outcome, Submission, compact};

/// A line for each submission; for those of a class with whose it is and what it is worth.
#[must_use]
pub fn of_all(submissions: &[Submission]) -> String {
    whole(Lines, submissions)
}

/// The same, one submission at a time.
#[derive(Debug)]
pub struct Lines;

impl Document for Lines {
    fn part(&mut self, submission: &Submission) -> String {
        line(submission)
    }
}

/// What a class says, before everything else.
#[derive(Serialize)]
struct Told<'a> {
    learner: &'a str,
    score: Number,
    of: Number,
    notes: &'a [String],
}

fn line(submission: &Submission) -> String {
    let line = match &submission.outcome {
        Outcome::Judged(verdict, heading) => json::line(verdict, heading),
        Outcome::DoesNotBuild { output, .. } => {
            let program = submission.source.as_ref().unwrap_or(&submission.program);
            json::build_failure_line(&submission.lesson, program, output)
        }
        Outcome::NoProgram { reason, .. } => json::no_program_line(&submission.lesson, reason),
    };
    let Some(class) = &submission.class else { return line };
    let Class { learner, total, of, notes, .. } = class;
    let told = compact(&Told { learner, score: number(*total), of: number(*of), notes });
    // Both are objects, and traces are too large to be read again for this.
    format!("{},{}", told.trim_end_matches('}'), line.trim_start_matches('{'))
}
