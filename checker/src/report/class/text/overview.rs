//! All that stands above the table.

use crate::report::class::{Overview, Row};
use crate::report::line::{Line, Tone, render};
use crate::report::look::Look;
use crate::report::seed;
use crate::report::terminal::indented;
use crate::report::text::{count, fit, grouped};

use super::{lesson, name};

/// What needs a look, then each lesson. The table's lines come from [`row`](super::row).
#[must_use]
pub fn overview(overview: &Overview, look: &Look) -> String {
    let mut lines = vec![Line::of(Tone::Strong, fit(&name(&overview.title, look), look.columns(), look))];
    lines.extend(indented(&facts(overview, look), Tone::Quiet, look));
    lines.push(Line::empty());
    lines.extend(needs_look(overview, look));
    for each in &overview.lessons {
        lines.push(Line::empty());
        lines.extend(lesson::lines(each, look));
    }
    render(lines, look)
}

fn facts(overview: &Overview, look: &Look) -> String {
    let facts = [
        count(overview.learners, "learner"),
        count(overview.submissions, "submission"),
        count(overview.programs, "different program"),
        format!("seed {}", seed(overview.seed)),
        format!("{} level", overview.level),
        format!("workbook {}", overview.checker),
    ];
    facts.join(&format!(" {} ", look.dot()))
}

fn needs_look(overview: &Overview, look: &Look) -> Vec<Line> {
    let total = overview.undecided();
    if total == 0 {
        let line = Line::of(Tone::Good, format!("{} ", look.glyphs().held));
        return vec![line.with(Tone::Plain, "Nothing needs a look.")];
    }
    let verb = if total == 1 { "needs" } else { "need" };
    let mut lines =
        vec![Line::of(Tone::Strong, format!("{} {} {verb} a look", look.glyphs().unstable, grouped(total)))];
    lines.extend(overview.needs_look.iter().flat_map(|row| reason(row, look)));
    let more = total.saturating_sub(overview.needs_look.len());
    lines.extend((more > 0).then(|| Line::of(Tone::Quiet, format!("  and {} more", grouped(more)))));
    lines
}

fn reason(row: &Row, look: &Look) -> Vec<Line> {
    let who = fit(&name(&row.person.login, look), look.columns() / 2, look);
    let why = row.needs_look().unwrap_or(row.words());
    indented(&format!("{who}, {}: {why}", row.lesson), Tone::Plain, look)
}
