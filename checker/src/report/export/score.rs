//! What a submission is worth, for platforms that store nothing but points.

use serde_json::Number;

use crate::judge::{CriterionVerdict, ScenarioVerdict, State, Verdict};
use crate::report::result;
use crate::report::terminal::NOT_JUDGED;

use super::words::{DOES_NOT_BUILD, NOTHING_TO_RUN, compiler, explanation, harmless, one_line, sentence};
use super::{Outcome, Submission};

/// Why no score can be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{lesson} has no score, because not everything could be judged: {reason}; nothing was written")]
pub struct NoScore {
    lesson: String,
    reason: String,
}

/// A criterion with what it earned.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) criterion: &'a CriterionVerdict,
    pub(super) points: u32,
    pub(super) earned: u32,
    /// What is to be told of it.
    pub(super) text: String,
}

impl Part<'_> {
    pub(super) fn is_held(&self) -> bool {
        self.criterion.state == State::Held
    }
}

/// Only what was judged without a fault of ours is worth points: a score that is too low for such a reason would be
/// stored as if it were the learner's. Without a score, platforms say that the grader failed, and it can run again.
///
/// # Errors
/// When there is no score.
pub fn require_score(submission: &Submission) -> Result<(), NoScore> {
    let Some(verdict) = submission.verdict() else { return Ok(()) };
    let no_score = |reason: String| Err(NoScore { lesson: submission.lesson.clone(), reason });
    match (verdict.fault(), result(verdict)) {
        (Some(reason), _) => no_score(one_line(reason)),
        (None, State::NotRun) => no_score("no scenario that takes points was played to its end".to_owned()),
        (None, State::Held | State::Failed) => Ok(()),
    }
}

/// The criteria that count, in order.
pub(super) fn parts(submission: &Submission) -> Vec<Part<'_>> {
    let counted = submission.verdict().map_or_else(|| submission.criteria().to_vec(), Verdict::counted);
    let earned = |id: &str| counted.iter().find(|counted| counted.id == id).map(|counted| counted.earned);
    let criteria = submission.criteria().iter();
    criteria.filter_map(|criterion| Some(part(submission, criterion, earned(&criterion.id)?))).collect()
}

/// Those that learners may see.
pub(super) fn shown_parts(submission: &Submission) -> Vec<Part<'_>> {
    parts(submission).into_iter().filter(|part| !submission.hides(&part.criterion.id)).collect()
}

/// The same for formats that have room for words nowhere else: what is said stands with the first that does not hold.
pub(super) fn told_parts(submission: &Submission) -> Vec<Part<'_>> {
    let mut parts = shown_parts(submission);
    let first = parts.iter().position(|part| !part.is_held()).unwrap_or(0);
    if let Some(part) = parts.get_mut(first) {
        let text = std::mem::take(&mut part.text);
        let texts = said(submission).into_iter().chain([text]).filter(|text| !text.is_empty());
        part.text = texts.collect::<Vec<_>>().join("\n");
    }
    parts
}

/// What all is worth in the end, and what it could be, in hundredths of a point.
pub(super) fn worth(submission: &Submission) -> (u64, u64) {
    match &submission.class {
        Some(class) => (class.total, class.of),
        None => {
            let (earned, points) = total(&parts(submission));
            (u64::from(earned) * 100, u64::from(points) * 100)
        }
    }
}

/// Hundredths of a point as points; whole ones without a fraction.
#[allow(clippy::cast_precision_loss, reason = "exact up to 90 billion points")]
pub(super) fn number(hundredths: u64) -> Number {
    match hundredths % 100 {
        0 => Number::from(hundredths / 100),
        _ => Number::from_f64(hundredths as f64 / 100.0).unwrap_or_else(|| Number::from(hundredths / 100)),
    }
}

/// Why there is no program, what a class says, a line each, then what is worth knowing.
pub(super) fn notes(submission: &Submission) -> String {
    let advice = Some(advice(submission)).filter(|advice| !advice.is_empty());
    said(submission).into_iter().chain(advice).collect::<Vec<_>>().join("\n")
}

/// Why there is no program, and what a class says.
pub(super) fn said(submission: &Submission) -> Vec<String> {
    let reason = match &submission.outcome {
        Outcome::NoProgram { reason, .. } => Some(reason),
        Outcome::Judged(..) | Outcome::DoesNotBuild { .. } => None,
    };
    let notes = submission.class.iter().flat_map(|class| &class.notes);
    reason.into_iter().chain(notes).map(|note| harmless(note)).collect()
}

/// What was earned, and what can be.
pub(super) fn total(parts: &[Part<'_>]) -> (u32, u32) {
    (parts.iter().map(|part| part.earned).sum(), parts.iter().map(|part| part.points).sum())
}

fn part<'a>(submission: &'a Submission, criterion: &'a CriterionVerdict, earned: u32) -> Part<'a> {
    Part { criterion, points: criterion.points, earned, text: text(submission, criterion) }
}

/// The graded scenarios that decide on a criterion.
fn bearing<'a>(
    submission: &'a Submission,
    criterion: &CriterionVerdict,
) -> impl Iterator<Item = &'a ScenarioVerdict> + use<'a> {
    let id = criterion.id.clone();
    let is_bearing =
        move |scenario: &&ScenarioVerdict| !scenario.is_advice && scenario.criteria.contains(&id);
    submission.scenarios().iter().filter(is_bearing)
}

/// What is to be told of a criterion.
fn text(submission: &Submission, criterion: &CriterionVerdict) -> String {
    // Once is enough to say what the compiler says, and where it can be seen.
    let is_first = || {
        let first = submission.criteria().iter().find(|criterion| !submission.hides(&criterion.id));
        first.is_some_and(|first| first.id == criterion.id)
    };
    match &submission.outcome {
        Outcome::DoesNotBuild { output, .. } if is_first() => {
            format!("{DOES_NOT_BUILD} The compiler says:\n{}", compiler(output))
        }
        Outcome::DoesNotBuild { .. } => DOES_NOT_BUILD.to_owned(),
        Outcome::NoProgram { .. } => NOTHING_TO_RUN.to_owned(),
        Outcome::Judged(..) => played(submission, criterion),
    }
}

/// The first failure of a criterion with all that helps, and the others in a line each.
fn played(submission: &Submission, criterion: &CriterionVerdict) -> String {
    let mut failed =
        bearing(submission, criterion).filter(|scenario| scenario.state_of(&criterion.id) == State::Failed);
    let first = failed.next().map(|scenario| explanation(&submission.lesson, scenario));
    let others = failed.map(|scenario| format!("{}: {}", scenario.id, sentence(scenario)));
    let unjudged = bearing(submission, criterion).filter(|scenario| scenario.state == State::NotRun);
    let unjudged = unjudged.map(|scenario| {
        let reason = scenario.not_run_because.as_ref().map_or(NOT_JUDGED.to_owned(), ToString::to_string);
        format!("{}: not played: {}", scenario.id, one_line(&reason))
    });
    first.into_iter().chain(others).chain(unjudged).collect::<Vec<_>>().join("\n")
}

/// What is worth knowing and takes no points, a line each.
pub(super) fn advice(submission: &Submission) -> String {
    let failed = submission
        .scenarios()
        .iter()
        .filter(|scenario| scenario.is_advice && scenario.state == State::Failed)
        .map(|scenario| {
            format!("Worth knowing, no points: {} {}", one_line(&scenario.title), sentence(scenario))
        });
    failed.collect::<Vec<_>>().join("\n")
}
