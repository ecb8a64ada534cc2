//! `workbook list`: the lessons.

use std::fmt::Write;
use std::path::Path;

use super::{HOLDS, out, workplace};

pub(super) fn run(course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let dot = if out::look().is_unicode { "·" } else { "-" };
    let mut text = String::new();
    for part in &course.parts {
        writeln!(text, "{}  {}", part.id.to_uppercase(), part.title)?;
        for lesson in course.lessons.iter().filter(|lesson| lesson.part == part.id) {
            let points: u32 = lesson.checks.criteria.iter().map(|criterion| criterion.points).sum();
            let facts = format!("{} min {dot} {points} points", lesson.duration_min);
            writeln!(text, "  {}  {:<40} {facts}", lesson.id, lesson.title)?;
        }
    }
    writeln!(
        text,
        "\nRead a lesson in lessons/, edit its exercise in exercises/, then: workbook check LESSON"
    )?;
    out::print(&text)?;
    Ok(HOLDS)
}
