//! What a worker has found out about one program in one lesson, and the line that keeps it.

use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

use super::evidence::{Bodies, Packer};
use super::handed_in::Digest;
use super::standing::Standing;
use crate::judge::Verdict;
use crate::trace::{Bytes, Level};

/// What a result depends on, hashed: the program's files, the lesson, the checker, seed and level.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub Digest);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One result with all its evidence.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// Of what.
    pub key: Key,
    /// What came of it.
    pub outcome: Outcome,
    /// How long all scenarios took, in milliseconds; no part of the result.
    pub took_ms: u64,
}

/// The same, as it is kept: what counts can be read, and the evidence is packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Of what.
    pub key: Key,
    /// What counts.
    pub standing: Standing,
    /// How long all scenarios took, in milliseconds; no part of the result.
    pub took_ms: u64,
    /// Against which bodies the outcome is packed: see [`super::evidence`].
    pub bodies: Digest,
    /// The outcome.
    pub evidence: Vec<u8>,
}

impl Packed {
    /// Packs a record with the packer for these bodies.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn of(record: Record, packer: &mut Packer, bodies: &Bodies) -> io::Result<Self> {
        let Record { key, outcome, took_ms } = record;
        let standing = Standing::of(&outcome);
        let evidence = packer.pack(outcome)?;
        Ok(Self { key, standing, took_ms, bodies: bodies.id().clone(), evidence })
    }
}

/// What came of grading a program.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It ran.
    Judged {
        /// The verdict, with the trace of every scenario.
        verdict: Box<Verdict>,
        /// How it was contained.
        level: Level,
    },
    /// It ran, and what came of it was not the same each time.
    Unstable {
        /// Every verdict, in order.
        verdicts: Vec<Verdict>,
        /// How it was contained.
        level: Level,
    },
    /// The compiler refuses it.
    DoesNotBuild {
        /// What the compiler printed.
        output: Bytes,
    },
    /// We or the machine failed.
    NotJudged {
        /// How.
        reason: String,
    },
}
