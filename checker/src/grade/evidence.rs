//! Evidence in little room: what came of grading a program, with all its traces.
//!
//! All programs of a class get the same bodies, and print them again. So long byte strings leave the text, and are
//! compressed against those bodies: what is left of a megabyte that was sent and printed are some hundred bytes.

use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zstd::zstd_safe::CParameter;

use super::handed_in::Digest;
use super::plan::hex;
use super::record::Outcome;
use crate::course::Lesson;
use crate::judge::Verdict;
use crate::trace::{Bytes, Step, What};

/// Shorter byte strings stay in the text.
const LONG_BYTES: usize = 256;

/// Fast; nearly everything is found in the bodies anyway.
const LEVEL: i32 = 1;

/// How far back repetitions are found: 32 MiB, four times the longest body.
const WINDOW_LOG: u32 = 25;

/// No evidence is larger, unpacked: what a program prints and sends is limited far below.
const MOST_BYTES: usize = 512 * 1024 * 1024;

/// Unpackers with more bodies than this are not kept.
const MOST_HELD_BYTES: usize = 16 * 1024 * 1024;

/// What all programs of a class are sent in a lesson, at one seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bodies {
    id: Digest,
    bytes: Vec<u8>,
}

/// Evidence that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the evidence is damaged, or belongs to other bodies")]
pub struct Unreadable;

/// What stands in the text, and where long byte strings are missing in it.
#[derive(Serialize, Deserialize)]
struct Text {
    outcome: Outcome,
    holes: Vec<Hole>,
}

/// A byte string that is not in the text; they follow it in this order.
#[derive(Serialize, Deserialize)]
struct Hole {
    verdict: usize,
    scenario: usize,
    event: usize,
    bytes: usize,
}

impl Bodies {
    /// Those of a lesson at this seed.
    #[must_use]
    pub fn of(lesson: &Lesson, seed: u64) -> Self {
        let mut all: Vec<Vec<u8>> = Vec::new();
        for play in lesson.checks.scenarios.iter().flat_map(|scenario| lesson.plays(scenario, seed)) {
            let steps = play.script.connections.iter().flatten();
            for step in steps {
                match step {
                    Step::Send(send) if send.bytes.len() >= LONG_BYTES && !all.contains(&send.bytes.0) => {
                        all.push(send.bytes.0.clone());
                    }
                    _ => {}
                }
            }
        }
        Self::from(all.concat())
    }

    /// What they are known by.
    #[must_use]
    pub fn id(&self) -> &Digest {
        &self.id
    }

    /// All of them.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<Vec<u8>> for Bodies {
    fn from(bytes: Vec<u8>) -> Self {
        Self { id: Digest(hex(&Sha256::digest(&bytes))), bytes }
    }
}

/// Packs evidence of one lesson.
#[allow(missing_debug_implementations, reason = "the compressor has none")]
pub struct Packer {
    compressor: zstd::bulk::Compressor<'static>,
}

impl Packer {
    /// For programs that were sent these bodies.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn new(bodies: &Bodies) -> io::Result<Self> {
        let mut compressor = zstd::bulk::Compressor::with_dictionary(LEVEL, &bodies.bytes)?;
        compressor.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
        compressor.set_parameter(CParameter::HashLog(hash_log(bodies.bytes.len())))?;
        compressor.set_parameter(CParameter::ChecksumFlag(true))?;
        Ok(Self { compressor })
    }

    /// Packs an outcome.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn pack(&mut self, mut outcome: Outcome) -> io::Result<Vec<u8>> {
        let (mut holes, mut long) = (Vec::new(), Vec::new());
        for (verdict, scenario, event, bytes) in byte_strings(&mut outcome) {
            if bytes.len() >= LONG_BYTES {
                holes.push(Hole { verdict, scenario, event, bytes: bytes.len() });
                long.append(&mut bytes.0);
            }
        }
        let text = serde_json::to_vec(&Text { outcome, holes })?;
        let whole = [&(text.len() as u64).to_le_bytes(), text.as_slice(), &long].concat();
        self.compressor.compress(&whole)
    }
}

