//! The packets of a run, each in its place: on which connection, from whom, and what for.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::{Connection, Content, End, Moment, Packet, Segment, Trace, What};

/// No system probes sooner after its last packet; a packet without data that was merely overtaken comes at once.
const PROBE_SILENCE: Duration = Duration::from_millis(100);

/// One end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The learner's program.
    Program,
    /// Ours.
    Peer,
}

/// Why a packet was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To get on.
    Progress,
    /// To send again what no answer came to.
    Retransmission,
    /// To ask whether the other side is still there (RFC 9293 section 3.8.4).
    KeepaliveProbe,
    /// To ask whether the other side has room again (RFC 9293 section 3.8.6.1).
    WindowProbe,
}

/// A TCP packet in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// When it passed.
    pub at: Moment,
    /// Its headers.
    pub segment: Segment,
    /// The connection; none when the peer never accepted it.
    pub connection: Option<Connection>,
    /// Who sent it.
    pub from: Side,
    /// What for.
    pub purpose: Purpose,
    /// Where its payload begins in the bytes of its direction.
    pub offset: usize,
}

/// Who ended a connection first, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// Who.
    pub by: Side,
    /// With RST rather than FIN.
    pub is_reset: bool,
}

/// All packets of a run in their places.
#[derive(Debug, Clone)]
pub struct Traffic(Vec<Option<Placed>>);

impl Traffic {
    /// Finds the place of each packet of the trace.
    #[must_use]
    pub fn of(trace: &Trace) -> Self {
        let mut flows = Flows::of(trace);
        let place = |packet: &Packet| packet.tcp().map(|segment| flows.place(packet.at, segment));
        Self(trace.packets.iter().map(place).collect())
    }

    /// The place of a packet by its index in the trace; none for what is not TCP.
    #[must_use]
    pub fn get(&self, packet: usize) -> Option<&Placed> {
        self.0.get(packet)?.as_ref()
    }

    /// Every TCP packet with its index in the trace.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (usize, &Placed)> {
        self.0.iter().enumerate().filter_map(|(index, placed)| Some((index, placed.as_ref()?)))
    }

    /// Who closed a connection first, as far as the packets before this index tell; none while it is open both
    /// ways.
    #[must_use]
    pub fn closed_first(&self, connection: Connection, end: usize) -> Option<Closed> {
        let before = self.iter().take_while(|(index, _)| *index < end);
        let mut own = before.filter(|(_, placed)| placed.connection == Some(connection));
        own.find_map(|(_, placed)| {
            let flags = placed.segment.flags;
            (flags.fin || flags.rst).then_some(Closed { by: placed.from, is_reset: flags.rst })
        })
    }

    /// The packet that carried an event, by its index in the trace: the nearest one at or before the event that
    /// went its way and can have caused it. For what a program does without the wire, the last that told it
    /// something. An index behind the last event means the end of the run.
    #[must_use]
    pub fn carrier(&self, trace: &Trace, event: usize) -> Option<usize> {
        let at = trace.events.get(event).map_or(trace.ended_at, |event| event.at);
        if let Some(What::Asked { .. }) = trace.events.get(event).map(|event| &event.what) {
            let is_question =
                |packet: &Packet| packet.at <= at && matches!(packet.content(), Content::Udp(_));
            return trace.packets.iter().rposition(is_question);
        }
        let wanted = Wanted::of(trace, event);
        let is_before = |placed: &Placed| placed.at <= at;
        let exact = || self.iter().filter(|(_, placed)| wanted.fits(placed));
        // An event may be told a little before its packet; the others only ever follow theirs.
        let behind = || exact().next().filter(|_| wanted.connection.is_some());
        let nearest = exact().rfind(|(_, placed)| is_before(placed)).or_else(behind);
        let any = || self.iter().rfind(|(_, placed)| is_before(placed));
        nearest.or_else(any).map(|(index, _)| index)
    }
}

