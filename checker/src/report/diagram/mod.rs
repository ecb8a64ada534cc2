//! A trace as a ladder: time at the left, the program and its peer as two lines, what passed between
//! them as arrows.

mod beside;
mod compare;
#[cfg(test)]
mod compare_tests;
mod entry;
mod exchange;
#[cfg(test)]
mod exchanges;
mod expected;
mod group;
mod label;
mod layout;
mod live;
mod live_bytes;
#[cfg(test)]
mod live_tests;
mod markup;
mod message;
mod packet_rows;
#[cfg(test)]
mod packet_tests;
mod page;
mod preview;
mod rows;
mod sheet;
mod shorten;
mod spoken;
#[cfg(test)]
mod stories;
mod summary;
mod svg;
#[cfg(test)]
mod tests;
mod weave;

pub(in crate::report) use exchange::sentence_of;
pub use live::Live;
pub(in crate::report) use markup::{marked_up, sentence};
pub(in crate::report) use page::{LADDER, THEME, drawing};

use crate::judge::{ScenarioVerdict, State};
use crate::trace::{End, Trace};

use super::line::{Line, Tone, render};
use super::look::Look;
use super::text;

pub use exchange::Exchange;
pub use expected::{Exit, Expectation, Output, OutputPart, RequestForm};
pub use page::page;
pub use svg::svg;

/// The drawing of a trace.
///
/// `mark` is the index of the event that is pointed at, with `note` beneath it; the number of events
/// stands for the end of the run. Bytes of both sides are escaped.
#[must_use]
pub fn draw(trace: &Trace, mark: Option<usize>, note: Option<&str>, look: &Look) -> String {
    render(lines(trace, mark, note, look), look)
}

/// The drawing as lines of at most `look.width` columns.
pub(super) fn lines(trace: &Trace, mark: Option<usize>, note: Option<&str>, look: &Look) -> Vec<Line> {
    let rows = rows::rows(trace, mark);
    let marked = mark.map(|mark| rows::marked(&rows, mark));
    let rows = shorten::shorten(rows, marked);
    layout::lines(&rows, note, look)
}

/// Where to point: at the event of the first finding, or at the end of a run that did not end by itself.
pub(super) fn mark(verdict: &ScenarioVerdict, trace: &Trace) -> Option<usize> {
    let finding = verdict.findings.first().filter(|_| verdict.state == State::Failed)?;
    let is_cut_off = !matches!(trace.end, End::Exited { .. });
    finding.event.or_else(|| is_cut_off.then_some(trace.events.len()))
}

/// As much of some bytes as is worth looking at, as escaped text; how much is left out is told.
pub(super) fn output(bytes: &[u8]) -> String {
    preview::text(bytes, preview::Amount { first: 4096, last: 1024 }).join("\n")
}

/// What was expected and what happened as lines of at most `look.width` columns.
pub(super) fn compared_lines(
    verdict: &ScenarioVerdict,
    trace: &Trace,
    expectation: &Expectation,
    look: &Look,
) -> Vec<Line> {
    beside::lines(&compare::compare(expectation, verdict, trace), look)
}

/// The drawing with every packet that passed in the place of what it carried, and beneath it what they amount to.
///
/// `mark` is as in [`draw`]. Nothing is drawn of a trace without packets.
#[must_use]
pub fn draw_packets(trace: &Trace, mark: Option<usize>, look: &Look) -> String {
    render(packet_lines(trace, mark, look), look)
}

/// The packets as lines of at most `look.width` columns.
pub(super) fn packet_lines(trace: &Trace, mark: Option<usize>, look: &Look) -> Vec<Line> {
    if trace.packets.is_empty() {
        return Vec::new();
    }
    let (rows, marked) = packet_rows::rows(trace, mark);
    let rows = shorten::shorten(rows, marked);
    let mut lines = layout::lines(&rows, None, look);
    lines.push(Line::empty());
    let sentences = text::wrap(&text::shown(&summary::summary(trace), look), look.columns() - 2);
    lines.extend(sentences.into_iter().map(|sentence| Line::of(Tone::Plain, format!("  {sentence}"))));
    lines
}
