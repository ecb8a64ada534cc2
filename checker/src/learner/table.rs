//! Where the learner stands, as a table.

use super::{Progress, Standing};
use crate::course::{Course, Language, Lesson};
use crate::report::Look;
use crate::report::line::{Line, Tone, render};
use crate::report::text::{count, fit, shown, width, wrap};

/// Columns of the state in a language.
const CELL: usize = 9;
/// Margin, mark and id.
const LEAD: usize = 4;

/// Every lesson with its state in each language that is taught, and what to turn to.
#[must_use]
pub fn table(course: &Course, progress: &Progress, look: &Look) -> String {
    let mut lines = Vec::new();
    for part in &course.parts {
        lines
            .push(Line::of(Tone::Strong, fit(&format!("{}  {}", part.id, part.title), look.columns(), look)));
        lines.push(head(look));
        let lessons = course.lessons.iter().filter(|lesson| lesson.part == part.id);
        lines.extend(lessons.map(|lesson| row(lesson, progress, look)));
    }
    lines.push(Line::empty());
    lines.extend(summary(course, progress, look));
    render(lines, look)
}

/// One lesson: each criterion, with its state in each language that was tried.
#[must_use]
pub fn lesson(lesson: &Lesson, progress: &Progress, look: &Look) -> String {
    let title = format!("{} {}", lesson.id, lesson.title);
    let mut lines = vec![Line::of(Tone::Strong, fit(&shown(&title, look), look.columns(), look))];
    let attempts = progress.lessons.get(&lesson.id).map(|entry| &entry.languages);
    for (language, attempt) in attempts.into_iter().flatten() {
        let state = words(attempt.standing(lesson));
        let facts = format!("  {language}: {state}, {} in all", count_of(attempt.checks));
        lines.extend([Line::empty(), Line::of(Tone::Plain, fit(&facts, look.columns(), look))]);
        for criterion in &lesson.checks.criteria {
            let is_held = attempt.held.contains(criterion.id.get_ref());
            lines.extend(criterion_lines(criterion.text.get_ref(), is_held, look));
        }
    }
    if attempts.is_none_or(std::collections::BTreeMap::is_empty) {
        let command = format!("workbook check {}", lesson.id);
        lines.push(Line::of(Tone::Plain, "  not checked yet: ").with(Tone::Command, command));
    }
    render(lines, look)
}

fn count_of(checks: u64) -> String {
    count(usize::try_from(checks).unwrap_or(usize::MAX), "check")
}

fn criterion_lines(text: &str, is_held: bool, look: &Look) -> Vec<Line> {
    let (tone, word) = if is_held { (Tone::Good, "holds  ") } else { (Tone::Bad, "not yet") };
    let mut lines = Vec::new();
    for (index, text) in wrap(&shown(text, look), look.columns() - LEAD - CELL).into_iter().enumerate() {
        let lead = if index == 0 { word } else { "       " };
        lines.push(Line::of(Tone::Plain, "    ").with(tone, lead).with(Tone::Plain, format!("  {text}")));
    }
    lines
}

/// The name of each language above its column.
fn head(look: &Look) -> Line {
    if look.is_narrow() {
        return Line::of(Tone::Quiet, "  in the language that is furthest");
    }
    let columns: String =
        Language::ALL.iter().map(|language| format!("{:<CELL$}", language.to_string())).collect();
    let lead = look.columns() - Language::ALL.len() * CELL;
    Line::of(Tone::Quiet, format!("{:lead$}{columns}", ""))
}

fn row(lesson: &Lesson, progress: &Progress, look: &Look) -> Line {
    let is_done = progress.is_done(lesson);
    let mark = if is_done { look.glyphs().held } else { " " };
    let cells = cells(lesson, progress, look);
    let room = look.columns() - cells.iter().map(|(_, text)| width(text)).sum::<usize>() - 1;
    let title = shown(&format!("{}  {}", lesson.id, lesson.title), look);
    let title = fit(&title, room - LEAD, look);
    let line = Line::of(Tone::Good, format!("  {mark} ")).with(Tone::Plain, title);
    let gap = room.saturating_sub(line.width()) + 1;
    let line = line.with(Tone::Plain, " ".repeat(gap));
    cells.into_iter().fold(line, |line, (tone, text)| line.with(tone, text))
}

/// The state in each language, or, where there is no room, in the one that is furthest.
fn cells(lesson: &Lesson, progress: &Progress, look: &Look) -> Vec<(Tone, String)> {
    let cell = |standing: Standing| (tone(standing), format!("{:<CELL$}", short(standing)));
    if look.is_narrow() {
        return vec![cell(progress.standing(lesson))];
    }
    let attempts = progress.lessons.get(&lesson.id).map(|entry| &entry.languages);
    let standing = |language: &Language| {
        let attempt = attempts.and_then(|attempts| attempts.get(language));
        attempt.map_or(Standing::Untouched, |attempt| attempt.standing(lesson))
    };
    Language::ALL.iter().map(|language| cell(standing(language))).collect()
}

fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Untouched => Tone::Quiet,
        Standing::Begun { .. } => Tone::Plain,
        Standing::Done => Tone::Good,
    }
}

fn short(standing: Standing) -> String {
    match standing {
        Standing::Untouched => "-".to_owned(),
        Standing::Begun { held, of } => format!("{held} of {of}"),
        Standing::Done => "done".to_owned(),
    }
}

/// How far a lesson is, in words.
#[must_use]
pub fn words(standing: Standing) -> String {
    match standing {
        Standing::Untouched => "not begun".to_owned(),
        Standing::Begun { held, of } => format!("{held} of {of} criteria hold"),
        Standing::Done => "done".to_owned(),
    }
}

/// How much is done, and the lessons that the course does not have any more.
fn summary(course: &Course, progress: &Progress, look: &Look) -> Vec<Line> {
    let done = course.lessons.iter().filter(|lesson| progress.is_done(lesson)).count();
    let total = count(course.lessons.len(), "lesson");
    let mut sentences = vec![format!("{done} of {total} done.")];
    let is_gone = |id: &&String| course.lessons.iter().all(|lesson| lesson.id != **id);
    let gone: Vec<&str> = progress.lessons.keys().filter(is_gone).map(String::as_str).collect();
    if !gone.is_empty() {
        sentences.push(format!("Remembered, but not in this course any more: {}.", gone.join(", ")));
    }
    let wrapped = sentences.iter().flat_map(|sentence| wrap(&shown(sentence, look), look.columns()));
    wrapped.map(|text| Line::of(Tone::Plain, text)).collect()
}