/// Which packet an event is looked for in.
struct Wanted {
    connection: Option<Connection>,
    from: Option<Side>,
    carries: Carries,
}

enum Carries {
    Anything,
    Payload,
    Syn,
    Fin,
    Rst,
}

impl Wanted {
    fn of(trace: &Trace, event: usize) -> Self {
        let on = |connection: &Connection, from, carries| Self {
            connection: Some(*connection),
            from: Some(from),
            carries,
        };
        match trace.events.get(event).map(|event| &event.what) {
            Some(What::Opened { connection, .. }) => on(connection, Side::Program, Carries::Syn),
            Some(What::Received { connection, .. }) => on(connection, Side::Program, Carries::Payload),
            Some(What::Sent { connection, .. }) => on(connection, Side::Peer, Carries::Payload),
            Some(What::ProgramClosed { connection }) => on(connection, Side::Program, Carries::Fin),
            Some(What::PeerClosed { connection }) => on(connection, Side::Peer, Carries::Fin),
            Some(What::ProgramReset { connection }) => on(connection, Side::Program, Carries::Rst),
            Some(What::PeerReset { connection }) => on(connection, Side::Peer, Carries::Rst),
            Some(_) => Self { connection: None, from: Some(Side::Peer), carries: Carries::Payload },
            None => Self { connection: awaited(&trace.end), from: None, carries: Carries::Anything },
        }
    }

    fn fits(&self, placed: &Placed) -> bool {
        let is_carried = match self.carries {
            Carries::Anything => true,
            Carries::Payload => placed.segment.payload_bytes > 0,
            Carries::Syn => placed.segment.flags.syn,
            Carries::Fin => placed.segment.flags.fin,
            Carries::Rst => placed.segment.flags.rst,
        };
        is_carried
            && self.from.is_none_or(|from| placed.from == from)
            && (self.connection.is_none() || placed.connection == self.connection)
    }
}

/// The connection that a program waits on for ever.
fn awaited(end: &End) -> Option<Connection> {
    match end {
        End::Hung(hang) => hang.connection,
        _ => None,
    }
}

/// The two ends, the program's first.
type Pair = (SocketAddr, SocketAddr);

/// Every connection that was seen so far.
struct Flows {
    /// Those that the peer accepted and that no packet belongs to yet, in order.
    accepted: Vec<(Connection, Pair)>,
    /// The last connection between two ends.
    last: HashMap<Pair, Flow>,
}

struct Flow {
    connection: Option<Connection>,
    program: Half,
    peer: Half,
}

/// One direction of a connection.
#[derive(Default)]
struct Half {
    /// Number of its first byte.
    first: Option<u32>,
    /// Number of the byte behind the last one that was sent.
    next: Option<u32>,
    /// What was passed over before `next`: on two processors, packets may overtake each other.
    holes: Vec<(u32, u32)>,
    /// How much its sender has room for.
    window: Option<u16>,
    /// When it sent last.
    at: Moment,
}

impl Flows {
    fn of(trace: &Trace) -> Self {
        let accepted = trace.events.iter().filter_map(|event| match event.what {
            What::Opened { connection, program: Some(program), peer: Some(peer) } => {
                Some((connection, (canonical(program), canonical(peer))))
            }
            _ => None,
        });
        Self { accepted: accepted.collect(), last: HashMap::new() }
    }

    fn place(&mut self, at: Moment, segment: Segment) -> Placed {
        let (from, pair) = self.direction(&segment);
        let is_opening = segment.flags.syn && from == Side::Program;
        let is_other = |flow: &Flow| flow.program.first != Some(segment.sequence.wrapping_add(1));
        if self.last.get(&pair).is_none_or(|flow| is_opening && is_other(flow)) {
            let connection = self.accepted.iter().position(|(_, known)| *known == pair);
            let connection = connection.map(|index| self.accepted.remove(index).0);
            let flow = Flow { connection, program: Half::default(), peer: Half::default() };
            self.last.insert(pair, flow);
        }
        let flow = self.last.get_mut(&pair).expect("it was just put there");
        let (half, other) = match from {
            Side::Program => (&mut flow.program, &flow.peer),
            Side::Peer => (&mut flow.peer, &flow.program),
        };
        let purpose = half.purpose(at, &segment, other);
        let offset = half.take(at, &segment);
        Placed { at, segment, connection: flow.connection, from, purpose, offset }
    }

