//! The rows of a drawing: what happened, in words, before anything is laid out.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use crate::report::heading::span;
use crate::report::text::grouped;
use crate::trace::{Connection, End, ExitStatus, Moment, Stream, Trace, What};

use super::group::group;
use super::label::{self, Label, Part, words};
use super::message::{Message, requests, responses};

/// So long without an event is worth a row.
pub(super) const SILENCE: Duration = Duration::from_millis(50);

/// One row.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// When it began; none for rows that are not events.
    pub(super) at: Option<Moment>,
    /// Index of its last event; the number of events for the end of the run.
    pub(super) last: usize,
    /// The connection that it belongs to.
    pub(super) connection: Option<Connection>,
    pub(super) shape: Shape,
    pub(super) labels: Vec<Label>,
    /// Whether it is pointed at.
    pub(super) is_marked: bool,
}

/// How a row is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    ToServer,
    ToProgram,
    ResetToServer,
    ResetToProgram,
    /// Something that the program does without the wire.
    Inside,
    /// Nothing happens, or nothing is shown.
    Gap,
}

/// The rows of a trace in order of time, with a row for each long silence.
pub(super) fn rows(trace: &Trace, mark: Option<usize>) -> Vec<Row> {
    let wire = Wire::read(trace);
    let mut rows: Vec<Row> = Vec::new();
    let mut quiet_since: Option<Moment> = None;
    for events in group(trace, mark) {
        let row = event_row(trace, &wire, &events);
        rows.extend(quiet_since.zip(row.at).and_then(|(since, at)| silence(since, at)));
        quiet_since = Some(trace.events[row.last].at);
        rows.push(row);
    }
    let end = end_rows(trace);
    if !end.is_empty() {
        rows.extend(quiet_since.and_then(|since| silence(since, trace.ended_at)));
    }
    rows.extend(end);
    rows
}

/// Index of the row that is pointed at for a mark: the one of that event, or the next that is shown.
pub(super) fn marked(rows: &[Row], mark: usize) -> usize {
    let found = rows.iter().position(|row| row.shape != Shape::Gap && row.last >= mark);
    found.unwrap_or(rows.len().saturating_sub(1))
}

/// A row for a time in which nothing happened, if it was long.
pub(super) fn silence(since: Moment, until: Moment) -> Option<Row> {
    let time = until.since_start().saturating_sub(since.since_start());
    (time >= SILENCE).then(|| gap(format!("… {} nothing …", span(time))))
}

/// A row that stands for a stretch without events to show.
pub(super) fn gap(text: String) -> Row {
    Row { at: None, last: 0, connection: None, shape: Shape::Gap, labels: words(text), is_marked: false }
}

/// The bytes of all connections, both ways.
pub(super) struct Wire {
    pub(super) received: BTreeMap<Connection, (Vec<u8>, Vec<Message>)>,
    pub(super) sent: BTreeMap<Connection, (Vec<u8>, Vec<Message>)>,
    /// For each event, where its bytes begin in those of its direction.
    offsets: Vec<usize>,
}

impl Wire {
    pub(super) fn read(trace: &Trace) -> Self {
        let mut received: BTreeMap<Connection, Vec<u8>> = BTreeMap::new();
        let mut sent: BTreeMap<Connection, Vec<u8>> = BTreeMap::new();
        let mut offsets = Vec::with_capacity(trace.events.len());
        for event in &trace.events {
            let direction = match &event.what {
                What::Received { connection, bytes } => {
                    Some((received.entry(*connection).or_default(), bytes))
                }
                What::Sent { connection, bytes } => Some((sent.entry(*connection).or_default(), bytes)),
                _ => None,
            };
            offsets.push(direction.map_or(0, |(stream, bytes)| append(stream, bytes)));
        }
        let read = |streams: BTreeMap<Connection, Vec<u8>>, messages: fn(&[u8]) -> Vec<Message>| {
            let add = |(connection, bytes): (_, Vec<u8>)| {
                let found = messages(&bytes);
                (connection, (bytes, found))
            };
            streams.into_iter().map(add).collect()
        };
        Self { received: read(received, requests), sent: read(sent, responses), offsets }
    }

    /// What the bytes of a row say.
    fn labels(&self, trace: &Trace, events: &[usize], noun: &str) -> Vec<Label> {
        let sizes: Vec<usize> =
            events.iter().map(|&event| bytes_of(&trace.events[event].what).len()).collect();
        let start = self.offsets[events[0]];
        let range: Range<usize> = start..start + sizes.iter().sum::<usize>();
        let (streams, connection) = match trace.events[events[0]].what {
            What::Received { connection, .. } => (&self.received, connection),
            What::Sent { connection, .. } => (&self.sent, connection),
            _ => return Vec::new(),
        };
        let (stream, messages) = &streams[&connection];
        label::messages(messages, stream, &range, &label::pieces(&sizes, noun))
    }
}

