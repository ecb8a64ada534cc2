//! The drawing while it happens: each event becomes a row at once, and connections are told apart by their numbers.
//!
//! It keeps what it needs to understand the messages that are under way, and forgets a connection that is over.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::report::heading::{moment, span};
use crate::report::line::{Line, Tone, render};
use crate::report::look::Look;
use crate::report::text::{count, grouped, shown, wrap};
use crate::trace::{Connection, Moment, What};

use super::label::{Label, words};
use super::layout::{Lane, timed_lines};
use super::live_bytes::Direction;
use super::message::{requests, responses};
use super::rows::{Row, Shape};

/// So many requests without an answer are remembered.
const MOST_ASKED: usize = 1000;

/// A drawing that grows. Every call answers with the lines that are new.
#[derive(Debug)]
pub struct Live {
    look: Look,
    connections: BTreeMap<Connection, Talk>,
    opened: usize,
    requests: usize,
}

/// What is known of a connection that is not over.
#[derive(Debug)]
struct Talk {
    opened: Moment,
    received: Direction,
    sent: Direction,
    /// Requests without an answer: is it a HEAD?
    asked: VecDeque<bool>,
    /// How it began to end.
    ended: Option<&'static str>,
}

impl Talk {
    fn new(opened: Moment) -> Self {
        let (received, sent) = (Direction::new(requests, "read"), Direction::new(responses, "segment"));
        Self { opened, received, sent, asked: VecDeque::new(), ended: None }
    }
}

impl Live {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(look: Look) -> Self {
        Self { look, connections: BTreeMap::new(), opened: 0, requests: 0 }
    }

    /// The names of the columns.
    #[must_use]
    pub fn heading(&self) -> String {
        let (lane, columns) = (self.lane(), time_columns(&self.look));
        let names = format!("{:>columns$}{:>gap$}  client", "time", "no.", gap = lane.time - columns);
        let rule = self.look.glyphs().horizontal.repeat(self.look.columns() - 2);
        let names = Line::of(Tone::Quiet, names).with_at_right(self.look.columns(), Tone::Quiet, "server");
        render(vec![names, Line::of(Tone::Quiet, format!(" {rule}"))], &self.look)
    }

    /// Something happened on the wire.
    pub fn event(&mut self, at: Moment, what: &What) -> String {
        let lines = match what {
            What::Opened { connection, .. } => {
                self.opened += 1;
                self.connections.insert(*connection, Talk::new(at));
                self.row(at, *connection, Shape::Inside, words("connects"))
            }
            What::Received { connection, bytes } => self.bytes(at, *connection, Shape::ToServer, bytes),
            What::Sent { connection, bytes } => self.bytes(at, *connection, Shape::ToProgram, bytes),
            What::ProgramClosed { connection } => {
                self.ending(at, *connection, (Shape::ToServer, "FIN", "closed by the client"))
            }
            What::PeerClosed { connection } => {
                self.ending(at, *connection, (Shape::ToProgram, "FIN", "closed by the server"))
            }
            What::ProgramReset { connection } => {
                self.ending(at, *connection, (Shape::ResetToServer, "RST", "reset by the client"))
            }
            What::PeerReset { connection } => {
                self.ending(at, *connection, (Shape::ResetToProgram, "RST", "reset by the server"))
            }
            _ => Vec::new(),
        };
        render(lines, &self.look)
    }

    /// Something is to be said, about a connection or about the server.
    pub fn note(&mut self, at: Moment, connection: Option<Connection>, text: &str) -> String {
        let lines = match connection {
            Some(connection) => {
                let mut lines = self.flush(connection);
                lines.extend(self.row(at, connection, Shape::Inside, words(text)));
                lines
            }
            None => self.sentence(text, Tone::Plain),
        };
        render(lines, &self.look)
    }

    /// A connection is over: one sentence.
    pub fn over(&mut self, at: Moment, connection: Connection) -> String {
        let mut lines = self.flush(connection);
        if let Some(talk) = self.connections.remove(&connection) {
            let asked = talk.received.heads;
            let answered = match talk.sent.answers() {
                answers if answers < asked => format!(", {} answered", grouped(answers)),
                _ => String::new(),
            };
            let asked = if asked == 0 { "no request".to_owned() } else { count(asked, "request") };
            let ended = talk.ended.unwrap_or("closed by the server");
            let time = span(at.since_start().saturating_sub(talk.opened.since_start()));
            lines.extend(self.sentence(
                &format!("connection {connection}: {asked}{answered}, {ended}, {time}"),
                Tone::Strong,
            ));
        }
        render(lines, &self.look)
    }

