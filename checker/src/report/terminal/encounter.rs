//! One scenario explained: sentence, drawing, expected and actual, mistake, source, next act.

use crate::judge::{NotRun, ScenarioVerdict, State};
use crate::report::diagram::{self, Expectation};
use crate::report::line::{Line, Tone};
use crate::report::look::Look;
use crate::report::seed;
use crate::report::text::{count, fit, shown, width, wrap, wrap_command};
use crate::trace::{Stream, Trace, What, escape};

use super::Detail;
use super::criteria::mark;

/// Columns of margin and label before a text.
const LABEL: usize = 12;
/// Columns before what stands beneath a label.
const BLOCK: usize = 4;
/// The verdict where nothing was found.
pub(in crate::report) const ALL_HAPPENED: &str = "Everything that this scenario requires happened.";
/// The verdict where it was not put into words.
pub(in crate::report) const NOT_ALL: &str = "Something that this scenario requires did not happen.";
/// The verdict where there is none.
pub(in crate::report) const NOT_JUDGED: &str =
    "This scenario could not be judged; this is not your program's fault.";
/// Of standard error the first and the last lines are shown: a panic in Rust says first what went wrong,
/// a traceback in Python last.
const STDERR_LINES: (usize, usize) = (3, 5);

/// A scenario with its verdict; `place` says which one of several it is.
pub(super) fn lines(scenario: &ScenarioVerdict, place: &str, look: &Look, detail: Detail) -> Vec<Line> {
    let mut lines = verdict(scenario, place, look);
    lines.extend(drawing(scenario, look, detail));
    lines.extend(why(scenario, look, detail));
    lines
}

/// A scenario with its verdict, where what was expected is drawn beside what happened.
pub(super) fn compared(scenario: &ScenarioVerdict, expectation: &Expectation, look: &Look) -> Vec<Line> {
    let text = look.for_text();
    let mut lines = verdict(scenario, "", &text);
    if let Some(trace) = &scenario.trace {
        lines.extend(about(scenario, trace, &text));
        lines.extend(diagram::compared_lines(scenario, trace, expectation, look));
    }
    lines.extend(why(scenario, &text, Detail::default()));
    lines
}

fn verdict(scenario: &ScenarioVerdict, place: &str, look: &Look) -> Vec<Line> {
    let mut lines = title(scenario, place, look);
    match scenario.state {
        State::Held => lines.extend(indented(ALL_HAPPENED, Tone::Plain, look)),
        State::Failed => lines.extend(sentence(scenario, look)),
        State::NotRun => lines.extend(unjudged(scenario, look)),
    }
    lines
}

