//! The verdict on a program: which criteria hold, and what that is worth.

use crate::course::checks::Criterion;
use crate::course::{FindingKind, Lesson};

use super::{CriterionVerdict, NotRun, ScenarioVerdict, State, Verdict};

/// Sums up the scenarios that were asked for. Advice counts for no criterion.
pub fn verdict(lesson: &Lesson, mut scenarios: Vec<ScenarioVerdict>) -> Verdict {
    explain_once(&mut scenarios);
    let criteria = lesson.checks.criteria.iter().map(|criterion| judge(criterion, &scenarios)).collect();
    Verdict { lesson: lesson.id.clone(), title: lesson.title.clone(), criteria, scenarios }
}

fn judge(criterion: &Criterion, scenarios: &[ScenarioVerdict]) -> CriterionVerdict {
    let id = criterion.id.get_ref();
    let bearing = scenarios.iter().filter(|scenario| scenario.bears_on(id));
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

/// Lessons tell mistakes apart by which scenario fails first. What fails in the same way further back may
/// have the cause that was named already, so it gets no other name.
fn explain_once(scenarios: &mut [ScenarioVerdict]) {
    let mut seen: Vec<(FindingKind, Option<String>)> = Vec::new();
    for scenario in scenarios.iter_mut().filter(|scenario| !scenario.is_advice) {
        let Some(kind) = scenario.findings.first().map(|finding| finding.kind) else { continue };
        let mistake = scenario.mistake.as_ref().map(|mistake| mistake.id.clone());
        let is_other = |(_, earlier): &(FindingKind, Option<String>)| *earlier != mistake;
        if seen.iter().filter(|(earlier, _)| *earlier == kind).any(is_other) {
            scenario.mistake = None;
        } else {
            seen.push((kind, mistake));
        }
    }
}

/// `points` × `held` / `of`, rounded down; nothing of nothing is nothing.
fn share(points: u32, held: usize, of: usize) -> u32 {
    let product = u128::from(points) * held as u128;
    product.checked_div(of as u128).and_then(|share| u32::try_from(share).ok()).unwrap_or(0)
}

impl CriterionVerdict {
    /// The share of these points that was earned, rounded down: `points` × `held` / `of`.
    #[must_use]
    pub fn share_of(&self, points: u32) -> u32 {
        share(points, self.held, self.of)
    }

    fn with_not_held(&self, scenarios: usize) -> Self {
        let of = self.of + scenarios;
        Self { of, earned: share(self.points, self.held, of), ..self.clone() }
    }
}

impl ScenarioVerdict {
    /// Does it say anything about this criterion? One that needs another level than there was says nothing.
    fn bears_on(&self, criterion: &str) -> bool {
        !self.is_advice && !self.needs_private() && self.criteria.iter().any(|id| id == criterion)
    }

    /// Was it left out because it needs the private level?
    #[must_use]
    pub fn needs_private(&self) -> bool {
        self.not_run_because == Some(NotRun::NeedsPrivate)
    }

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

/// What the criteria are worth to a program that does not run: nothing.
#[must_use]
pub fn nothing_held(lesson: &Lesson) -> Vec<CriterionVerdict> {
    let unearned = |criterion: &Criterion| CriterionVerdict { state: State::Failed, ..judge(criterion, &[]) };
    lesson.checks.criteria.iter().map(unearned).collect()
}

impl Verdict {
    /// The criteria that count, in order. What was not asked for, or can only be judged at another level than this,
    /// takes part neither in what can be earned nor in what was. What was not played any more, because the program ran
    /// into the deadline so often, did not hold.
    #[must_use]
    pub fn counted(&self) -> Vec<CriterionVerdict> {
        self.criteria.iter().filter_map(|criterion| self.count(criterion)).collect()
    }

    fn count(&self, criterion: &CriterionVerdict) -> Option<CriterionVerdict> {
        let bearing: Vec<_> =
            self.scenarios.iter().filter(|scenario| scenario.bears_on(&criterion.id)).collect();
        if criterion.state == State::NotRun && bearing.is_empty() {
            return None;
        }
        let is_given_up = |scenario: &&&ScenarioVerdict| scenario.not_run_because == Some(NotRun::GivenUp);
        match bearing.iter().filter(is_given_up).count() {
            0 => Some(criterion.clone()),
            given_up => Some(criterion.with_not_held(given_up)),
        }
    }

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

    /// How we or the machine failed, where that left a graded scenario without a verdict.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        let graded = self.scenarios.iter().filter(|scenario| !scenario.is_advice);
        graded.into_iter().find_map(|scenario| match &scenario.not_run_because {
            Some(NotRun::Fault(reason)) => Some(reason.as_str()),
            _ => None,
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Diagnosis;
    use crate::judge::testing::{Case, PAGE_1, Run, lesson};
    use crate::trace::End;

    fn played(id: &str, run: Run) -> ScenarioVerdict {
        let verdict = Case::new("{ prints = [{ body = 'page-1' }] }").judge(run);
        ScenarioVerdict { id: id.to_owned(), ..verdict }
    }

    fn held(id: &str) -> ScenarioVerdict {
        played(id, Run::exchanged().printed(PAGE_1).exits(0))
    }

    fn failed(id: &str) -> ScenarioVerdict {
        played(id, Run::exchanged().exits(0))
    }

    fn fault(id: &str) -> ScenarioVerdict {
        played(id, Run::exchanged().ends(End::Fault { reason: "oops".to_owned() }))
    }

    fn advice(scenario: ScenarioVerdict) -> ScenarioVerdict {
        ScenarioVerdict { is_advice: true, ..scenario }
    }

    fn of(scenarios: Vec<ScenarioVerdict>) -> Verdict {
        let criteria = "arguments = []\n[[criterion]]\nid = 'c'\npoints = 10\ntext = 'All holds.'";
        verdict(&lesson(criteria), scenarios)
    }

    fn criterion(scenarios: Vec<ScenarioVerdict>) -> (State, usize, usize, u32) {
        let criterion = of(scenarios).criteria.remove(0);
        (criterion.state, criterion.held, criterion.of, criterion.earned)
    }

    #[test]
    fn what_fails_in_the_same_way_gets_no_second_name() {
        let called = |id: &str, mistake: &str| {
            let diagnosis =
                Diagnosis { id: mistake.to_owned(), mistake: String::new(), fix: String::new(), hints: 0 };
            ScenarioVerdict { mistake: Some(diagnosis), ..failed(id) }
        };
        let verdict = of(vec![called("a", "one"), called("b", "two"), called("d", "one")]);
        let names = verdict.scenarios.iter().map(|scenario| scenario.mistake.as_ref().map(|m| m.id.as_str()));
        assert_eq!(names.collect::<Vec<_>>(), [Some("one"), None, Some("one")]);
    }

    #[test]
    fn a_criterion_holds_when_all_its_scenarios_do() {
        assert_eq!(criterion(vec![held("a"), held("b")]), (State::Held, 2, 2, 10));
        assert_eq!(criterion(vec![held("a"), failed("b"), held("d")]), (State::Failed, 2, 3, 6));
        assert_eq!(criterion(vec![failed("b")]), (State::Failed, 0, 1, 0));
    }

    #[test]
    fn what_could_not_be_judged_is_neither() {
        assert_eq!(criterion(vec![]), (State::NotRun, 0, 0, 0));
        assert_eq!(criterion(vec![fault("a")]), (State::NotRun, 0, 0, 0));
        assert_eq!(criterion(vec![held("a"), fault("b")]), (State::NotRun, 1, 1, 10));
        assert_eq!(criterion(vec![failed("a"), fault("b")]), (State::Failed, 0, 1, 0));
    }

    #[test]
    fn a_criterion_holds_without_scenarios_that_need_another_level() {
        let private = || ScenarioVerdict { not_run_because: Some(NotRun::NeedsPrivate), ..fault("p") };
        assert_eq!(criterion(vec![held("a"), private()]), (State::Held, 1, 1, 10));
        assert_eq!(criterion(vec![failed("a"), private()]), (State::Failed, 0, 1, 0));
        assert_eq!(criterion(vec![held("a"), fault("b"), private()]), (State::NotRun, 1, 1, 10));
        assert_eq!(criterion(vec![private()]), (State::NotRun, 0, 0, 0));
        assert_eq!(of(vec![held("a"), private()]).state(), State::Held);
    }

    #[test]
    fn another_criterion_of_a_failed_scenario_can_hold() {
        let other = ScenarioVerdict { failed: vec!["other".to_owned()], ..failed("a") };
        assert_eq!(criterion(vec![other]), (State::Held, 1, 1, 10));
    }

    #[test]
    fn what_was_given_up_counts_as_not_held() {
        let given_up = |id: &str| ScenarioVerdict { not_run_because: Some(NotRun::GivenUp), ..fault(id) };
        let counted = |scenarios| {
            let counted = of(scenarios).counted();
            counted
                .iter()
                .map(|criterion| (criterion.held, criterion.of, criterion.earned))
                .collect::<Vec<_>>()
        };
        assert_eq!(counted(vec![held("a"), failed("b")]), [(1, 2, 5)]);
        assert_eq!(counted(vec![held("a"), failed("b"), given_up("d")]), [(1, 3, 3)]);
        assert_eq!(counted(vec![given_up("d")]), [(0, 1, 0)]);
        assert_eq!(counted(vec![held("a"), fault("b")]), [(1, 1, 10)]);
    }

    #[test]
    fn what_only_another_level_can_tell_does_not_count() {
        let private = ScenarioVerdict { not_run_because: Some(NotRun::NeedsPrivate), ..fault("p") };
        assert_eq!(of(vec![private.clone()]).counted(), []);
        assert_eq!(of(vec![held("a"), private]).counted().len(), 1);
        assert_eq!(of(vec![]).counted(), [], "nothing was asked for");
    }

    #[test]
    fn a_program_that_does_not_run_earns_nothing_of_everything() {
        let lesson = lesson("arguments = []\n[[criterion]]\nid = 'c'\npoints = 10\ntext = 'All holds.'");
        let criterion = nothing_held(&lesson).remove(0);
        assert_eq!((criterion.state, criterion.points, criterion.earned), (State::Failed, 10, 0));
    }

    #[test]
    fn advice_takes_no_points() {
        assert_eq!(criterion(vec![held("a"), advice(failed("b"))]), (State::Held, 1, 1, 10));
        assert_eq!(criterion(vec![advice(held("b"))]), (State::NotRun, 0, 0, 0));
    }

    #[test]
    fn the_first_graded_failure_is_explained() {
        let first = |scenarios| {
            of(scenarios).first_failure().map_or("none".to_owned(), |scenario| scenario.id.clone())
        };
        assert_eq!(first(vec![held("a")]), "none");
        assert_eq!(first(vec![advice(failed("a")), held("b"), failed("d"), failed("e")]), "d");
        assert_eq!(first(vec![advice(failed("a")), held("b")]), "a");
    }

    #[test]
    fn the_whole_holds_when_all_criteria_do() {
        assert_eq!(of(vec![held("a"), advice(failed("b"))]).state(), State::Held);
        assert_eq!(of(vec![held("a"), failed("b")]).state(), State::Failed);
        assert_eq!(of(vec![held("a"), fault("b")]).state(), State::NotRun);
        assert_eq!(verdict(&lesson("arguments = []"), vec![]).state(), State::NotRun);
    }
}
