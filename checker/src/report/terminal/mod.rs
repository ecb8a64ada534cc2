//! Verdicts for people: the verdict first, then the evidence, then why, then the one next act.

mod build;
mod criteria;
mod encounter;

use crate::judge::{ScenarioVerdict, State, Verdict};

use super::heading::{self, Heading};
use super::line::{Line, Tone, render};
use super::look::Look;
use super::text;

pub use build::{build_failure, compiler_notes};

/// Everything a learner needs: all criteria, then the first failing scenario, or every one with `all`.
#[must_use]
pub fn full(verdict: &Verdict, heading: &Heading, look: &Look, all: bool) -> String {
    let mut lines = heading::lines(verdict, heading, look);
    lines.push(Line::empty());
    lines.extend(criteria::lines(&verdict.criteria, look));
    lines.extend(advice_lines(verdict, look));
    lines.extend(failure_lines(verdict, look, all));
    lines.extend(unjudged_lines(verdict, look, all));
    let is_held = verdict.criteria.iter().all(|criterion| criterion.state == State::Held);
    if let Some(next) = heading.next.as_ref().filter(|_| is_held) {
        lines.push(Line::empty());
        lines.extend(encounter::commands_lines("next", std::slice::from_ref(next), look));
    }
    render(lines, look)
}

/// One line for each criterion.
#[must_use]
pub fn quiet(verdict: &Verdict, look: &Look) -> String {
    render(criteria::short_lines(&verdict.criteria, look), look)
}

/// The drawing of one scenario with its verdict.
#[must_use]
pub fn explain(scenario: &ScenarioVerdict, look: &Look) -> String {
    render(encounter::lines(scenario, "", look), look)
}

/// Advice that was not followed: worth a line each, and no points.
fn advice_lines(verdict: &Verdict, look: &Look) -> Vec<Line> {
    let failed: Vec<_> = failing(verdict, true).collect();
    let mut lines = Vec::new();
    if failed.is_empty() {
        return lines;
    }
    lines.push(Line::empty());
    lines.push(Line::of(Tone::Strong, "  Worth knowing, no points"));
    for scenario in failed {
        let sentence = scenario.findings.first().map_or(&scenario.title, |finding| &finding.sentence);
        lines.extend(encounter::indented(sentence, Tone::Plain, look));
        let see = encounter::check(&verdict.lesson, &format!("--scenario {}", scenario.id));
        lines.extend(encounter::commands_lines("", &[see], look));
    }
    lines
}

fn failing(verdict: &Verdict, is_advice: bool) -> impl Iterator<Item = &ScenarioVerdict> {
    verdict
        .scenarios
        .iter()
        .filter(move |scenario| scenario.state == State::Failed && scenario.is_advice == is_advice)
}

/// The failing scenarios, explained; advice too where everything is asked for.
fn failure_lines(verdict: &Verdict, look: &Look, all: bool) -> Vec<Line> {
    let graded: Vec<_> = failing(verdict, false).collect();
    let shown = if all { graded.len() } else { 1 };
    let mut lines = Vec::new();
    for (index, scenario) in graded.iter().take(shown).enumerate() {
        let place =
            if graded.len() > 1 { format!("{} of {}", index + 1, graded.len()) } else { String::new() };
        lines.push(Line::empty());
        lines.extend(encounter::lines(scenario, &place, look));
        let more = graded.len() > 1 && !all;
        lines.extend(encounter::next_lines(scenario, &verdict.lesson, more, look));
    }
    for scenario in failing(verdict, true).filter(|_| all) {
        lines.push(Line::empty());
        lines.extend(encounter::lines(scenario, "no points", look));
    }
    lines
}

/// Scenarios that could not be judged, with the reason: one, or every one with `all`.
fn unjudged_lines(verdict: &Verdict, look: &Look, all: bool) -> Vec<Line> {
    let unjudged: Vec<_> =
        verdict.scenarios.iter().filter(|scenario| scenario.state == State::NotRun).collect();
    let shown = if all { unjudged.len() } else { 1 };
    let mut lines = Vec::new();
    for scenario in unjudged.iter().take(shown) {
        lines.push(Line::empty());
        lines.extend(encounter::lines(scenario, "not judged", look));
        lines.extend(encounter::next_lines(scenario, &verdict.lesson, false, look));
    }
    if unjudged.len() > shown {
        let rest = text::count(unjudged.len() - shown, "more scenario");
        lines.push(Line::of(Tone::Quiet, format!("  {rest} could not be judged")));
    }
    lines
}
