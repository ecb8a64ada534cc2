//! The verdict on one scenario.

use crate::course::checks::{Requirement, Scenario};
use crate::course::{Lesson, Play};
use crate::trace::{Connection, End, Trace};

use super::evidence::Evidence;
use super::{NotRun, ScenarioVerdict, State, mistakes, order, rules};

/// Judges one run of a scenario.
#[must_use]
pub fn scenario(lesson: &Lesson, scenario: &Scenario, play: &Play, trace: &Trace) -> ScenarioVerdict {
    if let End::Fault { reason } = &trace.end {
        let verdict = not_run(scenario, NotRun::Fault(reason.clone()));
        return ScenarioVerdict { runs: 1, trace: Some(trace.clone()), ..verdict };
    }
    let evidence = Evidence::new(scenario, play, trace);
    let order::Settled { findings, failed } =
        order::settle(rules::check_all(&evidence), &trace.end, rules::has_thrown(&evidence));
    let mistake = mistakes::diagnose(lesson, scenario.id.get_ref(), &findings, evidence.stdout.bytes());
    let verdict = ScenarioVerdict {
        state: if failed.is_empty() { State::Held } else { State::Failed },
        failed,
        findings,
        mistake,
        runs: 1,
        trace: Some(trace.clone()),
        ..blank(scenario)
    };
    match rules::unseen(&evidence) {
        Some((requirement, connection)) => without(verdict, scenario, requirement, connection),
        None => verdict,
    }
}

/// The verdict where the system did not show what one rule is about: nothing is said about that rule, and
/// nothing at all where all else holds.
fn without(
    mut verdict: ScenarioVerdict,
    scenario: &Scenario,
    requirement: &Requirement,
    connection: Connection,
) -> ScenarioVerdict {
    if verdict.state == State::Failed {
        let criterion = requirement.criterion.as_ref().unwrap_or(&scenario.criterion).get_ref();
        verdict.criteria.retain(|id| id != criterion || verdict.failed.contains(id));
        return verdict;
    }
    let reason = format!(
        "the system did not show whether TCP keepalive was armed on connection {connection} \
         (`workbook doctor` tells what it shows)"
    );
    ScenarioVerdict { state: State::NotRun, not_run_because: Some(NotRun::Fault(reason)), ..verdict }
}

/// The verdict on a scenario that was not played.
#[must_use]
pub fn not_run(scenario: &Scenario, reason: NotRun) -> ScenarioVerdict {
    ScenarioVerdict { not_run_because: Some(reason), ..blank(scenario) }
}

/// Merges the runs of a sweep: the one with the smallest cut that failed, else one that could not be
/// judged, else the last. A criterion that failed in any run has failed.
///
/// # Panics
/// When there is no run at all.
#[must_use]
pub fn sweep(mut runs: Vec<ScenarioVerdict>) -> ScenarioVerdict {
    runs.sort_by_key(|run| run.trace.as_ref().and_then(|trace| trace.cut));
    let amount = runs.iter().map(|run| run.runs).sum();
    let mut failed = Vec::new();
    for id in runs.iter().flat_map(|run| &run.failed) {
        if !failed.contains(id) {
            failed.push(id.clone());
        }
    }
    let first = |state| runs.iter().position(|run| run.state == state);
    let telling =
        first(State::Failed).or_else(|| first(State::NotRun)).unwrap_or(runs.len().saturating_sub(1));
    ScenarioVerdict { runs: amount, failed, ..runs.swap_remove(telling) }
}

/// All that is known without a run.
fn blank(scenario: &Scenario) -> ScenarioVerdict {
    ScenarioVerdict {
        id: scenario.id.get_ref().clone(),
        title: scenario.title.clone(),
        source: scenario.source.clone(),
        is_advice: scenario.advice,
        criteria: criteria(scenario),
        state: State::NotRun,
        failed: Vec::new(),
        findings: Vec::new(),
        mistake: None,
        runs: 0,
        trace: None,
        not_run_because: None,
    }
}

/// The scenario's criterion, then those that single rules name.
fn criteria(scenario: &Scenario) -> Vec<String> {
    let named = scenario.require.iter().filter_map(|requirement| requirement.get_ref().criterion.as_ref());
    let mut ids: Vec<String> = Vec::new();
    for id in std::iter::once(&scenario.criterion).chain(named) {
        if !ids.contains(id.get_ref()) {
            ids.push(id.get_ref().clone());
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::testing::{Case, PAGE_1, Run};

    fn case() -> Case {
        Case::new(
            "{ prints = [{ body = 'page-1' }], criterion = 'output' }, { connections = 1, criterion = 'c' }",
        )
    }

    fn run(cut: usize, printed: &str) -> ScenarioVerdict {
        let mut run = Run::exchanged().printed(printed).exits(0);
        run.trace.cut = Some(cut);
        case().judge(run)
    }

    fn fault() -> ScenarioVerdict {
        case().judge(Run::exchanged().ends(End::Fault { reason: "no port was free".to_owned() }))
    }

    #[test]
    fn what_a_scenario_decides_on_is_listed_once() {
        let verdict = case().judge(Run::exchanged().printed(PAGE_1).exits(0));
        assert_eq!(
            (verdict.state, verdict.criteria, verdict.failed.len()),
            (State::Held, vec!["c".to_owned(), "output".to_owned()], 0)
        );
    }

    #[test]
    fn only_the_criterion_of_the_rule_fails() {
        let verdict = run(1, "oops");
        assert_eq!((verdict.state, verdict.failed), (State::Failed, vec!["output".to_owned()]));
    }

    #[test]
    fn a_fault_of_ours_fails_nobody() {
        let verdict = fault();
        assert_eq!(verdict.state, State::NotRun);
        assert_eq!(verdict.not_run_because, Some(NotRun::Fault("no port was free".to_owned())));
        assert!(verdict.findings.is_empty() && verdict.trace.is_some());
    }

    #[test]
    fn a_scenario_that_was_not_played_says_why() {
        let case = case();
        let verdict = not_run(&case.lesson.checks.scenarios[0], NotRun::GivenUp);
        assert_eq!((verdict.state, verdict.runs), (State::NotRun, 0));
        assert_eq!(verdict.not_run_because, Some(NotRun::GivenUp));
    }

    #[test]
    fn a_sweep_keeps_the_smallest_cut_that_fails() {
        let cut = |runs| sweep(runs).trace.and_then(|trace| trace.cut);
        assert_eq!(cut(vec![run(1, PAGE_1), run(2, PAGE_1)]), Some(2));
        let failing = || vec![run(3, "oops"), run(1, PAGE_1), run(2, "oops")];
        assert_eq!(cut(failing()), Some(2));
        assert_eq!(sweep(failing()).runs, 3);
    }

    #[test]
    fn a_sweep_with_a_fault_does_not_hold() {
        assert_eq!(sweep(vec![fault(), run(1, PAGE_1)]).state, State::NotRun);
        assert_eq!(sweep(vec![fault(), run(1, "oops")]).state, State::Failed);
    }

    #[test]
    fn a_sweep_fails_every_criterion_that_failed_in_a_run() {
        let mut other = run(2, "oops");
        other.failed = vec!["c".to_owned()];
        assert_eq!(sweep(vec![run(1, "oops"), other]).failed, ["output", "c"]);
    }
}
