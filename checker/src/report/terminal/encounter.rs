//! One scenario explained: sentence, drawing, expected and actual, mistake, source, next act.

use crate::judge::{Finding, ScenarioVerdict, State};
use crate::report::diagram;
use crate::report::line::{Line, Tone};
use crate::report::look::Look;
use crate::report::seed;
use crate::report::text::{count, shown, width, wrap, wrap_command};
use crate::trace::{End, Stream, Trace, What, escape};

use super::criteria::mark;

/// Columns of margin and label before a text.
const LABEL: usize = 13;
/// Of standard error the last lines are shown.
const STDERR_LINES: usize = 8;

/// A scenario with its verdict; `place` says which one of several it is.
pub(super) fn lines(scenario: &ScenarioVerdict, place: &str, look: &Look) -> Vec<Line> {
    let mut lines = title(scenario, place, look);
    match scenario.state {
        State::Held => {
            lines.push(Line::of(Tone::Plain, "  Everything that this scenario requires happened."))
        }
        State::Failed => lines.extend(sentence(scenario, look)),
        State::NotRun => lines.extend(unjudged(scenario, look)),
    }
    lines.extend(drawing(scenario, look));
    if scenario.state == State::Failed {
        lines.push(Line::empty());
        lines.extend(explanation(scenario, look));
    }
    lines
}

/// Id at the left, seed and place at the right.
fn title(scenario: &ScenarioVerdict, place: &str, look: &Look) -> Vec<Line> {
    let (tone, sign) = mark(scenario.state, look);
    let seed = scenario.trace.as_ref().map(|trace| format!("seed {}", seed(trace.seed)));
    let facts: Vec<_> = seed.into_iter().chain((!place.is_empty()).then(|| place.to_owned())).collect();
    let facts = facts.join(&format!(" {} ", look.glyphs().dot));
    let id = shown(&scenario.id, look);
    let line = Line::of(tone, format!("{sign} ")).with(Tone::Strong, id);
    if line.width() + 2 + width(&facts) <= look.width {
        vec![line.with_at_right(look.width, Tone::Quiet, &facts)]
    } else {
        vec![line, Line::of(Tone::Quiet, format!("  {facts}"))]
    }
}

/// The verdict in one sentence.
fn sentence(scenario: &ScenarioVerdict, look: &Look) -> Vec<Line> {
    let mut sentences = scenario.findings.iter().map(|finding| finding.sentence.as_str());
    let first = sentences.next().unwrap_or("Something that this scenario requires did not happen.");
    indented(first, Tone::Strong, look)
}

fn unjudged(scenario: &ScenarioVerdict, look: &Look) -> Vec<Line> {
    let text = "This scenario could not be judged; this is not your program's fault.";
    let mut lines = indented(text, Tone::Strong, look);
    let reason = scenario.not_run_because.as_deref().unwrap_or("no reason is known");
    lines.extend(labelled("reason", reason, look));
    lines
}

pub(super) fn indented(text: &str, tone: Tone, look: &Look) -> Vec<Line> {
    let texts = wrap(&shown(text, look), look.width - 2);
    texts.into_iter().map(|text| Line::of(Tone::Plain, "  ").with(tone, text)).collect()
}

/// What the peer did in one sentence, and the drawing of what happened.
fn drawing(scenario: &ScenarioVerdict, look: &Look) -> Vec<Line> {
    let Some(trace) = &scenario.trace else { return Vec::new() };
    let mark = match scenario.state {
        State::Failed => scenario.findings.first().and_then(|finding| place(finding, trace)),
        State::Held | State::NotRun => None,
    };
    let mut lines = vec![Line::empty()];
    lines.extend(indented(&scenario.title, Tone::Plain, look));
    if let Some(cut) = trace.cut {
        lines.extend(indented(&sweep(scenario, cut), Tone::Plain, look));
    }
    lines.push(Line::empty());
    lines.extend(diagram::lines(trace, mark, None, look));
    lines
}

/// Where to point: at the finding's event, or at the end of a run that did not end by itself.
fn place(finding: &Finding, trace: &Trace) -> Option<usize> {
    let is_cut_off = !matches!(trace.end, End::Exited { .. });
    finding.event.or_else(|| is_cut_off.then_some(trace.events.len()))
}

