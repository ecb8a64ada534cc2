//! `workbook reset`: the starter again, and a backup of what was written.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, bail};

use super::journal::Journal;
use super::kit::from_here;
use super::sources::Sources;
use super::{HOLDS, out, workplace};
use crate::course::{Course, Language, Lesson};
use crate::kit::{self, Folder, Reset};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson, such as w04-l03, l03 or keep-alive; without it, the one that you are in
    lesson: Option<String>,
    /// The language: rust, c or python; without it, the file that was edited last
    #[arg(long)]
    lang: Option<Language>,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let journal = Journal::open(&course.root);
    let lesson = journal.lesson(&course, arguments.lesson.as_deref())?;
    let asked = arguments.lang.or(journal.progress().language);
    let folder = Folder::open(&course.root).context("cannot open the course's folder")?;
    let mut text = String::new();
    for language in languages(asked, &course, lesson) {
        reset(&mut text, &folder, lesson, language)?;
    }
    out::print(&text)?;
    Ok(HOLDS)
}

/// What is meant; all of them where none is there.
fn languages(asked: Option<Language>, course: &Course, lesson: &Lesson) -> Vec<Language> {
    let last = || Sources::new(course, lesson, "exercises").last_edited();
    asked.or_else(last).map_or_else(|| Language::ALL.to_vec(), |language| vec![language])
}

fn reset(text: &mut String, folder: &Folder, lesson: &Lesson, language: Language) -> anyhow::Result<()> {
    let path = format!("exercises/{}/{}", lesson.id, language.file_name());
    let Some(starter) = kit::starter(&lesson.id, language) else {
        bail!(
            "this workbook carries no starter {path}.\n\
             Where the course is in git, this brings it back and keeps no backup:\n  git checkout -- {}",
            from_here(folder, &path)
        );
    };
    match kit::reset(folder, &path, starter)? {
        Reset::Nothing => writeln!(text, "{path} is the starter already.\n{}", others(lesson, language))?,
        Reset::Written => writeln!(text, "{path} is there again")?,
        Reset::Exchanged { backup } => writeln!(
            text,
            "{path} is the starter again.\n\
             What was in it is kept in {backup}; to have it back:\n  mv {} {}",
            from_here(folder, &backup),
            from_here(folder, &path)
        )?,
    }
    Ok(())
}

/// Somebody who meant another language is told how to say so.
fn others(lesson: &Lesson, language: Language) -> String {
    let others: Vec<&str> =
        Language::ALL.into_iter().filter(|other| *other != language).map(Language::word).collect();
    format!("For another language: workbook reset {} --lang {}", lesson.id, others.join(" or "))
}
