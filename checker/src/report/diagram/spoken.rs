//! Rows in words, for those who hear a drawing.

use crate::report::heading::moment;
use crate::report::text::{count, quote};

use super::compare::Side;
use super::entry::Entry;
use super::label::Part;
use super::rows::{Row, Shape};
use super::sheet::{PARTED, Place};
use super::svg::WORDS_LOOK;

/// Bytes of a quotation.
const QUOTED: usize = 60;

/// Who does what, such as `program to server:`; for what the program does alone, that it does it.
pub(super) fn way(row: &Row) -> &'static str {
    match row.shape {
        Shape::ToServer | Shape::ResetToServer => "program to server:",
        Shape::ToProgram | Shape::ResetToProgram => "server to program:",
        Shape::Inside if words(row).starts_with("the ") => "",
        Shape::Inside => "the program",
        Shape::Gap => "",
    }
}

/// What the labels of a row say.
pub(super) fn words(row: &Row) -> String {
    let parts = row.labels.iter().flatten().map(|part| match part {
        Part::Words(text) | Part::Line(text) | Part::Field(text) | Part::Size(text) => text.clone(),
        Part::Quote(bytes) => quote(bytes, QUOTED, &WORDS_LOOK),
    });
    parts.collect::<Vec<_>>().join(", ").replace("+, ", "and ")
}

/// A row in a sentence, with its moment where it has one.
pub(super) fn sentence(row: &Row) -> String {
    let at = row.at.map(|at| format!("{}: ", moment(at.since_start()))).unwrap_or_default();
    let way = way(row);
    let gap = if way.is_empty() { "" } else { " " };
    let mark = if row.is_marked { " (here it went wrong)" } else { "" };
    format!("{at}{way}{gap}{}{mark}", words(row))
}

/// What is known of the bytes of a row, in a few words.
pub(super) fn amount(entry: &Entry) -> String {
    match entry.bytes.len() {
        0 => String::new(),
        length => count(length, "byte"),
    }
}

/// Both sides, one after the other, a row a line.
pub(super) fn story(places: &[Place<'_>]) -> String {
    Side::BOTH.map(|side| format!("{}:\n{}", side.title(), told(places, side))).join("\n")
}

fn told(places: &[Place<'_>], side: Side) -> String {
    let line = |place: &Place<'_>| match place {
        Place::Pair(pair) => pair.entry(side).map(|entry| sentence(&entry.row)),
        Place::Hidden(row) => Some(words(row)),
        Place::Parting => Some(PARTED.to_owned()),
        Place::Heading(_) => place.heading(side).map(str::to_owned),
    };
    places.iter().filter_map(line).map(|line| line + ".\n").collect()
}
