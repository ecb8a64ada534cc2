//! The rows of a drawing of packets: one each, but for long bodies.

use crate::report::text::{count, grouped};
use crate::trace::{Connection, Content, Datagram, End, Moment, Placed, Purpose, Side, Trace, Traffic, What};

use super::label::{self, Label, Part, words};
use super::rows::{self, Row, Shape, Wire, gap, silence};

/// So many data packets of one message in a row become one row.
const LONG_RUN: usize = 4;

/// A row, and what it stands for.
struct Drawn {
    row: Row,
    /// Indices of its packets; none for what the program does without the wire.
    packets: Vec<usize>,
    /// When the last of it happened.
    until: Moment,
}

/// The rows in order of time, and the index of the one that is pointed at.
pub(super) fn rows(trace: &Trace, mark: Option<usize>) -> (Vec<Row>, Option<usize>) {
    let traffic = Traffic::of(trace);
    let pointed = mark.filter(|&mark| is_on_the_wire(trace, mark));
    let pointed = pointed.and_then(|mark| traffic.carrier(trace, mark));
    let drawing = Drawing { trace, traffic: &traffic, wire: Wire::read(trace) };
    let mut drawn = drawing.packets(pointed);
    drawn.extend(inside(trace, mark));
    drawn.sort_by_key(|drawn| drawn.row.at);
    let is_marked = |drawn: &Drawn| match (pointed, mark) {
        (Some(packet), _) => drawn.packets.contains(&packet),
        (None, Some(mark)) => drawn.packets.is_empty() && drawn.row.last >= mark,
        (None, None) => false,
    };
    let marked = drawn.iter().position(is_marked).or_else(|| mark.and(drawn.len().checked_sub(1)));
    with_silences(drawn, marked, trace)
}

/// Is this an event that packets tell?
fn is_on_the_wire(trace: &Trace, event: usize) -> bool {
    trace.events.get(event).is_some_and(|event| {
        matches!(
            event.what,
            What::Opened { .. }
                | What::Reached { .. }
                | What::Received { .. }
                | What::Sent { .. }
                | What::ProgramClosed { .. }
                | What::ProgramReset { .. }
                | What::PeerClosed { .. }
                | What::PeerReset { .. }
        )
    })
}

/// Adds a row for each long silence, and one for what could not be shown.
fn with_silences(drawn: Vec<Drawn>, marked: Option<usize>, trace: &Trace) -> (Vec<Row>, Option<usize>) {
    let mut rows: Vec<Row> = Vec::new();
    let mut marked_row = None;
    let mut quiet_since: Option<Moment> = None;
    for (index, drawn) in drawn.into_iter().enumerate() {
        rows.extend(quiet_since.zip(drawn.row.at).and_then(|(since, at)| silence(since, at)));
        if marked == Some(index) {
            marked_row = Some(rows.len());
        }
        quiet_since = quiet_since.max(Some(drawn.until));
        rows.push(drawn.row);
    }
    let closing = trace.packets.len() - shown(trace);
    if closing > 0 {
        rows.push(gap(format!("… {} as the system closes what was open …", count(closing, "packet"))));
    }
    if trace.missed_packets > 0 {
        let missed = usize::try_from(trace.missed_packets).unwrap_or(usize::MAX);
        rows.push(gap(format!("… {} passed too fast to be kept …", count(missed, "more packet"))));
    }
    (rows, marked_row)
}

/// How many packets from the first on are the program's and the peer's doing: that the connections of a program
/// end when we end it is not.
pub(super) fn shown(trace: &Trace) -> usize {
    match trace.end {
        End::Exited { .. } => trace.packets.len(),
        _ => trace.packets.iter().take_while(|packet| packet.at <= trace.ended_at).count(),
    }
}

/// The rows of what packets do not tell, and of how the program ends.
fn inside(trace: &Trace, mark: Option<usize>) -> impl Iterator<Item = Drawn> {
    let is_inside = |row: &Row| row.shape == Shape::Inside && !is_on_the_wire(trace, row.last);
    rows::rows(trace, mark).into_iter().filter(is_inside).map(|row| {
        let until = trace.events.get(row.last).map_or(trace.ended_at, |event| event.at);
        Drawn { row, packets: Vec::new(), until }
    })
}

struct Drawing<'a> {
    trace: &'a Trace,
    traffic: &'a Traffic,
    wire: Wire,
}

