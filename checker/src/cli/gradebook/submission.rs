//! What the gradebook knows of a submission, as exporters take it.

use std::time::Duration;

use crate::grade::gradebook::{Graded, Run};
use crate::grade::handed_in::Content;
use crate::grade::plan::Entry;
use crate::grade::policy::Score;
use crate::grade::record::Outcome;
use crate::judge::{CriterionVerdict, Verdict};
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
        let criteria = || unearned.into_iter().map(|criterion| of_policy(criterion, score)).collect();
        let outcome = match (&handed_in.content, outcome) {
            (Content::Problem(problem), _) => {
                export::Outcome::NoProgram { criteria: criteria(), reason: problem.reason.clone() }
            }
            (Content::Program(_), Some(Outcome::Judged { verdict, .. })) => {
                export::Outcome::Judged(with_points(verdict, score), heading(run, graded))
            }
            (Content::Program(_), Some(Outcome::DoesNotBuild { output })) => {
                export::Outcome::DoesNotBuild { criteria: criteria(), output: output.0 }
            }
            (_, Some(Outcome::Unstable { .. } | Outcome::NotJudged { .. }) | None) => return None,
        };
        Some(Submission {
            lesson: handed_in.lesson.clone(),
            title: planned.map(|planned| planned.title.clone()).unwrap_or_default(),
            program: file_name(&graded.entry),
            source: Some(escape(handed_in.origin.as_bytes())),
            outcome,
            class: Some(class(&handed_in.learner, score, comment)),
        })
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

/// A verdict with the points that the policy gives.
pub(in crate::cli) fn with_points(mut verdict: Box<Verdict>, score: &Score) -> Box<Verdict> {
    let criteria = std::mem::take(&mut verdict.criteria).into_iter();
    verdict.criteria = criteria.map(|criterion| of_policy(criterion, score)).collect();
    verdict
}

/// A criterion with the points that the policy gives it.
pub(in crate::cli) fn of_policy(criterion: CriterionVerdict, score: &Score) -> CriterionVerdict {
    let part = score.parts.iter().find(|part| part.id == criterion.id);
    let points = part.and_then(|part| u32::try_from(part.points.hundredths() / 100).ok());
    let points = points.unwrap_or(criterion.points);
    CriterionVerdict { points, earned: criterion.share_of(points), ..criterion }
}
