//! What the packets of a run amount to, in a sentence or two.

use crate::report::text::{count, grouped};
use crate::trace::{Closed, Connection, End, Placed, Purpose, Side, Trace, Traffic, What};

use super::message::Message;
use super::packet_rows::shown;
use super::rows::Wire;

/// What one small exchange costs on a connection of its own: SYN, SYN-ACK, ACK; request, ACK, response, ACK;
/// FIN, FIN, ACK. Linux acknowledges the first bytes of a connection at once, so the number is always this one.
const ALONE: usize = 10;

const WORDS: [&str; 9] = ["Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];

/// Such as `2 responses, 1 connection, 12 packets. Two connections would have cost 20. The server closed first.`
pub(super) fn summary(trace: &Trace) -> String {
    let traffic = Traffic::of(trace);
    let wire = Wire::read(trace);
    let opened = opened(trace);
    let responses: usize = opened.iter().map(|connection| whole_responses(trace, &wire, *connection)).sum();
    let end = shown(trace);
    let packets: Vec<&Placed> =
        traffic.iter().take_while(|(index, _)| *index < end).map(|(_, placed)| placed).collect();
    let facts =
        [count(responses, "response"), count(opened.len(), "connection"), count(packets.len(), "packet")];
    let comparison = match opened.as_slice() {
        [only] if responses >= 2 && is_plain(trace, &wire, *only, responses, &packets) => apart(responses),
        _ => String::new(),
    };
    let closed = opened.iter().map(|&connection| traffic.closed_first(connection, end));
    format!("{}.{comparison}{}", facts.join(", "), closed_first(&closed.collect::<Vec<_>>()))
}

/// Who closed first, where that was the same on every connection.
fn closed_first(closed: &[Option<Closed>]) -> &'static str {
    let Some(Some(first)) = closed.first().filter(|first| closed.iter().all(|other| other == *first)) else {
        return "";
    };
    match (first.by, first.is_reset, closed.len()) {
        (Side::Program, false, 1) => " The program closed first.",
        (Side::Peer, false, 1) => " The server closed first.",
        (Side::Program, false, _) => " The program closed each connection first.",
        (Side::Peer, false, _) => " The server closed each connection first.",
        (Side::Program, true, 1) => " The program reset the connection.",
        (Side::Peer, true, 1) => " The server reset the connection.",
        (Side::Program, true, _) => " The program reset each connection.",
        (Side::Peer, true, _) => " The server reset each connection.",
    }
}

/// What the same exchanges would have cost, each on a connection of its own.
fn apart(exchanges: usize) -> String {
    let number = WORDS.get(exchanges - 2).map_or_else(|| grouped(exchanges), |word| (*word).to_owned());
    format!(" {number} connections would have cost {}.", grouped(exchanges * ALONE))
}

fn opened(trace: &Trace) -> Vec<Connection> {
    let opened = trace.events.iter().filter_map(|event| match event.what {
        What::Opened { connection, .. } => Some(connection),
        _ => None,
    });
    opened.collect()
}

/// How many final responses the peer sent in full.
fn whole_responses(trace: &Trace, wire: &Wire, connection: Connection) -> usize {
    let Some((bytes, messages)) = wire.sent.get(&connection) else { return 0 };
    let is_closed = trace.events.iter().any(|event| event.what == What::PeerClosed { connection });
    let is_whole = |message: &&Message| {
        let is_final = message.line.as_ref().is_some_and(|line| !line.starts_with('1'));
        is_final && message.is_head_whole && message.end.map_or(is_closed, |end| end <= bytes.len())
    };
    messages.iter().filter(is_whole).count()
}

/// Is the run so simple that its parts can be priced apart: every packet was kept, none was sent twice, every
/// request and every response is a packet of its own, and both sides closed with FIN?
fn is_plain(trace: &Trace, wire: &Wire, only: Connection, exchanges: usize, packets: &[&Placed]) -> bool {
    let amount = |is: &dyn Fn(&Placed) -> bool| packets.iter().filter(|placed| is(placed)).count();
    let data_from = |side| amount(&|placed| placed.from == side && placed.segment.payload_bytes > 0);
    let requests = wire.received.get(&only).map_or(0, |(_, requests)| requests.len());
    matches!(trace.end, End::Exited { .. })
        && trace.missed_packets == 0
        && packets.iter().all(|placed| placed.connection == Some(only) && placed.purpose == Purpose::Progress)
        && amount(&|placed| placed.segment.flags.syn) == 2
        && amount(&|placed| placed.segment.flags.fin && placed.segment.payload_bytes == 0) == 2
        && amount(&|placed| placed.segment.flags.rst) == 0
        && requests == exchanges
        && data_from(Side::Program) == exchanges
        && data_from(Side::Peer) == exchanges
}
