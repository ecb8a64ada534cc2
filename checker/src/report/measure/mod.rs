//! What connection reuse is worth, as a small chart and in numbers.

mod json;
mod words;

use crate::trace::{Measured, Measurement};

use super::heading::{seconds, span};
use super::line::{Line, Tone, render};
use super::look::Look;
use super::text::{self, grouped};

pub use json::json;

/// Columns in front of a bar: quantity, run and number.
const LABEL: usize = 13;
const RUN: usize = 8;
const NUMBER: usize = 9;

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The lesson's id.
    pub lesson: &'a str,
    /// Its title.
    pub title: &'a str,
    /// The program, such as `main.c`.
    pub program: &'a str,
}

/// For people.
#[must_use]
pub fn terminal(measurement: &Measurement, subject: Subject<'_>, look: &Look) -> String {
    let mut lines = heading(measurement, subject, look);
    lines.push(Line::empty());
    if measurement.is_complete() {
        lines.extend(chart(measurement, look));
        lines.push(Line::empty());
        lines.extend(words::explanation(measurement).iter().flat_map(|sentence| paragraph(sentence, look)));
    } else {
        lines.extend(words::why_not(measurement).iter().flat_map(|sentence| paragraph(sentence, look)));
    }
    render(lines, look)
}

fn heading(measurement: &Measurement, subject: Subject<'_>, look: &Look) -> Vec<Line> {
    let title = text::shown(&format!("{} {}", subject.lesson, subject.title), look);
    let facts = [subject.program.to_owned(), format!("round trip {}", span(measurement.round_trip))];
    let dot = format!(" {} ", look.glyphs().dot);
    let facts = text::shown(&facts.join(&dot), look);
    if text::width(&title) + text::width(&dot) + text::width(&facts) <= look.columns() {
        return vec![Line::of(Tone::Strong, title).with(Tone::Quiet, dot).with(Tone::Plain, facts)];
    }
    let fit = |text: String, room| text::fit(&text, room, look);
    vec![
        Line::of(Tone::Strong, fit(title, look.columns())),
        Line::of(Tone::Plain, "  ").with(Tone::Plain, fit(facts, look.columns() - 2)),
    ]
}

/// One quantity, of both runs: how it is shown, and how long its bar is.
struct Row {
    label: &'static str,
    closed: (String, f64),
    kept: (String, f64),
}

fn chart(measurement: &Measurement, look: &Look) -> Vec<Line> {
    let (closed, kept) = (&measurement.closed, &measurement.kept);
    #[allow(clippy::cast_precision_loss, reason = "the length of a bar")]
    let number = |label, of: &dyn Fn(&Measured) -> u64| {
        let value = |run| (grouped(usize::try_from(of(run)).unwrap_or(usize::MAX)), of(run) as f64);
        Row { label, closed: value(closed), kept: value(kept) }
    };
    let time = |run: &Measured| (seconds(run.took), run.took.as_secs_f64());
    let rows = [
        number("handshakes", &|run| run.handshakes as u64),
        number("packets", &|run| run.packets),
        number("bytes", &|run| run.bytes),
        Row { label: "time", closed: time(closed), kept: time(kept) },
    ];
    rows.iter().flat_map(|row| bars(row, look)).collect()
}

fn bars(row: &Row, look: &Look) -> [Line; 2] {
    let room = look.columns() - LABEL - RUN - NUMBER - 4;
    let most = row.closed.1.max(row.kept.1);
    let bar = |label: &str, run: &str, (shown, value): &(String, f64), tone| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let length = if most > 0.0 { (value / most * room as f64).round() as usize } else { 0 };
        // What is not nothing shows.
        let length = length.max(usize::from(*value > 0.0));
        let glyph = if look.is_unicode { "█" } else { "#" };
        Line::of(Tone::Quiet, format!("  {label:<LABEL$}"))
            .with(Tone::Plain, format!("{run:<RUN$}{shown:>NUMBER$}  "))
            .with(tone, glyph.repeat(length))
    };
    [bar(row.label, "closed", &row.closed, Tone::Plain), bar("", "kept", &row.kept, Tone::Good)]
}

fn paragraph(sentence: &str, look: &Look) -> Vec<Line> {
    let sentence = text::shown(sentence, look);
    let lines = text::wrap(&sentence, look.columns() - 2);
    lines.into_iter().map(|line| Line::of(Tone::Plain, format!("  {line}"))).collect()
}

#[cfg(test)]
mod tests;
