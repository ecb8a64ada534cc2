//! Verdicts as text: for a terminal and for machines. Pure functions; nothing here prints.

pub mod class;
pub mod diagram;
pub mod export;
mod heading;
pub mod json;
pub(crate) mod line;
mod look;
pub mod measure;
pub mod pcapng;
pub mod serve;
pub mod terminal;
pub(crate) mod text;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use heading::{Heading, NextLesson};
pub use look::{LEAST_COLUMNS, Look};

use crate::judge::{ScenarioVerdict, State, Verdict};

/// A seed as people type it: at least four hexadecimal digits.
#[must_use]
pub fn seed(seed: u64) -> String {
    format!("{seed:04x}")
}

/// The verdict as a whole: failed when a criterion failed, held when everything that was asked for, and that
/// can be played at this level, was played and held. Criteria that none of the scenarios touch do not count.
#[must_use]
pub fn result(verdict: &Verdict) -> State {
    let is_graded = |scenario: &&ScenarioVerdict| !scenario.is_advice && !scenario.needs_private();
    let graded = || verdict.scenarios.iter().filter(is_graded);
    if verdict.criteria.iter().any(|criterion| criterion.state == State::Failed) {
        State::Failed
    } else if graded().next().is_none() || graded().any(|scenario| scenario.state == State::NotRun) {
        State::NotRun
    } else {
        State::Held
    }
}
