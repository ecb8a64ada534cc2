//! What a submission is worth.

use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::due::Lateness;
use super::{LessonPolicy, Points, Policy};
use crate::grade::handed_in::HandedIn;
use crate::judge::{CriterionVerdict, State};

/// What a submission is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// One for each criterion that counts, in order.
    pub parts: Vec<Part>,
    /// What all parts have earned.
    pub earned: Points,
    /// What they could have earned.
    pub of: Points,
    /// How late it is, where it is late.
    pub late: Option<Late>,
    /// What was earned, without what lateness has cost.
    pub total: Points,
    /// Whether that is enough.
    pub has_passed: bool,
}

/// What a criterion has earned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The criterion's id.
    pub id: String,
    /// Its bullet.
    pub text: String,
    /// What it is worth.
    pub points: Points,
    /// What was earned: the share of scenarios in which it holds, rounded down to whole points.
    pub earned: Points,
    /// Whether it holds.
    pub state: State,
    /// Whether learners must not see it.
    pub is_hidden: bool,
}

/// How late a submission is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// Since when it was due.
    pub by: SignedDuration,
    /// What that costs.
    pub deducted: Points,
    /// Whether nothing counts any more.
    pub is_too_late: bool,
}

impl Policy {
    /// What a submission is worth. `criteria` are those that count: [`Verdict::counted`](crate::judge::Verdict::counted),
    /// or [`nothing_held`](crate::judge::nothing_held) where there is nothing to run.
    ///
    /// Lateness is counted from the time of handing in; without one, nothing is late.
    #[must_use]
    pub fn score(&self, lesson: &str, criteria: &[CriterionVerdict], handed_in: &HandedIn) -> Score {
        let parts = self.parts(lesson, criteria);
        let earned: Points = parts.iter().map(|part| part.earned).sum();
        let of: Points = parts.iter().map(|part| part.points).sum();
        let late = self.lateness(lesson, handed_in).map(|lateness| Late::new(lateness, earned));
        let total = late.as_ref().map_or(earned, |late| earned.minus(late.deducted));
        let has_passed = !late.as_ref().is_some_and(|late| late.is_too_late)
            && match self.pass(lesson) {
                Some(share) if of > Points::default() => total.reaches(share, of),
                _ => !parts.is_empty() && parts.iter().all(|part| part.state == State::Held),
            };
        Score { parts, earned, of, late, total, has_passed }
    }

    /// What each of these criteria is worth in a lesson, and has earned.
    #[must_use]
    pub fn parts(&self, lesson: &str, criteria: &[CriterionVerdict]) -> Vec<Part> {
        criteria.iter().map(|criterion| self.part(lesson, criterion)).collect()
    }

    fn part(&self, lesson: &str, criterion: &CriterionVerdict) -> Part {
        let CriterionVerdict { id, text, state, points, earned, .. } = criterion;
        let lesson = self.lessons.get(lesson);
        let own = lesson.and_then(|lesson| lesson.points.get(id));
        let (points, earned) = own.map_or((*points, *earned), |own| (*own, criterion.share_of(*own)));
        Part {
            id: id.clone(),
            text: text.clone(),
            points: Points::whole(points),
            earned: Points::whole(earned),
            state: *state,
            is_hidden: lesson.is_some_and(|lesson: &LessonPolicy| lesson.hidden.contains(id)),
        }
    }

    fn lateness(&self, lesson: &str, handed_in: &HandedIn) -> Option<Lateness> {
        self.late.lateness(self.due(lesson, &handed_in.learner)?, handed_in.at?)
    }
}

impl Late {
    fn new(lateness: Lateness, earned: Points) -> Self {
        let Lateness { by, cost, is_too_late } = lateness;
        Self { by, deducted: earned.share(cost), is_too_late }
    }
}

/// Such as `1 d 3 h late: 0.6 points less`.
impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} late", length(self.by))?;
        match self.deducted {
            _ if self.is_too_late => f.write_str(": too late for points"),
            deducted if deducted == Points::default() => Ok(()),
            deducted if deducted == Points::whole(1) => f.write_str(": 1 point less"),
            deducted => write!(f, ": {deducted} points less"),
        }
    }
}

/// In the two largest units; the rest is left out.
fn length(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    let units = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)];
    let first = units.iter().position(|(_, size)| seconds >= *size).unwrap_or(units.len() - 1);
    let mut rest = seconds;
    let mut written = Vec::new();
    for (unit, size) in units.iter().skip(first).take(2) {
        if rest / size > 0 || written.is_empty() {
            written.push(format!("{} {unit}", rest / size));
        }
        rest %= size;
    }
    written.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_told_in_words() {
        let late = |by, deducted, is_too_late| {
            let deducted = Points::from_hundredths(deducted);
            Late { by: SignedDuration::from_secs(by), deducted, is_too_late }.to_string()
        };
        assert_eq!(late(1, 0, false), "1 s late");
        assert_eq!(late(3600, 60, false), "1 h late: 0.6 points less");
        assert_eq!(late(97_261, 100, false), "1 d 3 h late: 1 point less");
        assert_eq!(late(86_461, 50, false), "1 d late: 0.5 points less");
        assert_eq!(late(0, 0, true), "0 s late: too late for points");
    }
}