    /// Who sent it, and between which ends. What was never accepted is told by its SYN, or by the port of the
    /// server, which is the smaller one.
    fn direction(&self, segment: &Segment) -> (Side, Pair) {
        let there = (canonical(segment.from), canonical(segment.to));
        let back = (there.1, there.0);
        let is_known =
            |pair| self.last.contains_key(&pair) || self.accepted.iter().any(|(_, known)| *known == pair);
        let flags = segment.flags;
        let is_from_program = match (is_known(there), is_known(back)) {
            (true, false) => true,
            (false, true) => false,
            _ if flags.syn => !flags.ack,
            _ => there.0.port() > there.1.port(),
        };
        if is_from_program { (Side::Program, there) } else { (Side::Peer, back) }
    }
}

/// A listener for both families sees IPv4 addresses in the clothes of IPv6.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

impl Half {
    /// Why this direction sends the segment.
    fn purpose(&self, at: Moment, segment: &Segment, other: &Half) -> Purpose {
        let Some(next) = self.next else { return Purpose::Progress };
        let (start, end) = (segment.sequence, segment.end());
        if segment.flags.rst {
            return Purpose::Progress;
        }
        if start == end {
            // Both probes ask for the last byte again without sending it.
            let silence = at.since_start().saturating_sub(self.at.since_start());
            return match other.window {
                _ if start.wrapping_add(1) != next || silence < PROBE_SILENCE => Purpose::Progress,
                Some(0) => Purpose::WindowProbe,
                _ => Purpose::KeepaliveProbe,
            };
        }
        let is_new = |&(from, to): &(u32, u32)| is_beyond(end, from) && is_beyond(to, start);
        if is_beyond(end, next) || self.holes.iter().any(is_new) {
            Purpose::Progress
        } else {
            Purpose::Retransmission
        }
    }

    /// Takes note of the segment, and tells where its payload begins in the bytes of this direction.
    fn take(&mut self, at: Moment, segment: &Segment) -> usize {
        self.at = at;
        self.window = Some(segment.window);
        if segment.flags.rst {
            return 0; // its numbers may be the other side's
        }
        let start = segment.sequence.wrapping_add(u32::from(segment.flags.syn));
        // Without its SYN, a direction begins with what was seen of it first.
        let first = *self.first.get_or_insert(start);
        self.fill(segment.sequence, segment.end());
        start.wrapping_sub(first) as usize
    }

    /// Takes note of which bytes have passed.
    fn fill(&mut self, start: u32, end: u32) {
        let next = self.next.unwrap_or(start);
        if is_beyond(start, next) {
            self.holes.push((next, start));
        } else {
            let holes = std::mem::take(&mut self.holes).into_iter();
            // What is left of a hole: a piece before the segment and one behind it.
            let left = holes.flat_map(|(from, to)| [(from, earlier(to, start)), (later(from, end), to)]);
            self.holes = left.filter(|(from, to)| is_beyond(*to, *from)).collect();
        }
        self.next = Some(later(next, end));
    }
}

/// Does sequence number `left` come after `right`? They wrap around (RFC 9293 section 3.4).
fn is_beyond(left: u32, right: u32) -> bool {
    left.wrapping_sub(right).cast_signed() > 0
}

fn earlier(left: u32, right: u32) -> u32 {
    if is_beyond(left, right) { right } else { left }
}

fn later(left: u32, right: u32) -> u32 {
    if is_beyond(left, right) { left } else { right }
}
