//! The criteria of a lesson, one after the other.

use crate::judge::{CriterionVerdict, State};
use crate::report::line::{Line, Tone};
use crate::report::look::Look;
use crate::report::text::{fit, shown, width, wrap};

/// Columns before the text: margin, mark and blank.
const INDENT: usize = 4;

/// Every criterion with mark, text and in how many scenarios it holds.
pub(super) fn lines(criteria: &[CriterionVerdict], look: &Look) -> Vec<Line> {
    let counts: Vec<String> = criteria.iter().map(count).collect();
    let counts_width = counts.iter().map(|count| width(count)).max().unwrap_or(0);
    let room = look.columns() - INDENT - 2 - counts_width;
    let texts: Vec<Vec<String>> =
        criteria.iter().map(|criterion| wrap(&shown(&criterion.text, look), room)).collect();
    let text_width = texts.iter().flatten().map(|text| width(text)).max().unwrap_or(0);
    let end = INDENT + text_width + 2 + counts_width;
    let mut lines = Vec::new();
    for ((criterion, texts), count) in criteria.iter().zip(&texts).zip(&counts) {
        for (index, text) in texts.iter().enumerate() {
            lines.push(match index {
                0 => marked(criterion.state, text, look).with_at_right(end, Tone::Plain, count),
                _ => Line::of(Tone::Plain, format!("{:INDENT$}{text}", "")),
            });
        }
    }
    lines
}

/// Every criterion on a single line.
pub(super) fn short_lines(criteria: &[CriterionVerdict], look: &Look) -> Vec<Line> {
    let line = |criterion: &CriterionVerdict| {
        let count = count(criterion);
        let text = fit(&shown(&criterion.text, look), look.columns() - INDENT - 2 - width(&count), look);
        marked(criterion.state, &text, look).with(Tone::Plain, format!("  {count}"))
    };
    criteria.iter().map(line).collect()
}

fn marked(state: State, text: &str, look: &Look) -> Line {
    let (tone, mark) = mark(state, look);
    Line::of(Tone::Plain, "  ").with(tone, mark).with(Tone::Plain, format!(" {text}"))
}

/// The sign for a state, in its tone.
pub(in crate::report) fn mark(state: State, look: &Look) -> (Tone, &'static str) {
    let glyphs = look.glyphs();
    match state {
        State::Held => (Tone::Good, glyphs.held),
        State::Failed => (Tone::Bad, glyphs.failed),
        State::NotRun => (Tone::Quiet, glyphs.not_run),
    }
}

fn count(criterion: &CriterionVerdict) -> String {
    match criterion.state {
        State::NotRun => "not run".to_owned(),
        _ => format!("{}/{}", criterion.held, criterion.of),
    }
}
