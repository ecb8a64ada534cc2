//! What is remembered about the learner, at the command line: told when it cannot be, and never in the way.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;

use super::out;
use crate::course::{Course, Language, Lesson};
use crate::judge::Verdict;
use crate::learner::{LastRun, Outcome, Progress, Store, Trouble, hints};

/// The learner's progress and last runs in one course.
pub(super) struct Journal {
    root: PathBuf,
    store: Store,
    progress: Progress,
    /// Once is enough to say that nothing can be written.
    has_told: Cell<bool>,
}

impl Journal {
    /// Reads what is remembered in the course at `root`.
    pub(super) fn open(root: &Path) -> Self {
        let store = Store::of(root);
        let (progress, trouble) = store.read();
        let journal = Self { root: root.to_owned(), store, progress, has_told: Cell::new(false) };
        journal.tell(trouble.as_ref());
        journal
    }

    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The lesson with this name, or the one that the learner is in: the last one, when all are done.
    ///
    /// # Errors
    /// When there is none of that name.
    pub(super) fn lesson<'a>(&self, course: &'a Course, name: Option<&str>) -> anyhow::Result<&'a Lesson> {
        if let Some(name) = name {
            return Ok(course.lesson(name)?);
        }
        let progress = &self.progress;
        let last = || progress.lesson.as_ref().and_then(|id| course.lesson(id).ok());
        let any = || course.lessons.last().context("the course has no lesson");
        progress.current(course).or_else(last).map_or_else(any, Ok)
    }

    /// Changes what is remembered. Where that cannot be, it is told, and nothing else goes wrong.
    pub(super) fn update(&mut self, change: impl Fn(&mut Progress)) {
        change(&mut self.progress);
        match self.store.update(&change) {
            Ok(trouble) => self.tell(trouble.as_ref()),
            Err(error) => self.tell(Some(&Trouble::Unusable(error))),
        }
    }

    /// The hint that comes next after a check with this verdict, where there is one: its number, and of how many.
    pub(super) fn hint_after(&self, lesson: &Lesson, verdict: &Verdict) -> Option<(usize, usize)> {
        let mut progress = self.progress.clone();
        progress.record(&lesson.id, Language::Rust, Outcome::of(verdict), 0);
        let placed = hints::next(lesson, progress.lessons.get(&lesson.id)?)?;
        Some((placed.number, placed.of))
    }

    /// Remembers a check of the exercise in this language; without a verdict it does not build.
    pub(super) fn record(&mut self, lesson: &Lesson, language: Language, verdict: Option<&Verdict>) {
        let outcome = verdict.map_or_else(Outcome::of_none, Outcome::of);
        let now = seconds(SystemTime::now());
        self.update(|progress| progress.record(&lesson.id, language, outcome.clone(), now));
    }

    /// Keeps what happened, for drawings. Where it cannot be kept, those say that there is none.
    pub(super) fn keep(&self, verdict: &Verdict) {
        let _ = LastRun::of(&self.root, &verdict.lesson).save(&verdict.scenarios);
    }

    fn tell(&self, trouble: Option<&Trouble>) {
        if let Some(trouble) = trouble.filter(|_| !self.has_told.replace(true)) {
            out::error(&trouble.to_string());
        }
    }
}

/// Since 1970.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
