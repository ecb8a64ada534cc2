//! A trace, digested once for all rules.

use std::collections::BTreeMap;

use crate::course::Play;
use crate::course::checks::Scenario;
use crate::trace::{Connection, KeepaliveTimes, Request, RequestReader, Send, Step, Stream, Trace, What};

/// What the rules look at. Events are named by their index in the trace.
pub(super) struct Evidence<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) play: &'a Play,
    pub(super) trace: &'a Trace,
    /// Every connection, by number.
    pub(super) connections: Vec<ConnectionRecord>,
    /// What the program printed on standard output.
    pub(super) stdout: Flow,
    /// What it printed on standard error.
    pub(super) stderr: Flow,
    /// The event of the program's end.
    pub(super) exited: Option<usize>,
}

/// What happened on one connection.
#[derive(Default)]
pub(super) struct ConnectionRecord {
    pub(super) number: Connection,
    /// The event of its beginning.
    pub(super) opened: Option<usize>,
    /// From the program to the peer.
    pub(super) received: Flow,
    /// From the peer to the program.
    pub(super) sent: Flow,
    /// Requests that at least began.
    pub(super) requests: Vec<Arrival>,
    /// The event of the program's first FIN or RST.
    pub(super) program_ended: Option<usize>,
    /// The event of the peer's first FIN or RST.
    pub(super) peer_ended: Option<usize>,
    /// The event by which the peer vanished.
    pub(super) vanished: Option<usize>,
    /// The last event that told about TCP keepalive, with the times where it was armed.
    pub(super) keepalive: Option<(usize, Option<KeepaliveTimes>)>,
    /// The steps that the peer has begun: the script's connection and the step's index in it.
    reached: Vec<(Connection, usize)>,
}

/// A request with where it came in.
#[derive(Clone)]
pub(super) struct Arrival {
    pub(super) connection: Connection,
    pub(super) request: Request,
    /// The event that brought its first byte.
    pub(super) began: usize,
    /// The event that brought its last byte so far.
    pub(super) ended: usize,
    /// Method and target that the peer expected in its place.
    pub(super) expected: Option<String>,
}

/// Bytes that went one way, and the event that brought each.
#[derive(Default)]
pub(super) struct Flow {
    bytes: Vec<u8>,
    /// Offset behind the bytes of an event, and the event.
    ends: Vec<(usize, usize)>,
}

impl Flow {
    fn push(&mut self, bytes: &[u8], event: usize) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push((self.bytes.len(), event));
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The event that brought the byte at this offset.
    pub(super) fn event_of(&self, offset: usize) -> Option<usize> {
        let found = self.ends.partition_point(|(end, _)| *end <= offset);
        self.ends.get(found).map(|(_, event)| *event)
    }

    pub(super) fn first_event(&self) -> Option<usize> {
        self.event_of(0)
    }

    pub(super) fn last_event(&self) -> Option<usize> {
        self.ends.last().map(|(_, event)| *event)
    }

    /// The events that brought bytes.
    pub(super) fn events(&self) -> impl Iterator<Item = usize> + '_ {
        self.ends.iter().map(|(_, event)| *event)
    }

    /// The bytes that had gone before this event.
    pub(super) fn before(&self, event: usize) -> &[u8] {
        let earlier = self.ends.iter().take_while(|(_, at)| *at < event).last();
        &self.bytes[..earlier.map_or(0, |(end, _)| *end)]
    }
}

impl<'a> Evidence<'a> {
    pub(super) fn new(scenario: &'a Scenario, play: &'a Play, trace: &'a Trace) -> Self {
        let mut collector = Collector::default();
        trace.events.iter().enumerate().for_each(|(index, event)| collector.take(index, &event.what));
        let Collector { mut connections, stdout, stderr, exited } = collector;
        connections.values_mut().for_each(|record| record.find_requests(play));
        let connections = connections.into_values().collect();
        Self { scenario, play, trace, connections, stdout, stderr, exited }
    }

    /// Connections that carried at least one byte of the program, in order of their numbers.
    pub(super) fn used(&self) -> Vec<&ConnectionRecord> {
        self.connections.iter().filter(|record| !record.received.bytes().is_empty()).collect()
    }

