//! What every learner has in every lesson: the attempt that counts, and what it is worth.

use std::collections::BTreeSet;

use super::Gradebook;
use super::error::GradebookError;
use super::read::{Graded, Run};
use crate::course::{Course, Lesson};
use crate::grade::handed_in::{Content, Fault};
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
    /// Hands over every learner in every lesson of the run: first those who have handed in, in order of learner and
    /// lesson, then the others.
    ///
    /// # Errors
    /// When the file cannot be read, and those of `take`.
    pub fn tallies<E: From<GradebookError>>(
        &self,
        run: &Run,
        rules: Rules<'_>,
        mut take: impl FnMut(Tally) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
        let mut attempts: Vec<Graded> = Vec::new();
        self.each_entry(run, |graded| {
            let of = |graded: &Graded| {
                let handed_in = &graded.entry.handed_in;
                (handed_in.learner.clone(), handed_in.lesson.clone())
            };
            if attempts.first().is_some_and(|first| of(first) != of(&graded)) {
                take(tally(std::mem::take(&mut attempts), run, rules))?;
            }
            seen.insert(of(&graded));
            attempts.push(graded);
            Ok::<(), E>(())
        })?;
        if !attempts.is_empty() {
            take(tally(attempts, run, rules))?;
        }
        for learner in self.learners(run)? {
            for lesson in &run.lessons {
                let key = (learner.login.clone(), lesson.id.clone());
                if !seen.contains(&key) {
                    let (learner, lesson) = key;
                    take(Tally { learner, lesson, attempts: 0, counting: None, worth: Worth::Nothing })?;
                }
            }
        }
        Ok(())
    }
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
    let handed_in = &attempts[place].entry.handed_in;
    Tally {
        learner: handed_in.learner.clone(),
        lesson: handed_in.lesson.clone(),
        attempts: attempts.len(),
        worth: worths[place].clone(),
        counting: attempts.into_iter().nth(place),
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
