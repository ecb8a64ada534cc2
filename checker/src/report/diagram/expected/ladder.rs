//! The steps of a script as a program sees them that does all that is required.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::report::diagram::entry::{Entry, Key};
use crate::report::diagram::label::{self, Label, Part, words};
use crate::report::diagram::message::{Message, requests, responses};
use crate::report::diagram::rows::{Row, Shape, gap};
use crate::report::heading::span;
use crate::report::text::grouped;
use crate::trace::{Close, Connection, Hold, Listen, Send, Step, escape};

use super::{Exit, Expectation, RequestForm};

/// From so many segments on that are still to come, they share a row.
const RUN: usize = 4;

/// What comes next.
#[derive(Debug, Clone)]
pub(in crate::report::diagram) enum Item {
    /// A row.
    Entry(Entry),
    /// By here so many bytes have been printed in all; without a number, all of them.
    Printed(Option<usize>),
}

/// All that is expected, in order. Bytes of the peer are cut as they were when they really went: `actual`.
pub(in crate::report::diagram) fn items(expectation: &Expectation, actual: &[Entry]) -> Vec<Item> {
    let mut writer = Writer::new(expectation, actual);
    if expectation.script.listen == Listen::Refuse {
        let row = gap("… nobody listens: connecting is refused …".to_owned());
        writer.push(row, Vec::new(), None);
    }
    for number in 1..=expectation.script.connections.len() {
        writer.connection(number);
    }
    writer.items.push(Item::Printed(None));
    let text = match expectation.exit {
        Some(Exit::Success) => "exits with code 0",
        Some(Exit::Failure) => "exits with another code than 0",
        None => "exits by itself",
    };
    writer.push(row(None, Shape::Inside, words(text)), Vec::new(), Some(Key::End));
    writer.items
}

/// A row without a time.
pub(super) fn row(connection: Option<Connection>, shape: Shape, labels: Vec<Label>) -> Row {
    Row { at: None, last: 0, connection, shape, labels, is_marked: false }
}

struct Writer<'a> {
    expectation: &'a Expectation,
    /// Where the rows with the peer's bytes really were cut.
    sent: BTreeMap<Connection, Vec<Range<usize>>>,
    /// Which connections have been opened so far.
    opened: Vec<Connection>,
    /// How many requests have come so far, on all connections.
    requests: usize,
    items: Vec<Item>,
}

/// A connection on its way through its script.
struct Way<'a> {
    number: Connection,
    /// Method and target of each request that the script waits for.
    expects: Vec<&'a str>,
    stream: Vec<u8>,
    messages: Vec<Message>,
    /// How much of the stream has been sent.
    sent: usize,
    /// How many requests have come.
    requests: usize,
    /// How many of them the script has used.
    used: usize,
}

impl<'a> Writer<'a> {
    fn new(expectation: &'a Expectation, actual: &[Entry]) -> Self {
        let mut sent: BTreeMap<Connection, Vec<Range<usize>>> = BTreeMap::new();
        for entry in actual {
            for key in &entry.keys {
                if let Key::Sent(connection, offset) = key {
                    let range = *offset..offset + entry.bytes.len();
                    sent.entry(*connection).or_default().push(range);
                }
            }
        }
        Self { expectation, sent, opened: Vec::new(), requests: 0, items: Vec::new() }
    }

    fn push(&mut self, row: Row, bytes: Vec<u8>, key: Option<Key>) {
        self.items.push(Item::Entry(Entry { row, bytes, keys: key.into_iter().collect() }));
    }

    /// All that happens on a connection, unless it has been told already.
    fn connection(&mut self, number: Connection) {
        let steps = self.expectation.script.connections.get(number.wrapping_sub(1));
        let Some(steps) = steps.filter(|_| !self.opened.contains(&number)) else { return };
        self.opened.push(number);
        let stream = all_sent(steps);
        let expects = steps.iter().filter_map(|step| match step {
            Step::Expect(expect) => Some(expect.request.as_str()),
            _ => None,
        });
        let (expects, messages) = (expects.collect(), responses(&stream));
        let mut way = Way { number, expects, messages, stream, sent: 0, requests: 0, used: 0 };
        self.push(row(Some(number), Shape::Inside, words("connects")), Vec::new(), Some(Key::Opened(number)));
        steps.iter().for_each(|step| self.step(step, &mut way));
        if self.expectation.closed.contains(&number) {
            self.program_ends(number);
        }
    }

    fn step(&mut self, step: &Step, way: &mut Way<'a>) {
        let number = way.number;
        match step {
            Step::Expect(_) => {
                way.used += 1;
                self.requests_up_to(way.used, way);
            }
            Step::Send(send) => self.send(send, way),
            Step::Hold(hold) => self.hold(hold, way),
            Step::Pause(time) => self.gap(number, &format!("… the server waits {} …", span(*time))),
            Step::Close(close) => self.close(*close, number),
            Step::Stay => self.gap(number, "… the server keeps the connection open …"),
            Step::Vanish => {
                let labels = words("the server vanishes: no answer, no FIN, no RST");
                self.push(row(Some(number), Shape::Inside, labels), Vec::new(), Some(Key::Vanished(number)));
            }
        }
    }

    fn gap(&mut self, number: Connection, text: &str) {
        let row = Row { connection: Some(number), ..gap(text.to_owned()) };
        self.push(row, Vec::new(), None);
    }

