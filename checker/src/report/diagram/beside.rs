//! What was expected and what happened as text: beside each other where there is room, else one below the other.

use crate::report::line::{Line, Tone};
use crate::report::look::Look;

use super::compare::{Comparison, Side};
use super::layout::{self, Lane};
use super::sheet::{PARTED, Place, places};

/// Columns between the two drawings.
const GUTTER: usize = 3;

/// Both drawings as lines of at most `look.width` columns.
pub(super) fn lines(comparison: &Comparison, look: &Look) -> Vec<Line> {
    let places = places(comparison);
    if look.has_room_for_two() {
        return beside(&places, look);
    }
    let mut lines = alone(&places, &Column::new(Side::Expected, look));
    lines.push(Line::empty());
    lines.extend(alone(&places, &Column::new(Side::Happened, look)));
    lines
}

/// One of the two drawings, with its title.
fn alone(places: &[Place<'_>], column: &Column<'_>) -> Vec<Line> {
    let mut lines = column.head();
    for place in places {
        match place {
            Place::Parting => lines.push(parted(column.look)),
            _ => lines.extend(column.lines(place)),
        }
    }
    lines
}

/// Both drawings, rows that belong together in the same line.
fn beside(places: &[Place<'_>], look: &Look) -> Vec<Line> {
    let width = (look.columns() - GUTTER) / 2;
    let half = Look { width, ..*look };
    let columns = Side::BOTH.map(|side| Column::new(side, &half));
    let join = |sides: [Vec<Line>; 2]| {
        let [left, right] = sides;
        left.into_iter()
            .zip(right)
            .map(|(left, right)| left.beside(width + GUTTER, right))
            .collect::<Vec<_>>()
    };
    let mut lines = join([columns[0].head(), columns[1].head()]);
    for place in places {
        if let Place::Parting = place {
            lines.push(parted(look));
            continue;
        }
        let mut sides = [columns[0].lines(place), columns[1].lines(place)];
        let height = sides[0].len().max(sides[1].len());
        for (side, column) in sides.iter_mut().zip(&columns) {
            side.resize_with(height, || column.lane.blank(&half));
        }
        lines.extend(join(sides));
    }
    lines
}

/// One of the drawings, and where its lines stand.
struct Column<'a> {
    side: Side,
    lane: Lane,
    look: &'a Look,
}

impl<'a> Column<'a> {
    fn new(side: Side, look: &'a Look) -> Self {
        let lane = match side {
            Side::Expected => Lane::without_time(look),
            Side::Happened => Lane::of(look),
        };
        Self { side, lane, look }
    }

    fn head(&self) -> Vec<Line> {
        let title = Line::of(Tone::Strong, self.side.title());
        [title].into_iter().chain(layout::head(&self.lane, self.look)).collect()
    }

    fn lines(&self, place: &Place<'_>) -> Vec<Line> {
        let row = match place {
            Place::Heading(_) => {
                let heading = place.heading(self.side).map(|heading| format!("  {heading}"));
                return heading.map(|heading| Line::of(Tone::Strong, heading)).into_iter().collect();
            }
            Place::Pair(pair) => pair.entry(self.side).map(|entry| &entry.row),
            Place::Hidden(row) => Some(row),
            Place::Parting => None,
        };
        row.map(|row| layout::row_lines(row, None, &self.lane, self.look)).unwrap_or_default()
    }
}

/// The line above the first row that differs.
fn parted(look: &Look) -> Line {
    let glyphs = look.glyphs();
    let rest = look.columns().saturating_sub(PARTED.len() + 7);
    let (before, after) = (glyphs.horizontal.repeat(3), glyphs.horizontal.repeat(rest));
    Line::of(Tone::Bad, format!(" {before} {PARTED} {after}"))
}
