//! `workbook list`: the lessons.

use std::fmt::Write;
use std::path::Path;

use super::journal::Journal;
use super::{HOLDS, out, workplace};
use crate::learner::Standing;

pub(super) fn run(course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let journal = Journal::open(&course.root);
    let dot = if out::look().is_unicode { "·" } else { "-" };
    let mut text = String::new();
    for part in &course.parts {
        writeln!(text, "{}  {}", part.id.to_uppercase(), part.title)?;
        for lesson in course.lessons.iter().filter(|lesson| lesson.part == part.id) {
            let points: u32 = lesson.checks.criteria.iter().map(|criterion| criterion.points).sum();
            let facts = format!("{} min {dot} {points} points", lesson.duration_min);
            let state = match journal.progress().standing(lesson) {
                Standing::Untouched => String::new(),
                Standing::Begun { held, of } => format!("{held} of {of}"),
                Standing::Done => "done".to_owned(),
            };
            let line = format!("  {}  {:<36} {state:<7} {facts}", lesson.id, lesson.title);
            writeln!(text, "{}", line.trim_end())?;
        }
    }
    writeln!(text, "\nworkbook read LESSON   workbook open LESSON   workbook check LESSON   workbook next")?;
    out::print(&text)?;
    Ok(HOLDS)
}
