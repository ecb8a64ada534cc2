//! A row with what it moved, and with names by which its counterpart is found.

use std::collections::BTreeMap;

use crate::trace::{Connection, Stream, Trace, What};

use super::group::group;
use super::rows::{self, Row, Shape, Wire};

/// A row and all that is known of it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) row: Row,
    /// The bytes that it moved.
    pub(super) bytes: Vec<u8>,
    /// What happened in it.
    pub(super) keys: Vec<Key>,
}

/// What can be expected, and can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Opened(Connection),
    /// The request with this number on the connection, from 0, began.
    Request(Connection, usize),
    /// The first bytes of the program came.
    Received(Connection),
    /// The peer sent bytes, from this offset on.
    Sent(Connection, usize),
    ProgramEnded(Connection),
    PeerClosed(Connection),
    PeerReset(Connection),
    Vanished(Connection),
    Keepalive(Connection),
    /// Bytes came on standard output, from this offset on.
    Printed(usize),
    /// The run ended.
    End,
}

impl Key {
    /// Is it the program that does this?
    pub(super) fn is_of_program(self) -> bool {
        use Key::{End, Keepalive, Opened, Printed, ProgramEnded, Received, Request};
        matches!(
            self,
            Opened(_) | Request(..) | Received(_) | ProgramEnded(_) | Keepalive(_) | Printed(_) | End
        )
    }
}

/// The rows of a trace with all that is known of them.
pub(super) fn entries(trace: &Trace, mark: Option<usize>) -> Vec<Entry> {
    let mut rows = rows::rows(trace, mark);
    if let Some(row) = mark.and_then(|mark| {
        let marked = rows::marked(&rows, mark);
        rows.get_mut(marked)
    }) {
        row.is_marked = true;
    }
    let reader = Reader::new(trace, mark);
    let mut entries: Vec<Entry> = rows.into_iter().map(|row| reader.entry(row)).collect();
    // Further rows tell what was left behind.
    if let Some(end) = entries.iter().position(|entry| entry.row.last >= trace.events.len())
        && !entries.iter().any(|entry| entry.keys.contains(&Key::End))
    {
        entries[end].keys.push(Key::End);
    }
    entries
}

struct Reader<'a> {
    trace: &'a Trace,
    wire: Wire,
    /// The events of each row, by the last of them.
    groups: BTreeMap<usize, Vec<usize>>,
    /// For each event, where its bytes begin in their stream.
    offsets: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn new(trace: &'a Trace, mark: Option<usize>) -> Self {
        let groups = group(trace, mark).into_iter();
        Self {
            trace,
            wire: Wire::read(trace),
            groups: groups.filter_map(|events| Some((*events.last()?, events))).collect(),
            offsets: offsets(trace),
        }
    }

    fn entry(&self, row: Row) -> Entry {
        let events = self.groups.get(&row.last).filter(|_| row.shape != Shape::Gap);
        let Some(events) = events else { return Entry { row, bytes: Vec::new(), keys: Vec::new() } };
        let bytes = events.iter().filter_map(|&event| bytes_of(&self.trace.events[event].what));
        let bytes = bytes.collect::<Vec<_>>().concat();
        let keys = self.keys(events[0], bytes.len());
        Entry { row, bytes, keys }
    }

    fn keys(&self, event: usize, length: usize) -> Vec<Key> {
        let offset = self.offsets[event];
        match &self.trace.events[event].what {
            What::Opened { connection, .. } => vec![Key::Opened(*connection)],
            What::Received { connection, .. } => self.requests(*connection, offset, length),
            What::Sent { connection, .. } => vec![Key::Sent(*connection, offset)],
            What::ProgramClosed { connection } | What::ProgramReset { connection } => {
                vec![Key::ProgramEnded(*connection)]
            }
            What::PeerClosed { connection } => vec![Key::PeerClosed(*connection)],
            What::PeerReset { connection } => vec![Key::PeerReset(*connection)],
            What::Vanished { connection } => vec![Key::Vanished(*connection)],
            What::Keepalive { connection, .. } => vec![Key::Keepalive(*connection)],
            What::Printed { stream: Stream::Stdout, .. } => vec![Key::Printed(offset)],
            What::Exited { .. } => vec![Key::End],
            _ => Vec::new(),
        }
    }

    /// The requests that begin in these bytes.
    fn requests(&self, connection: Connection, offset: usize, length: usize) -> Vec<Key> {
        let messages = self.wire.received.get(&connection).map_or(&[][..], |(_, messages)| messages);
        let begun = messages
            .iter()
            .enumerate()
            .filter(|(_, message)| message.start >= offset && message.start < offset + length);
        let first = (offset == 0).then_some(Key::Received(connection));
        begun.map(|(number, _)| Key::Request(connection, number)).chain(first).collect()
    }
}

/// For each event, how many bytes went the same way before it.
fn offsets(trace: &Trace) -> Vec<usize> {
    let mut totals: BTreeMap<(u8, Connection), usize> = BTreeMap::new();
    let offset = |what: &What| {
        let way = match what {
            What::Received { connection, .. } => (0, *connection),
            What::Sent { connection, .. } => (1, *connection),
            What::Printed { stream: Stream::Stdout, .. } => (2, 0),
            _ => return 0,
        };
        let total = totals.entry(way).or_default();
        let offset = *total;
        *total += bytes_of(what).map_or(0, <[u8]>::len);
        offset
    };
    let whats = trace.events.iter().map(|event| &event.what);
    whats.map(offset).collect()
}

fn bytes_of(what: &What) -> Option<&[u8]> {
    match what {
        What::Received { bytes, .. } | What::Sent { bytes, .. } | What::Printed { bytes, .. } => Some(bytes),
        _ => None,
    }
}
