//! What learners have handed in, as the intake finds it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What one learner has handed in for one lesson, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedIn {
    /// Who: the name by which the course's system knows the learner. Printable; bytes that are no text are escaped.
    pub learner: String,
    /// The lesson's id.
    pub lesson: String,
    /// From 1, in order of time; without times, in order of origin.
    pub attempt: u32,
    /// Where it was found, relative to the folder of submissions; printable. Parts of an archive are behind `!`.
    pub origin: String,
    /// When it was handed in, where that is known.
    pub at: Option<Timestamp>,
    /// What it was.
    pub content: Content,
}

/// What was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Something that can be built or run.
    Program(Program),
    /// Something that cannot.
    Problem(Problem),
}

/// A program in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// What the store knows its files by.
    pub digest: Digest,
    /// The file to build or run, relative to the program's folder: `main.c`.
    pub file: String,
}

/// The SHA-256 of something, as 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(pub String);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why there is no program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Whose it is.
    pub fault: Fault,
    /// One sentence, without the learner's name: `There is no file.`
    pub reason: String,
}

/// Whose fault it is that there is no program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Nothing that could be graded was handed in: no points.
    Learner,
    /// Somebody has to look at it: no points are told.
    Unclear,
}