fn sweep(scenario: &ScenarioVerdict, cut: usize) -> String {
    let place = format!("cut after byte {cut}");
    let runs = count(scenario.runs, "run");
    match scenario.state {
        State::Failed => format!("Of {runs}, one for each place of the cut, the first that fails: {place}."),
        State::Held | State::NotRun => format!("The last of {runs}, one for each place of the cut: {place}."),
    }
}

/// Expected and actual in the same words, then what helps.
fn explanation(scenario: &ScenarioVerdict, look: &Look) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(finding) = scenario.findings.first() {
        lines.extend(labelled("expected", &finding.expected, look));
        lines.extend(labelled("actual", &finding.actual, look));
    }
    for finding in scenario.findings.iter().skip(1) {
        lines.extend(labelled("also", &finding.sentence, look));
    }
    lines.extend(scenario.trace.iter().flat_map(|trace| stderr(trace, look)));
    lines.push(Line::empty());
    if let Some(diagnosis) = &scenario.mistake {
        lines.extend(labelled("mistake", &diagnosis.mistake, look));
        lines.extend(labelled("instead", &diagnosis.fix, look));
    }
    let source = scenario.source.as_deref().unwrap_or_default();
    lines.extend(labelled("why", source, look));
    lines
}

/// The last lines that the program wrote for people.
fn stderr(trace: &Trace, look: &Look) -> Vec<Line> {
    let said: Vec<u8> = trace
        .events
        .iter()
        .filter_map(|event| match &event.what {
            What::Printed { stream: Stream::Stderr, bytes } => Some(bytes.0.as_slice()),
            _ => None,
        })
        .collect::<Vec<_>>()
        .concat();
    let said: Vec<&[u8]> = said.trim_ascii_end().split(|&byte| byte == b'\n').collect();
    let hidden = said.len().saturating_sub(STDERR_LINES);
    let mut text: Vec<String> = said[hidden..].iter().map(|line| escape(line)).collect();
    if hidden > 0 {
        text.insert(0, format!("({} above)", count(hidden, "line")));
    }
    labelled("stderr", &text.join("\n"), look)
}

/// A text with its label at the left; nothing for an empty text.
fn labelled(label: &str, text: &str, look: &Look) -> Vec<Line> {
    let text = shown(text, look);
    if text.trim().is_empty() {
        return Vec::new();
    }
    let line = |(index, text): (usize, String)| {
        let label = if index == 0 { label } else { "" };
        Line::of(Tone::Quiet, format!("  {label:<width$}", width = LABEL - 2)).with(Tone::Plain, text)
    };
    wrap(&text, look.width - LABEL).into_iter().enumerate().map(line).collect()
}

/// The one next act, and the way to see every failure where there are more.
pub(super) fn next_lines(scenario: &ScenarioVerdict, lesson: &str, has_more: bool, look: &Look) -> Vec<Line> {
    let again = check(lesson, &format!("--scenario {}", scenario.id));
    let all = has_more.then(|| check(lesson, "--all"));
    let commands: Vec<_> = [again].into_iter().chain(all).collect();
    commands_lines("next", &commands, look)
}

/// Commands to type, behind a label or, where they are too long for that, beneath it.
pub(super) fn commands_lines(label: &str, commands: &[String], look: &Look) -> Vec<Line> {
    let label = Line::of(Tone::Quiet, format!("  {label}"));
    let is_beside = commands.iter().all(|command| LABEL + width(command) <= look.width);
    let indent = if is_beside { LABEL } else { 4 };
    let mut lines = if is_beside { Vec::new() } else { vec![label.clone()] };
    for text in commands.iter().flat_map(|command| wrap_command(&shown(command, look), look.width - indent)) {
        let start = if lines.is_empty() { label.clone() } else { Line::empty() };
        let gap = " ".repeat(indent - start.width());
        lines.push(start.with(Tone::Plain, gap).with(Tone::Command, text));
    }
    lines
}

/// The command that checks a part of a lesson.
pub(super) fn check(lesson: &str, rest: &str) -> String {
    format!("workbook check {lesson} {rest}")
}