/// The compressor looks no further than eight bytes for each place in its table.
fn hash_log(dictionary_bytes: usize) -> u32 {
    (dictionary_bytes / 4).max(1).ilog2().clamp(14, 22)
}

/// Unpacks evidence of one lesson.
pub struct Unpacker {
    bodies: Bodies,
    decompressor: zstd::bulk::Decompressor<'static>,
}

impl Unpacker {
    /// For programs that were sent these bodies.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn new(bodies: Bodies) -> io::Result<Self> {
        let decompressor = zstd::bulk::Decompressor::with_dictionary(&bodies.bytes)?;
        Ok(Self { bodies, decompressor })
    }

    /// What its programs were sent.
    #[must_use]
    pub fn bodies(&self) -> &Bodies {
        &self.bodies
    }

    /// Unpacks an outcome.
    ///
    /// # Errors
    /// When it is damaged, or was packed with other bodies.
    pub fn unpack(&mut self, packed: &[u8]) -> Result<Outcome, Unreadable> {
        let whole = self.decompressor.decompress(packed, MOST_BYTES).map_err(|_| Unreadable)?;
        let (length, rest) = whole.split_at_checked(8).ok_or(Unreadable)?;
        let length = u64::from_le_bytes(length.try_into().map_err(|_| Unreadable)?);
        let length = usize::try_from(length).map_err(|_| Unreadable)?;
        let (text, mut long) = rest.split_at_checked(length).ok_or(Unreadable)?;
        let Text { mut outcome, holes } = serde_json::from_slice(text).map_err(|_| Unreadable)?;
        let mut holes = holes.into_iter().peekable();
        for (verdict, scenario, event, bytes) in byte_strings(&mut outcome) {
            let is_here =
                |hole: &Hole| (hole.verdict, hole.scenario, hole.event) == (verdict, scenario, event);
            if let Some(hole) = holes.next_if(is_here) {
                let (mine, others) = long.split_at_checked(hole.bytes).ok_or(Unreadable)?;
                *bytes = Bytes(mine.to_vec());
                long = others;
            }
        }
        if holes.next().is_some() || !long.is_empty() { Err(Unreadable) } else { Ok(outcome) }
    }
}

impl fmt::Debug for Unpacker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpacker").field("bodies", &self.bodies.id).finish_non_exhaustive()
    }
}

/// Unpackers of several lessons: to make one takes longer than to use it.
#[derive(Debug, Default)]
pub struct Unpackers {
    ready: Vec<Unpacker>,
}

impl Unpackers {
    /// The one for bodies of this id, made where there is none yet.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn of<E>(
        &mut self,
        id: &str,
        make: impl FnOnce() -> Result<Unpacker, E>,
    ) -> Result<&mut Unpacker, E> {
        let known = self.ready.iter().position(|unpacker| unpacker.bodies.id.0 == id);
        let place = match known {
            Some(place) => place,
            None => {
                let unpacker = make()?;
                let held: usize = self.ready.iter().map(|unpacker| unpacker.bodies.bytes.len()).sum();
                if held + unpacker.bodies.bytes.len() > MOST_HELD_BYTES {
                    self.ready.clear();
                }
                self.ready.push(unpacker);
                self.ready.len() - 1
            }
        };
        Ok(&mut self.ready[place])
    }
}

