//! Two lists of rows on their way into pairs.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::compare::Pair;
use super::entry::{Entry, Key};

/// A row that is expected.
pub(super) struct Due {
    pub(super) entry: Entry,
    /// Whether the program did not do it.
    pub(super) is_missing: bool,
}

/// A row of what happened.
pub(super) struct Done {
    pub(super) entry: Entry,
    /// The output that was expected in its place.
    pub(super) beside: Option<Entry>,
    /// Whether nobody wanted it.
    pub(super) is_surplus: bool,
}

/// The rows that are left on both sides, and the pairs so far.
pub(super) struct Weave {
    due: Peekable<IntoIter<Due>>,
    done: Peekable<IntoIter<Done>>,
    pub(super) pairs: Vec<Pair>,
    /// Index of the first pair that differs.
    pub(super) parting: Option<usize>,
}

impl Weave {
    pub(super) fn new(due: Vec<Due>, done: Vec<Done>) -> Self {
        let (due, done) = (due.into_iter().peekable(), done.into_iter().peekable());
        Self { due, done, pairs: Vec::new(), parting: None }
    }

    /// Takes rows that have no counterpart until so many are left on each side: output that is right, then what is
    /// missing, then all else that happened.
    pub(super) fn down_to(&mut self, due: usize, done: usize) {
        self.take_done(done, |done| done.beside.is_some() && !done.is_surplus);
        // Output that is still to come has its place behind all that was printed.
        self.take_due(due, |due| !matches!(due.entry.keys.first(), Some(Key::Printed(_))));
        self.take_done(done, |_| true);
        self.take_due(due, |_| true);
    }

    fn take_due(&mut self, left: usize, wanted: impl Fn(&Due) -> bool) {
        while self.due.len() > left
            && let Some(due) = self.due.next_if(&wanted)
        {
            self.push(Pair { expected: Some(due.entry), actual: None }, due.is_missing);
        }
    }

    fn take_done(&mut self, left: usize, wanted: impl Fn(&Done) -> bool) {
        while self.done.len() > left
            && let Some(done) = self.done.next_if(&wanted)
        {
            self.push(Pair { expected: done.beside, actual: Some(done.entry) }, done.is_surplus);
        }
    }

    /// Takes a row of each side as one pair.
    pub(super) fn both(&mut self, differ: impl Fn(&Entry, &Entry) -> bool) {
        let (Some(due), Some(done)) = (self.due.next(), self.done.next()) else { return };
        let has_parted = due.is_missing || done.is_surplus || differ(&due.entry, &done.entry);
        self.push(Pair { expected: Some(due.entry), actual: Some(done.entry) }, has_parted);
    }

    fn push(&mut self, pair: Pair, has_parted: bool) {
        if has_parted {
            self.parting.get_or_insert(self.pairs.len());
        }
        self.pairs.push(pair);
    }
}