    pub(super) fn connection(&self, number: Connection) -> Option<&ConnectionRecord> {
        self.connections.iter().find(|record| record.number == number)
    }

    /// All requests in order of their first bytes.
    pub(super) fn arrivals(&self) -> Vec<&Arrival> {
        let mut all: Vec<_> = self.connections.iter().flat_map(|record| &record.requests).collect();
        all.sort_by_key(|arrival| (arrival.began, arrival.request.start));
        all
    }

    /// The request's number over all connections, from 1.
    pub(super) fn number_of(&self, arrival: &Arrival) -> usize {
        let is_it = |other: &&Arrival| std::ptr::eq(*other, arrival);
        self.arrivals().iter().position(is_it).map_or(0, |index| index + 1)
    }

    /// The messages that the peer has sent on a connection to their last byte.
    pub(super) fn sent_messages(&self, connection: Connection) -> Vec<&'a Send> {
        let Some(record) = self.connection(connection) else { return Vec::new() };
        let sends = record.reached.iter().filter_map(|(script, step)| match self.step(*script, *step) {
            Some(Step::Send(send)) => Some(send),
            _ => None,
        });
        let mut left = record.sent.bytes().len();
        sends
            .take_while(|send| left.checked_sub(send.bytes.len()).map(|rest| left = rest).is_some())
            .collect()
    }

    /// Has the peer sent this message on a connection to its last byte?
    pub(super) fn has_sent(&self, connection: Connection, message: &Send) -> bool {
        self.sent_messages(connection).iter().any(|sent| std::ptr::eq(*sent, message))
    }

    fn step(&self, script: Connection, step: usize) -> Option<&'a Step> {
        self.play.script.connections.get(script.checked_sub(1)?)?.get(step)
    }

    /// The step that the peer was at when the run ended; none when the script was done or never begun.
    pub(super) fn last_step(&self, connection: Connection) -> Option<&'a Step> {
        let (script, step) = self.connection(connection)?.reached.last()?;
        self.step(*script, *step)
    }

    /// The event by which it is certain that nothing more will be done: the program's end, or the last one.
    pub(super) fn end_event(&self) -> Option<usize> {
        self.exited.or(self.trace.events.len().checked_sub(1))
    }
}

#[derive(Default)]
struct Collector {
    connections: BTreeMap<Connection, ConnectionRecord>,
    stdout: Flow,
    stderr: Flow,
    exited: Option<usize>,
}

impl Collector {
    fn take(&mut self, index: usize, what: &What) {
        match what {
            What::Opened { connection, .. } => self.at(*connection).opened = Some(index),
            What::Received { connection, bytes } => self.at(*connection).received.push(bytes, index),
            What::Sent { connection, bytes } => self.at(*connection).sent.push(bytes, index),
            What::Reached { connection, script, step } => self.at(*connection).reached.push((*script, *step)),
            What::ProgramClosed { connection } | What::ProgramReset { connection } => {
                self.at(*connection).program_ended.get_or_insert(index);
            }
            What::PeerClosed { connection } | What::PeerReset { connection } => {
                self.at(*connection).peer_ended.get_or_insert(index);
            }
            What::Vanished { connection } => self.at(*connection).vanished = Some(index),
            What::Keepalive { connection, armed } => self.at(*connection).keepalive = Some((index, *armed)),
            What::Printed { stream: Stream::Stdout, bytes } => self.stdout.push(bytes, index),
            What::Printed { stream: Stream::Stderr, bytes } => self.stderr.push(bytes, index),
            What::Exited { .. } => self.exited = Some(index),
            What::Started | What::Asked { .. } | What::StdoutClosed => {}
        }
    }

    fn at(&mut self, number: Connection) -> &mut ConnectionRecord {
        self.connections.entry(number).or_insert_with(|| ConnectionRecord { number, ..Default::default() })
    }
}

