//! A trace as a ladder: time at the left, the program and its peer as two lines, what passed between
//! them as arrows.

mod group;
mod label;
mod layout;
mod message;
mod rows;
mod shorten;
#[cfg(test)]
mod tests;

use crate::trace::Trace;

use super::line::{Line, render};
use super::look::Look;

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
