//! `workbook list`: the lessons.

use std::fmt::Write;
use std::path::Path;

use super::journal::Journal;
use super::{HOLDS, out, workplace};
use crate::course::Lesson;
use crate::learner::Standing;
use crate::report::Look;
use crate::report::text::{fit, shown, width};

/// Columns of the id with the title.
const TITLE: usize = 45;
/// Columns of the state.
const STATE: usize = 7;

pub(super) fn run(course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let journal = Journal::open(&course.root);
    let look = out::look();
    let mut text = String::new();
    for part in &course.parts {
        let title = shown(&format!("{}  {}", part.id.to_uppercase(), part.title), &look);
        writeln!(text, "{}", fit(&title, look.columns(), &look))?;
        for lesson in course.lessons.iter().filter(|lesson| lesson.part == part.id) {
            writeln!(text, "{}", row(lesson, journal.progress().standing(lesson), &look))?;
        }
    }
    let commands = ["read", "open", "check"].map(|command| format!("workbook {command} LESSON"));
    let commands = commands.iter().map(String::as_str).chain(["workbook next"]);
    writeln!(text, "\n{}", in_rows(commands, look.columns()))?;
    out::print(&text)?;
    Ok(HOLDS)
}

/// A lesson with how far it is, and, where there is room, how long it takes and what it is worth.
fn row(lesson: &Lesson, standing: Standing, look: &Look) -> String {
    let state = match standing {
        Standing::Untouched => String::new(),
        Standing::Begun { held, of } => format!("{held} of {of}"),
        Standing::Done => "done".to_owned(),
    };
    let title = shown(&format!("{}  {}", lesson.id, lesson.title), look);
    let room = look.columns().saturating_sub(STATE + 3).min(TITLE);
    let title = fit(&title, room, look);
    let gap = room.saturating_sub(width(&title));
    let points: u32 = lesson.checks.criteria.iter().map(|criterion| criterion.points).sum();
    let line = format!("  {title}{:gap$} {state:<STATE$}", "");
    let whole = format!("{line} {} min {} {points} points", lesson.duration_min, look.dot());
    if width(&whole) <= look.columns() { whole } else { line.trim_end().to_owned() }
}

/// Words beside each other, in as many rows as they need.
fn in_rows<'a>(words: impl Iterator<Item = &'a str>, columns: usize) -> String {
    let mut text = String::new();
    let mut used = 0;
    for word in words {
        let gap = match used {
            0 => "",
            used if used + 3 + width(word) <= columns => "   ",
            _ => "\n",
        };
        used = if gap == "   " { used + 3 + width(word) } else { width(word) };
        text.push_str(gap);
        text.push_str(word);
    }
    text
}
