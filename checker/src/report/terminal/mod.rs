//! Verdicts for people: the verdict first, then the evidence, then why, then the one next act.

mod build;
mod criteria;
mod encounter;

use crate::judge::{NotRun, ScenarioVerdict, State, Verdict};

use super::diagram::Expectation;
use super::heading::{self, Heading, NextLesson};
use super::line::{Line, Tone, render};
use super::look::Look;
use super::text;

pub use build::{build_failure, compiler_notes};
pub(in crate::report) use criteria::mark;
pub(in crate::report) use encounter::{ALL_HAPPENED, NOT_ALL, NOT_JUDGED, command_lines, indented, labelled};

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Detail {
    /// Every failure, not only the first.
    pub all: bool,
    /// Packets in the place of what they carried, where they were captured.
    pub packets: bool,
    /// Words alone, without the drawing.
    pub is_brief: bool,
}

/// Everything a learner needs: all criteria, then the first failing scenario, or every one if asked for.
/// A scenario that was asked for alone is drawn whether it fails or not.
#[must_use]
pub fn full(verdict: &Verdict, heading: &Heading, look: &Look, detail: Detail) -> String {
    let mut lines = heading::lines(verdict, heading, look);
    lines.push(Line::empty());
    lines.extend(criteria::lines(&verdict.criteria, look));
    let lesson = heading.lesson_and_choice(verdict);
    match verdict.scenarios.as_slice() {
        [scenario] => lines.extend(single_lines(scenario, &lesson, look, detail)),
        _ => {
            lines.extend(failure_lines(verdict, heading, look, detail));
            lines.extend(advice_lines(verdict, &lesson, look, detail));
            lines.extend(unjudged_lines(verdict, &lesson, look, detail));
            lines.extend(private_lines(verdict, look));
        }
    }
    if let Some(next) = heading.next.as_ref().filter(|_| heading::is_complete(verdict)) {
        lines.extend(next_lesson_lines(next, look));
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
pub fn explain(scenario: &ScenarioVerdict, look: &Look, detail: Detail) -> String {
    render(encounter::lines(scenario, "", look, detail), look)
}

/// One scenario with its verdict, what was expected drawn beside what happened where there is room for both, and
/// the command that plays it again.
#[must_use]
pub fn compared(scenario: &ScenarioVerdict, expectation: &Expectation, lesson: &str, look: &Look) -> String {
    let mut lines = encounter::compared(scenario, expectation, look);
    lines.push(Line::empty());
    let seed = scenario.trace.as_ref().map(|trace| format!(" --seed {}", super::seed(trace.seed)));
    let again = encounter::check(lesson, &format!("--scenario {}{}", scenario.id, seed.unwrap_or_default()));
    lines.extend(encounter::command_lines(&[("again", again)], &look.for_text()));
    render(lines, look)
}

fn single_lines(scenario: &ScenarioVerdict, lesson: &str, look: &Look, detail: Detail) -> Vec<Line> {
    let place = match (scenario.state, scenario.is_advice) {
        (State::NotRun, _) => "not judged",
        (_, true) => "no points",
        _ => "",
    };
    let mut lines = vec![Line::empty()];
    lines.extend(encounter::lines(scenario, place, look, detail));
    if scenario.state != State::Held {
        lines.extend(encounter::next_lines(scenario, lesson, None, look));
    }
    lines
}

/// Which lesson comes next, and how to begin it.
fn next_lesson_lines(next: &NextLesson, look: &Look) -> Vec<Line> {
    let mut lines = vec![Line::empty()];
    let title = format!("{} {}", next.lesson, next.title);
    lines.extend(encounter::labelled("next", &title, look));
    lines.extend(encounter::command_lines(&[("read", format!("workbook read {}", next.lesson))], look));
    lines
}

fn failing(verdict: &Verdict, is_advice: bool) -> Vec<&ScenarioVerdict> {
    let is_meant =
        |scenario: &&ScenarioVerdict| scenario.state == State::Failed && scenario.is_advice == is_advice;
    verdict.scenarios.iter().filter(is_meant).collect()
}

/// The failing scenarios, explained: the first, or every one if asked for.
fn failure_lines(verdict: &Verdict, heading: &Heading, look: &Look, detail: Detail) -> Vec<Line> {
    let failed = failing(verdict, false);
    let total = failed.len();
    let shown = if detail.all { total } else { 1 };
    let mut lines = Vec::new();
    for (index, scenario) in failed.iter().take(shown).enumerate() {
        let place = if total > 1 { format!("{} of {total}", index + 1) } else { String::new() };
        lines.push(Line::empty());
        lines.extend(encounter::lines(scenario, &place, look, detail));
        let more = (total > shown).then_some(total);
        let hint = heading.hint.filter(|_| index == 0);
        lines.extend(encounter::hint_lines(hint, &verdict.lesson, look));
        let lesson = heading.lesson_and_choice(verdict);
        lines.extend(encounter::next_lines(scenario, &lesson, more, look));
    }
    lines
}

/// Advice that was not followed: worth a sentence each once nothing else is wrong, or the whole drawing
/// if asked for. Before that it mostly repeats what failed.
fn advice_lines(verdict: &Verdict, lesson: &str, look: &Look, detail: Detail) -> Vec<Line> {
    if !detail.all && !failing(verdict, false).is_empty() {
        return Vec::new();
    }
    let failed = failing(verdict, true);
    let mut lines = Vec::new();
    if !detail.all && !failed.is_empty() {
        lines.push(Line::empty());
        lines.push(Line::of(Tone::Strong, "  Worth knowing, no points"));
    }
    for scenario in failed {
        if detail.all {
            lines.push(Line::empty());
            lines.extend(encounter::lines(scenario, "no points", look, detail));
        } else {
            // Without what the peer did, "ended with exit code 0 although the exchange failed" tells nothing.
            let found = scenario.findings.first().map(|finding| format!(" {}", finding.sentence));
            let sentence = format!("{}{}", scenario.title, found.unwrap_or_default());
            let see = encounter::check(lesson, &format!("--scenario {}", scenario.id));
            lines.extend(encounter::remark(&sentence, &see, look));
        }
    }
    lines
}

/// Scenarios that could not be judged, with the reason: one, or every one if asked for.
fn unjudged_lines(verdict: &Verdict, lesson: &str, look: &Look, detail: Detail) -> Vec<Line> {
    let (given_up, unjudged): (Vec<_>, Vec<_>) = verdict
        .scenarios
        .iter()
        .filter(|scenario| scenario.state == State::NotRun && !scenario.needs_private())
        .partition(|scenario| scenario.not_run_because == Some(NotRun::GivenUp));
    let shown = if detail.all { unjudged.len() } else { 1 };
    let mut lines = Vec::new();
    for scenario in unjudged.iter().take(shown) {
        lines.push(Line::empty());
        lines.extend(encounter::lines(scenario, "not judged", look, detail));
        lines.extend(encounter::next_lines(scenario, lesson, None, look));
    }
    if unjudged.len() > shown {
        let rest = text::count(unjudged.len() - shown, "more scenario");
        lines.push(Line::of(Tone::Quiet, format!("  {rest} could not be judged")));
    }
    if !given_up.is_empty() {
        let text = format!(
            "{} not played, because your program ran into the deadline in others: mend those first.",
            text::count(given_up.len(), "more scenario"),
        );
        lines.push(Line::empty());
        lines.extend(encounter::indented(&text, Tone::Quiet, look));
    }
    lines
}

/// How many scenarios could not be played at this level, and what to do about that.
fn private_lines(verdict: &Verdict, look: &Look) -> Vec<Line> {
    let amount = verdict.scenarios.iter().filter(|scenario| scenario.needs_private()).count();
    if amount == 0 {
        return Vec::new();
    }
    let verb = if amount == 1 { "needs" } else { "need" };
    let text = format!(
        "{} {verb} the private level and did not run here: workbook doctor says how to get it.",
        text::count(amount, "scenario")
    );
    let mut lines = vec![Line::empty()];
    lines.extend(encounter::indented(&text, Tone::Quiet, look));
    lines
}