/// Appends and tells where.
fn append(stream: &mut Vec<u8>, bytes: &[u8]) -> usize {
    let offset = stream.len();
    stream.extend_from_slice(bytes);
    offset
}

fn bytes_of(what: &What) -> &[u8] {
    match what {
        What::Received { bytes, .. } | What::Sent { bytes, .. } | What::Printed { bytes, .. } => bytes,
        _ => &[],
    }
}

/// The row of events that belong together.
fn event_row(trace: &Trace, wire: &Wire, events: &[usize]) -> Row {
    let first = &trace.events[events[0]];
    let (connection, shape, labels) = match &first.what {
        What::Opened { connection, .. } => (Some(*connection), Shape::Inside, opened(wire, *connection)),
        What::Received { connection, .. } => {
            (Some(*connection), Shape::ToServer, wire.labels(trace, events, "read"))
        }
        What::Sent { connection, .. } => {
            (Some(*connection), Shape::ToProgram, wire.labels(trace, events, "segment"))
        }
        What::Vanished { connection } => {
            let text = "the server vanishes: no answer, no FIN, no RST";
            (Some(*connection), Shape::Inside, words(text))
        }
        What::Keepalive { connection, armed } => {
            (Some(*connection), Shape::Inside, words(label::keepalive(*armed)))
        }
        what => match ending(what) {
            Some((connection, shape, text)) => (Some(connection), shape, words(text)),
            None => (None, Shape::Inside, inside(trace, events)),
        },
    };
    let last = events.last().copied().unwrap_or_default();
    Row { at: Some(first.at), last, connection, shape, labels, is_marked: false }
}

fn opened(wire: &Wire, connection: Connection) -> Vec<Label> {
    let is_used = wire.received.contains_key(&connection);
    words(if is_used { "connects" } else { "connects, and never sends anything" })
}

/// Events that end a direction of a connection, or all of it.
fn ending(what: &What) -> Option<(Connection, Shape, &'static str)> {
    match what {
        What::ProgramClosed { connection } => Some((*connection, Shape::ToServer, "FIN")),
        What::PeerClosed { connection } => Some((*connection, Shape::ToProgram, "FIN")),
        What::ProgramReset { connection } => Some((*connection, Shape::ResetToServer, "RST")),
        What::PeerReset { connection } => Some((*connection, Shape::ResetToProgram, "RST")),
        _ => None,
    }
}

/// What the program does without the wire.
fn inside(trace: &Trace, events: &[usize]) -> Vec<Label> {
    match &trace.events[events[0]].what {
        What::Started => words("starts, and never gets a connection"),
        What::Printed { stream, .. } => printed(trace, events, *stream),
        What::StdoutClosed => words("closes its standard output"),
        What::Asked { name, kind, answer, after } => words(label::asked(name, kind, answer, *after)),
        What::Exited { status } => words(label::exit(*status)),
        _ => Vec::new(),
    }
}

fn printed(trace: &Trace, events: &[usize], stream: Stream) -> Vec<Label> {
    let bytes: Vec<u8> =
        events.iter().flat_map(|&event| bytes_of(&trace.events[event].what)).copied().collect();
    let verb = match stream {
        Stream::Stdout => "prints",
        Stream::Stderr => "says on stderr",
    };
    let times =
        if events.len() > 1 { format!(" in {} writes", grouped(events.len())) } else { String::new() };
    vec![vec![Part::Words(format!("{verb} {} B{times}", grouped(bytes.len()))), Part::Quote(bytes)]]
}

/// Rows for how the run ended, where no event tells.
fn end_rows(trace: &Trace) -> Vec<Row> {
    let mut connection = None;
    let text = match &trace.end {
        End::Exited { status, left_behind } => return exited_rows(trace, *status, left_behind),
        End::Hung(hang) => {
            connection = hang.connection;
            label::hang(hang)
        }
        End::DeadlinePassed { doing, .. } => format!("is ended at the deadline: {doing}"),
        End::Flooded { what, amount } => label::flood(*what, *amount),
        End::NotStarted { reason } => format!("cannot be started: {reason}"),
        End::Fault { reason } => format!("the run breaks off: {reason}"),
    };
    vec![end_row(trace, connection, text)]
}

fn exited_rows(trace: &Trace, status: ExitStatus, left_behind: &[String]) -> Vec<Row> {
    let is_told = trace.events.iter().any(|event| matches!(event.what, What::Exited { .. }));
    let exit = (!is_told).then(|| label::exit(status));
    let left = (!left_behind.is_empty()).then(|| format!("leaves running: {}", left_behind.join(", ")));
    exit.into_iter().chain(left).map(|text| end_row(trace, None, text)).collect()
}

fn end_row(trace: &Trace, connection: Option<Connection>, text: String) -> Row {
    let (at, last) = (Some(trace.ended_at), trace.events.len());
    Row { at, last, connection, shape: Shape::Inside, labels: words(text), is_marked: false }
}