    fn hold(&mut self, hold: &Hold, way: &mut Way<'a>) {
        match hold {
            Hold::ReceivedBytes(bytes) => self.received(*bytes, way.number),
            Hold::PrintedBytes(bytes) => self.items.push(Item::Printed(Some(*bytes))),
            Hold::Requests(count) => self.requests_up_to(*count, way),
            Hold::ProgramClosed => self.program_ends(way.number),
            Hold::Opened(connection) => (1..=*connection).for_each(|number| self.connection(number)),
        }
    }

    /// The requests that have to be there by now.
    fn requests_up_to(&mut self, count: usize, way: &mut Way<'a>) {
        while way.requests < count.min(way.expects.len()) {
            self.request(way.expects[way.requests], way);
        }
    }

    fn request(&mut self, request: &str, way: &mut Way<'a>) {
        self.requests += 1;
        let key = Key::Request(way.number, way.requests);
        way.requests += 1;
        let exact = self.expectation.sends.as_deref().filter(|_| self.requests == 1);
        let (labels, bytes) = match exact {
            Some(bytes) => (label::messages(&requests(bytes), bytes, &(0..bytes.len()), ""), bytes.to_vec()),
            None => (vec![self.form(request)], Vec::new()),
        };
        self.push(row(Some(way.number), Shape::ToServer, labels), bytes, Some(key));
        if let Some(keepalive) = self.expectation.keepalive.as_ref().filter(|_| way.requests == 1) {
            let row = row(Some(way.number), Shape::Inside, words(keepalive.as_str()));
            self.push(row, Vec::new(), Some(Key::Keepalive(way.number)));
        }
    }

    /// What is known of a request: method, target, and the fields that a rule names.
    fn form(&self, request: &str) -> Label {
        let form = self.expectation.requests.iter().find(|form| form.nth == self.requests);
        let RequestForm { line, with, without, .. } = form.cloned().unwrap_or_default();
        let line = line.unwrap_or_else(|| request.to_owned());
        let line = escape(line.strip_suffix(" HTTP/1.1").unwrap_or(&line).as_bytes());
        let with = with.iter().map(|field| Part::Field(escape(field.as_bytes())));
        let without = without.iter().map(|field| Part::Field(format!("no {}", escape(field.as_bytes()))));
        [Part::Line(line)].into_iter().chain(with).chain(without).collect()
    }

    /// Bytes that need not be a request.
    fn received(&mut self, amount: usize, number: Connection) {
        let exact = self.expectation.sends.clone().filter(|_| number == 1);
        let mut label = Vec::new();
        if let Some(bytes) = &exact {
            label.push(Part::Quote(bytes.clone()));
        }
        label.push(Part::Size(format!("{} B", grouped(amount))));
        let row = row(Some(number), Shape::ToServer, vec![label]);
        self.push(row, exact.unwrap_or_default(), Some(Key::Received(number)));
    }

    fn send(&mut self, send: &Send, way: &mut Way<'a>) {
        let (start, end) = (way.sent, way.sent + send.bytes.len());
        let cuts = [start].into_iter().chain(send.cuts.iter().map(|cut| start + cut)).chain([end]);
        let cuts: Vec<usize> = cuts.collect();
        while way.sent < end {
            let next = self.next_range(way, &cuts);
            self.sent(next, &cuts, way);
        }
        if send.fin {
            self.close(Close::Fin, way.number);
        }
    }

    /// The bytes of the next row: those that really shared one, else a segment, or all segments to come.
    fn next_range(&self, way: &Way<'_>, cuts: &[usize]) -> Range<usize> {
        let (at, end) = (way.sent, cuts.last().copied().unwrap_or(way.sent));
        let ranges = self.sent.get(&way.number).map_or(&[][..], Vec::as_slice);
        if let Some(range) = ranges.iter().find(|range| range.start == at && !range.is_empty()) {
            return at..range.end.min(end);
        }
        let next = cuts.iter().copied().find(|&cut| cut > at).unwrap_or(end);
        if cuts.iter().filter(|&&cut| cut > at).count() >= RUN { at..end } else { at..next }
    }

    fn sent(&mut self, range: Range<usize>, cuts: &[usize], way: &mut Way<'_>) {
        let inside = cuts.iter().copied().filter(|&cut| cut > range.start && cut < range.end);
        let edges: Vec<usize> = [range.start].into_iter().chain(inside).chain([range.end]).collect();
        let sizes: Vec<usize> = edges.windows(2).map(|edge| edge[1] - edge[0]).collect();
        let labels = label::messages(&way.messages, &way.stream, &range, &label::pieces(&sizes, "segment"));
        let bytes = way.stream[range.clone()].to_vec();
        let row = row(Some(way.number), Shape::ToProgram, labels);
        self.push(row, bytes, Some(Key::Sent(way.number, range.start)));
        way.sent = range.end;
    }

    fn close(&mut self, close: Close, number: Connection) {
        let (shape, text, key) = match close {
            Close::Fin => (Shape::ToProgram, "FIN", Key::PeerClosed(number)),
            Close::Reset => (Shape::ResetToProgram, "RST", Key::PeerReset(number)),
        };
        self.push(row(Some(number), shape, words(text)), Vec::new(), Some(key));
    }

    fn program_ends(&mut self, number: Connection) {
        let row = row(Some(number), Shape::ToServer, words("FIN"));
        self.push(row, Vec::new(), Some(Key::ProgramEnded(number)));
    }
}

/// All bytes that the steps send.
fn all_sent(steps: &[Step]) -> Vec<u8> {
    let sends = steps.iter().filter_map(|step| match step {
        Step::Send(send) => Some(&send.bytes[..]),
        _ => None,
    });
    sends.collect::<Vec<_>>().concat()
}
