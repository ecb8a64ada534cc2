//! `workbook next`: where the learner stands, and the one next thing to do.

use std::path::Path;

use super::journal::Journal;
use super::{HOLDS, out, workplace};
use crate::course::Course;
use crate::learner::Progress;
use crate::learner::next::next;
use crate::learner::table::words;
use crate::report::Look;
use crate::report::line::{Line, Tone, render};
use crate::report::text::{count, shown, wrap};

pub(super) fn run(course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let mut journal = Journal::open(&course.root);
    out::print(&text(&course, journal.progress(), "workbook ", &out::look()))?;
    if let Some(lesson) = next(&course, journal.progress()).lesson() {
        journal.update(|progress| {
            progress.turn_to(&lesson.id);
        });
    }
    Ok(HOLDS)
}

/// How much is done, then what comes next; `prefix` stands before each command.
pub(super) fn text(course: &Course, progress: &Progress, prefix: &str, look: &Look) -> String {
    let done = course.lessons.iter().filter(|lesson| progress.is_done(lesson)).count();
    let mut facts = vec![format!("{done} of {} done", count(course.lessons.len(), "lesson"))];
    facts.extend(progress.language.map(|language| language.to_string()));
    let mut lines = vec![Line::of(Tone::Plain, facts.join(&format!(" {} ", look.glyphs().dot)))];
    let next = next(course, progress);
    let (advice, commands) = next.advice();
    let heading = next
        .lesson()
        .map(|lesson| format!("{} {} ({})", lesson.id, lesson.title, words(progress.standing(lesson))));
    let heading = heading.map_or_else(|| advice.to_owned(), |heading| format!("next: {heading}"));
    lines.extend(
        wrap(&shown(&heading, look), look.columns()).into_iter().map(|text| Line::of(Tone::Strong, text)),
    );
    if next.lesson().is_some() {
        lines.push(Line::of(Tone::Plain, format!("  {advice}:")));
    }
    lines.extend(commands.iter().map(|command| Line::of(Tone::Command, format!("    {prefix}{command}"))));
    render(lines, look)
}
