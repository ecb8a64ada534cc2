//! What a learner has done, as plain data.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::course::{Course, Language, Lesson};
use crate::judge::{ScenarioVerdict, State, Verdict};

/// The form of the file; a workbook that writes another one gives it another number.
pub(super) const FORMAT: u32 = 1;

/// Everything that is remembered about a learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Progress {
    /// See [`FORMAT`].
    pub format: u32,
    /// The language that the learner has chosen for everything; none to take the file that was edited last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The id of the lesson that the learner turned to last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lesson: Option<String>,
    /// By the ids of lessons, whether the course still has them or not.
    #[serde(default)]
    pub lessons: BTreeMap<String, LessonProgress>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { format: FORMAT, language: None, lesson: None, lessons: BTreeMap::new() }
    }
}

/// What was done in one lesson.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct LessonProgress {
    /// The latest of the checks, for each language that was tried.
    pub languages: BTreeMap<Language, Attempt>,
    /// Was its text shown?
    pub is_read: bool,
    /// Which hints were shown, by [`hints::key`](super::hints::key), in the order in which they were.
    pub hints: Vec<String>,
    /// How often the solution was asked for before it was due.
    pub solution_asked: u32,
    /// The id of the mistake that the latest check has diagnosed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mistake: Option<String>,
    /// When the latest check ended, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<u64>,
}

/// What the checks of one program have shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Attempt {
    /// How many there were.
    pub checks: u64,
    /// The ids of criteria that held in the latest one.
    pub held: BTreeSet<String>,
    /// The ids of all criteria when all of them held; empty before that. Later failures do not undo it.
    pub passed: BTreeSet<String>,
}

/// What one check has shown, as far as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    held: BTreeSet<String>,
    is_passed: bool,
    mistake: Option<String>,
}

impl Outcome {
    /// Of a check that played every scenario.
    #[must_use]
    pub fn of(verdict: &Verdict) -> Self {
        let is_held = |state: State| state == State::Held;
        let held = verdict.criteria.iter().filter(|criterion| is_held(criterion.state));
        Self {
            held: held.map(|criterion| criterion.id.clone()).collect(),
            is_passed: verdict.criteria.iter().all(|criterion| is_held(criterion.state)),
            mistake: telling(&verdict.scenarios)
                .filter(|scenario| scenario.state == State::Failed)
                .and_then(|scenario| Some(scenario.mistake.as_ref()?.id.clone())),
        }
    }

    /// Of a program that does not build.
    #[must_use]
    pub fn of_none() -> Self {
        Self { held: BTreeSet::new(), is_passed: false, mistake: None }
    }
}

/// The scenario that says most: the first graded one that failed, else the first.
#[must_use]
pub(super) fn telling(scenarios: &[ScenarioVerdict]) -> Option<&ScenarioVerdict> {
    let has_failed = |scenario: &&ScenarioVerdict| scenario.state == State::Failed && !scenario.is_advice;
    scenarios.iter().find(has_failed).or(scenarios.first())
}

/// How far a lesson is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Standing {
    /// It was never checked.
    Untouched,
    /// So many of its criteria held in the latest check of the program that is furthest.
    Begun {
        /// How many held.
        held: usize,
        /// How many there are.
        of: usize,
    },
    /// All of its criteria have held at once.
    Done,
}

impl Progress {
    /// Turns to a lesson.
    pub fn turn_to(&mut self, lesson: &str) -> &mut LessonProgress {
        self.lesson = Some(lesson.to_owned());
        self.lessons.entry(lesson.to_owned()).or_default()
    }

    /// Adds a check of the program in this language; `now` in seconds since 1970.
    pub fn record(&mut self, lesson: &str, language: Language, outcome: Outcome, now: u64) {
        let entry = self.turn_to(lesson);
        entry.mistake = outcome.mistake;
        entry.checked_at = Some(now);
        let attempt = entry.languages.entry(language).or_default();
        attempt.checks += 1;
        if outcome.is_passed {
            attempt.passed.clone_from(&outcome.held);
        }
        attempt.held = outcome.held;
    }

    /// Takes from a check that is no progress what hints need: the mistake, where there is one.
    pub fn note_mistake(&mut self, lesson: &str, outcome: &Outcome) {
        if let Some(mistake) = &outcome.mistake {
            self.turn_to(lesson).mistake = Some(mistake.clone());
        }
    }

    /// How far a lesson is, with the criteria that it has today.
    #[must_use]
    pub fn standing(&self, lesson: &Lesson) -> Standing {
        let Some(entry) = self.lessons.get(&lesson.id) else { return Standing::Untouched };
        let standings = entry.languages.values().map(|attempt| attempt.standing(lesson));
        standings.max_by_key(Standing::order).unwrap_or(Standing::Untouched)
    }

    /// Is it done in at least one language?
    #[must_use]
    pub fn is_done(&self, lesson: &Lesson) -> bool {
        self.standing(lesson) == Standing::Done
    }

    /// The lesson to work on: the one turned to last, while it is not done, else the first that is not; none when all
    /// are.
    #[must_use]
    pub fn current<'a>(&self, course: &'a Course) -> Option<&'a Lesson> {
        let is_open = |lesson: &&Lesson| !self.is_done(lesson);
        let last = self.lesson.as_ref();
        let last = last.and_then(|id| course.lessons.iter().find(|lesson| lesson.id == *id));
        last.filter(is_open).or_else(|| course.lessons.iter().find(is_open))
    }
}

impl Attempt {
    /// How far the program is.
    #[must_use]
    pub fn standing(&self, lesson: &Lesson) -> Standing {
        let criteria = &lesson.checks.criteria;
        let amount = |ids: &BTreeSet<String>| {
            criteria.iter().filter(|criterion| ids.contains(criterion.id.get_ref())).count()
        };
        match amount(&self.passed) == criteria.len() {
            true => Standing::Done,
            false => Standing::Begun { held: amount(&self.held), of: criteria.len() },
        }
    }
}

impl Standing {
    fn order(&self) -> usize {
        match self {
            Self::Untouched => 0,
            Self::Begun { held, .. } => 1 + held,
            Self::Done => usize::MAX,
        }
    }
}
