//! Rows laid out in columns.

use crate::report::heading;
use crate::report::line::{Line, Tone};
use crate::report::look::{Glyphs, Look};
use crate::report::text::{fit, quote, shown, width, wrap};
use crate::trace::Connection;

use super::label::{Label, Part};
use super::rows::{Row, Shape};

/// Below this, bytes are not worth quoting and move to the next line.
const LEAST_QUOTE: usize = 20;

/// Where things stand in a line.
pub(super) struct Lane {
    /// Columns for a moment.
    pub(super) time: usize,
    /// Columns before the program's line.
    pub(super) left: usize,
    /// Columns between the two lines.
    pub(super) inner: usize,
}

impl Lane {
    pub(super) fn of(look: &Look) -> Self {
        let (time, left, right) = if look.is_narrow() { (7, 10, 0) } else { (9, 13, 7) };
        Self { time, left, inner: look.columns() - left - right - 2 }
    }

    /// For rows that have no time and that nothing points at.
    pub(super) fn without_time(look: &Look) -> Self {
        Self { time: 0, left: 4, inner: look.columns() - 7 }
    }

    /// With room for so many columns of text on every line.
    pub(super) fn of_columns(columns: usize) -> Self {
        Self { time: 0, left: 0, inner: columns + 6 }
    }

    /// A line of a ladder in which nothing happens.
    pub(super) fn blank(&self, look: &Look) -> Line {
        between(prefix("", " ", self), Shape::Inside, "", Tone::Plain, self, look.glyphs())
    }
}

/// The whole drawing, with its heading.
pub(super) fn lines(rows: &[Row], note: Option<&str>, look: &Look) -> Vec<Line> {
    let lane = Lane::of(look);
    let mut lines = head(&lane, look);
    let mut headings = Headings::default();
    for row in rows {
        lines.extend(headings.above(row).map(|heading| Line::of(Tone::Strong, format!("  {heading}"))));
        lines.extend(row_lines(row, note, &lane, look));
    }
    lines
}

/// Tells where the rows of another connection begin.
#[derive(Debug, Default)]
pub(super) struct Headings {
    current: Option<Connection>,
    seen: Connection,
}

impl Headings {
    /// What stands above the row: `connection 2`, `connection 1 again`.
    pub(super) fn above(&mut self, row: &Row) -> Option<String> {
        let number = row.connection.filter(|_| row.connection != self.current)?;
        let again = if number <= self.seen { " again" } else { "" };
        (self.current, self.seen) = (row.connection, self.seen.max(number));
        Some(format!("connection {number}{again}"))
    }
}

pub(super) fn head(lane: &Lane, look: &Look) -> Vec<Line> {
    let time = if lane.time > 0 { "time" } else { "" };
    let names = format!("{time:>width$}{:gap$}program", "", width = lane.time, gap = lane.left - lane.time);
    let server_end = lane.left + lane.inner + 2;
    let rule = look.glyphs().horizontal.repeat(look.columns() - 2);
    vec![
        Line::of(Tone::Quiet, names).with_at_right(server_end, Tone::Quiet, "server"),
        Line::of(Tone::Quiet, format!(" {rule}")),
    ]
}

/// A row with all its lines, and beneath it the note where it is pointed at.
pub(super) fn row_lines(row: &Row, note: Option<&str>, lane: &Lane, look: &Look) -> Vec<Line> {
    let time = row.at.map(|at| heading::moment(at.since_start())).unwrap_or_default();
    let mut lines = timed_lines(row, &time, lane, look);
    lines.extend(note_lines(row, note, lane, look));
    lines
}

/// A row with all its lines, at a time in words.
pub(super) fn timed_lines(row: &Row, time: &str, lane: &Lane, look: &Look) -> Vec<Line> {
    let texts = texts(row, lane, look);
    let tone = tone(row);
    let mut lines = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let is_first = index == 0;
        let shape = if is_first { row.shape } else { continued(row.shape) };
        let time = if is_first { time } else { "" };
        let mark = if is_first && row.is_marked { look.glyphs().failed } else { " " };
        let line = prefix(time, mark, lane);
        let line = between(line, shape, text, tone, lane, look.glyphs());
        let is_beside = is_first && row.is_marked && !look.is_narrow();
        let here = if is_beside { format!(" {}", look.glyphs().here) } else { String::new() };
        lines.push(line.with(Tone::Bad, here));
    }
    lines
}

fn prefix(time: &str, mark: &str, lane: &Lane) -> Line {
    let gap = lane.left - lane.time - 2;
    let time = format!("{time:>width$}{:gap$}", "", width = lane.time);
    Line::of(Tone::Quiet, time).with(Tone::Bad, mark).with(Tone::Plain, " ")
}

fn tone(row: &Row) -> Tone {
    match row.shape {
        _ if row.is_marked => Tone::Bad,
        Shape::Gap => Tone::Quiet,
        _ => Tone::Plain,
    }
}

/// What further lines of a row look like.
fn continued(shape: Shape) -> Shape {
    if shape == Shape::Gap { Shape::Gap } else { Shape::Inside }
}