/// All byte strings of traces: of which verdict, scenario and event.
fn byte_strings(outcome: &mut Outcome) -> impl Iterator<Item = (usize, usize, usize, &mut Bytes)> {
    let verdicts: &mut [Verdict] = match outcome {
        Outcome::Judged { verdict, .. } => std::slice::from_mut(verdict),
        Outcome::Unstable { verdicts, .. } => verdicts,
        Outcome::DoesNotBuild { .. } | Outcome::NotJudged { .. } => &mut [],
    };
    verdicts.iter_mut().enumerate().flat_map(|(verdict, all)| {
        all.scenarios.iter_mut().enumerate().flat_map(move |(number, scenario)| {
            let events = scenario.trace.iter_mut().flat_map(|trace| trace.events.iter_mut().enumerate());
            events.filter_map(move |(event, moment)| match &mut moment.what {
                What::Received { bytes, .. } | What::Sent { bytes, .. } | What::Printed { bytes, .. } => {
                    Some((verdict, number, event, bytes))
                }
                _ => None,
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{ScenarioVerdict, State};
    use crate::trace::{End, Event, ExitStatus, FORMAT, Level, Moment, Stream, Trace};

    fn bodies() -> Bodies {
        let numbers = (0..400_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes());
        Bodies::from(numbers.collect::<Vec<u8>>())
    }

    fn outcome(bytes: &[&[u8]]) -> Outcome {
        let printed = |bytes: &&[u8]| What::Printed { stream: Stream::Stdout, bytes: Bytes(bytes.to_vec()) };
        let sent = What::Sent { connection: 1, bytes: Bytes(bodies().bytes) };
        let all = bytes.iter().map(printed).chain([sent]);
        let trace = Trace {
            format: FORMAT,
            lesson: "w04-l03".to_owned(),
            scenario: "s".to_owned(),
            seed: 1,
            cut: None,
            level: Level::Private,
            command: vec!["./main".to_owned()],
            events: all.map(|what| Event { at: Moment(7), what }).collect(),
            end: End::Exited { status: ExitStatus::Code(0), left_behind: Vec::new() },
            ended_at: Moment(8),
            packets: Vec::new(),
            missed_packets: 0,
        };
        let scenario = ScenarioVerdict {
            id: "s".to_owned(),
            title: "S.".to_owned(),
            source: None,
            is_advice: false,
            criteria: Vec::new(),
            state: State::Held,
            failed: Vec::new(),
            findings: Vec::new(),
            mistake: None,
            runs: 1,
            trace: Some(trace),
            not_run_because: None,
        };
        let (lesson, title) = ("w04-l03".to_owned(), "Keep-alive".to_owned());
        let verdict =
            Verdict { lesson, title, criteria: Vec::new(), scenarios: vec![scenario.clone(), scenario] };
        Outcome::Unstable { verdicts: vec![verdict.clone(), verdict], level: Level::Private }
    }

    fn text(outcome: &Outcome) -> String {
        serde_json::to_string(outcome).expect("data")
    }

    #[test]
    fn evidence_comes_back_byte_for_byte_from_little_room() {
        let body = bodies().bytes;
        let outcome =
            outcome(&[b"short", &body[..1_000_000], &[0xff; 255], &[0xfe; 256], &body[1_000_000..]]);
        let mut packer = Packer::new(&bodies()).expect("a packer");
        for _ in 0..2 {
            let packed = packer.pack(outcome.clone()).expect("packed");
            assert!(packed.len() < 4_000, "{} bytes", packed.len());
            let back = Unpacker::new(bodies()).expect("an unpacker").unpack(&packed).expect("unpacked");
            assert_eq!(text(&back), text(&outcome));
        }
    }

    #[test]
    fn damaged_evidence_is_an_error() {
        let packed =
            Packer::new(&bodies()).and_then(|mut packer| packer.pack(outcome(&[b"x"]))).expect("packed");
        let other = Bodies::from(vec![7; 100_000]);
        let unpacker = |bodies| Unpacker::new(bodies).expect("an unpacker");
        assert!(unpacker(other).unpack(&packed).is_err());
        let mut mine = unpacker(bodies());
        for cut in [0, 1, packed.len() / 2, packed.len() - 1] {
            assert!(mine.unpack(&packed[..cut]).is_err(), "cut at {cut}");
        }
        assert!(mine.unpack(&packed).is_ok(), "what was damaged before does no harm");
    }
}
