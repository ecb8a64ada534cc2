//! The verdict on one scenario.

use crate::course::checks::Scenario;
use crate::course::{Lesson, Play};
use crate::trace::{End, Trace};

use super::evidence::Evidence;
use super::{ScenarioVerdict, State, mistakes, order, rules};

/// Judges one run of a scenario.
#[must_use]
pub fn scenario(lesson: &Lesson, scenario: &Scenario, play: &Play, trace: &Trace) -> ScenarioVerdict {
    if let End::Fault { reason } = &trace.end {
        let verdict = not_run(lesson, scenario, reason.clone());
        return ScenarioVerdict { runs: 1, trace: Some(trace.clone()), ..verdict };
    }
    let evidence = Evidence::new(scenario, play, trace);
    let order::Settled { findings, failed } = order::settle(rules::check_all(&evidence), &trace.end);
    let mistake = mistakes::diagnose(lesson, scenario.id.get_ref(), &findings, evidence.stdout.bytes());
    ScenarioVerdict {
        state: if failed.is_empty() { State::Held } else { State::Failed },
        failed,
        findings,
        mistake,
        runs: 1,
        trace: Some(trace.clone()),
        ..blank(scenario)
    }
}

/// The verdict on a scenario that was not played.
#[must_use]
pub fn not_run(_lesson: &Lesson, scenario: &Scenario, reason: String) -> ScenarioVerdict {
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