/// What is said beneath the row that is pointed at.
fn note_lines(row: &Row, note: Option<&str>, lane: &Lane, look: &Look) -> Vec<Line> {
    if !row.is_marked {
        return Vec::new();
    }
    let note = note.map(|note| shown(note, look)).unwrap_or_default();
    let text = match (look.is_narrow(), note.is_empty()) {
        (true, true) => look.glyphs().here_above.to_owned(),
        (true, false) => format!("{}: {note}", look.glyphs().here_above),
        (false, _) => note,
    };
    let texts = if text.is_empty() { Vec::new() } else { wrap(&text, lane.inner - 5) };
    let inside = |text: &String| {
        between(prefix("", " ", lane), Shape::Inside, &format!("   {text}"), Tone::Bad, lane, look.glyphs())
    };
    texts.iter().map(inside).collect()
}

/// The two vertical lines and what is between them.
fn between(line: Line, shape: Shape, text: &str, tone: Tone, lane: &Lane, glyphs: &Glyphs) -> Line {
    let vertical = if shape == Shape::Gap { glyphs.dotted } else { glyphs.vertical };
    let shaft = |used: usize| glyphs.horizontal.repeat(lane.inner.saturating_sub(used + width(text)));
    let tail = glyphs.horizontal.repeat(2);
    let to_server = |tip: &str| (glyphs.leaves_right, format!("{tail} {text} {}{tip}", shaft(5)), vertical);
    let to_program = |tip: &str| (vertical, format!("{tip}{tail} {text} {}", shaft(5)), glyphs.leaves_left);
    let (left, middle, right) = match shape {
        Shape::ToServer => to_server(glyphs.arrow_right),
        Shape::ResetToServer => to_server(glyphs.failed),
        Shape::ToProgram => to_program(glyphs.arrow_left),
        Shape::ResetToProgram => to_program(glyphs.failed),
        Shape::Inside | Shape::Gap => {
            let blanks = " ".repeat(lane.inner.saturating_sub(1 + width(text)));
            (vertical, format!(" {text}{blanks}"), vertical)
        }
    };
    line.with(Tone::Quiet, left).with(tone, middle).with(Tone::Quiet, right)
}

/// The lines of text of a row; the first stands on the arrow, where there is one.
pub(super) fn texts(row: &Row, lane: &Lane, look: &Look) -> Vec<String> {
    let is_arrow = !matches!(row.shape, Shape::Inside | Shape::Gap);
    let (first_room, indent) = if is_arrow { (lane.inner - 6, 4) } else { (lane.inner - 2, 2) };
    let room = lane.inner - 2 - indent;
    let mut texts: Vec<String> = Vec::new();
    for label in &row.labels {
        let first_room = if texts.is_empty() { first_room } else { room };
        texts.extend(label_lines(label, first_room, room, look));
    }
    let indented = |(index, text): (usize, String)| if index > 0 { " ".repeat(indent) + &text } else { text };
    texts.into_iter().enumerate().map(indented).collect()
}

/// A label in lines: the first has `first_room` columns, the others `room`.
fn label_lines(label: &Label, first_room: usize, room: usize, look: &Look) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in label {
        let line_room = if lines.len() <= 1 { first_room } else { room };
        let used = lines.last().map_or(0, |line| width(line));
        let separator = separator(lines.last(), part, look);
        let text = inline(part, line_room.saturating_sub(used + width(&separator)), look);
        match (lines.last_mut(), text) {
            (Some(line), Some(text)) => *line = format!("{line}{separator}{text}"),
            (None, Some(text)) => lines.push(text),
            (_, None) => lines.extend(block(part, first_room.min(room), look)),
        }
    }
    lines
}

/// What stands between a line so far and the next part of it.
fn separator(line: Option<&String>, part: &Part, look: &Look) -> String {
    match (line.map(String::as_str), part) {
        (None, _) => String::new(),
        (Some("+"), _) | (_, Part::Words(_) | Part::Line(_)) => " ".to_owned(),
        (_, Part::Field(_) | Part::Quote(_)) => "  ".to_owned(),
        (_, Part::Size(_)) => format!(" {} ", look.glyphs().dash),
    }
}

/// The part in what is left of a line, where it fits.
fn inline(part: &Part, left: usize, look: &Look) -> Option<String> {
    match part {
        Part::Quote(bytes) => {
            // What is short may stand in little room.
            let whole = quote(bytes, left.max(LEAST_QUOTE), look);
            (width(&whole) <= left).then_some(whole)
        }
        Part::Words(text) | Part::Line(text) | Part::Field(text) | Part::Size(text) => {
            let text = shown(text, look);
            (width(&text) <= left).then_some(text)
        }
    }
}

/// The part on lines of its own.
fn block(part: &Part, room: usize, look: &Look) -> Vec<String> {
    match part {
        Part::Quote(bytes) => vec![quote(bytes, room, look)],
        Part::Words(text) | Part::Size(text) => wrap(&shown(text, look), room),
        Part::Line(text) | Part::Field(text) => vec![fit(&shown(text, look), room, look)],
    }
}
