//! The places of a comparison, one below the other: headings, pairs of rows, and the line above the first that differs.

use super::compare::{Comparison, Pair, Side};
use super::layout::Headings;
use super::rows::Row;
use super::shorten;

/// What is said above the first row that differs.
pub(super) const PARTED: &str = "here they part";

/// One place.
pub(super) enum Place<'a> {
    /// Rows of another connection begin, on one side or on both.
    Heading([Option<String>; 2]),
    /// Below this, the two part.
    Parting,
    Pair(&'a Pair),
    /// Stands for pairs that are not shown.
    Hidden(Row),
}

impl Place<'_> {
    /// The heading on this side, where one begins.
    pub(super) fn heading(&self, side: Side) -> Option<&str> {
        match self {
            Place::Heading([expected, happened]) => match side {
                Side::Expected => expected.as_deref(),
                Side::Happened => happened.as_deref(),
            },
            _ => None,
        }
    }
}

/// The places of a comparison, without what is far from its ends and from what is pointed at.
pub(super) fn places(comparison: &Comparison) -> Vec<Place<'_>> {
    let total = comparison.pairs.len();
    let marked = comparison.pairs.iter().position(Pair::is_marked);
    let marked: Vec<usize> = marked.into_iter().chain(comparison.parting).collect();
    let mut writer = Writer::default();
    let mut hidden = 0;
    for (index, pair) in comparison.pairs.iter().enumerate() {
        if !shorten::is_kept(index, total, &marked) {
            hidden += 1;
            continue;
        }
        writer.places.extend(shorten::note(std::mem::take(&mut hidden)).map(Place::Hidden));
        writer.pair(pair, comparison.parting == Some(index));
    }
    writer.places
}

#[derive(Default)]
struct Writer<'a> {
    places: Vec<Place<'a>>,
    headings: [Headings; 2],
}

impl<'a> Writer<'a> {
    fn pair(&mut self, pair: &'a Pair, is_parting: bool) {
        let [expected, happened] = &mut self.headings;
        let headings = [(Side::Expected, expected), (Side::Happened, happened)]
            .map(|(side, headings)| headings.above(&pair.entry(side)?.row));
        if is_parting {
            self.places.push(Place::Parting);
        }
        if headings.iter().any(Option::is_some) {
            self.places.push(Place::Heading(headings));
        }
        self.places.push(Place::Pair(pair));
    }
}
