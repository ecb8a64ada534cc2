//! What the gradebook knows of a submission, as exporters take it.

use std::time::Duration;

use crate::grade::gradebook::{Graded, Run};
use crate::grade::handed_in::{Content, Fault};
use crate::grade::plan::Entry;
use crate::grade::policy::Score;
use crate::grade::record::Outcome;
use crate::judge::CriterionVerdict;
use crate::report::Heading;
use crate::report::export::{self, Class, Submission};
use crate::trace::escape;

/// What was graded, such as `main.c`.
pub(super) fn file_name(entry: &Entry) -> String {
    match &entry.handed_in.content {
        Content::Program(program) => escape(program.file.as_bytes()),
        Content::Problem(_) => String::new(),
    }
}

/// What was known of the check when it was done.
pub(super) fn heading(run: &Run, graded: &Graded) -> Heading {
    Heading {
        program: file_name(&graded.entry),
        choice: String::new(),
        built_in: None,
        took: Duration::from_millis(graded.took_ms),
        level: run.level,
        seed: run.seed,
        next: None,
        hint: None,
    }
}

/// A submission that has a score.
pub(super) struct Scored<'a> {
    pub(super) run: &'a Run,
    pub(super) graded: &'a Graded,
    pub(super) score: &'a Score,
    /// What everyone in its cluster is told.
    pub(super) comment: Option<&'a String>,
    /// The criteria of its lesson, none of which holds.
    pub(super) unearned: Vec<CriterionVerdict>,
}

impl Scored<'_> {
    /// The submission with the points of the policy; none where it should have an outcome, and has none that counts.
    pub(super) fn submission(self, outcome: Option<Outcome>) -> Option<Submission> {
        let Self { run, graded, score, comment, unearned } = self;
        let handed_in = &graded.entry.handed_in;
        let planned = run.lessons.iter().find(|lesson| lesson.id == handed_in.lesson);
        let outcome = told(&handed_in.content, outcome, unearned, heading(run, graded))?;
        Some(Submission {
            lesson: handed_in.lesson.clone(),
            title: planned.map(|planned| planned.title.clone()).unwrap_or_default(),
            program: file_name(&graded.entry),
            source: Some(escape(handed_in.origin.as_bytes())),
            outcome: with_points(outcome, score),
            class: Some(class(&handed_in.learner, score, comment)),
        })
    }
}

/// What came of it, as exporters take it, with the points of the lesson; none where somebody has to look at it.
/// `unearned` are the criteria as they are for a program that does not run.
pub(in crate::cli) fn told(
    content: &Content,
    outcome: Option<Outcome>,
    unearned: Vec<CriterionVerdict>,
    heading: Heading,
) -> Option<export::Outcome> {
    match (content, outcome) {
        (Content::Problem(problem), _) if problem.fault == Fault::Learner => {
            Some(export::Outcome::NoProgram { criteria: unearned, reason: problem.reason.clone() })
        }
        (Content::Program(_), Some(Outcome::Judged { verdict, .. })) => {
            Some(export::Outcome::Judged(verdict, heading))
        }
        (Content::Program(_), Some(Outcome::DoesNotBuild { output })) => {
            Some(export::Outcome::DoesNotBuild { criteria: unearned, output: output.0 })
        }
        _ => None,
    }
}

/// What the class says of it.
pub(in crate::cli) fn class(learner: &str, score: &Score, comment: Option<&String>) -> Class {
    let late = score.late.as_ref().map(|late| format!("{late}."));
    let hidden = score.parts.iter().filter(|part| part.is_hidden).map(|part| part.id.clone());
    Class {
        learner: learner.to_owned(),
        total: score.total.hundredths(),
        of: score.of.hundredths(),
        notes: comment.cloned().into_iter().chain(late).collect(),
        hidden: hidden.collect(),
    }
}

/// The same with the points that the policy gives.
pub(in crate::cli) fn with_points(outcome: export::Outcome, score: &Score) -> export::Outcome {
    let by_policy = |criteria: Vec<CriterionVerdict>| -> Vec<CriterionVerdict> {
        criteria.into_iter().map(|criterion| of_policy(criterion, score)).collect()
    };
    match outcome {
        export::Outcome::Judged(mut verdict, heading) => {
            verdict.criteria = by_policy(std::mem::take(&mut verdict.criteria));
            export::Outcome::Judged(verdict, heading)
        }
        export::Outcome::DoesNotBuild { criteria, output } => {
            export::Outcome::DoesNotBuild { criteria: by_policy(criteria), output }
        }
        export::Outcome::NoProgram { criteria, reason } => {
            export::Outcome::NoProgram { criteria: by_policy(criteria), reason }
        }
    }
}

fn of_policy(criterion: CriterionVerdict, score: &Score) -> CriterionVerdict {
    let part = score.parts.iter().find(|part| part.id == criterion.id);
    let points = part.and_then(|part| u32::try_from(part.points.hundredths() / 100).ok());
    let points = points.unwrap_or(criterion.points);
    CriterionVerdict { points, earned: criterion.share_of(points), ..criterion }
}
