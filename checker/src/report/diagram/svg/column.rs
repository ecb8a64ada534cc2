//! One of the two ladders of an image.

use std::fmt::Write;

use crate::report::diagram::compare::Side;
use crate::report::diagram::entry::Entry;
use crate::report::diagram::exchange::Exchange;
use crate::report::diagram::layout::{self, Lane};
use crate::report::diagram::markup::marked_up;
use crate::report::diagram::preview::{self, Amount};
use crate::report::diagram::rows::{self, Shape};
use crate::report::diagram::sheet::Place;
use crate::report::diagram::spoken;
use crate::report::heading::moment;

use super::{COLUMNS, LINE, WORDS_LOOK, lines_of};

/// Height of a heading.
pub(super) const HEADING: f64 = 34.0;
/// From a line to the text between the lines.
pub(super) const INSET: f64 = 14.0;
/// Space above and below the text of a row.
const ABOVE: f64 = 7.0;
const BELOW: f64 = 7.0;
/// Height of an arrow with the space around it.
const ARROW: f64 = 13.0;
/// Of the bytes of a row, so many are told when it is pointed at.
const TEXT: Amount = Amount { first: 384, last: 96 };
const HEX: Amount = Amount { first: 48, last: 16 };

/// Where a ladder stands.
pub(super) struct Column {
    /// Its program's line.
    pub(super) x: f64,
    /// From there to its server's line.
    pub(super) width: f64,
    pub(super) lane: Lane,
    pub(super) side: Side,
}

/// A row, laid out.
pub(super) struct Row<'a> {
    row: &'a rows::Row,
    texts: Vec<String>,
    /// What is said beneath it.
    note: Vec<String>,
    /// What is told when it is pointed at.
    title: String,
}

impl<'a> Row<'a> {
    /// The row of a place on one side, if there is one.
    pub(super) fn of(place: &'a Place<'_>, column: &Column, exchange: &Exchange<'_>) -> Option<Self> {
        let (row, entry) = match place {
            Place::Pair(pair) => pair.entry(column.side).map(|entry| (&entry.row, Some(entry)))?,
            Place::Hidden(row) => (row, None),
            Place::Heading(_) | Place::Parting => return None,
        };
        let texts = layout::texts(row, &column.lane, &WORDS_LOOK);
        let texts = texts.iter().map(|text| text.trim().to_owned()).collect();
        let note = format!("✗ Here. {}", exchange.first_sentence());
        let note = if row.is_marked { lines_of(&note, COLUMNS) } else { Vec::new() };
        Some(Self { row, texts, note, title: entry.map(title).unwrap_or_default() })
    }

    pub(super) fn height(&self) -> f64 {
        let lines = (self.texts.len() + self.note.len()) as f64;
        ABOVE + LINE * lines + if self.is_arrow() { ARROW } else { 0.0 } + BELOW
    }

    fn is_arrow(&self) -> bool {
        !matches!(self.row.shape, Shape::Inside | Shape::Gap)
    }

    fn class(&self) -> &'static str {
        match self.row.shape {
            Shape::ToServer => "asks",
            Shape::ToProgram => "answers",
            Shape::ResetToServer => "asks reset",
            Shape::ResetToProgram => "answers reset",
            Shape::Inside => "inside",
            Shape::Gap => "gap",
        }
    }
}

impl Column {
    /// Title and names of both lines; returns where they end.
    pub(super) fn names(&self, y: f64, out: &mut String) -> f64 {
        let title = self.side.title();
        let _ = writeln!(
            out,
            "<text class=\"title\" x=\"{:.1}\" y=\"{:.1}\">{title}</text>",
            self.x - 14.0,
            y + 12.0
        );
        for (name, x) in [("program", self.x), ("server", self.x + self.width)] {
            let left = (x - 40.0).clamp(self.x - 14.0, self.x + self.width + 14.0 - 80.0);
            let _ = writeln!(
                out,
                "<rect class=\"name\" x=\"{left:.1}\" y=\"{:.1}\" width=\"80\" height=\"26\" rx=\"7\"/>\
                 <text class=\"name\" x=\"{:.1}\" y=\"{:.1}\">{name}</text>",
                y + 26.0,
                left + 40.0,
                y + 44.0
            );
        }
        y + 52.0
    }

    /// The lines of program and server.
    pub(super) fn lifelines(&self, top: f64, bottom: f64, out: &mut String) {
        let (left, right) = (self.x, self.x + self.width);
        let _ = writeln!(
            out,
            "<path class=\"life\" d=\"M{left:.1} {top:.1}V{bottom:.1}M{right:.1} {top:.1}V{bottom:.1}\"/>"
        );
    }

