//! What a run tells of learners, in the words of reports.

use std::collections::BTreeMap;
use std::time::Duration;

use super::again::Again;
use crate::grade::gradebook::{Gradebook, GradebookError, Graded, Rules, Run, Tally, Worth};
use crate::grade::handed_in::{Content, Fault};
use crate::grade::policy;
use crate::grade::record::Key;
use crate::grade::standing;
use crate::grade::store::Store;
use crate::judge::State;
use crate::report::class::{Flag, Kind, Person, Points, Row, Score, html};
use crate::trace::escape;

/// So many of those who have handed in the same are named.
const MOST_NAMED: usize = 20;

/// What is the same for all learners of a run. The gradebook is no part of it, for each thread has its own.
pub(in crate::cli::gradebook) struct Class<'a> {
    pub(super) run: &'a Run,
    pub(super) rules: Rules<'a>,
    pub(super) store: Option<&'a Store>,
    pub(super) again: Again,
    /// What the instructor says, by cluster.
    pub(super) comments: BTreeMap<String, String>,
    /// Ids of the lessons that are asked for.
    lessons: &'a [String],
    names: BTreeMap<String, String>,
    /// Who has handed in the same, by result.
    duplicates: BTreeMap<Key, Vec<String>>,
}

impl<'a> Class<'a> {
    /// Reads what has to be known of all before anything can be told of one.
    ///
    /// # Errors
    /// When the gradebook cannot be read.
    pub(in crate::cli::gradebook) fn read(
        book: &Gradebook,
        run: &'a Run,
        rules: Rules<'a>,
        store: Option<&'a Store>,
        lessons: &'a [String],
    ) -> Result<Self, GradebookError> {
        let learners = book.learners(run)?.into_iter();
        let names = learners.filter_map(|learner| Some((learner.login, learner.name?)));
        Ok(Self {
            run,
            rules,
            store,
            again: Again::here(run, rules.course, store),
            comments: book.comments()?,
            lessons,
            names: names.collect(),
            duplicates: book.duplicates(run)?,
        })
    }

    /// Hands over every learner with the lessons that are asked for, one learner at a time.
    ///
    /// # Errors
    /// When the gradebook cannot be read, and those of `take`.
    pub(in crate::cli::gradebook) fn each_learner<E: From<GradebookError>>(
        &self,
        book: &Gradebook,
        mut take: impl FnMut(Vec<Tally>) -> Result<(), E>,
    ) -> Result<(), E> {
        book.each_learner(self.run, self.rules, |mut tallies| {
            tallies.retain(|tally| self.is_asked_for(&tally.lesson));
            if tallies.is_empty() { Ok(()) } else { take(tallies) }
        })
    }

    pub(super) fn is_asked_for(&self, lesson: &str) -> bool {
        self.lessons.iter().any(|one| one == lesson)
    }

    /// The learner's line in a lesson.
    pub(in crate::cli::gradebook) fn row(&self, tally: &Tally) -> Row {
        let graded = tally.counting.as_ref();
        let score = score_of(&tally.worth);
        let parts = |state: State| {
            let parts = score.iter().flat_map(|score| &score.parts);
            parts.filter(|part| part.state == state).map(|part| part.id.clone()).collect()
        };
        Row {
            person: self.person(&tally.learner),
            lesson: tally.lesson.clone(),
            program: graded.and_then(program),
            kind: kind(graded),
            score: told_score(&tally.worth),
            has_passed: self.has_passed(&tally.lesson, &tally.worth),
            late: late(&tally.worth),
            attempts: u32::try_from(tally.attempts).unwrap_or(u32::MAX),
            failed: parts(State::Failed),
            not_judged: parts(State::NotRun),
            cluster: graded.and_then(|graded| Some(graded.mark.as_ref()?.id.clone())),
            flags: self.flags(&tally.learner, graded, &tally.worth),
        }
    }

    pub(super) fn person(&self, login: &str) -> Person {
        Person {
            login: login.to_owned(),
            name: self.names.get(login).cloned(),
            page: Some(html::page_name(login)),
        }
    }

    /// Whether the pass mark is reached, where there is one.
    pub(super) fn has_passed(&self, lesson: &str, worth: &Worth) -> Option<bool> {
        let score = score_of(worth).filter(|_| self.rules.policy.has_pass_mark(lesson));
        score.map(|score| score.has_passed)
    }

    /// What else is worth knowing of a submission.
    pub(super) fn flags(&self, learner: &str, graded: Option<&Graded>, worth: &Worth) -> Vec<Flag> {
        let look = match worth {
            Worth::NeedsLook(why) => Some(Flag::NeedsLook(why.clone())),
            Worth::Nothing | Worth::Score(_) => None,
        };
        let mut parts = score_of(worth).into_iter().flat_map(|score| &score.parts);
        let has_hidden = parts.any(|part| part.is_hidden && part.state == State::Failed);
        let hidden = has_hidden.then_some(Flag::HiddenFailed);
        [look, self.duplicate(learner, graded), hidden].into_iter().flatten().collect()
    }

    /// Who else has handed in the same.
    fn duplicate(&self, learner: &str, graded: Option<&Graded>) -> Option<Flag> {
        let same = self.duplicates.get(graded?.entry.key.as_ref()?)?;
        let others = same.iter().filter(|login| *login != learner);
        let first = others.take(MOST_NAMED).map(|login| self.person(login)).collect();
        // The learner is one of them.
        Some(Flag::DuplicateOf { others: same.len().saturating_sub(1), first })
    }
}

/// What was graded.
pub(super) fn program(graded: &Graded) -> Option<String> {
    match &graded.entry.handed_in.content {
        Content::Program(program) => Some(escape(program.file.as_bytes())),
        Content::Problem(_) => None,
    }
}

/// What came of it.
pub(super) fn kind(graded: Option<&Graded>) -> Kind {
    let Some(graded) = graded else { return Kind::NothingHandedIn };
    match (&graded.entry.handed_in.content, &graded.standing) {
        (Content::Problem(problem), _) if problem.fault == Fault::Learner => Kind::NothingHandedIn,
        (Content::Problem(_), _) | (Content::Program(_), None) => Kind::NotJudged,
        (Content::Program(_), Some(standing)) => match standing.kind {
            standing::Kind::Held => Kind::Held,
            standing::Kind::Failed => Kind::Failed,
            standing::Kind::DoesNotBuild => Kind::DoesNotBuild,
            standing::Kind::Unstable => Kind::Unstable,
            standing::Kind::NotJudged => Kind::NotJudged,
        },
    }
}

pub(super) fn score_of(worth: &Worth) -> Option<&policy::Score> {
    match worth {
        Worth::Score(score) => Some(score),
        Worth::Nothing | Worth::NeedsLook(_) => None,
    }
}

/// What it is worth, with all deductions.
pub(super) fn told_score(worth: &Worth) -> Option<Score> {
    score_of(worth).map(|score| Score { earned: points(score.total), of: points(score.of) })
}

pub(super) fn late(worth: &Worth) -> Option<Duration> {
    score_of(worth)?.late.as_ref().map(|late| late.by.unsigned_abs())
}

pub(super) fn points(points: policy::Points) -> Points {
    Points(u32::try_from(points.hundredths()).unwrap_or(u32::MAX))
}
