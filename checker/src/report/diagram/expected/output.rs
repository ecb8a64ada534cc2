//! Expected output beside what was printed: a program may print when it likes, so each row of output has the
//! bytes beside it that were expected in its place.

use crate::report::diagram::entry::{Entry, Key};
use crate::report::diagram::label::{Part, words};
use crate::report::diagram::rows::Shape;
use crate::report::text::grouped;

use super::ladder::row;
use super::{Expectation, Output};

/// Which output stands where.
#[derive(Debug, Default)]
pub(in crate::report::diagram) struct OutputPlan {
    expected: Option<Expected>,
    /// For each row of what happened, the output that was expected in its place.
    pub(in crate::report::diagram) beside: Vec<Option<Entry>>,
    /// The row whose output is another one than was expected.
    pub(in crate::report::diagram) parted: Option<usize>,
    /// How much was printed in all.
    printed: usize,
    /// How much of the expected output stands somewhere.
    told: usize,
    /// The first row in which the peer sent something: before it, nothing was there to print.
    answered: usize,
}

#[derive(Debug)]
struct Expected {
    bytes: Vec<u8>,
    is_at_most: bool,
}

impl OutputPlan {
    pub(in crate::report::diagram) fn new(expectation: &Expectation, actual: &[Entry]) -> Self {
        let rows: Vec<(usize, usize, &Entry)> = actual
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| Some((index, printed_at(entry)?, entry)))
            .collect();
        let stdout: Vec<u8> =
            rows.iter().map(|(_, _, entry)| entry.bytes.as_slice()).collect::<Vec<_>>().concat();
        let mut plan = Self {
            expected: expectation
                .output
                .as_ref()
                .map(|output| Expected { bytes: output.rendered(&stdout), is_at_most: output.is_at_most }),
            beside: vec![None; actual.len()],
            printed: stdout.len(),
            answered: actual.iter().position(is_answer).unwrap_or(actual.len()),
            ..Self::default()
        };
        rows.into_iter().for_each(|(index, offset, entry)| plan.put_beside(index, offset, &entry.bytes));
        plan
    }

    /// Takes note of a row of output.
    fn put_beside(&mut self, index: usize, offset: usize, bytes: &[u8]) {
        let Some(expected) = self.expected.as_ref().filter(|_| self.parted.is_none()) else { return };
        let end = offset + bytes.len();
        let is_right = expected.bytes.get(offset..end) == Some(bytes);
        if !is_right {
            self.parted = Some(index);
            if index < self.answered && !expected.bytes.is_empty() {
                return;
            }
        }
        // Where they part, all that was still to come is shown.
        let end = if is_right { end } else { expected.bytes.len() };
        if offset < end || expected.bytes.is_empty() {
            self.beside[index] = Some(expected.entry(offset, end));
        }
        self.told = self.told.max(end);
    }

    /// The row for what was to be printed by here (without a number: in all) and was not.
    pub(in crate::report::diagram) fn missing(&mut self, by: Option<usize>) -> Option<Entry> {
        let Some(expected) = &self.expected else {
            let amount = by.filter(|by| *by > self.printed && *by > self.told)?;
            self.told = amount;
            let labels = words(format!("prints {} B in all", grouped(amount)));
            let keys = vec![Key::Printed(self.printed)];
            return Some(Entry { row: row(None, Shape::Inside, labels), bytes: Vec::new(), keys });
        };
        let end = by.map_or(expected.bytes.len(), |by| by.min(expected.bytes.len()));
        let is_nothing = expected.bytes.is_empty() && by.is_none() && self.printed == 0;
        if self.told >= end && !is_nothing {
            return None;
        }
        let entry = expected.entry(self.told, end);
        self.told = end;
        Some(entry)
    }
}

impl Expected {
    /// A row for some of the output.
    fn entry(&self, start: usize, end: usize) -> Entry {
        let bytes = self.bytes[start..end].to_vec();
        let verb = if self.is_at_most { "may print" } else { "prints" };
        let labels = match bytes.len() {
            0 => words("prints nothing"),
            length => {
                vec![vec![Part::Words(format!("{verb} {} B", grouped(length))), Part::Quote(bytes.clone())]]
            }
        };
        // Of what may be printed, and of nothing, none can be missing.
        let key = (!self.is_at_most && !bytes.is_empty()).then_some(Key::Printed(start));
        Entry { row: row(None, Shape::Inside, labels), bytes, keys: key.into_iter().collect() }
    }
}

impl Output {
    /// The bytes, where lines end in the program's way.
    fn rendered(&self, stdout: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in &self.parts {
            let text = part.bytes.strip_suffix(b"\n").filter(|_| part.is_line).unwrap_or(&part.bytes);
            bytes.extend_from_slice(text);
            if part.is_line {
                let is_crlf = stdout.get(bytes.len()..).is_some_and(|rest| rest.starts_with(b"\r\n"));
                bytes.extend_from_slice(if is_crlf { b"\r\n" } else { b"\n" });
            }
        }
        bytes
    }
}

fn is_answer(entry: &Entry) -> bool {
    entry.keys.iter().any(|key| matches!(key, Key::Sent(..)))
}

fn printed_at(entry: &Entry) -> Option<usize> {
    entry.keys.iter().find_map(|key| match key {
        Key::Printed(offset) => Some(*offset),
        _ => None,
    })
}
