//! `workbook hint`: help in small steps.

use std::path::Path;

use super::journal::Journal;
use super::{HOLDS, out, workplace};
use crate::course::Lesson;
use crate::learner::hints::{self, Placed};
use crate::report::line::{Line, Tone, render};
use crate::report::text::{shown, wrap};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson; without it, the one that you are in
    lesson: Option<String>,
    /// Show the hints again that were shown before, and no new one
    #[arg(long)]
    again: bool,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let mut journal = Journal::open(&course.root);
    let lesson = journal.lesson(&course, arguments.lesson.as_deref())?;
    if arguments.again {
        let entry = journal.progress().lessons.get(&lesson.id).cloned().unwrap_or_default();
        let before = hints::shown(lesson, &entry);
        let text = before.iter().map(|placed| text(lesson, placed)).collect::<Vec<_>>().join("\n");
        out::print(if text.is_empty() { "No hint was shown yet.\n" } else { &text })?;
        return Ok(HOLDS);
    }
    out::print(&show_next(&mut journal, lesson))?;
    // Where nothing is remembered, each call would show the first one again.
    while !journal.remembers() && has_next(&journal, lesson) {
        out::print(&format!("\n{}", show_next(&mut journal, lesson)))?;
    }
    Ok(HOLDS)
}

fn has_next(journal: &Journal, lesson: &Lesson) -> bool {
    let entry = journal.progress().lessons.get(&lesson.id).cloned().unwrap_or_default();
    hints::next(lesson, &entry).is_some()
}

/// The next hint, which counts as shown from now on, or what helps where there is none.
pub(super) fn show_next(journal: &mut Journal, lesson: &Lesson) -> String {
    journal.refresh();
    let entry = journal.progress().lessons.get(&lesson.id).cloned().unwrap_or_default();
    let Some(placed) = hints::next(lesson, &entry) else {
        return nothing_left(lesson, !entry.hints.is_empty());
    };
    let key = hints::key(placed.hint);
    journal.update(|progress| {
        let shown = &mut progress.turn_to(&lesson.id).hints;
        if !shown.contains(&key) {
            shown.push(key.clone());
        }
    });
    text(lesson, &placed)
}

fn text(lesson: &Lesson, placed: &Placed<'_>) -> String {
    let look = out::look();
    let title = format!("Hint {} of {} for {} {}", placed.number, placed.of, lesson.id, lesson.title);
    let mut lines: Vec<Line> = wrap(&shown(&title, &look), look.columns())
        .into_iter()
        .map(|text| Line::of(Tone::Strong, text))
        .collect();
    let texts = wrap(&shown(placed.hint.text.trim(), &look), look.columns() - 2);
    lines.extend(texts.into_iter().map(|text| Line::of(Tone::Plain, format!("  {text}"))));
    render(lines, &look)
}

/// What helps when every hint was shown.
fn nothing_left(lesson: &Lesson, has_shown: bool) -> String {
    let id = &lesson.id;
    let first = if has_shown { "You have seen every hint that fits." } else { "There is no hint that fits." };
    format!(
        "{first}\n  again     workbook hint {id} --again\n  text      workbook read {id}\n  \
         drawing   workbook diagram {id}\n  solution  workbook solution {id}\n"
    )
}
