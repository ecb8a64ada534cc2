//! One result a key, out of all records: the same however the work was cut, killed and repeated.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::evidence::{Bodies, Packer, Unpacker, Unpackers};
use super::handed_in::{Content, HandedIn};
use super::line::Summary;
use super::plan::{Entry, FORMAT, Plan, PlannedLesson};
use super::record::{Key, Outcome, Packed};
use super::records::{Damage, Place, Records};
use super::standing::{Kind, Standing};
use crate::trace::Level;

/// What is known about the keys of a plan.
#[derive(Debug)]
pub struct Merge<'a> {
    plan: &'a Plan,
    records: &'a Records,
    known: BTreeMap<Key, Known>,
    /// What was found beside good records.
    pub damage: Damage,
}

/// The results of one key.
#[derive(Debug)]
struct Known {
    standing: Standing,
    place: Place,
    /// Another result for the same key: the program, or we, are not the same each time.
    other: Option<Place>,
}

/// Not everything that was planned has a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of {of} planned programs have no result yet (shares {}): run `workbook shard` for them, or bring their records here", missing.len(), in_words(shards))]
pub struct Incomplete {
    /// Their keys.
    pub missing: Vec<Key>,
    /// The shares that they belong to.
    pub shards: Vec<u32>,
    /// How many there are in all.
    pub of: usize,
}

fn in_words(shards: &[u32]) -> String {
    shards.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl<'a> Merge<'a> {
    /// Reads what there is for a plan.
    ///
    /// # Errors
    /// When records cannot be read.
    pub fn read(plan: &'a Plan, records: &'a Records) -> io::Result<Self> {
        let wanted = plan.tasks();
        let mut known: BTreeMap<Key, Known> = BTreeMap::new();
        let damage = records.scan(&mut |Summary { key, standing, .. }, place| {
            if wanted.contains_key(&key) {
                add(&mut known, key, standing, place);
            }
        })?;
        Ok(Self { plan, records, known, damage })
    }

    /// Is there a result for this key that need not be tried again?
    #[must_use]
    pub fn is_done(&self, key: &Key) -> bool {
        self.known.get(key).is_some_and(|known| known.standing.kind != Kind::NotJudged)
    }

    /// Has every planned key a result?
    ///
    /// # Errors
    /// When one has not.
    pub fn require_complete(&self) -> Result<(), Incomplete> {
        let wanted = self.plan.tasks();
        let missing: Vec<Key> =
            wanted.keys().filter(|key| !self.known.contains_key(key)).map(|&key| key.clone()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut shards: Vec<u32> = missing.iter().map(|key| self.plan.shard_of(key)).collect();
        shards.sort_unstable();
        shards.dedup();
        Err(Incomplete { missing, shards, of: wanted.len() })
    }

    /// Keys with results that differ.
    #[must_use]
    pub fn differing(&self) -> Vec<&Key> {
        self.known.iter().filter(|(_, known)| known.other.is_some()).map(|(key, _)| key).collect()
    }

    /// The record of every key, in order of keys.
    ///
    /// # Errors
    /// When one cannot be read any more, or `take` fails.
    pub fn each<E: From<io::Error>>(
        &self,
        take: &mut dyn FnMut(&Packed, &Outcome, &Bodies) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut unpackers = Unpackers::default();
        for known in self.known.values() {
            let packed = self.records.read(&known.place)?;
            let id = packed.bodies.clone();
            let unpacker = unpackers.of(&id.0, || Unpacker::new(self.records.bodies(&id)?))?;
            let (packed, outcome) = self.outcome(packed, known.other.as_ref(), unpacker)?;
            take(&packed, &outcome, unpacker.bodies())?;
        }
        Ok(())
    }

    fn outcome(
        &self,
        packed: Packed,
        other: Option<&Place>,
        unpacker: &mut Unpacker,
    ) -> io::Result<(Packed, Outcome)> {
        let mut unpack = |packed: &Packed| unpacker.unpack(&packed.evidence).map_err(io::Error::other);
        let outcome = unpack(&packed)?;
        let Some(other) = other else { return Ok((packed, outcome)) };
        let outcome = differing(outcome, unpack(&self.records.read(other)?)?);
        let evidence = Packer::new(unpacker.bodies())?.pack(outcome.clone())?;
        Ok((Packed { standing: Standing::of(&outcome), evidence, ..packed }, outcome))
    }

    /// Writes the merged result: a line on the terms, then one for each submission, in order of the plan.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        let Plan { checker, seed, level, lessons, .. } = self.plan;
        let terms = Terms { format: FORMAT, checker, seed: *seed, level: *level, lessons };
        line(to, &terms)?;
        for Entry { handed_in, key } in &self.plan.entries {
            let HandedIn { learner, lesson, attempt, origin, at: _, content } = handed_in;
            let known = key.as_ref().and_then(|key| self.known.get(key));
            let unstable = || Standing { kind: Kind::Unstable, criteria: Vec::new(), scenarios: Vec::new() };
            let standing = known.map(|known| match known.other {
                Some(_) => unstable(),
                None => known.standing.clone(),
            });
            line(
                to,
                &Line { learner, lesson, attempt: *attempt, origin, content, key: key.as_ref(), standing },
            )?;
        }
        to.flush()
    }
}

#[derive(Serialize)]
struct Terms<'a> {
    format: u32,
    checker: &'a str,
    seed: u64,
    level: Level,
    lessons: &'a [PlannedLesson],
}

#[derive(Serialize)]
struct Line<'a> {
    learner: &'a str,
    lesson: &'a str,
    attempt: u32,
    origin: &'a str,
    content: &'a Content,
    key: Option<&'a Key>,
    standing: Option<Standing>,
}

fn line(to: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *to, value)?;
    to.write_all(b"\n")
}

/// Grading may happen twice; recording counts once. A fault of the machine gives way to any result.
fn add(known: &mut BTreeMap<Key, Known>, key: Key, standing: Standing, place: Place) {
    let Some(before) = known.get_mut(&key) else {
        known.insert(key, Known { standing, place, other: None });
        return;
    };
    if before.standing.kind == Kind::NotJudged {
        *before = Known { standing, place, other: None };
    } else if standing.kind != Kind::NotJudged && standing != before.standing && before.other.is_none() {
        before.other = Some(place);
    }
}

/// Two results for one program.
pub(super) fn differing(one: Outcome, other: Outcome) -> Outcome {
    let verdicts = |outcome| match outcome {
        Outcome::Judged { verdict, level } => Some((vec![*verdict], level)),
        Outcome::Unstable { verdicts, level } => Some((verdicts, level)),
        Outcome::DoesNotBuild { .. } | Outcome::NotJudged { .. } => None,
    };
    match (verdicts(one), verdicts(other)) {
        (Some((mut verdicts, level)), Some((others, _))) => {
            verdicts.extend(others);
            Outcome::Unstable { verdicts, level }
        }
        _ => Outcome::NotJudged { reason: "it was built once, and another time it was not".to_owned() },
    }
}