impl ConnectionRecord {
    fn find_requests(&mut self, play: &Play) {
        let mut reader = RequestReader::default();
        reader.push(self.received.bytes());
        let expected = self.expected_requests(play);
        // Line ends behind the last request are not the beginning of another one (RFC 9112 section 2.2).
        let requests = reader.all().into_iter().filter(|request| !request.line.is_empty());
        self.requests = requests
            .enumerate()
            .map(|(index, request)| self.arrival(request, expected.get(index).cloned()))
            .collect();
    }

    fn arrival(&self, request: Request, expected: Option<String>) -> Arrival {
        let span = &self.received.bytes()[request.start..];
        let skipped = span.iter().take_while(|byte| b"\r\n".contains(byte)).count();
        let event_of = |offset| self.received.event_of(offset).unwrap_or_default();
        let began = event_of(request.start + skipped);
        let ended = event_of(request.end.saturating_sub(1));
        Arrival { connection: self.number, request, began, ended, expected }
    }

    /// Method and target of the requests that the peer expects here, in order: of the steps that it has
    /// begun, then of those that it would have come to.
    fn expected_requests(&self, play: &Play) -> Vec<String> {
        let expect = |script: Connection, step: usize| match play
            .script
            .connections
            .get(script.wrapping_sub(1))?
            .get(step)?
        {
            Step::Expect(expect) => Some(expect.request.clone()),
            _ => None,
        };
        let (script, next) =
            self.reached.last().map_or((self.number, 0), |(script, step)| (*script, step + 1));
        let length = play.script.connections.get(script.wrapping_sub(1)).map_or(0, Vec::len);
        let begun = self.reached.iter().filter_map(|(script, step)| expect(*script, *step));
        begun.chain((next..length).filter_map(|step| expect(script, step))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::testing::{Case, Run};
    use crate::trace::What;

    fn look<T>(run: Run, at: impl Fn(&Evidence) -> T) -> T {
        let case = Case::new("");
        at(&Evidence::new(&case.lesson.checks.scenarios[0], &case.play, &run.trace))
    }

    #[test]
    fn every_byte_knows_the_event_that_brought_it() {
        let mut flow = Flow::default();
        flow.push(b"ab", 3);
        flow.push(b"c", 7);
        assert_eq!([0, 1, 2, 3].map(|offset| flow.event_of(offset)), [Some(3), Some(3), Some(7), None]);
        assert_eq!((flow.before(3), flow.before(7), flow.before(8)), (&b""[..], &b"ab"[..], &b"abc"[..]));
    }

    #[test]
    fn requests_are_found_with_their_events() {
        let run = Run::new().opened(1).received(1, "GET / HT").received(1, "TP/1.1\r\n\r\nGET").exits(0);
        let spans = look(run, |evidence| {
            evidence.arrivals().iter().map(|a| (a.began, a.ended, a.request.is_whole)).collect::<Vec<_>>()
        });
        assert_eq!(spans, [(3, 4, true), (4, 4, false)]);
    }

    #[test]
    fn empty_lines_are_no_request() {
        let run = Run::new().opened(1).requested(1).received(1, "\r\n").received(1, "GET").exits(0);
        let began = look(run, |evidence| evidence.arrivals().iter().map(|a| a.began).collect::<Vec<_>>());
        assert_eq!(began, [3, 5]);
        let run = Run::new().opened(1).requested(1).received(1, "\r\n").exits(0);
        assert_eq!(look(run, |evidence| evidence.arrivals().len()), 1);
    }

    #[test]
    fn an_opened_connection_is_not_a_used_one() {
        let run = Run::new().and(What::opened(1)).opened(2).requested(2).exits(0);
        let numbers =
            look(run, |e| (e.connections.len(), e.used().iter().map(|r| r.number).collect::<Vec<_>>()));
        assert_eq!(numbers, (2, vec![2]));
    }

    #[test]
    fn messages_count_as_sent_with_their_last_byte() {
        let run = |sent: &str| Run::new().opened(1).reached(1, 1, 1).sent(1, sent);
        let whole = crate::judge::testing::answer(crate::judge::testing::PAGE_1);
        let messages = |run: Run| look(run, |evidence| evidence.sent_messages(1).len());
        assert_eq!(messages(run(&whole).exits(0)), 1);
        assert_eq!(messages(run(&whole[1..]).exits(0)), 0);
    }
}
