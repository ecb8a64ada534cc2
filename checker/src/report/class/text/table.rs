//! The table: a line for each learner and lesson, and beneath it what else is worth knowing.

use crate::report::class::html::span;
use crate::report::class::{Flag, Row};
use crate::report::line::{Line, Tone, render};
use crate::report::look::Look;
use crate::report::text::{fit, shown, width, wrap};

use super::{mark, name};

/// Columns of the parts behind the name.
const LESSON: usize = 9;
const RESULT: usize = 18;
const SCORE: usize = 10;
/// Columns before what stands beneath a line.
const BENEATH: usize = 4;

/// What stands above the lines.
#[must_use]
pub fn head(look: &Look) -> String {
    let result = if look.is_narrow() { String::new() } else { format!("{:<RESULT$}", "result") };
    let text =
        format!("  {:<who$}{:<LESSON$}{result}{:>SCORE$}", "learner", "lesson", "score", who = room(look));
    render(vec![Line::of(Tone::Quiet, text)], look)
}

/// One line of the table, and what else is worth knowing beneath it.
#[must_use]
pub fn row(row: &Row, look: &Look) -> String {
    let (tone, sign) = mark(row.kind, look);
    let score = row.score.map_or_else(|| "no score".to_owned(), |score| score.to_string());
    let mut line = Line::of(tone, format!("{sign} "))
        .with(Tone::Strong, cell(&who(row, look), room(look), look))
        .with(Tone::Plain, cell(&shown(&row.lesson, look), LESSON, look));
    if !look.is_narrow() {
        line = line.with(tone, cell(row.words(), RESULT, look));
    }
    let mut lines = vec![line.with(Tone::Plain, format!("{score:>SCORE$}"))];
    let remarks = remarks(row, look);
    let remarks = wrap(&remarks.join("; "), look.columns() - BENEATH);
    let beneath = |text| Line::of(Tone::Plain, " ".repeat(BENEATH)).with(Tone::Quiet, text);
    lines.extend(remarks.into_iter().map(beneath));
    render(lines, look)
}

/// Columns of a name.
fn room(look: &Look) -> usize {
    let result = if look.is_narrow() { 0 } else { RESULT };
    look.columns() - 2 - LESSON - result - SCORE
}

/// A text in so many columns, the last of which is blank.
fn cell(text: &str, columns: usize, look: &Look) -> String {
    let text = fit(text, columns - 1, look);
    let gap = " ".repeat(columns - width(&text));
    format!("{text}{gap}")
}

fn who(row: &Row, look: &Look) -> String {
    let login = name(&row.person.login, look);
    match &row.person.name {
        Some(person) => format!("{login} ({})", name(person, look)),
        None => login,
    }
}

fn remarks(row: &Row, look: &Look) -> Vec<String> {
    let kind = look.is_narrow().then(|| row.words().to_owned());
    let flags = row.flags.iter().map(|flag| shown(&remark(flag, look), look));
    let below = (row.has_passed == Some(false)).then(|| "below the pass mark".to_owned());
    let late = row.late.map(|late| format!("{} late", span(late)));
    kind.into_iter().chain(flags).chain(below).chain(late).collect()
}

/// What is worth knowing, in a few words.
pub(super) fn remark(flag: &Flag, look: &Look) -> String {
    match flag {
        Flag::NeedsLook(why) => format!("needs a look: {}", why.trim_end_matches('.')),
        Flag::HiddenFailed => "a hidden criterion fails".to_owned(),
        Flag::DuplicateOf { others, first } => {
            let named: Vec<String> =
                first.iter().take(2).map(|other| fit(&name(&other.login, look), 24, look)).collect();
            let more = others.saturating_sub(named.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("the same files as {}{more}", named.join(", "))
        }
    }
}
