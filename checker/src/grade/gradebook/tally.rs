//! What every learner has in every lesson: the attempt that counts, and what it is worth.

use std::collections::{BTreeMap, BTreeSet};

use super::Gradebook;
use super::error::GradebookError;
use super::read::{Graded, Run};
use crate::course::{Course, Lesson};
use crate::grade::clusters::Member;
use crate::grade::handed_in::{Content, Fault};
use crate::grade::plan::PlannedLesson;
use crate::grade::policy::{Attempt, Policy, Score};
use crate::grade::standing::Kind;
use crate::judge::{self, CriterionVerdict, NotRun, State};
use crate::trace::Level;

/// A learner in a lesson.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Who.
    pub learner: String,
    /// The lesson's id.
    pub lesson: String,
    /// How often the learner has handed in.
    pub attempts: usize,
    /// The attempt that counts; none where nothing was handed in.
    pub counting: Option<Graded>,
    /// What it is worth.
    pub worth: Worth,
    /// The other attempts, the latest first, each with what it would be worth.
    pub others: Vec<(Graded, Worth)>,
}

impl Tally {
    /// The failure of the attempt that counts, where it has one.
    #[must_use]
    pub fn failure(&self) -> Option<Member> {
        let graded = self.counting.as_ref()?;
        let (learner, lesson) = (self.learner.clone(), self.lesson.clone());
        Some(Member { learner, lesson, key: graded.entry.key.clone()?, mark: graded.mark.clone()? })
    }
}

/// What a submission is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Worth {
    /// Nothing was handed in: there is no score.
    Nothing,
    /// This.
    Score(Box<Score>),
    /// Somebody has to look at it, and until then it has no score; why, in one sentence.
    NeedsLook(String),
}

/// By which rules scores are told.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The lessons, for what they are worth to a program that does not run.
    pub course: &'a Course,
}

impl Gradebook {
    /// Hands over every learner with all lessons: those who have handed in, in their order, then the others of the
    /// roster. One learner at a time, so that memory stays flat.
    ///
    /// # Errors
    /// When the file cannot be read, and those of `take`.
    pub fn each_learner<E: From<GradebookError>>(
        &self,
        run: &Run,
        rules: Rules<'_>,
        mut take: impl FnMut(Vec<Tally>) -> Result<(), E>,
    ) -> Result<(), E> {
        let roster = self.learners(run)?;
        let mut expected: BTreeSet<&str> = roster.iter().map(|learner| learner.login.as_str()).collect();
        let mut attempts: Vec<Graded> = Vec::new();
        let mut tell = |attempts: Vec<Graded>| {
            let Some(first) = attempts.first() else { return Ok(()) };
            let learner = first.entry.handed_in.learner.clone();
            let lessons = if expected.remove(learner.as_str()) { run.lessons.as_slice() } else { &[] };
            take(of_learner(&learner, attempts, lessons, (run, rules)))
        };
        self.each_entry(run, |graded| {
            let learner = |graded: &Graded| graded.entry.handed_in.learner.clone();
            if attempts.first().is_some_and(|first| learner(first) != learner(&graded)) {
                tell(std::mem::take(&mut attempts))?;
            }
            attempts.push(graded);
            Ok::<(), E>(())
        })?;
        tell(attempts)?;
        let absent = roster.iter().filter(|learner| expected.contains(learner.login.as_str()));
        absent
            .into_iter()
            .try_for_each(|learner| take(of_learner(&learner.login, Vec::new(), &run.lessons, (run, rules))))
    }

    /// The same, one learner in one lesson at a time.
    ///
    /// # Errors
    /// When the file cannot be read, and those of `take`.
    pub fn tallies<E: From<GradebookError>>(
        &self,
        run: &Run,
        rules: Rules<'_>,
        mut take: impl FnMut(Tally) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_learner(run, rules, |tallies| tallies.into_iter().try_for_each(&mut take))
    }
}

