//! Which hint is shown next: those for the mistake that was diagnosed first, each once, gentle first.

use sha2::{Digest, Sha256};

use super::LessonProgress;
use crate::course::Lesson;
use crate::course::checks::Hint;

/// A hint with its place among those that may help.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    /// The hint.
    pub hint: &'a Hint,
    /// Its place in the order in which they are shown, from 1.
    pub number: usize,
    /// How many there are for this learner, now.
    pub of: usize,
}

/// What a hint is remembered by, however the lesson changes around it.
#[must_use]
pub fn key(hint: &Hint) -> String {
    Sha256::digest(&hint.text).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// The hints that were shown, and can help still, in the order in which they were.
#[must_use]
pub fn shown<'a>(lesson: &'a Lesson, progress: &LessonProgress) -> Vec<Placed<'a>> {
    let (shown, unseen) = split(lesson, progress);
    let of = shown.len() + unseen.len();
    shown.into_iter().enumerate().map(|(index, hint)| Placed { hint, number: index + 1, of }).collect()
}

/// The next one that was not shown yet.
#[must_use]
pub fn next<'a>(lesson: &'a Lesson, progress: &LessonProgress) -> Option<Placed<'a>> {
    let (shown, unseen) = split(lesson, progress);
    let of = shown.len() + unseen.len();
    unseen.first().map(|hint| Placed { hint, number: shown.len() + 1, of })
}

/// Hints that were shown, and those that may be: for the diagnosed mistake, then for everybody.
fn split<'a>(lesson: &'a Lesson, progress: &LessonProgress) -> (Vec<&'a Hint>, Vec<&'a Hint>) {
    let all = &lesson.checks.hints;
    let find = |wanted: &String| all.iter().find(|hint| key(hint) == *wanted);
    let shown: Vec<&Hint> = progress.hints.iter().filter_map(find).collect();
    let mistake = progress.mistake.as_deref();
    let is_for_it =
        |hint: &&Hint| hint.mistake.as_ref().is_some_and(|other| Some(other.get_ref().as_str()) == mistake);
    let is_for_all = |hint: &&Hint| hint.mistake.is_none();
    let fitting = all.iter().filter(is_for_it).chain(all.iter().filter(is_for_all));
    let unseen = fitting.filter(|hint| !progress.hints.contains(&key(hint))).collect();
    (shown, unseen)
}
