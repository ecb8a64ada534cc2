//! `workbook progress`: what is done.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::journal::Journal;
use super::{HOLDS, out, workplace};
use crate::course::{Course, Language, Lesson};
use crate::learner::{Progress, Standing, table};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A lesson, to see each of its criteria; without it, all lessons
    lesson: Option<String>,
    /// For machines
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let lesson = arguments.lesson.as_ref().map(|name| course.lesson(name)).transpose()?;
    let journal = Journal::open(&course.root);
    let progress = journal.progress();
    let text = match (arguments.json, lesson) {
        (true, _) => json(&course, lesson, progress)?,
        (false, Some(lesson)) => table::lesson(lesson, progress, &out::look()),
        (false, None) => table::table(&course, progress, &out::look()),
    };
    out::print(&text)?;
    Ok(HOLDS)
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Report<'a> {
    format: u32,
    language: Option<&'static str>,
    lessons: Vec<LessonReport<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct LessonReport<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(flatten)]
    standing: Standing,
    hints_shown: usize,
    languages: BTreeMap<&'static str, AttemptReport<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct AttemptReport<'a> {
    #[serde(flatten)]
    standing: Standing,
    checks: u64,
    criteria: Vec<CriterionReport<'a>>,
}

#[derive(Serialize)]
struct CriterionReport<'a> {
    id: &'a str,
    text: &'a str,
    held: bool,
}

fn json(course: &Course, only: Option<&Lesson>, progress: &Progress) -> anyhow::Result<String> {
    let is_wanted = |lesson: &&Lesson| only.is_none_or(|only| only.id == lesson.id);
    let lessons = course.lessons.iter().filter(is_wanted).map(|lesson| lesson_report(lesson, progress));
    let report = Report {
        format: progress.format,
        language: progress.language.map(Language::word),
        lessons: lessons.collect(),
    };
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}

fn lesson_report<'a>(lesson: &'a Lesson, progress: &Progress) -> LessonReport<'a> {
    let entry = progress.lessons.get(&lesson.id);
    let attempts = entry.into_iter().flat_map(|entry| &entry.languages);
    let report = |attempt: &crate::learner::Attempt| AttemptReport {
        standing: attempt.standing(lesson),
        checks: attempt.checks,
        criteria: (lesson.checks.criteria.iter())
            .map(|criterion| CriterionReport {
                id: criterion.id.get_ref(),
                text: criterion.text.get_ref(),
                held: attempt.held.contains(criterion.id.get_ref()),
            })
            .collect(),
    };
    LessonReport {
        id: &lesson.id,
        title: &lesson.title,
        standing: progress.standing(lesson),
        hints_shown: entry.map_or(0, |entry| entry.hints.len()),
        languages: attempts.map(|(language, attempt)| (language.word(), report(attempt))).collect(),
    }
}
