//! Everything of one learner, with all evidence.

use super::class::{self, Class, points, score_of, told_score};
use super::sources;
use crate::cli::diagram::expectation;
use crate::cli::saved::Origin;
use crate::course::Course;
use crate::grade::gradebook::{Gradebook, GradebookError, Graded, Tally, Worth, unearned};
use crate::grade::handed_in::Content;
use crate::grade::policy;
use crate::grade::record::Outcome;
use crate::judge::{CriterionVerdict, ScenarioVerdict, State, Verdict};
use crate::report::class::{CriterionResult, Evidence, LearnerPage, Score, SourceFile, Submission};
use crate::report::diagram::Expectation;
use crate::trace::escape;

/// The page of a learner with these lessons; there is at least one.
///
/// # Errors
/// When the gradebook cannot be read.
pub(in crate::cli::gradebook) fn page(
    class: &Class<'_>,
    book: &Gradebook,
    tallies: &[Tally],
) -> Result<LearnerPage, GradebookError> {
    let login = tallies.first().map_or("", |tally| tally.learner.as_str());
    let mut submissions = Vec::new();
    for tally in tallies {
        let counting =
            Attempt { tally, graded: tally.counting.as_ref(), worth: &tally.worth, is_counting: true };
        submissions.push(counting.told(class, book)?);
        for (graded, worth) in &tally.others {
            let other = Attempt { tally, graded: Some(graded), worth, is_counting: false };
            submissions.push(other.told(class, book)?);
        }
    }
    Ok(LearnerPage { person: class.person(login), overview: Some(super::INDEX.to_owned()), submissions })
}

/// One attempt of a learner at a lesson, or that there is none.
#[derive(Clone, Copy)]
struct Attempt<'a> {
    tally: &'a Tally,
    graded: Option<&'a Graded>,
    worth: &'a Worth,
    is_counting: bool,
}

impl Attempt<'_> {
    fn told(self, class: &Class<'_>, book: &Gradebook) -> Result<Submission, GradebookError> {
        let Self { tally, graded, worth, is_counting } = self;
        let handed_in = graded.map(|graded| &graded.entry.handed_in);
        let planned = class.run.lessons.iter().find(|lesson| lesson.id == tally.lesson);
        let deducted = score_of(worth).and_then(|score| score.late.as_ref()).map(|late| late.deducted);
        let mark = graded.and_then(|graded| graded.mark.as_ref());
        Ok(Submission {
            lesson: tally.lesson.clone(),
            title: planned.map(|planned| planned.title.clone()).unwrap_or_default(),
            attempt: handed_in.map_or(0, |handed_in| handed_in.attempt),
            attempts: u32::try_from(tally.attempts).unwrap_or(u32::MAX),
            is_counting,
            handed_in: handed_in
                .and_then(|handed_in| handed_in.at)
                .map(|at| at.strftime("%F %R UTC").to_string()),
            late: class::late(worth),
            origin: handed_in.map(|handed_in| handed_in.origin.clone()).unwrap_or_default(),
            program: graded.and_then(class::program),
            kind: class::kind(graded),
            score: told_score(worth),
            deducted: deducted.filter(|deducted| *deducted > policy::Points::default()).map(points),
            has_passed: class.has_passed(&tally.lesson, worth),
            criteria: self.criteria(class),
            flags: class.flags(&tally.learner, graded, worth),
            comment: mark.and_then(|mark| class.comments.get(&mark.id)).cloned(),
            evidence: graded.map_or_else(|| Ok(nothing()), |graded| evidence(graded, class, book))?,
            again: graded.and_then(|graded| class.again.command(graded)),
            files: files(class, graded),
        })
    }

    /// The criteria with the points of the policy; for a program that does not run, those of the lesson.
    fn criteria(self, class: &Class<'_>) -> Vec<CriterionResult> {
        let Some(graded) = self.graded else { return Vec::new() };
        let lesson = class.rules.course.lessons.iter().find(|lesson| lesson.id == self.tally.lesson);
        let has_score = score_of(self.worth).is_some();
        let criteria: Vec<CriterionVerdict> = match lesson {
            Some(lesson) if graded.criteria.is_empty() && has_score => unearned(lesson, class.run.level),
            _ => graded.criteria.clone(),
        };
        let parts = class.rules.policy.parts(&self.tally.lesson, &criteria);
        let result = |(verdict, part): (CriterionVerdict, policy::Part)| CriterionResult {
            id: verdict.id,
            text: verdict.text,
            state: verdict.state,
            held: verdict.held,
            of: verdict.of,
            score: has_score.then(|| Score { earned: points(part.earned), of: points(part.points) }),
            is_hidden: part.is_hidden,
        };
        criteria.into_iter().zip(parts).map(result).collect()
    }
}

fn files(class: &Class<'_>, graded: Option<&Graded>) -> Vec<SourceFile> {
    match (class.store, graded.map(|graded| &graded.entry.handed_in.content)) {
        (Some(store), Some(Content::Program(program))) => sources::of(program, store),
        _ => Vec::new(),
    }
}

fn nothing() -> Evidence {
    Evidence::Nothing("Nothing was handed in.".to_owned())
}

fn evidence(graded: &Graded, class: &Class<'_>, book: &Gradebook) -> Result<Evidence, GradebookError> {
    let key = match (&graded.entry.handed_in.content, &graded.entry.key) {
        (Content::Problem(problem), _) => return Ok(Evidence::Nothing(problem.reason.clone())),
        (Content::Program(_), None) => return Ok(Evidence::Nothing("It was not graded.".to_owned())),
        (Content::Program(_), Some(key)) => key,
    };
    Ok(match book.outcome(key)? {
        Some(Outcome::Judged { verdict, .. }) => {
            let expectation = expected(&verdict, class.rules.course);
            Evidence::Judged { verdict: Box::new(slender(*verdict)), expectation: expectation.map(Box::new) }
        }
        Some(Outcome::Unstable { verdicts, .. }) => {
            Evidence::Unstable(verdicts.into_iter().map(slender).collect())
        }
        Some(Outcome::DoesNotBuild { output }) => Evidence::DoesNotBuild(output.0),
        Some(Outcome::NotJudged { reason }) => {
            Evidence::Nothing(format!("It could not be judged: {}", escape(reason.as_bytes())))
        }
        None => Evidence::Nothing("It was not graded.".to_owned()),
    })
}

/// What the telling scenario requires, where the course still plays it so.
fn expected(verdict: &Verdict, course: &Course) -> Option<Expectation> {
    let is_telling = |scenario: &&ScenarioVerdict| scenario.state == State::Failed && !scenario.is_advice;
    let trace = verdict.scenarios.iter().find(is_telling)?.trace.as_ref()?;
    Some(expectation(&Origin::of(trace, course).ok()?, trace))
}

/// Without the traces that nobody is shown: they may be long, and pages hold several verdicts.
fn slender(mut verdict: Verdict) -> Verdict {
    let held = verdict.scenarios.iter_mut().filter(|scenario| scenario.state == State::Held);
    let traced = held.filter(|scenario| scenario.trace.is_some());
    traced.skip(1).for_each(|scenario| scenario.trace = None);
    verdict
}
