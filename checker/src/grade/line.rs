//! A record as a line of text that proves that it is whole: canonical JSON, whose last field is a checksum of all
//! before it. What counts can be read without unpacking the evidence.

use std::io::{self, Read, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::plan::{FORMAT, hex};
use super::record::{Key, Outcome, Record};
use super::standing::Standing;

/// No outcome is larger, unpacked; what a program prints and sends is limited far below.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

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
    #[serde(flatten)]
    summary: Summary,
    took_ms: u64,
    /// The outcome: JSON, compressed with zlib, in Base64.
    outcome: String,
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
pub(super) fn encode(record: &Record) -> io::Result<Vec<u8>> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    serde_json::to_writer(&mut packed, &record.outcome)?;
    let line = Line {
        summary: Summary { format: FORMAT, key: record.key.clone(), standing: Standing::of(&record.outcome) },
        took_ms: record.took_ms,
        outcome: BASE64_STANDARD.encode(packed.finish()?),
    };
    let mut text = serde_json::to_vec(&line)?;
    text.pop(); // the brace
    let sum = hex(&Sha256::digest(&text));
    write!(text, "{}{sum}{END}", SUM)?;
    text.push(b'\n');
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
pub(super) fn decode(line: &[u8]) -> Result<Record, LineError> {
    let text = proven(line).ok_or(LineError::Damaged)?;
    let line: Line = serde_json::from_slice(&text).map_err(|_| LineError::Damaged)?;
    let packed = BASE64_STANDARD.decode(&line.outcome).map_err(|_| LineError::Damaged)?;
    let mut text = Vec::new();
    ZlibDecoder::new(packed.as_slice())
        .take(MOST_BYTES)
        .read_to_end(&mut text)
        .map_err(|_| LineError::Damaged)?;
    let outcome: Outcome = serde_json::from_slice(&text).map_err(|_| LineError::Damaged)?;
    Ok(Record { key: line.summary.key, outcome, took_ms: line.took_ms })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::handed_in::Digest;
    use crate::trace::Bytes;

    fn record() -> Record {
        let output = Bytes::from("main.c:1: error \x1b[31m\0".as_bytes());
        let outcome = Outcome::DoesNotBuild { output };
        Record { key: Key(Digest("ab".repeat(32))), outcome, took_ms: 7 }
    }

    #[test]
    fn a_record_comes_back_and_a_damaged_one_does_not() {
        let line = encode(&record()).expect("a line");
        let back = decode(&line).expect("a record");
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
