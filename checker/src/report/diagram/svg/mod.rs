//! An exchange as an image: self-contained, light and dark, in words for those who cannot see it.

mod column;

use std::fmt::Write;

use crate::report::Look;
use crate::report::text::{shown, wrap};

use super::compare::{self, Side};
use super::exchange::Exchange;
use super::layout::Lane;
use super::markup::marked_up;
use super::sheet::{PARTED, Place, places};
use super::spoken;
use column::{Column, Row};

/// How text that is not laid out is quoted.
pub(super) const WORDS_LOOK: Look = Look { width: 80, is_unicode: true, has_colour: false };
const STYLE: &str = include_str!("svg.css");

/// Columns of text in the lane of a ladder.
const COLUMNS: usize = 50;
/// What a column of text takes, in the widest of the usual fonts.
const COLUMN: f64 = 7.9;
/// Space at the edges.
const EDGE: f64 = 28.0;
/// Between the ladders; the times stand in it.
const GUTTER: f64 = 96.0;
/// From one line of text to the next.
const LINE: f64 = 19.0;
/// Columns of a line above the ladders.
const HEAD_COLUMNS: usize = 116;
/// Columns of a line of the verdict, which is larger.
const VERDICT_COLUMNS: usize = 84;

/// The image; the same exchange always gives the same text.
#[must_use]
pub fn svg(exchange: &Exchange<'_>) -> String {
    let comparison = compare::compare(exchange.expectation, exchange.verdict, exchange.trace);
    let places = places(&comparison);
    let lane = COLUMN * (COLUMNS + 4) as f64 + 2.0 * column::INSET;
    let (left, right) = (EDGE + 14.0, EDGE + 14.0 + lane + GUTTER);
    let mut drawing = Drawing {
        body: String::new(),
        y: EDGE,
        width: right + lane + 14.0 + EDGE,
        columns: [(Side::Expected, left), (Side::Happened, right)].map(|(side, x)| Column {
            side,
            x,
            width: lane,
            lane: Lane::of_columns(COLUMNS),
        }),
    };
    drawing.heading(exchange);
    drawing.ladders(&places, exchange);
    drawing.footer(exchange);
    drawing.finish(exchange, &spoken::story(&places))
}

/// A text in lines of so many columns, measured as it is shown.
fn lines_of(text: &str, columns: usize) -> Vec<String> {
    wrap(&shown(text, &WORDS_LOOK), columns)
}

struct Drawing {
    body: String,
    /// How far down it goes so far.
    y: f64,
    width: f64,
    columns: [Column; 2],
}

impl Drawing {
    /// Where it was, and the verdict.
    fn heading(&mut self, exchange: &Exchange<'_>) {
        let (sign, state) = exchange.state();
        let facts = format!("{} {} · {}", exchange.lesson, exchange.title, exchange.trace.scenario);
        self.line("quiet", 14.0, &facts);
        self.y += 10.0;
        for (index, line) in lines_of(exchange.sentence(), VERDICT_COLUMNS).iter().enumerate() {
            let sign = if index == 0 { format!("{sign} ") } else { String::new() };
            self.line(&format!("verdict {}", state.replace(' ', "-")), 24.0, &format!("{sign}{line}"));
        }
        self.y += 4.0;
        for line in lines_of(&exchange.verdict.title, HEAD_COLUMNS + 10) {
            self.line("quiet", 14.0, &line);
        }
        self.y += 24.0;
    }

    fn line(&mut self, class: &str, height: f64, text: &str) {
        self.y += height;
        let _ = writeln!(
            self.body,
            "<text class=\"{class}\" x=\"{EDGE}\" y=\"{:.1}\">{}</text>",
            self.y,
            marked_up(text)
        );
        self.y += 5.0;
    }

    fn ladders(&mut self, places: &[Place<'_>], exchange: &Exchange<'_>) {
        let top = self.y;
        for column in &self.columns {
            self.y = column.names(top, &mut self.body);
        }
        let start = self.y;
        let mut rows = String::new();
        for place in places {
            self.y += self.place(place, exchange, &mut rows);
        }
        self.y += 14.0;
        for column in &self.columns {
            column.lifelines(start, self.y, &mut self.body);
        }
        self.body.push_str(&rows);
    }

    /// Draws one place; returns how high it is.
    fn place(&self, place: &Place<'_>, exchange: &Exchange<'_>, rows: &mut String) -> f64 {
        if let Place::Parting = place {
            return self.parting(rows);
        }
        if let Place::Heading(_) = place {
            let headings = self.columns.iter().filter_map(|column| column.heading(place, self.y));
            rows.extend(headings);
            return column::HEADING;
        }
        let sides = self.columns.each_ref().map(|column| Row::of(place, column, exchange));
        let height = sides.iter().flatten().map(Row::height).fold(0.0, f64::max);
        for (row, column) in sides.iter().zip(&self.columns) {
            rows.extend(row.iter().map(|row| column.row(row, self.y, height)));
        }
        height
    }

    /// The line above the first row that differs.
    fn parting(&self, rows: &mut String) -> f64 {
        let (y, half) = (self.y + 17.0, (PARTED.len() + 3) as f64 * COLUMN / 2.0);
        for column in &self.columns {
            let (left, right) = (column.x - 14.0, column.x + column.width + 14.0);
            let middle = f64::midpoint(left, right);
            let _ = writeln!(
                rows,
                "<path class=\"parting\" d=\"M{left:.1} {y:.1}H{:.1}M{:.1} {y:.1}H{right:.1}\"/>\
                 <text class=\"parted\" x=\"{middle:.1}\" y=\"{:.1}\">{PARTED}</text>",
                middle - half,
                middle + half,
                y + 5.0
            );
        }
        34.0
    }

    /// What was expected and printed in the words of the judge, and what plays it again.
    fn footer(&mut self, exchange: &Exchange<'_>) {
        self.y += 14.0;
        for (label, text) in exchange.explanation() {
            for (index, line) in lines_of(text, HEAD_COLUMNS).iter().enumerate() {
                let label = if index == 0 { label } else { "" };
                self.labelled(label, line);
            }
        }
        self.labelled("again", &exchange.again());
        self.y += EDGE;
    }

    fn labelled(&mut self, label: &str, text: &str) {
        self.y += LINE + 1.0;
        if !label.is_empty() {
            let _ =
                write!(self.body, "<text class=\"quiet\" x=\"{EDGE}\" y=\"{:.1}\">{label}</text>", self.y);
        }
        let _ = writeln!(
            self.body,
            "<text class=\"fact {label}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            EDGE + 84.0,
            self.y,
            marked_up(text)
        );
    }

    fn finish(self, exchange: &Exchange<'_>, story: &str) -> String {
        let (width, height) = (self.width.ceil(), self.y.ceil());
        let (_, state) = exchange.state();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\" aria-labelledby=\"title desc\">\n\
             <title id=\"title\">{} {}, {state}: {}</title>\n<desc id=\"desc\">{}</desc>\n\
             <style>\n{STYLE}</style>\n\
             <rect class=\"page\" width=\"{width}\" height=\"{height}\"/>\n{}</svg>\n",
            marked_up(exchange.lesson),
            marked_up(&exchange.trace.scenario),
            marked_up(exchange.sentence()),
            marked_up(story),
            self.body
        )
    }
}
