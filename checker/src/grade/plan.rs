//! What is to be graded, frozen: whoever works on a part of it works on the same.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::handed_in::{Content, Digest, HandedIn, Program};
use super::record::Key;
use crate::course::Lesson;
use crate::trace::Level;

/// Version of the layout of plans and records.
pub const FORMAT: u32 = 1;

/// The checker: its version, and a name for all that decides on verdicts.
pub const CHECKER: &str = concat!(env!("CARGO_PKG_VERSION"), "+", env!("WORKBOOK_JUDGEMENT"));

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

impl Plan {
    /// Was there a roster when it was made?
    #[must_use]
    pub fn has_roster(&self) -> bool {
        self.learners.iter().any(|learner| !learner.columns.is_empty())
    }
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

/// How a class is to be graded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What bodies are made from.
    pub seed: u64,
    /// How programs are contained.
    pub level: Level,
    /// Into how many shares the work is cut.
    pub shards: u32,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The file of a lesson is gone.
    #[error("cannot read {file}: {source}")]
    Lesson {
        /// Which one.
        file: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The plan cannot be read.
    #[error("cannot read the plan {file}: {source}\n  make it again: workbook plan SUBMISSIONS --lesson ID")]
    Unreadable {
        /// Where it should be.
        file: String,
        /// The system's reason.
        source: io::Error,
    },
    /// It is of another version.
    #[error(
        "the plan {file} has format {found}, and this workbook knows {FORMAT}: use the version that made it, or make it again"
    )]
    OtherFormat {
        /// Where it is.
        file: String,
        /// Its format.
        found: u32,
    },
    /// Somebody has graded with another checker or other lessons than planned.
    #[error("{what} is not what it was when the plan was made ({planned}, now {now}): make the plan again")]
    Stale {
        /// Checker or lesson.
        what: String,
        /// As planned.
        planned: String,
        /// As it is.
        now: String,
    },
}

impl Plan {
    /// A plan for what was handed in, in the order of [`Plan::entries`].
    ///
    /// # Errors
    /// When a lesson cannot be read.
    pub fn new(
        lessons: &[&Lesson],
        learners: Vec<Learner>,
        handed_in: Vec<HandedIn>,
        terms: Terms,
    ) -> Result<Self, PlanError> {
        let Terms { seed, level, shards } = terms;
        let lessons = lessons.iter().map(|lesson| planned(lesson)).collect::<Result<Vec<_>, _>>()?;
        let digests: BTreeMap<&str, &Digest> =
            lessons.iter().map(|lesson| (lesson.id.as_str(), &lesson.digest)).collect();
        let key = |handed_in: &HandedIn| match &handed_in.content {
            Content::Program(program) => {
                digests.get(handed_in.lesson.as_str()).map(|lesson| key(program, lesson, seed, level))
            }
            Content::Problem(_) => None,
        };
        let entries: Vec<Entry> =
            handed_in.into_iter().map(|handed_in| Entry { key: key(&handed_in), handed_in }).collect();
        let checker = CHECKER.to_owned();
        Ok(Self { format: FORMAT, checker, seed, level, shards, lessons, learners, entries })
    }

    /// What names the plan: a hash of all that it says.
    #[must_use]
    pub fn id(&self) -> Digest {
        let text = serde_json::to_vec(self).expect("a plan is data");
        Digest(hex(&Sha256::digest(text)))
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// When there is none, or one of another format.
    pub fn read(file: &Path) -> Result<Self, PlanError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let name = || file.display().to_string();
        let unreadable = |source| PlanError::Unreadable { file: name(), source };
        let text = std::fs::read(file).map_err(unreadable)?;
        let Format { format } = serde_json::from_slice(&text).map_err(|error| unreadable(error.into()))?;
        if format != FORMAT {
            return Err(PlanError::OtherFormat { file: name(), found: format });
        }
        serde_json::from_slice(&text).map_err(|error| unreadable(error.into()))
    }

    /// Are checker and lessons still those of the plan?
    ///
    /// # Errors
    /// When one is not, or cannot be read.
    pub fn require_current(&self, lessons: &[&Lesson]) -> Result<(), PlanError> {
        let same = |what: String, planned: &str, now: &str| match planned == now {
            true => Ok(()),
            false => Err(PlanError::Stale { what, planned: planned.to_owned(), now: now.to_owned() }),
        };
        same("the checker".to_owned(), &self.checker, CHECKER)?;
        for (before, lesson) in self.lessons.iter().zip(lessons) {
            let now = planned(lesson)?;
            same(format!("lesson {}", before.id), &before.digest.0, &now.digest.0)?;
        }
        Ok(())
    }

    /// What is to be graded: every key once, with the first program that has it, in order of keys.
    #[must_use]
    pub fn tasks(&self) -> BTreeMap<&Key, (&str, &Program)> {
        let mut tasks = BTreeMap::new();
        for Entry { handed_in, key } in &self.entries {
            if let (Some(key), Content::Program(program)) = (key, &handed_in.content) {
                tasks.entry(key).or_insert((handed_in.lesson.as_str(), program));
            }
        }
        tasks
    }

    /// To which share a key belongs, from 0: the same in every plan with as many shares.
    #[must_use]
    pub fn shard_of(&self, key: &Key) -> u32 {
        let start = u32::from_str_radix(key.0.0.get(..8).unwrap_or_default(), 16).unwrap_or(0);
        start % self.shards.max(1)
    }
}

fn planned(lesson: &Lesson) -> Result<PlannedLesson, PlanError> {
    Ok(PlannedLesson { id: lesson.id.clone(), title: lesson.title.clone(), digest: digest(lesson)? })
}

/// What a plan knows a lesson by: the hash of its `checks.toml`.
///
/// # Errors
/// When that cannot be read.
pub fn digest(lesson: &Lesson) -> Result<Digest, PlanError> {
    let file = lesson.folder.join("checks.toml");
    let text = std::fs::read(&file)
        .map_err(|source| PlanError::Lesson { file: file.display().to_string(), source })?;
    Ok(Digest(hex(&Sha256::digest(text))))
}

/// What a result depends on.
fn key(program: &Program, lesson: &Digest, seed: u64, level: Level) -> Key {
    let mut hash = Sha256::new();
    let seed = seed.to_string();
    for part in [&program.digest.0, &program.file, &lesson.0, CHECKER, &seed, &level.to_string()] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    Key(Digest(hex(&hash.finalize())))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
