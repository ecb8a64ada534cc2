//! JSON lines: the same as JSON, a line for each lesson.

use crate::report::json;

use super::{Outcome, Submission};

/// A line for each submission.
#[must_use]
pub fn of_all(submissions: &[Submission]) -> String {
    submissions.iter().map(line).collect()
}

fn line(submission: &Submission) -> String {
    match &submission.outcome {
        Outcome::Judged(verdict, heading) => json::line(verdict, heading),
        Outcome::DoesNotBuild { output, .. } => {
            let program = submission.source.as_ref().unwrap_or(&submission.program);
            json::build_failure_line(&submission.lesson, program, output)
        }
    }
}
