//! What was expected and what happened, row beside row, and where they part.

use crate::judge::{ScenarioVerdict, State};
use crate::trace::{End, ExitStatus, Trace};

use super::entry::{self, Entry, Key};
use super::expected::{Exit, Expectation, Item, OutputPlan, items};
use super::label::Part;
use super::rows::Shape;
use super::weave::{Done, Due, Weave};

/// One of the two drawings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Expected,
    Happened,
}

impl Side {
    pub(super) const BOTH: [Self; 2] = [Self::Expected, Self::Happened];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Expected => "What was expected",
            Self::Happened => "What happened",
        }
    }
}

/// What was expected and what happened at one place; at least one of them is there.
#[derive(Debug, Default)]
pub(super) struct Pair {
    pub(super) expected: Option<Entry>,
    pub(super) actual: Option<Entry>,
}

impl Pair {
    pub(super) fn entry(&self, side: Side) -> Option<&Entry> {
        match side {
            Side::Expected => self.expected.as_ref(),
            Side::Happened => self.actual.as_ref(),
        }
    }

    /// Did just the bytes go that were expected?
    fn is_the_same(&self) -> bool {
        let bytes = |side| self.entry(side).map(|entry| entry.bytes.as_slice()).unwrap_or_default();
        !bytes(Side::Expected).is_empty() && bytes(Side::Expected) == bytes(Side::Happened)
    }

    pub(super) fn is_marked(&self) -> bool {
        self.actual.as_ref().is_some_and(|actual| actual.row.is_marked)
    }
}

/// All pairs in order.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) pairs: Vec<Pair>,
    /// Index of the first pair that differs in something that is required.
    pub(super) parting: Option<usize>,
}

/// Puts a run beside what its scenario expects.
pub(super) fn compare(expectation: &Expectation, verdict: &ScenarioVerdict, trace: &Trace) -> Comparison {
    let actual = entry::entries(trace, super::mark(verdict, trace));
    let plan = OutputPlan::new(expectation, &actual);
    let merge = Merge { expectation, trace, parted_output: plan.parted };
    let (pairs, parted) = merge.pairs(actual, plan);
    // Only a finding about bytes can point at bytes that are the expected ones so far.
    let is_about_output = verdict.findings.first().is_some_and(|finding| finding.kind.family() == "prints");
    let marked = pairs.iter().position(|pair| pair.is_marked() && (is_about_output || !pair.is_the_same()));
    // Nobody is told that something differs where the judge found nothing.
    let parting = [parted, marked].into_iter().flatten().min().filter(|_| verdict.state == State::Failed);
    let parting = parting.map(|parting| above_what_never_came(&pairs, parting));
    Comparison { pairs, parting }
}

/// A run alone, where nobody knows what was expected in every step.
pub(super) fn happened(verdict: &ScenarioVerdict, trace: &Trace) -> Comparison {
    let actual = entry::entries(trace, super::mark(verdict, trace)).into_iter();
    let pairs = actual.map(|entry| Pair { expected: None, actual: Some(entry) }).collect();
    Comparison { pairs, parting: None }
}

/// What was due before the first difference and did not happen belongs below the line: nobody is told that it did.
fn above_what_never_came(pairs: &[Pair], parting: usize) -> usize {
    let happened = pairs[..parting].iter().rposition(|pair| pair.actual.is_some());
    let begin = happened.map_or(0, |last| last + 1);
    let is_step = |pair: &Pair| pair.expected.as_ref().is_some_and(|due| !due.keys.is_empty());
    pairs[begin..parting].iter().position(is_step).map_or(parting, |first| begin + first)
}

struct Merge<'a> {
    expectation: &'a Expectation,
    trace: &'a Trace,
    /// The row of what happened whose output is another one.
    parted_output: Option<usize>,
}

