//! Which of a learner's attempts counts.

use serde::Deserialize;

use super::{Policy, Score};
use crate::grade::handed_in::HandedIn;

/// Which attempt counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attempts {
    /// The last in time.
    #[default]
    Last,
    /// The one with the highest total; of equal ones, the earliest.
    Best,
    /// The first in time.
    First,
}

/// One attempt of a learner at a lesson.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// What was handed in.
    pub handed_in: &'a HandedIn,
    /// What it is worth; none where somebody has to look at it.
    pub score: Option<&'a Score>,
}

impl Policy {
    /// The attempt that counts, of all those of one learner at one lesson, in any order. Where it has no score,
    /// somebody has to look at it before there can be one.
    #[must_use]
    pub fn counting<'a>(&self, attempts: &[Attempt<'a>]) -> Option<Attempt<'a>> {
        let in_time = |attempt: &&Attempt<'a>| attempt.handed_in.attempt;
        match self.attempts {
            Attempts::Last => attempts.iter().max_by_key(in_time),
            Attempts::First => attempts.iter().min_by_key(in_time),
            Attempts::Best => best(attempts),
        }
        .copied()
    }
}

/// An attempt that nobody could judge may be better than all others, unless one of them has everything.
fn best<'b, 'a>(attempts: &'b [Attempt<'a>]) -> Option<&'b Attempt<'a>> {
    let earliest = |one: &Attempt<'a>| std::cmp::Reverse(one.handed_in.attempt);
    let judged = attempts.iter().filter_map(|attempt| Some((attempt, attempt.score?)));
    let best = judged.max_by_key(|(attempt, score)| (score.total, earliest(attempt)));
    let open = attempts.iter().filter(|attempt| attempt.score.is_none());
    match (best, open.max_by_key(|attempt| attempt.handed_in.attempt)) {
        (Some((best, score)), Some(_)) if score.total == score.of => Some(best),
        (_, Some(open)) => Some(open),
        (best, None) => best.map(|(best, _)| best),
    }
}
