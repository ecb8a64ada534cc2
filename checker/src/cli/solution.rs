//! `workbook solution`: the reference solution, once the lesson is done, or when it is asked for twice.

use std::borrow::Cow;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context;

use super::journal::Journal;
use super::{HOLDS, out, workplace};
use crate::course::{Course, Language, Lesson};
use crate::kit;
use crate::learner::{LessonProgress, hints};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson; without it, the one that you are in
    lesson: Option<String>,
    /// The language: rust, c or python; without it, the one that you write in
    #[arg(long)]
    lang: Option<Language>,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let mut journal = Journal::open(&course.root);
    let lesson = journal.lesson(&course, arguments.lesson.as_deref())?;
    let entry = journal.progress().lessons.get(&lesson.id).cloned().unwrap_or_default();
    if !journal.progress().is_done(lesson) && entry.solution_asked == 0 {
        journal.update(|progress| progress.turn_to(&lesson.id).solution_asked += 1);
        // Where nothing is remembered, nobody could ever ask twice.
        if journal.remembers() {
            out::print(&not_yet(lesson, &entry))?;
            return Ok(HOLDS);
        }
    }
    let language = arguments.lang.or(journal.progress().language).or_else(|| last_tried(&entry));
    let language = language.unwrap_or(Language::Rust);
    let text = solution(&course, lesson, language)?;
    out::note(&format!(
        "workbook: one solution of {} in {language}; yours may be another, and as good",
        lesson.id
    ));
    out::print(&text)?;
    Ok(HOLDS)
}

/// The language that was tried, where there is only one.
fn last_tried(entry: &LessonProgress) -> Option<Language> {
    let mut tried = entry.languages.keys();
    tried.next().copied().filter(|_| tried.next().is_none())
}

fn not_yet(lesson: &Lesson, entry: &LessonProgress) -> String {
    let id = &lesson.id;
    let hint = match hints::next(lesson, entry) {
        Some(hint) => format!("  workbook hint {id}        hint {} of {}\n", hint.number, hint.of),
        None => String::new(),
    };
    format!(
        "{id} is not done yet, and a look at the solution takes the best part of it away.\n{hint}  \
         workbook solution {id}    once more, and it is shown\n"
    )
}

/// The course's own, or, in a learner's folder, the one that the binary carries.
fn solution(course: &Course, lesson: &Lesson, language: Language) -> anyhow::Result<String> {
    let file = Path::new("solutions").join(&lesson.id).join(language.file_name());
    match fs::read_to_string(course.root.join(&file)) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let carried = kit::solution(&lesson.id, language).map(String::from_utf8_lossy);
            carried.map(Cow::into_owned).with_context(|| format!("there is no {}", file.display()))
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}