    pub(super) fn heading(&self, place: &Place<'_>, y: f64) -> Option<String> {
        let heading = place.heading(self.side)?;
        let middle = self.x + self.width / 2.0;
        Some(format!("<text class=\"heading\" x=\"{middle:.1}\" y=\"{:.1}\">{heading}</text>\n", y + 22.0))
    }

    /// A row in a space of this height.
    pub(super) fn row(&self, row: &Row<'_>, y: f64, height: f64) -> String {
        let marked = if row.row.is_marked { " marked" } else { "" };
        let mut out = format!("<g class=\"{}{marked}\">", row.class());
        if !row.title.is_empty() {
            let _ = write!(out, "<title>{}</title>", marked_up(&row.title));
        }
        let _ = writeln!(
            out,
            "<rect class=\"row\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\" rx=\"6\"/>",
            self.x - 10.0,
            self.width + 20.0
        );
        self.time(row, y, &mut out);
        let y = self.texts(row, y + ABOVE, &mut out);
        let y = if row.is_arrow() { self.arrow(row, y, &mut out) } else { y };
        for (index, note) in row.note.iter().enumerate() {
            let y = y + LINE * (index + 1) as f64 - 4.0;
            let _ = writeln!(
                out,
                "<text class=\"here\" x=\"{:.1}\" y=\"{y:.1}\">{}</text>",
                self.x + INSET,
                marked_up(note)
            );
        }
        out.push_str("</g>\n");
        out
    }

    fn time(&self, row: &Row<'_>, y: f64, out: &mut String) {
        let Some(at) = row.row.at else { return };
        let _ = writeln!(
            out,
            "<path class=\"tick\" d=\"M{:.1} {1:.1}h-10\"/><text class=\"time\" x=\"{2:.1}\" y=\"{3:.1}\">{4}</text>",
            self.x,
            y + ABOVE + 10.0,
            self.x - 16.0,
            y + ABOVE + 14.0,
            moment(at.since_start())
        );
    }

    /// The lines of text; returns where they end.
    fn texts(&self, row: &Row<'_>, y: f64, out: &mut String) -> f64 {
        let (x, class) = match row.row.shape {
            Shape::ToProgram | Shape::ResetToProgram => (self.x + self.width - INSET, "end"),
            Shape::Gap => (self.x + self.width / 2.0, "middle"),
            _ => (self.x + INSET, "start"),
        };
        if row.row.shape == Shape::Inside {
            let _ = writeln!(
                out,
                "<circle class=\"dot\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"4.5\"/>",
                self.x,
                y + 10.0
            );
        }
        for (index, text) in row.texts.iter().enumerate() {
            let first = if index == 0 { " first" } else { "" };
            let _ = writeln!(
                out,
                "<text class=\"label {class}{first}\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
                y + LINE * index as f64 + 14.0,
                marked_up(text)
            );
        }
        y + LINE * row.texts.len() as f64
    }

    /// The arrow beneath the text; returns where it ends.
    fn arrow(&self, row: &Row<'_>, y: f64, out: &mut String) -> f64 {
        let middle = y + ARROW / 2.0;
        let is_to_server = matches!(row.row.shape, Shape::ToServer | Shape::ResetToServer);
        let (from, to, back) = match is_to_server {
            true => (self.x, self.x + self.width, -1.0),
            false => (self.x + self.width, self.x, 1.0),
        };
        let is_reset = matches!(row.row.shape, Shape::ResetToServer | Shape::ResetToProgram);
        let tip = to + 9.0 * back;
        let _ = writeln!(out, "<path class=\"shaft\" d=\"M{from:.1} {middle:.1}H{tip:.1}\"/>");
        let _ = match is_reset {
            true => writeln!(
                out,
                "<path class=\"cross\" d=\"M{0:.1} {1:.1}l10 10m0 -10l-10 10\"/>",
                to - 5.0,
                middle - 5.0
            ),
            false => {
                writeln!(out, "<path class=\"tip\" d=\"M{to:.1} {middle:.1}l{0:.1} -5v10z\"/>", 10.0 * back)
            }
        };
        y + ARROW
    }
}

/// What is told of a row when it is pointed at: what happened, and the bytes.
fn title(entry: &Entry) -> String {
    let sentence = spoken::sentence(&entry.row);
    if entry.bytes.is_empty() {
        return sentence;
    }
    let text = preview::text(&entry.bytes, TEXT).join("\n");
    let hex = preview::hex(&entry.bytes, HEX).join("\n");
    format!("{sentence}\n{}\n{text}\n{hex}", spoken::amount(entry))
}