/// Of one learner, in order of the run's lessons; `expected` are those that the learner should have handed in.
fn of_learner(
    learner: &str,
    attempts: Vec<Graded>,
    expected: &[PlannedLesson],
    (run, rules): (&Run, Rules<'_>),
) -> Vec<Tally> {
    let mut by_lesson: BTreeMap<String, Vec<Graded>> = BTreeMap::new();
    for graded in attempts {
        by_lesson.entry(graded.entry.handed_in.lesson.clone()).or_default().push(graded);
    }
    let is_expected = |lesson: &PlannedLesson| expected.iter().any(|one| one.id == lesson.id);
    let of_lesson = |lesson: &PlannedLesson| match by_lesson.remove(&lesson.id) {
        Some(attempts) => Some(tally(attempts, run, rules)),
        None => is_expected(lesson).then(|| Tally {
            learner: learner.to_owned(),
            lesson: lesson.id.clone(),
            attempts: 0,
            counting: None,
            worth: Worth::Nothing,
            others: Vec::new(),
        }),
    };
    run.lessons.iter().filter_map(of_lesson).collect()
}

/// Of one learner and lesson; there is at least one attempt.
fn tally(attempts: Vec<Graded>, run: &Run, rules: Rules<'_>) -> Tally {
    let worths: Vec<Worth> = attempts.iter().map(|graded| worth(graded, run, rules)).collect();
    let compared = attempts.iter().zip(&worths).map(|(graded, worth)| Attempt {
        handed_in: &graded.entry.handed_in,
        score: match worth {
            Worth::Score(score) => Some(score),
            Worth::Nothing | Worth::NeedsLook(_) => None,
        },
    });
    let compared: Vec<Attempt<'_>> = compared.collect();
    let chosen = rules.policy.counting(&compared).map_or(0, |chosen| chosen.handed_in.attempt);
    let place = attempts.iter().position(|graded| graded.entry.handed_in.attempt == chosen).unwrap_or(0);
    let mut all: Vec<(Graded, Worth)> = attempts.into_iter().zip(worths).collect();
    let amount = all.len();
    let (counting, worth) = all.remove(place);
    all.sort_by_key(|(graded, _)| std::cmp::Reverse(graded.entry.handed_in.attempt));
    Tally {
        learner: counting.entry.handed_in.learner.clone(),
        lesson: counting.entry.handed_in.lesson.clone(),
        attempts: amount,
        counting: Some(counting),
        worth,
        others: all,
    }
}

fn worth(graded: &Graded, run: &Run, rules: Rules<'_>) -> Worth {
    let needs_look = |why: &str| Worth::NeedsLook(why.to_owned());
    let kind = match (&graded.entry.handed_in.content, &graded.standing) {
        (Content::Problem(problem), _) if problem.fault == Fault::Unclear => {
            return needs_look(&problem.reason);
        }
        (Content::Problem(_), _) => Kind::DoesNotBuild,
        (Content::Program(_), standing) => {
            standing.as_ref().map_or(Kind::NotJudged, |standing| standing.kind)
        }
    };
    match kind {
        Kind::Held | Kind::Failed => score(graded, &graded.criteria, rules),
        Kind::DoesNotBuild => {
            let id = &graded.entry.handed_in.lesson;
            match rules.course.lessons.iter().find(|lesson| lesson.id == *id) {
                Some(lesson) => score(graded, &unearned(lesson, run.level), rules),
                None => {
                    needs_look("The course has no such lesson any more, so nobody knows what it is worth.")
                }
            }
        }
        Kind::Unstable => needs_look("It was not the same each time."),
        Kind::NotJudged => needs_look("It could not be judged, which is not the program's fault."),
    }
}

fn score(graded: &Graded, criteria: &[CriterionVerdict], rules: Rules<'_>) -> Worth {
    let handed_in = &graded.entry.handed_in;
    Worth::Score(Box::new(rules.policy.score(&handed_in.lesson, criteria, handed_in)))
}

/// The criteria that count at this level, as they are for a program that does not run: none holds.
#[must_use]
pub fn unearned(lesson: &Lesson, level: Level) -> Vec<CriterionVerdict> {
    let unplayed = |scenario: &crate::course::checks::Scenario| {
        let is_out_of_reach = level == Level::Loopback && scenario.needs_private();
        judge::not_run(scenario, if is_out_of_reach { NotRun::NeedsPrivate } else { NotRun::GivenUp })
    };
    let scenarios = lesson.checks.scenarios.iter().map(unplayed).collect();
    let counted = judge::verdict(lesson, scenarios).counted().into_iter();
    counted.map(|criterion| CriterionVerdict { state: State::Failed, of: 0, ..criterion }).collect()
}