fn why(scenario: &ScenarioVerdict, look: &Look, detail: Detail) -> Vec<Line> {
    let mut lines = Vec::new();
    if scenario.state == State::Failed {
        lines.push(Line::empty());
        lines.extend(explanation(scenario, look, detail));
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
    if line.width() + 2 + width(&facts) <= look.columns() {
        vec![line.with_at_right(look.columns(), Tone::Quiet, &facts)]
    } else {
        vec![line, Line::of(Tone::Quiet, format!("  {facts}"))]
    }
}

/// The verdict in one sentence.
fn sentence(scenario: &ScenarioVerdict, look: &Look) -> Vec<Line> {
    let mut sentences = scenario.findings.iter().map(|finding| finding.sentence.as_str());
    let first = sentences.next().unwrap_or(NOT_ALL);
    indented(first, Tone::Strong, look)
}

fn unjudged(scenario: &ScenarioVerdict, look: &Look) -> Vec<Line> {
    match &scenario.not_run_because {
        Some(NotRun::GivenUp) => {
            let text = "Not played, because your program ran into the deadline in other scenarios.";
            indented(text, Tone::Strong, look)
        }
        Some(NotRun::NeedsPrivate) => {
            let text = "Not played, because it needs the private level, which is not to be had here or was not asked for.";
            indented(text, Tone::Strong, look)
        }
        Some(NotRun::Fault(reason)) => {
            let mut lines = indented(NOT_JUDGED, Tone::Strong, look);
            lines.extend(labelled("reason", reason, look));
            lines
        }
        None => Vec::new(),
    }
}

pub(in crate::report) fn indented(text: &str, tone: Tone, look: &Look) -> Vec<Line> {
    let texts = wrap(&shown(text, look), look.columns() - 2);
    texts.into_iter().map(|text| Line::of(Tone::Plain, "  ").with(tone, text)).collect()
}

/// What the peer did in one sentence, and the drawing of what happened.
fn drawing(scenario: &ScenarioVerdict, look: &Look, detail: Detail) -> Vec<Line> {
    let Some(trace) = &scenario.trace else { return Vec::new() };
    let mark = diagram::mark(scenario, trace);
    let mut lines = about(scenario, trace, look);
    if detail.is_brief {
        lines.pop();
        return lines;
    }
    lines.extend(if detail.packets && !trace.packets.is_empty() {
        diagram::packet_lines(trace, mark, look)
    } else {
        diagram::lines(trace, mark, None, look)
    });
    lines
}

/// What the peer did in one sentence, between empty lines.
fn about(scenario: &ScenarioVerdict, trace: &Trace, look: &Look) -> Vec<Line> {
    let mut lines = vec![Line::empty()];
    lines.extend(indented(&scenario.title, Tone::Plain, look));
    if let Some(cut) = trace.cut {
        lines.extend(indented(&sweep(scenario, cut), Tone::Plain, look));
    }
    lines.push(Line::empty());
    lines
}

fn sweep(scenario: &ScenarioVerdict, cut: usize) -> String {
    let played = format!("Played {}, each cut elsewhere", count(scenario.runs, "time"));
    match scenario.state {
        State::Failed => format!("{played}; the first that fails is cut after byte {cut}."),
        State::Held | State::NotRun => format!("{played}; this one is cut after byte {cut}."),
    }
}

/// Expected and actual in the same words, then what helps.
fn explanation(scenario: &ScenarioVerdict, look: &Look, detail: Detail) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(finding) = scenario.findings.first() {
        lines.extend(labelled("expected", &finding.expected, look));
        lines.extend(labelled("actual", &finding.actual, look));
    }
    let others = if detail.is_brief { &[] } else { scenario.findings.get(1..).unwrap_or_default() };
    for finding in others {
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

/// What the program wrote for people, without the middle where it is long.
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
    let said = said.trim_ascii_end();
    let said: Vec<&[u8]> = said.split(|&byte| byte == b'\n').skip_while(|line| line.is_empty()).collect();
    let (first, last) = STDERR_LINES;
    let hidden = said.len().saturating_sub(first + last);
    let room = 3 * (look.columns() - LABEL);
    let mut text: Vec<String> = said.iter().map(|line| fit(&escape(line), room, look)).collect();
    if hidden > 1 {
        text.splice(first..first + hidden, [format!("({} not shown)", count(hidden, "line"))]);
    }
    labelled("stderr", &text.join("\n"), look)
}

/// A text with its label at the left; nothing for an empty text.
pub(in crate::report) fn labelled(label: &str, text: &str, look: &Look) -> Vec<Line> {
    let text = shown(text, look);
    if text.trim().is_empty() {
        return Vec::new();
    }
    let line = |(index, text): (usize, String)| {
        let label = if index == 0 { label } else { "" };
        Line::of(Tone::Quiet, format!("  {label:<width$}", width = LABEL - 2)).with(Tone::Plain, text)
    };
    wrap(&text, look.columns() - LABEL).into_iter().enumerate().map(line).collect()
}

/// The one next act, and the way to see all failures where there are more.
pub(super) fn next_lines(
    scenario: &ScenarioVerdict,
    lesson: &str,
    failures: Option<usize>,
    look: &Look,
) -> Vec<Line> {
    let again = match scenario.needs_private() {
        true => ("next", "workbook doctor".to_owned()),
        false => ("next", check(lesson, &format!("--scenario {}", scenario.id))),
    };
    let label = failures.map(|number| format!("all {number}")).unwrap_or_default();
    let all = failures.map(|_| (label.as_str(), check(lesson, "--all")));
    command_lines(&[again].into_iter().chain(all).collect::<Vec<_>>(), look)
}

/// How to get the next hint, where there is one.
pub(super) fn hint_lines(hint: Option<(usize, usize)>, lesson: &str, look: &Look) -> Vec<Line> {
    let Some((number, of)) = hint else { return Vec::new() };
    command_lines(&[(&format!("hint {number}/{of}"), format!("workbook hint {lesson}"))], look)
}

/// Commands to type, each with its label beside it or, where they are too long for that, above.
pub(in crate::report) fn command_lines(commands: &[(&str, String)], look: &Look) -> Vec<Line> {
    let is_beside = commands.iter().all(|(_, command)| LABEL + width(command) <= look.columns());
    let mut lines = Vec::new();
    for (label, command) in commands {
        let start = Line::of(Tone::Quiet, format!("  {label:<width$}", width = LABEL - 2));
        if is_beside {
            lines.push(start.with(Tone::Command, shown(command, look)));
        } else {
            lines.push(start);
            lines.extend(block(Tone::Command, wrap_command(&shown(command, look), look.columns() - BLOCK)));
        }
    }
    lines
}

/// A sentence and the command that shows more of it, without labels.
pub(super) fn remark(sentence: &str, command: &str, look: &Look) -> Vec<Line> {
    let room = look.columns() - BLOCK;
    let mut lines = block(Tone::Plain, wrap(&shown(sentence, look), room));
    lines.extend(block(Tone::Command, wrap_command(&shown(command, look), room)));
    lines
}

fn block(tone: Tone, texts: Vec<String>) -> Vec<Line> {
    texts.into_iter().map(|text| Line::of(Tone::Plain, " ".repeat(BLOCK)).with(tone, text)).collect()
}

/// The command that checks a part of a lesson.
pub(super) fn check(lesson: &str, rest: &str) -> String {
    format!("workbook check {lesson} {rest}")
}
