//! Two runs side by side: whose verdict changed, and why.

use std::collections::BTreeMap;
use std::fmt;

use super::Gradebook;
use super::error::GradebookError;
use super::read::{Graded, Origin, Run};
use super::tally::Rules;
use crate::grade::handed_in::{Content, Fault};
use crate::grade::standing::{CriterionStanding, Kind};
use crate::judge::State;

/// A learner whose verdict in a lesson is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who.
    pub learner: String,
    /// The lesson's id.
    pub lesson: String,
    /// What came of the submission that counts in the older run.
    pub from: Came,
    /// What came of the submission that counts in the newer run.
    pub to: Came,
    /// The criteria that are told otherwise, in order of the newer run.
    pub criteria: Vec<CriterionChange>,
    /// Everything that may be the cause.
    pub why: Vec<Why>,
}

/// What came of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// There was no submission.
    Nothing,
    /// There was none that could be graded.
    NoProgram(Fault),
    /// There was, with this result.
    Graded(Kind),
}

/// A criterion that is told otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriterionChange {
    /// Its id.
    pub id: String,
    /// How it was; none where it was not judged at all.
    pub from: Option<Held>,
    /// How it is.
    pub to: Option<Held>,
}

/// Whether a criterion holds, and in how many scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Whether.
    pub state: State,
    /// In how many.
    pub held: usize,
    /// Of how many.
    pub of: usize,
}

/// Why a verdict may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Other files were handed in.
    Files,
    /// The lesson is another one.
    Lesson,
    /// The checker is another one.
    Checker,
    /// Bodies are made from another seed.
    Seed,
    /// Programs are contained otherwise.
    Level,
    /// Stored traces were judged again.
    Rejudged,
}

/// What is compared of a submission.
struct Brief {
    came: Came,
    files: Option<String>,
    criteria: Vec<CriterionStanding>,
}

impl Gradebook {
    /// Whose verdict differs between two runs, in order of learner and lesson. Of several attempts those are compared
    /// that count by these rules.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn diff(&self, old: &Run, new: &Run, rules: Rules<'_>) -> Result<Vec<Change>, GradebookError> {
        let (before, after) = (self.briefs(old, rules)?, self.briefs(new, rules)?);
        let mut keys: Vec<_> = before.keys().chain(after.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        let change = |key: &&(String, String)| change(key, before.get(*key), after.get(*key), (old, new));
        Ok(keys.iter().filter_map(change).collect())
    }

    fn briefs(
        &self,
        run: &Run,
        rules: Rules<'_>,
    ) -> Result<BTreeMap<(String, String), Brief>, GradebookError> {
        let mut briefs = BTreeMap::new();
        self.tallies(run, rules, |tally| {
            briefs.extend(tally.counting.map(|graded| ((tally.learner, tally.lesson), brief(graded))));
            Ok::<(), GradebookError>(())
        })?;
        Ok(briefs)
    }
}

fn brief(graded: Graded) -> Brief {
    let (came, files) = match (&graded.entry.handed_in.content, &graded.standing) {
        (Content::Problem(problem), _) => (Came::NoProgram(problem.fault), None),
        (Content::Program(program), standing) => {
            let kind = standing.as_ref().map_or(Kind::NotJudged, |standing| standing.kind);
            (Came::Graded(kind), Some(format!("{} {}", program.digest, program.file)))
        }
    };
    Brief { came, files, criteria: graded.standing.map(|standing| standing.criteria).unwrap_or_default() }
}

fn change(
    (learner, lesson): &(String, String),
    before: Option<&Brief>,
    after: Option<&Brief>,
    (old, new): (&Run, &Run),
) -> Option<Change> {
    let came = |brief: Option<&Brief>| brief.map_or(Came::Nothing, |brief| brief.came);
    let of = |brief: Option<&'_ Brief>| brief.map(|brief| brief.criteria.clone()).unwrap_or_default();
    let (from, to, criteria) = (came(before), came(after), criteria(&of(before), &of(after)));
    if from == to && criteria.is_empty() {
        return None;
    }
    let files = |brief: Option<&Brief>| brief.and_then(|brief| brief.files.clone());
    let digest = |run: &Run| {
        let planned = run.lessons.iter().find(|planned| planned.id == *lesson);
        planned.map(|planned| planned.digest.clone())
    };
    let causes = [
        (Why::Files, files(before) != files(after)),
        (Why::Lesson, digest(old) != digest(new)),
        (Why::Checker, old.checker != new.checker),
        (Why::Seed, old.seed != new.seed),
        (Why::Level, old.level != new.level),
        (Why::Rejudged, old.origin != new.origin && new.origin == Origin::Rejudged),
    ];
    let why = causes.into_iter().filter(|(_, applies)| *applies).map(|(why, _)| why).collect();
    Some(Change { learner: learner.clone(), lesson: lesson.clone(), from, to, criteria, why })
}

/// Those that differ: first as the newer run has them, then those that it does not have.
pub(super) fn criteria(before: &[CriterionStanding], after: &[CriterionStanding]) -> Vec<CriterionChange> {
    let find = |all: &[CriterionStanding], id: &str| all.iter().find(|one| one.id == id).map(Held::of);
    let gone = before.iter().filter(|old| find(after, &old.id).is_none());
    let ids = after.iter().chain(gone).map(|criterion| &criterion.id);
    let change =
        |id: &String| CriterionChange { id: id.clone(), from: find(before, id), to: find(after, id) };
    ids.map(change).filter(|change| change.from != change.to).collect()
}

impl Held {
    fn of(standing: &CriterionStanding) -> Self {
        Self { state: standing.state, held: standing.held, of: standing.of }
    }
}

/// Such as `holds`, `2 of 3`.
impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.state {
            State::Held => f.write_str("holds"),
            State::Failed => write!(f, "fails, {} of {}", self.held, self.of),
            State::NotRun => f.write_str("not judged"),
        }
    }
}

impl fmt::Display for Came {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing handed in",
            Self::NoProgram(Fault::Learner) => "no program",
            Self::NoProgram(Fault::Unclear) => "no clear program",
            Self::Graded(Kind::Held) => "all hold",
            Self::Graded(Kind::Failed) => "some fail",
            Self::Graded(Kind::DoesNotBuild) => "does not build",
            Self::Graded(Kind::Unstable) => "unstable",
            Self::Graded(Kind::NotJudged) => "not judged",
        })
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Files => "files changed",
            Self::Lesson => "lesson changed",
            Self::Checker => "checker changed",
            Self::Seed => "seed changed",
            Self::Level => "level changed",
            Self::Rejudged => "judged again",
        })
    }
}
