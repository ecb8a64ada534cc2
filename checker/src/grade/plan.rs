//! What is to be graded, frozen: whoever works on a part of it works on the same.

use serde::{Deserialize, Serialize};

use super::handed_in::{Digest, HandedIn};
use super::record::Key;
use crate::trace::Level;

/// Version of the layout of plans and records.
pub const FORMAT: u32 = 1;

/// A plan. It holds no time, host or path: the same submissions make the same plan everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// [`FORMAT`].
    pub format: u32,
    /// The checker: version and hash of all that decides on verdicts.
    pub checker: String,
    /// What bodies are made from.
    pub seed: u64,
    /// How programs are contained.
    pub level: Level,
    /// Into how many shares the work is cut.
    pub shards: u32,
    /// The lessons, in order of the course.
    pub lessons: Vec<PlannedLesson>,
    /// Who should have handed in, where that is known; else who has. In order of `login`.
    pub learners: Vec<Learner>,
    /// What was handed in, in order of learner, lesson and attempt.
    pub entries: Vec<Entry>,
}

/// A lesson as it is when the plan is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedLesson {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Of its `checks.toml`.
    pub digest: Digest,
}

/// A learner, as the roster has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learner {
    /// The name by which the course's system knows the learner.
    pub login: String,
    /// The name of the person, where a roster tells it.
    pub name: Option<String>,
    /// All columns of the roster's row, in order, for exports to the system that it comes from.
    pub columns: Vec<(String, String)>,
}

/// One submission in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What was handed in.
    pub handed_in: HandedIn,
    /// What its result is known by; none where there is no program. Equal programs have equal keys.
    pub key: Option<Key>,
}
