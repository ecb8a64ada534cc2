//! A record as a line of text that proves that it is whole: canonical JSON, whose last field is a checksum of all
//! before it. What counts can be read without unpacking the evidence.

use std::io::{self, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::handed_in::Digest;
use super::plan::{FORMAT, hex};
use super::record::{Key, Packed};
use super::standing::Standing;

/// What a line says without its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    format: u32,
    /// Of what.
    pub key: Key,
    /// What counts.
    pub standing: Standing,
}

#[derive(Serialize, Deserialize)]
struct Line {
    format: u32,
    key: Key,
    standing: Standing,
    took_ms: u64,
    bodies: Digest,
    /// In Base64.
    evidence: String,
}

/// Why a line is not a record.
#[derive(Debug, thiserror::Error)]
pub(super) enum LineError {
    /// Not all of it is there, or something else.
    #[error("it is damaged")]
    Damaged,
    /// It is from another version.
    #[error("it has format {0}, and this workbook knows {FORMAT}")]
    OtherFormat(u32),
}

/// The line of a record, with its end.
///
/// # Errors
/// When the machine has no memory left for it.
pub(super) fn encode(record: &Packed) -> io::Result<Vec<u8>> {
    let Packed { key, standing, took_ms, bodies, evidence } = record.clone();
    let evidence = BASE64_STANDARD.encode(evidence);
    let mut text = serde_json::to_vec(&Line { format: FORMAT, key, standing, took_ms, bodies, evidence })?;
    text.pop(); // the brace
    let sum = hex(&Sha256::digest(&text));
    writeln!(text, "{SUM}{sum}{END}")?;
    Ok(text)
}

const SUM: &str = ",\"sum\":\"";
const END: &str = "\"}";

/// The part of a line that the sum is of.
fn proven(line: &[u8]) -> Option<Vec<u8>> {
    let line = line.strip_suffix(b"\n")?.strip_suffix(END.as_bytes())?;
    let (text, sum) = line.split_at_checked(line.len().checked_sub(64)?)?;
    let text = text.strip_suffix(SUM.as_bytes())?;
    (hex(&Sha256::digest(text)).as_bytes() == sum).then(|| [text, b"}"].concat())
}

/// What a line says, once it is proven to be whole.
///
/// # Errors
/// See [`LineError`].
pub(super) fn summary(line: &[u8]) -> Result<Summary, LineError> {
    let text = proven(line).ok_or(LineError::Damaged)?;
    let summary: Summary = serde_json::from_slice(&text).map_err(|_| LineError::Damaged)?;
    if summary.format == FORMAT { Ok(summary) } else { Err(LineError::OtherFormat(summary.format)) }
}

/// The whole record.
///
/// # Errors
/// See [`LineError`].
pub(super) fn decode(line: &[u8]) -> Result<Packed, LineError> {
    let text = proven(line).ok_or(LineError::Damaged)?;
    let Line { key, standing, took_ms, bodies, evidence, .. } =
        serde_json::from_slice(&text).map_err(|_| LineError::Damaged)?;
    let evidence = BASE64_STANDARD.decode(evidence).map_err(|_| LineError::Damaged)?;
    Ok(Packed { key, standing, took_ms, bodies, evidence })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::standing::Kind;

    fn record() -> Packed {
        Packed {
            key: Key(Digest("ab".repeat(32))),
            standing: Standing { kind: Kind::DoesNotBuild, criteria: Vec::new(), scenarios: Vec::new() },
            took_ms: 7,
            bodies: Digest("cd".repeat(32)),
            evidence: (0..=255).collect(),
        }
    }

    #[test]
    fn a_record_comes_back_and_a_damaged_one_does_not() {
        let line = encode(&record()).expect("a line");
        let back = decode(&line).expect("a record");
        assert_eq!(back, record());
        assert_eq!(encode(&back).expect("a line"), line, "canonical");
        assert_eq!(summary(&line).expect("a summary").key, record().key);
        for at in 0..line.len() {
            let mut damaged = line.clone();
            damaged[at] ^= 1;
            assert!(matches!(summary(&damaged), Err(LineError::Damaged)), "bit at {at}");
            assert!(summary(&line[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_record_of_another_version_is_told_apart() {
        let line = String::from_utf8(encode(&record()).expect("a line")).expect("text");
        let text = line.replacen("\"format\":1", "\"format\":9", 1);
        let text = text.split(SUM).next().expect("a beginning");
        let line = format!("{text}{SUM}{}{END}\n", hex(&Sha256::digest(text)));
        let error = summary(line.as_bytes()).expect_err("another format").to_string();
        assert_eq!(error, "it has format 9, and this workbook knows 1");
    }
}
