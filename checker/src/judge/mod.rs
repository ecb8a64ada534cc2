//! What a trace proves: pure functions from lesson, play and trace to a verdict. No I/O, no clock.

mod again;
mod evidence;
mod mistakes;
mod order;
mod rules;
mod scenario;
#[cfg(test)]
mod testing;
mod verdict;
mod words;

use serde::{Deserialize, Serialize};

use crate::course::FindingKind;
use crate::trace::Trace;

pub use again::play_of;
pub use scenario::{not_run, scenario, sweep};
pub use verdict::{nothing_held, verdict};

/// The verdict on one program in one lesson.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[must_use]
pub struct Verdict {
    /// The lesson's id.
    pub lesson: String,
    /// The lesson's title.
    pub title: String,
    /// One for each bullet of "Done when", in order.
    pub criteria: Vec<CriterionVerdict>,
    /// One for each scenario that was asked for, in order of the lesson.
    pub scenarios: Vec<ScenarioVerdict>,
}

/// Whether one criterion holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionVerdict {
    /// Its id.
    pub id: String,
    /// The bullet.
    pub text: String,
    /// Whether it holds.
    pub state: State,
    /// In how many graded scenarios it holds.
    pub held: usize,
    /// In how many graded scenarios it was judged.
    pub of: usize,
    /// What it is worth.
    pub points: u32,
    /// The share of `points` that was earned, rounded down.
    pub earned: u32,
}

/// Held, failed, and "could not say" are three things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Everything required happened.
    Held,
    /// Something required did not.
    Failed,
    /// It was not tried, or could not be judged; the scenarios say why.
    NotRun,
}

/// The verdict on one scenario. Of a sweep, only the run with the smallest cut that fails is kept
/// (or the last one, when all hold).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScenarioVerdict {
    /// Its id.
    pub id: String,
    /// What the peer did, in one sentence.
    pub title: String,
    /// Where the requirement stands.
    pub source: Option<String>,
    /// Whether it takes no points.
    pub is_advice: bool,
    /// Ids of the criteria that it decides on.
    pub criteria: Vec<String>,
    /// Whether all that it requires happened.
    pub state: State,
    /// Ids of the criteria that do not hold here: those of the findings, and those whose rules could
    /// not hold any more after what was found (nothing is printed by a program that hangs first).
    pub failed: Vec<String>,
    /// What did not hold, the most telling first.
    pub findings: Vec<Finding>,
    /// The mistake that the findings reveal.
    pub mistake: Option<Diagnosis>,
    /// How often the scenario was played (more than once in a sweep).
    pub runs: usize,
    /// What happened; none when it was not run.
    pub trace: Option<Trace>,
    /// Why it was not run or could not be judged.
    pub not_run_because: Option<NotRun>,
}

/// Why a scenario was not judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRun {
    /// We or the machine failed; how.
    Fault(String),
    /// The program ran into the deadline in other scenarios, and each costs seconds.
    GivenUp,
    /// It needs the private level, and this was not it. That is nobody's failure: criteria hold without it.
    NeedsPrivate,
}

impl std::fmt::Display for NotRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Fault(reason) => reason,
            Self::GivenUp => "the program ran into the deadline in other scenarios",
            Self::NeedsPrivate => "it needs the private level (`workbook doctor` says how to get it)",
        })
    }
}

impl Serialize for NotRun {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NotRun {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let known = [Self::GivenUp, Self::NeedsPrivate].into_iter().find(|reason| reason.to_string() == text);
        Ok(known.unwrap_or(Self::Fault(text)))
    }
}

/// A rule that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of thing it is.
    pub kind: FindingKind,
    /// The id of the criterion that it counts for.
    pub criterion: String,
    /// The verdict in one sentence, beginning with "Your program".
    pub sentence: String,
    /// What was expected, in the words of the scenario; learner bytes are already escaped.
    pub expected: String,
    /// What happened, in the same words.
    pub actual: String,
    /// Index into the trace's events of where it happened.
    pub event: Option<usize>,
}

/// A row of "Common mistakes" that fits what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// The mistake's id.
    pub id: String,
    /// What people do.
    pub mistake: String,
    /// What to do instead.
    pub fix: String,
    /// How many hints the lesson has for it.
    pub hints: usize,
}
