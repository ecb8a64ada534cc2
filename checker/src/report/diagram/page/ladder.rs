//! One of the two drawings as a list: each row with an arrow, and with a card that holds its bytes.

use crate::report::Look;
use crate::report::diagram::compare::Side;
use crate::report::diagram::entry::Entry;
use crate::report::diagram::label::Part;
use crate::report::diagram::markup::{marked_up, sentence};
use crate::report::diagram::preview::{self, Amount};
use crate::report::diagram::rows::{Row, Shape};
use crate::report::diagram::sheet::{PARTED, Place};
use crate::report::diagram::spoken;
use crate::report::heading::moment;
use crate::report::text::quote;

/// Of the bytes of a row, so many are on the page: all of a head, and enough of a body.
const TEXT: Amount = Amount { first: 768, last: 192 };
const HEX: Amount = Amount { first: 160, last: 48 };
/// Columns of a quotation on a row.
const QUOTED: usize = 56;
const QUOTES: Look = Look { width: QUOTED, is_unicode: true, has_colour: false };

/// The drawings beside each other, each with its title in an element `heading`; beneath the row that the verdict is
/// about, the verdict.
pub(super) fn ladders(sides: &[Side], places: &[Place<'_>], verdict: &str, heading: &str) -> String {
    let alone = if sides.len() == 1 { " alone" } else { "" };
    let ladders: String = sides.iter().map(|side| ladder(*side, places, verdict, heading)).collect();
    format!("<div class=\"ladders{alone}\" style=\"--rows: {}\">\n{ladders}</div>\n", places.len())
}

fn ladder(side: Side, places: &[Place<'_>], verdict: &str, heading: &str) -> String {
    let class = match side {
        Side::Expected => "expected",
        Side::Happened => "happened",
    };
    let items: String = places.iter().map(|place| item(place, side, verdict)).collect();
    format!(
        "<section class=\"ladder {class}\" aria-label=\"{title}\">\n<{heading}>{title}</{heading}>\n\
         <p class=\"names\" aria-hidden=\"true\"><span>program</span><span>server</span></p>\n\
         <ol>\n{items}</ol>\n</section>\n",
        title = side.title(),
    )
}

fn item(place: &Place<'_>, side: Side, verdict: &str) -> String {
    match place {
        Place::Heading(_) => heading(place.heading(side)),
        Place::Hidden(row) => gap(row),
        Place::Parting => format!("<li class=\"parting\"><span>{PARTED}</span></li>\n"),
        Place::Pair(pair) => match pair.entry(side) {
            None => blank(),
            Some(entry) if entry.row.is_marked => {
                let sentence = sentence(verdict);
                row(entry, &format!("<p class=\"here\"><b>✗ Here.</b> {sentence}</p>"))
            }
            Some(entry) => row(entry, ""),
        },
    }
}

/// In the place of a row that only the other side has.
fn blank() -> String {
    "<li class=\"blank\" aria-hidden=\"true\"><div class=\"lane\"></div></li>\n".to_owned()
}

fn heading(heading: Option<&str>) -> String {
    match heading {
        Some(heading) => {
            format!("<li class=\"heading\"><div class=\"lane\"><span>{heading}</span></div></li>\n")
        }
        None => blank(),
    }
}

fn gap(row: &Row) -> String {
    format!("<li class=\"gap\"><div class=\"lane\"><p class=\"label\">{}</p></div></li>\n", labels(row))
}

fn row(entry: &Entry, note: &str) -> String {
    let row = &entry.row;
    if row.shape == Shape::Gap {
        return gap(row);
    }
    let marked = if row.is_marked { " marked" } else { "" };
    let time = row.at.map(|at| moment(at.since_start())).unwrap_or_default();
    format!(
        "<li class=\"row {shape}{marked}\" tabindex=\"0\"><span class=\"time\">{time}</span>\
         <div class=\"lane\"><p class=\"label\"><span class=\"unseen\">{way} </span>{labels}</p>{arrow}{note}</div>\
         {card}</li>\n",
        shape = shape(row.shape),
        way = spoken::way(row),
        labels = labels(row),
        arrow = arrow(row.shape),
        card = card(entry),
    )
}

fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::ToServer => "to-server",
        Shape::ToProgram => "to-program",
        Shape::ResetToServer => "to-server reset",
        Shape::ResetToProgram => "to-program reset",
        Shape::Inside | Shape::Gap => "inside",
    }
}

fn arrow(shape: Shape) -> &'static str {
    match shape {
        Shape::Inside | Shape::Gap => "",
        _ => "<div class=\"arrow\" aria-hidden=\"true\"></div>",
    }
}

/// Each label on a line of its own.
fn labels(row: &Row) -> String {
    let label = |label: &Vec<Part>| label.iter().map(part).collect::<Vec<_>>().join(" ");
    row.labels.iter().map(label).collect::<Vec<_>>().join("<br>")
}

fn part(part: &Part) -> String {
    match part {
        Part::Words(text) => marked_up(text),
        Part::Line(text) => format!("<b class=\"line\">{}</b>", marked_up(text)),
        Part::Field(text) => format!("<code class=\"field\">{}</code>", marked_up(text)),
        Part::Size(text) => format!("<span class=\"size\">{}</span>", marked_up(text)),
        Part::Quote(bytes) => {
            format!("<code class=\"quote\">{}</code>", marked_up(&quote(bytes, QUOTED, &QUOTES)))
        }
    }
}

/// What a row shows when it is pointed at or has the focus.
fn card(entry: &Entry) -> String {
    let at = entry.row.at.map(|at| format!("{:.3} ms", at.since_start().as_secs_f64() * 1e3));
    let amount = spoken::amount(entry);
    let facts: Vec<String> = at.into_iter().chain((!amount.is_empty()).then_some(amount)).collect();
    let facts = facts.join(" · ");
    if entry.bytes.is_empty() {
        let text = spoken::words(&entry.row);
        let what = match entry.row.shape {
            Shape::ToServer if text != "FIN" => "Its other bytes are up to the program.",
            _ => "No bytes belong to this.",
        };
        return format!("<div class=\"card\"><p class=\"facts\">{facts}</p><p>{what}</p></div>");
    }
    let lines = |lines: Vec<String>| marked_up(&lines.join("\n"));
    let text = format!("<pre class=\"text\">{}</pre>", lines(preview::text(&entry.bytes, TEXT)));
    let hex = format!("<pre class=\"hex\">{}</pre>", lines(preview::hex(&entry.bytes, HEX)));
    let bytes = if is_text(&entry.bytes) { text + &hex } else { hex + &text };
    format!("<div class=\"card\"><p class=\"facts\">{facts}</p>{bytes}</div>")
}

/// Are most of the bytes those of a text? Of others, the digits tell more than the characters.
fn is_text(bytes: &[u8]) -> bool {
    let is_plain = |byte: &&u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    let plain = bytes.iter().filter(is_plain).count();
    4 * plain >= 3 * bytes.len()
}