impl Drawing<'_> {
    /// Every packet; the one that is pointed at has a row of its own.
    fn packets(&self, pointed: Option<usize>) -> Vec<Drawn> {
        let end = shown(self.trace);
        let mut drawn = Vec::new();
        let mut next = 0;
        while next < end {
            let length = self.run(next, end, pointed);
            drawn.push(self.draw(next..next + length));
            next += length;
        }
        drawn
    }

    /// How many packets from the first on share its row.
    fn run(&self, first: usize, end: usize, pointed: Option<usize>) -> usize {
        let Some(begin) = self.traffic.get(first).filter(|placed| self.is_bulk(placed)) else { return 1 };
        let belongs = |index: &usize| {
            self.traffic.get(*index).is_some_and(|placed| {
                let is_same = placed.connection == begin.connection && placed.purpose == Purpose::Progress;
                let is_more = placed.from == begin.from && self.is_bulk(placed);
                let is_answer = placed.from != begin.from && placed.segment.is_bare_ack();
                is_same && (is_more || is_answer) && Some(*index) != pointed
            })
        };
        let run = (first..end).take_while(belongs);
        let data: Vec<usize> = run.filter(|&index| self.sender(index) == Some(begin.from)).collect();
        match data.last() {
            // An acknowledgment behind the last one stays outside: it ends what is told here.
            Some(last) if data.len() >= LONG_RUN => last + 1 - first,
            _ => 1,
        }
    }

    fn sender(&self, packet: usize) -> Option<Side> {
        self.traffic.get(packet).map(|placed| placed.from)
    }

    /// Does the packet only go on with a message?
    fn is_bulk(&self, placed: &Placed) -> bool {
        let flags = placed.segment.flags;
        let end = placed.offset + placed.segment.payload_bytes;
        let begins = |start: usize| placed.offset <= start && start < end;
        let is_data = placed.segment.payload_bytes > 0 && !flags.syn && !flags.fin && !flags.rst;
        let has_start = self.direction(placed).is_none_or(|(_, messages)| {
            messages.iter().any(|message| begins(message.start) || begins(message.head_end.saturating_sub(1)))
        });
        is_data && placed.purpose == Purpose::Progress && !has_start
    }

    /// The bytes of the packet's direction, and the messages in them.
    fn direction(&self, placed: &Placed) -> Option<&(Vec<u8>, Vec<super::message::Message>)> {
        let streams = match placed.from {
            Side::Program => &self.wire.received,
            Side::Peer => &self.wire.sent,
        };
        streams.get(&placed.connection?)
    }

    fn draw(&self, packets: std::ops::Range<usize>) -> Drawn {
        let first = &self.trace.packets[packets.start];
        let until = self.trace.packets[packets.end - 1].at;
        let (connection, shape, labels) = match self.traffic.get(packets.start) {
            Some(placed) if packets.len() == 1 => (placed.connection, shape(placed), self.labels(placed)),
            Some(placed) => (placed.connection, shape(placed), self.bulk(placed.from, packets.clone())),
            None => other(first.content()),
        };
        let row = Row { at: Some(first.at), last: 0, connection, shape, labels, is_marked: false };
        Drawn { row, packets: packets.collect(), until }
    }

    /// What a run of data packets amounts to.
    fn bulk(&self, from: Side, packets: std::ops::Range<usize>) -> Vec<Label> {
        let all = packets.filter_map(|packet| self.traffic.get(packet));
        let (data, answers): (Vec<&Placed>, Vec<&Placed>) = all.partition(|placed| placed.from == from);
        let sizes: Vec<usize> = data.iter().map(|placed| placed.segment.payload_bytes).collect();
        let total: usize = sizes.iter().sum();
        let amount = format!("… {}, {}", count(sizes.len(), "packet"), count(total, "byte"));
        let answers =
            (!answers.is_empty()).then(|| Part::Field(format!("{} between", count(answers.len(), "ACK"))));
        vec![[Part::Words(amount)].into_iter().chain(answers).collect()]
    }

    /// What one TCP packet says.
    fn labels(&self, placed: &Placed) -> Vec<Label> {
        let mut labels = match placed.purpose {
            Purpose::Progress if placed.segment.payload_bytes > 0 => self.payload(placed),
            Purpose::Progress => words(flag_words(placed)),
            Purpose::Retransmission => vec![vec![Part::Words("retransmission:".to_owned()), again(placed)]],
            Purpose::KeepaliveProbe => words("keepalive probe"),
            Purpose::WindowProbe => words("window probe"),
        };
        if let Some(last) = labels.last_mut() {
            if placed.purpose == Purpose::Progress
                && placed.segment.payload_bytes > 0
                && placed.segment.flags.fin
            {
                last.push(Part::Words("+ FIN".to_owned()));
            }
            if placed.connection.is_none() && placed.segment.flags.syn {
                last.push(Part::Field("not accepted".to_owned()));
            }
        }
        labels
    }

    /// The messages of which the packet has a part; only how much it is where nobody has read them.
    fn payload(&self, placed: &Placed) -> Vec<Label> {
        let range = placed.offset..placed.offset + placed.segment.payload_bytes;
        match self.direction(placed) {
            Some((stream, messages)) if range.end <= stream.len() => {
                label::messages(messages, stream, &range, "")
            }
            _ => words(format!("{} B", grouped(placed.segment.payload_bytes))),
        }
    }
}

fn shape(placed: &Placed) -> Shape {
    match (placed.from, placed.segment.flags.rst) {
        (Side::Program, false) => Shape::ToServer,
        (Side::Program, true) => Shape::ResetToServer,
        (Side::Peer, false) => Shape::ToProgram,
        (Side::Peer, true) => Shape::ResetToProgram,
    }
}

fn flag_words(placed: &Placed) -> &'static str {
    let flags = placed.segment.flags;
    match (flags.syn, flags.fin, flags.rst) {
        (_, _, true) => "RST",
        (true, ..) if flags.ack => "SYN-ACK",
        (true, ..) => "SYN",
        (_, true, _) => "FIN",
        _ => "ACK",
    }
}

/// What is sent once more.
fn again(placed: &Placed) -> Part {
    match placed.segment.payload_bytes {
        0 => Part::Words(flag_words(placed).to_owned()),
        bytes => Part::Words(format!("{} B", grouped(bytes))),
    }
}

/// What is not TCP. The server is where the smaller port is.
fn other(content: Content) -> (Option<Connection>, Shape, Vec<Label>) {
    let Content::Udp(Datagram { from, to, payload_bytes }) = content else {
        return (None, Shape::Gap, words("a packet that is neither TCP nor UDP"));
    };
    let size = Part::Size(format!("{} B", grouped(payload_bytes)));
    let (shape, text) = if to.port() <= from.port() {
        (Shape::ToServer, format!("UDP to port {}", to.port()))
    } else {
        (Shape::ToProgram, format!("UDP from port {}", from.port()))
    };
    (None, shape, vec![vec![Part::Words(text), size]])
}