impl Merge<'_> {
    /// All pairs, and the first that differs.
    fn pairs(&self, actual: Vec<Entry>, mut plan: OutputPlan) -> (Vec<Pair>, Option<usize>) {
        let expected: Vec<Entry> = items(self.expectation, &actual)
            .into_iter()
            .filter_map(|item| match item {
                Item::Entry(entry) => Some(entry),
                Item::Printed(by) => plan.missing(by),
            })
            .collect();
        let anchors = self.anchors(&expected, &actual);
        let due = expected.into_iter().map(|entry| {
            let is_missing = self.is_missing(&entry, &actual);
            Due { entry, is_missing }
        });
        let due: Vec<Due> = due.collect();
        let surplus: Vec<bool> = (0..actual.len()).map(|index| self.is_surplus(index, &actual)).collect();
        let done = actual.into_iter().zip(plan.beside).zip(surplus);
        let done: Vec<Done> =
            done.map(|((entry, beside), is_surplus)| Done { entry, beside, is_surplus }).collect();
        let (lefts, rights) = (due.len(), done.len());
        let mut weave = Weave::new(due, done);
        for (left, right) in anchors {
            weave.down_to(lefts - left, rights - right);
            weave.both(|expected, actual| self.differ(expected, actual));
        }
        weave.down_to(0, 0);
        (weave.pairs, weave.parting)
    }

    /// Which rows are the same thing: the longest list of counterparts that are in order on both sides.
    fn anchors(&self, expected: &[Entry], actual: &[Entry]) -> Vec<(usize, usize)> {
        let is_exit = matches!(self.trace.end, End::Exited { .. });
        let counterpart = |entry: &Entry| {
            let key = entry.keys.first().filter(|key| **key != Key::End || is_exit)?;
            actual.iter().position(|other| other.keys.contains(key))
        };
        let candidates: Vec<(usize, usize)> = expected
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| Some((index, counterpart(entry)?)))
            .collect();
        let mut anchors = longest_ascending(&candidates);
        if !is_exit {
            anchors.extend(self.unmoved(expected, actual, anchors.last().copied()));
        }
        anchors
    }

    /// A run that was ended has its end beside the first thing that the program was still to do.
    fn unmoved(
        &self,
        expected: &[Entry],
        actual: &[Entry],
        last: Option<(usize, usize)>,
    ) -> Option<(usize, usize)> {
        let end = actual.iter().rposition(|entry| entry.keys.contains(&Key::End))?;
        let (from, after) = last.map_or((0, 0), |(left, right)| (left + 1, right + 1));
        let due = (from..expected.len()).find(|&index| self.is_missing(&expected[index], actual))?;
        (end >= after).then_some((due, end))
    }

    /// Was this up to the program, and did it not happen?
    fn is_missing(&self, entry: &Entry, actual: &[Entry]) -> bool {
        let is_exit = matches!(self.trace.end, End::Exited { .. });
        entry.keys.iter().any(|key| {
            let has_happened = || actual.iter().any(|other| other.keys.contains(key));
            key.is_of_program() && (!has_happened() || (*key == Key::End && !is_exit))
        })
    }

    /// Did this happen though nobody wanted it?
    fn is_surplus(&self, index: usize, actual: &[Entry]) -> bool {
        let scripts = &self.expectation.script.connections;
        let is_used = |connection| actual.iter().any(|entry| entry.keys.contains(&Key::Received(connection)));
        // Whether one more request is one too many, only the verdict knows.
        let is_surplus = |key: &Key| {
            let Key::Opened(number) = *key else { return false };
            let is_too_many = self.expectation.opened.is_some_and(|most| number > most);
            number > scripts.len() && (is_too_many || is_used(number))
        };
        self.parted_output == Some(index) || actual[index].keys.iter().any(is_surplus)
    }

    /// Are these two the same thing and yet different?
    fn differ(&self, expected: &Entry, actual: &Entry) -> bool {
        if actual.keys.contains(&Key::End) {
            return !self.is_right_end();
        }
        expected.row.shape == Shape::ToServer
            && line(expected).is_some_and(|_| line(expected) != line(actual))
    }

    fn is_right_end(&self) -> bool {
        match (&self.trace.end, self.expectation.exit) {
            (End::Exited { status: ExitStatus::Signal(_), .. }, _) => false,
            (End::Exited { status: ExitStatus::Code(code), .. }, Some(exit)) => {
                (*code == 0) == (exit == Exit::Success)
            }
            (End::Exited { .. }, None) => true,
            _ => false,
        }
    }
}

/// The first line of the message of a row.
fn line(entry: &Entry) -> Option<&str> {
    entry.row.labels.first()?.iter().find_map(|part| match part {
        Part::Line(line) => Some(line.as_str()),
        _ => None,
    })
}

/// The longest part of the pairs in which both sides ascend; the left sides do already.
fn longest_ascending(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length, the index of the pair that ends such a part with the smallest right side.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (index, (_, right)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].1 < *right);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut found = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(index) = at {
        found.push(pairs[index]);
        at = before[index];
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counterparts_are_those_of_the_longest_list_in_order() {
        assert_eq!(longest_ascending(&[]), []);
        assert_eq!(longest_ascending(&[(0, 0), (1, 2), (2, 1), (4, 3)]), [(0, 0), (2, 1), (4, 3)]);
        assert_eq!(longest_ascending(&[(0, 9), (1, 1), (2, 2)]), [(1, 1), (2, 2)]);
        // Two that have the same counterpart share it with nobody.
        assert_eq!(longest_ascending(&[(0, 3), (1, 3), (2, 4)]), [(1, 3), (2, 4)]);
    }
}
