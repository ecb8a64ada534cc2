//! The verdict on a program: which criteria hold, and what that is worth.

use crate::course::Lesson;
use crate::course::checks::Criterion;

use super::{CriterionVerdict, ScenarioVerdict, State, Verdict};

/// Sums up the scenarios that were asked for. Advice counts for no criterion.
pub fn verdict(lesson: &Lesson, scenarios: Vec<ScenarioVerdict>) -> Verdict {
    let criteria = lesson.checks.criteria.iter().map(|criterion| judge(criterion, &scenarios)).collect();
    Verdict { lesson: lesson.id.clone(), title: lesson.title.clone(), criteria, scenarios }
}

fn judge(criterion: &Criterion, scenarios: &[ScenarioVerdict]) -> CriterionVerdict {
    let id = criterion.id.get_ref();
    let bearing = scenarios.iter().filter(|scenario| !scenario.is_advice && scenario.criteria.contains(id));
    let states: Vec<State> = bearing.map(|scenario| scenario.state_of(id)).collect();
    let amount = |state| states.iter().filter(|other| **other == state).count();
    let (held, failed, not_run) = (amount(State::Held), amount(State::Failed), amount(State::NotRun));
    CriterionVerdict {
        id: id.clone(),
        text: criterion.text.get_ref().clone(),
        state: match (failed, not_run, held) {
            (1.., _, _) => State::Failed,
            (0, 0, 1..) => State::Held,
            _ => State::NotRun,
        },
        held,
        of: held + failed,
        points: criterion.points,
        earned: share(criterion.points, held, held + failed),
    }
}

/// `points` × `held` / `of`, rounded down; nothing of nothing is nothing.
fn share(points: u32, held: usize, of: usize) -> u32 {
    let product = u128::from(points) * held as u128;
    product.checked_div(of as u128).and_then(|share| u32::try_from(share).ok()).unwrap_or(0)
}

impl ScenarioVerdict {
    /// Whether one of its criteria holds in this scenario.
    #[must_use]
    pub fn state_of(&self, criterion: &str) -> State {
        match self.state {
            State::Failed if self.failed.iter().any(|id| id == criterion) => State::Failed,
            State::Failed | State::Held => State::Held,
            State::NotRun => State::NotRun,
        }
    }
}

impl Verdict {
    /// The scenario to explain: the first that failed, those that are graded before advice.
    #[must_use]
    pub fn first_failure(&self) -> Option<&ScenarioVerdict> {
        let failed = |is_advice| {
            move |scenario: &&ScenarioVerdict| {
                scenario.state == State::Failed && scenario.is_advice == is_advice
            }
        };
        let graded = self.scenarios.iter().find(failed(false));
        graded.or_else(|| self.scenarios.iter().find(failed(true)))
    }

    /// Held when all criteria hold; not run when none failed but one was not, or not fully, judged.
    #[must_use]
    pub fn state(&self) -> State {
        let has = |state| self.criteria.iter().any(|criterion| criterion.state == state);
        if has(State::Failed) {
            State::Failed
        } else if has(State::NotRun) || self.criteria.is_empty() {
            State::NotRun
        } else {
            State::Held
        }
    }
}
