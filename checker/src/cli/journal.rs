//! What is remembered about the learner, at the command line: told when it cannot be, and never in the way.

use std::cell::RefCell;
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
    /// Could the last change not be written? Then there is more here than in the file.
    is_ahead: bool,
    /// What could not be read or written.
    troubles: RefCell<Troubles>,
}

/// Told once, which is enough.
#[derive(Default)]
struct Troubles {
    has_told: bool,
    /// Where a screen is about to be cleared, somebody else tells it later.
    is_silent: bool,
    untold: Option<String>,
}

impl Journal {
    /// Reads what is remembered in the course at `root`.
    pub(super) fn open(root: &Path) -> Self {
        Self::open_with(root, Troubles::default())
    }

    /// The same; what is wrong is kept for [`Journal::take_trouble`].
    pub(super) fn open_silent(root: &Path) -> Self {
        Self::open_with(root, Troubles { is_silent: true, ..Troubles::default() })
    }

    fn open_with(root: &Path, troubles: Troubles) -> Self {
        let store = Store::of(root);
        let (progress, trouble) = store.read();
        let journal = Self {
            root: root.to_owned(),
            store,
            progress,
            is_ahead: false,
            troubles: RefCell::new(troubles),
        };
        journal.tell(trouble.as_ref());
        journal
    }

    /// What was wrong since it was asked last.
    pub(super) fn take_trouble(&self) -> Option<String> {
        self.troubles.borrow_mut().untold.take()
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
        match self.store.update(&change) {
            Ok((progress, trouble)) => {
                self.progress = progress;
                self.is_ahead = false;
                self.tell(trouble.as_ref());
            }
            Err(error) => {
                change(&mut self.progress);
                self.is_ahead = true;
                self.tell(Some(&Trouble::Unusable(error)));
            }
        }
    }

    /// Will the next command know of the last change?
    pub(super) fn remembers(&self) -> bool {
        !self.is_ahead
    }

    /// Takes over what other processes have remembered meanwhile.
    pub(super) fn refresh(&mut self) {
        if !self.is_ahead {
            self.update(|_| ());
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

    /// Remembers the mistake of a check that counts as none, so that the next hint is about it.
    pub(super) fn note_mistake(&mut self, lesson: &Lesson, verdict: &Verdict) {
        let outcome = Outcome::of(verdict);
        self.update(|progress| progress.note_mistake(&lesson.id, &outcome));
    }

    /// Keeps what happened, for drawings. Where it cannot be kept, those say that there is none.
    pub(super) fn keep(&self, verdict: &Verdict) {
        let _ = LastRun::of(&self.root, &verdict.lesson).save(&verdict.scenarios);
    }

    fn tell(&self, trouble: Option<&Trouble>) {
        let mut troubles = self.troubles.borrow_mut();
        if let Some(trouble) = trouble.filter(|_| !troubles.has_told) {
            troubles.has_told = true;
            match troubles.is_silent {
                true => troubles.untold = Some(trouble.to_string()),
                false => out::error(&trouble.to_string()),
            }
        }
    }
}

/// Since 1970.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
