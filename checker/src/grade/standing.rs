//! What counts of a result, and is the same however often a program is graded: no times, no texts.

use serde::{Deserialize, Serialize};

use super::record::Outcome;
use crate::course::FindingKind;
use crate::judge::{CriterionVerdict, Finding, ScenarioVerdict, State, Verdict};
use crate::report;

/// The part of a result that must not depend on when, where and how often it was graded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What kind of result it is.
    pub kind: Kind,
    /// One for each criterion, in order; none where nothing ran.
    pub criteria: Vec<CriterionStanding>,
    /// One for each scenario, in order; none where nothing ran.
    pub scenarios: Vec<ScenarioStanding>,
}

/// What kind of result it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// All criteria hold.
    Held,
    /// Some do not.
    Failed,
    /// The compiler refuses it.
    DoesNotBuild,
    /// It was not the same each time: somebody has to look at it.
    Unstable,
    /// It could not be judged, or not fully, by no fault of the learner: somebody has to look at it.
    NotJudged,
}

/// Whether a criterion holds, and in how many scenarios.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionStanding {
    /// Its id.
    pub id: String,
    /// Whether it holds.
    pub state: State,
    /// In how many graded scenarios it holds.
    pub held: usize,
    /// In how many it was judged.
    pub of: usize,
}

/// What came of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioStanding {
    /// Its id.
    pub id: String,
    /// Whether all that it requires happened.
    pub state: State,
    /// Ids of the criteria that do not hold here.
    pub failed: Vec<String>,
    /// Kinds of findings, the most telling first.
    pub findings: Vec<FindingKind>,
    /// The id of the mistake that they reveal.
    pub mistake: Option<String>,
    /// In a sweep, the cut of the run that is told of.
    pub cut: Option<usize>,
}

impl Standing {
    /// What counts of an outcome.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Self {
        let nothing = |kind| Self { kind, criteria: Vec::new(), scenarios: Vec::new() };
        match outcome {
            Outcome::Judged { verdict, .. } => Self {
                kind: kind(verdict),
                criteria: verdict.criteria.iter().map(criterion).collect(),
                scenarios: verdict.scenarios.iter().map(ScenarioStanding::of).collect(),
            },
            Outcome::Unstable { .. } => nothing(Kind::Unstable),
            Outcome::DoesNotBuild { .. } => nothing(Kind::DoesNotBuild),
            Outcome::NotJudged { .. } => nothing(Kind::NotJudged),
        }
    }
}

/// A fault of the machine in any graded scenario leaves the whole undecided.
fn kind(verdict: &Verdict) -> Kind {
    match report::result(verdict) {
        _ if verdict.fault().is_some() => Kind::NotJudged,
        State::Held => Kind::Held,
        State::Failed => Kind::Failed,
        State::NotRun => Kind::NotJudged,
    }
}

fn criterion(criterion: &CriterionVerdict) -> CriterionStanding {
    let CriterionVerdict { id, state, held, of, .. } = criterion;
    CriterionStanding { id: id.clone(), state: *state, held: *held, of: *of }
}

impl ScenarioStanding {
    /// What counts of a scenario.
    #[must_use]
    pub fn of(scenario: &ScenarioVerdict) -> Self {
        Self {
            id: scenario.id.clone(),
            state: scenario.state,
            failed: scenario.failed.clone(),
            findings: scenario.findings.iter().map(|finding: &Finding| finding.kind).collect(),
            mistake: scenario.mistake.as_ref().map(|mistake| mistake.id.clone()),
            cut: scenario.trace.as_ref().and_then(|trace| trace.cut),
        }
    }
}
