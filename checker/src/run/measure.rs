//! What connection reuse is worth: the same program, over the same wire, against a server that closes after every
//! response and against one that keeps connections open.

use std::collections::BTreeMap;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use super::encounter::{Encounter, EncounterError};
use super::invocation::Invocation;
use super::team::make_timers_exact;
use crate::course::{Lesson, Play};
use crate::lab::{Lab, Plan, Site};
use crate::trace::{
    Connection, Expect, Measured, Measurement, RequestReader, Script, Send, Step, Trace, What,
};

/// What both servers answer.
const BODY: &str = "hello, wire\n";
/// Programs whose requests are not up to us have so many at most.
const MOST_OWN_REQUESTS: usize = 10;

/// What to measure.
#[derive(Debug, Clone, Copy)]
pub struct Measure<'a> {
    /// The lesson that the program belongs to: it says how programs are called.
    pub lesson: &'a Lesson,
    /// The program.
    pub invocation: &'a Invocation,
    /// How long a packet is under way, there and back.
    pub round_trip: Duration,
    /// How many responses to fetch, where programs of this lesson can be told.
    pub requests: usize,
}

impl Measure<'_> {
    /// Runs the program against both servers; `interrupt` becomes readable when the user wants to stop.
    ///
    /// # Errors
    /// When the user interrupts, or there is no place with a wire.
    pub fn run(&self, lab: &Lab, interrupt: BorrowedFd<'_>) -> Result<Measurement, EncounterError> {
        make_timers_exact();
        let plan = Plan { readable: self.invocation.needs.clone(), has_wire: true, ..Plan::default() };
        let site = lab.site(&plan)?;
        let encounter = Encounter {
            site: &site,
            limits: lab.limits(),
            patience: lab.patience(),
            interrupt,
            capture: None,
        };
        let arguments = self.arguments();
        let has_paths = arguments.iter().any(|argument| is_path(argument));
        let wanted = (has_paths || self.invocation.takes_paths()).then_some(self.requests);
        let most = wanted.unwrap_or(MOST_OWN_REQUESTS);
        let run = |script| self.measure(&encounter, &site, self.play(arguments.clone(), script));
        let closed = run(closing(most))?;
        let kept = run(keeping(most))?;
        Ok(Measurement { round_trip: self.round_trip, wanted, closed, kept })
    }

    /// The lesson's arguments; its paths again and again, until there are enough.
    fn arguments(&self) -> Vec<String> {
        let arguments = &self.lesson.checks.arguments;
        let (paths, places): (Vec<&String>, Vec<&String>) =
            arguments.iter().partition(|argument| is_path(argument));
        let root = "/".to_owned();
        let paths = if paths.is_empty() && self.invocation.takes_paths() { vec![&root] } else { paths };
        let repeated = paths.iter().copied().cycle().take(if paths.is_empty() { 0 } else { self.requests });
        places.into_iter().chain(repeated).cloned().collect()
    }

    fn play(&self, arguments: Vec<String>, connections: Vec<Vec<Step>>) -> Play {
        // A program that sends its standard input needs one.
        let first = self.lesson.checks.scenarios.first();
        let stdin = first.and_then(|first| self.lesson.plays(first, 1).into_iter().next());
        Play {
            lesson: self.lesson.id.clone(),
            scenario: "measure".to_owned(),
            seed: 1,
            cut: None,
            arguments,
            stdin: stdin.map(|play| play.stdin).unwrap_or_default(),
            script: Script { connections, hurries: true, rtt: Some(self.round_trip), ..Script::default() },
            bodies: BTreeMap::new(),
        }
    }

    fn measure(
        &self,
        encounter: &Encounter<'_>,
        site: &Site,
        play: Play,
    ) -> Result<Measured, EncounterError> {
        let trace = encounter.play(&play, self.invocation)?;
        let relay = site.relay().ok_or_else(|| std::io::Error::other("this place has no wire"))?;
        // The last packets end the connections, and belong to what they cost.
        relay.settle(encounter.patience.scale(crate::deadlines::DRAIN) + self.round_trip * 2)?;
        let carried = relay.carried();
        Ok(Measured {
            handshakes: carried.to_peer.handshakes(),
            requests: requests(&trace),
            answered: answered(&trace, &play.script),
            packets: carried.to_peer.packets + carried.to_program.packets,
            bytes: carried.to_peer.bytes + carried.to_program.bytes,
            took: self.time_on_wire(&trace),
            end: trace.end,
        })
    }

    /// From the program's first packet to its end; how long the program took to begin says nothing about the wire.
    fn time_on_wire(&self, trace: &Trace) -> Duration {
        let opened = trace.events.iter().find(|event| matches!(event.what, What::Opened { .. }));
        let exited = trace.events.iter().find(|event| matches!(event.what, What::Exited { .. }));
        let end = exited.map_or(trace.ended_at, |exited| exited.at);
        opened.map_or(Duration::ZERO, |opened| {
            // A connection is open at the peer when the third packet of its handshake has arrived.
            let before = self.round_trip + self.round_trip / 2;
            end.since_start().saturating_sub(opened.at.since_start()) + before
        })
    }
}

fn is_path(argument: &str) -> bool {
    !argument.contains('{')
}

/// The server that closes: each connection gets one response.
fn closing(most: usize) -> Vec<Vec<Step>> {
    // One more than can be needed, for programs that look again.
    vec![vec![expect(), response("Connection: close\r\n", true)]; most + 1]
}

/// The server that keeps connections open, also for a program that makes no use of it.
fn keeping(most: usize) -> Vec<Vec<Step>> {
    let exchange = [expect(), response("", false)];
    let steps: Vec<Step> = std::iter::repeat_n(exchange, most).flatten().chain([Step::Stay]).collect();
    vec![steps; most + 1]
}

fn expect() -> Step {
    Step::Expect(Expect { request: String::new() })
}

fn response(connection: &str, fin: bool) -> Step {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{connection}\r\n", BODY.len());
    let bytes = format!("{head}{BODY}").into_bytes();
    Step::Send(Send { bytes: bytes.into(), cuts: Vec::new(), head_bytes: head.len(), fin })
}

/// Whole requests that have arrived.
fn requests(trace: &Trace) -> usize {
    let mut readers: BTreeMap<Connection, RequestReader> = BTreeMap::new();
    for event in &trace.events {
        if let What::Received { connection, bytes } = &event.what {
            readers.entry(*connection).or_default().push(bytes);
        }
    }
    readers.values().map(|reader| reader.whole().len()).sum()
}

/// Responses that have been sent in full; all have the same length.
fn answered(trace: &Trace, script: &Script) -> usize {
    let sent = trace.events.iter().map(|event| match &event.what {
        What::Sent { bytes, .. } => bytes.len(),
        _ => 0,
    });
    let length = script.connections.iter().flatten().find_map(|step| match step {
        Step::Send(send) => Some(send.bytes.len()),
        _ => None,
    });
    sent.sum::<usize>() / length.unwrap_or(1)
}