    /// Rows that were held back for longer than they may be.
    pub fn tick(&mut self, at: Moment) -> String {
        let due = |talk: &Talk| talk.due().is_some_and(|due| at.since_start() >= due);
        let due: Vec<Connection> =
            self.connections.iter().filter(|(_, talk)| due(talk)).map(|(&number, _)| number).collect();
        let lines = due.into_iter().flat_map(|connection| self.flush(connection)).collect();
        render(lines, &self.look)
    }

    /// When [`Live::tick`] has something to say, since the start.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        self.connections.values().filter_map(Talk::due).min()
    }

    /// How much there was in all, as the end of a sentence: `3 connections, 5 requests`.
    #[must_use]
    pub fn summary(&self) -> String {
        format!("{}, {}", count(self.opened, "connection"), count(self.requests, "request"))
    }

    fn bytes(&mut self, at: Moment, connection: Connection, shape: Shape, bytes: &[u8]) -> Vec<Line> {
        let Some(talk) = self.connections.get_mut(&connection) else { return Vec::new() };
        let before = talk.received.heads;
        let (direction, other) = match shape {
            Shape::ToServer => (&mut talk.received, &mut talk.sent),
            _ => (&mut talk.sent, &mut talk.received),
        };
        let held = other.flush().map(|row| (opposite(shape), row));
        let rows: Vec<_> =
            held.into_iter().chain(direction.push(at, bytes).into_iter().map(|row| (shape, row))).collect();
        self.requests += talk.received.heads - before;
        talk.match_answers();
        rows.into_iter().flat_map(|(shape, (at, labels))| self.row(at, connection, shape, labels)).collect()
    }

    fn ending(
        &mut self,
        at: Moment,
        connection: Connection,
        (shape, name, ended): (Shape, &str, &'static str),
    ) -> Vec<Line> {
        let mut lines = self.flush(connection);
        if let Some(talk) = self.connections.get_mut(&connection) {
            talk.ended.get_or_insert(ended);
        }
        lines.extend(self.row(at, connection, shape, words(name)));
        lines
    }

    /// What was held back on a connection, in order.
    fn flush(&mut self, connection: Connection) -> Vec<Line> {
        let Some(talk) = self.connections.get_mut(&connection) else { return Vec::new() };
        let received = talk.received.flush().map(|row| (Shape::ToServer, row));
        let sent = talk.sent.flush().map(|row| (Shape::ToProgram, row));
        let mut rows: Vec<_> = received.into_iter().chain(sent).collect();
        rows.sort_by_key(|(_, (at, _))| *at);
        rows.into_iter().flat_map(|(shape, (at, labels))| self.row(at, connection, shape, labels)).collect()
    }

    /// A row; its time counts from the opening of the connection.
    fn row(&self, at: Moment, connection: Connection, shape: Shape, labels: Vec<Label>) -> Vec<Line> {
        let opened = self.connections.get(&connection).map_or(at, |talk| talk.opened);
        let time = moment(at.since_start().saturating_sub(opened.since_start()));
        let lane = self.lane();
        let columns = time_columns(&self.look);
        let time = format!("{time:>columns$}{connection:>gap$}", gap = lane.time - columns);
        let row =
            Row { at: Some(at), last: 0, connection: Some(connection), shape, labels, is_marked: false };
        timed_lines(&row, &time, &lane, &self.look)
    }

    fn sentence(&self, text: &str, tone: Tone) -> Vec<Line> {
        let lines = wrap(&shown(text, &self.look), self.look.columns() - 2);
        lines.into_iter().map(|line| Line::of(tone, format!("  {line}"))).collect()
    }

    /// Time and number, and then a client and a server with nothing beside them.
    fn lane(&self) -> Lane {
        let time = time_columns(&self.look) + if self.look.is_narrow() { 5 } else { 6 };
        let left = time + 2;
        Lane { time, left, inner: self.look.columns() - left - 2 }
    }
}

impl Talk {
    /// Finds out which answers have no body.
    fn match_answers(&mut self) {
        let asked = self.received.begun.drain(..).map(|line| line.starts_with("HEAD "));
        self.asked.extend(asked);
        self.asked.truncate(MOST_ASKED);
        for line in std::mem::take(&mut self.sent.begun) {
            let is_final = !line.starts_with('1');
            if is_final && self.asked.pop_front() == Some(true) {
                self.sent.has_no_body();
            }
        }
    }

    fn due(&self) -> Option<Duration> {
        [&self.received, &self.sent].into_iter().filter_map(Direction::due).min()
    }
}

fn time_columns(look: &Look) -> usize {
    if look.is_narrow() { 7 } else { 8 }
}

fn opposite(shape: Shape) -> Shape {
    if shape == Shape::ToServer { Shape::ToProgram } else { Shape::ToServer }
}
