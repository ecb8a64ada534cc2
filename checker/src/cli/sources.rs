//! The source files of a lesson, and which of them is meant.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::bail;

use super::journal::seconds;
use crate::course::{Course, Language, Lesson};
use crate::kit;

/// Files of a fresh clone are written within this time: none of them is then "edited last".
const SAME_TIME: Duration = Duration::from_secs(5);

/// The source files of one lesson, in their folder.
pub(super) struct Sources {
    pub(super) folder: PathBuf,
    /// The folder as it is told.
    pub(super) shown: PathBuf,
    lesson: String,
    is_exercise: bool,
}

impl Sources {
    /// Those in `exercises`, or in `solutions`.
    pub(super) fn new(course: &Course, lesson: &Lesson, kind: &str) -> Self {
        Self {
            folder: course.root.join(kind).join(&lesson.id),
            shown: Path::new(kind).join(&lesson.id),
            lesson: lesson.id.clone(),
            is_exercise: kind == "exercises",
        }
    }

    /// The one in this language, else the one that was edited last.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn choose(&self, language: Option<Language>) -> anyhow::Result<PathBuf> {
        match language.or_else(|| self.last_edited()) {
            Some(language) => self.of(language),
            None => bail!(
                "there is no program for {} in {}: expected main.rs, main.c or main.py.\n{}",
                self.lesson,
                self.shown.display(),
                self.advice(None)
            ),
        }
    }

    /// # Errors
    /// When there is none.
    pub(super) fn of(&self, language: Language) -> anyhow::Result<PathBuf> {
        let file = self.folder.join(language.file_name());
        if !file.is_file() {
            let shown = self.shown.join(language.file_name());
            bail!("there is no {}.\n{}", shown.display(), self.advice(Some(language)));
        }
        Ok(file)
    }

    /// What to do where there is no program.
    fn advice(&self, language: Option<Language>) -> String {
        let lang = language.map(|language| format!(" --lang {}", language.word())).unwrap_or_default();
        let (what, command) =
            if self.is_exercise { ("Get the starter", "reset") } else { ("See one", "solution") };
        format!("{what} with: workbook {command} {}{lang}", self.lesson)
    }

    /// The language of the file that was edited last; Rust first when all were written together.
    /// A starter as it came was not edited, however new it is, where there is something else.
    pub(super) fn last_edited(&self) -> Option<Language> {
        let all = self.dated();
        let work: Vec<_> = all.iter().filter(|(language, _)| !self.is_starter(*language)).copied().collect();
        let dated = if work.is_empty() { all } else { work };
        let newest = dated.iter().map(|(_, time)| *time).max()?;
        let is_newest = |time: SystemTime| newest.duration_since(time).is_ok_and(|age| age <= SAME_TIME);
        dated.iter().find(|(_, time)| is_newest(*time)).map(|(language, _)| *language)
    }

    /// The files that were edited since then, in seconds since 1970.
    pub(super) fn edited_since(&self, then: Option<u64>) -> Vec<Language> {
        let Some(then) = then else { return Vec::new() };
        let is_edited =
            |language: Language, time: SystemTime| seconds(time) > then && !self.is_starter(language);
        let dated = self.dated().into_iter();
        dated.filter(|(language, time)| is_edited(*language, *time)).map(|(language, _)| language).collect()
    }

    /// Those that there are, with the time of the last change.
    pub(super) fn dated(&self) -> Vec<(Language, SystemTime)> {
        let changed = |language: Language| self.folder.join(language.file_name()).metadata()?.modified();
        Language::ALL.into_iter().filter_map(|language| Some((language, changed(language).ok()?))).collect()
    }

    fn is_starter(&self, language: Language) -> bool {
        let file = self.folder.join(language.file_name());
        kit::starter(&self.lesson, language).is_some_and(|starter| {
            file.metadata().is_ok_and(|data| data.is_file() && data.len() == starter.len() as u64)
                && std::fs::read(&file).is_ok_and(|content| content == starter)
        })
    }
}
