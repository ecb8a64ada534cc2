//! What a link leads to, in words that fit any place where a text is shown.

use std::path::PathBuf;

use super::Reading;
use crate::course::Course;
use crate::course::document::{Document, Heading};
use crate::course::link::{self, Lead};

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// An address on the web, or of a mailbox.
    Address(String),
    /// A lesson or part.
    Reading { id: String, place: Option<Place> },
    /// A place in the same text.
    Here { place: Place, is_above: bool },
    /// Another file of the course, relative to its root.
    File(PathBuf),
    /// Nothing that could be opened.
    Nowhere,
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) anchor: String,
    pub(super) title: String,
}

/// Knows what the links of one text lead to.
pub(super) struct Guide<'a> {
    course: &'a Course,
    file: PathBuf,
    id: &'a str,
}

impl<'a> Guide<'a> {
    pub(super) fn new(course: &'a Course, reading: Reading<'a>) -> Self {
        Self { course, file: reading.file(course), id: reading.id() }
    }

    /// Where a link leads to; `headings_above` headings stand in front of it.
    pub(super) fn find(&self, target: &str, headings_above: usize) -> Destination {
        match link::lead(&self.file, target) {
            Lead::Elsewhere if is_harmless(target) => Destination::Address(target.to_owned()),
            Lead::Inside { path, anchor } => self.inside(path, &anchor, headings_above),
            Lead::Elsewhere | Lead::Outside => Destination::Nowhere,
        }
    }

    fn inside(&self, path: PathBuf, anchor: &str, headings_above: usize) -> Destination {
        let reading = Reading::all(self.course).find(|reading| reading.file(self.course) == path);
        let Some(reading) = reading else {
            let is_file = self.course.root.join(&path).is_file();
            return if is_file { Destination::File(path) } else { Destination::Nowhere };
        };
        let headings = Document::parse(reading.text(), 0).headings;
        let found = headings.iter().position(|heading| !anchor.is_empty() && heading.anchor == anchor);
        let place = found.map(|index| place(&headings[index]));
        match (place, found) {
            (None, _) if !anchor.is_empty() => Destination::Nowhere,
            (Some(place), Some(index)) if reading.id() == self.id => {
                Destination::Here { place, is_above: index < headings_above }
            }
            (place, _) => Destination::Reading { id: reading.id().to_owned(), place },
        }
    }
}

fn place(heading: &Heading) -> Place {
    Place { anchor: heading.anchor.clone(), title: heading.text.clone() }
}

/// A browser that opens it does no more than show it.
fn is_harmless(target: &str) -> bool {
    let scheme = target.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_printable = target.chars().all(|character| !character.is_control() && character != ' ');
    is_printable && ["https", "http", "mailto"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}
