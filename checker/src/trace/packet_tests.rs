//! What packets say, and what a run of them means.

use super::wiretap::{ACK, FIN, ROOM, RST, SYN, SYN_ACK, Wiretap, question};
use super::*;

fn trace(events: Vec<What>) -> Trace {
    let at = |(index, what)| Event { at: Moment(index as u64 * 10_000), what };
    Trace {
        format: FORMAT,
        lesson: "w04-l03".to_owned(),
        scenario: "s".to_owned(),
        seed: 1,
        cut: None,
        level: Level::Private,
        command: Vec::new(),
        events: events.into_iter().enumerate().map(at).collect(),
        end: End::Exited { status: ExitStatus::Code(0), left_behind: Vec::new() },
        ended_at: Moment::from_millis(100),
        packets: Vec::new(),
        missed_packets: 0,
    }
}

fn tapped(tap: Wiretap) -> Trace {
    let mut trace = trace(vec![What::Started, What::opened(1)]);
    tap.into(&mut trace, 1);
    trace
}

fn purposes(trace: &Trace) -> Vec<Purpose> {
    Traffic::of(trace).iter().map(|(_, placed)| placed.purpose).collect()
}

#[test]
fn headers_of_both_families_are_read() {
    for (program, peer) in
        [("192.0.2.80:40123", "192.0.2.80:80"), ("[2001:db8::1]:40123", "[2001:db8::80]:80")]
    {
        let packets = Wiretap::between(program, peer).opens().sends(Side::Program, b"hello").packets();
        let segment = packets[3].tcp().expect("a segment");
        assert_eq!((segment.from.to_string(), segment.to.to_string()), (program.to_owned(), peer.to_owned()));
        assert_eq!((segment.flags, segment.payload_bytes, segment.window), (ACK, 5, 500));
        assert_eq!((segment.sequence, segment.end()), (1_000_001, 1_000_006));
        let flags: Vec<Flags> = packets.iter().filter_map(Packet::tcp).map(|segment| segment.flags).collect();
        assert_eq!(flags, [SYN, SYN_ACK, ACK, ACK, ACK]);
    }
}

#[test]
fn a_long_frame_keeps_its_length_when_it_was_captured_in_part() {
    let mut packet = Wiretap::new(40123).opens().sends(Side::Peer, &[b'x'; 1000]).packets().remove(3);
    let whole = (packet.wire_bytes(), packet.tcp());
    assert_eq!(whole.0, 14 + 20 + 20 + 1000);
    packet.frame.0.truncate(200);
    assert_eq!((packet.wire_bytes(), packet.tcp()), whole);
}

#[test]
fn what_is_not_tcp_is_said_to_be_something_else() {
    let Content::Udp(datagram) = question(0).content() else { panic!("a datagram") };
    assert_eq!((datagram.to.port(), datagram.payload_bytes), (53, 30));
    assert_eq!(question(0).tcp(), None);
    let other = |frame: &[u8]| Packet { at: Moment(0), frame: frame.into() }.content();
    assert_eq!(other(b""), Content::Other);
    assert_eq!(other(&[0; 60]), Content::Other);
    let whole = Wiretap::new(40123).opens().packets().remove(0).frame;
    for length in 0..whole.len() {
        assert_eq!(other(&whole[..length]), Content::Other, "cut after {length} bytes");
    }
}

#[test]
fn packets_find_their_connection_side_and_offset() {
    let mut trace = trace(vec![What::Started, What::opened(1), What::opened(2)]);
    Wiretap::new(40123).opens().sends(Side::Program, b"one").closes(Side::Program).into(&mut trace, 1);
    let data = [b'x'; ROOM + 2];
    Wiretap::new(40124).at(5).opens().sends(Side::Peer, &data).closes(Side::Peer).into(&mut trace, 2);
    let traffic = Traffic::of(&trace);
    let payloads: Vec<_> = traffic
        .iter()
        .filter(|(_, placed)| placed.segment.payload_bytes > 0)
        .map(|(_, placed)| (placed.connection, placed.from, placed.offset, placed.segment.payload_bytes))
        .collect();
    let expected =
        [(Some(1), Side::Program, 0, 3), (Some(2), Side::Peer, 0, ROOM), (Some(2), Side::Peer, ROOM, 2)];
    assert_eq!(payloads, expected);
    assert_eq!(traffic.closed_first(1, usize::MAX), Some(Closed { by: Side::Program, is_reset: false }));
    assert_eq!(traffic.closed_first(2, usize::MAX), Some(Closed { by: Side::Peer, is_reset: false }));
    assert_eq!(traffic.closed_first(3, usize::MAX), None);
}

#[test]
fn a_listener_for_both_families_names_the_same_connection() {
    let mut trace = tapped(Wiretap::new(40123).opens());
    let mapped = |text: &str| Some(text.parse().expect("an address"));
    trace.events[1].what = What::Opened {
        connection: 1,
        program: mapped("[::ffff:192.0.2.80]:40123"),
        peer: mapped("[::ffff:192.0.2.80]:80"),
    };
    let traffic = Traffic::of(&trace);
    assert!(traffic.iter().all(|(_, placed)| placed.connection == Some(1)));
    assert_eq!(traffic.iter().count(), 3);
}

#[test]
fn a_port_that_is_used_again_is_another_connection() {
    let mut trace = trace(vec![What::Started, What::opened(1), What::opened(2)]);
    Wiretap::new(40123).opens().packet(Side::Program, RST, b"").into(&mut trace, 1);
    let second = Wiretap::new(40123).at(1000);
    second.numbered(Side::Program, SYN, 77, b"").packet(Side::Peer, SYN_ACK, b"").into(&mut trace, 2);
    let connections: Vec<_> = Traffic::of(&trace).iter().map(|(_, placed)| placed.connection).collect();
    assert_eq!(connections, [Some(1), Some(1), Some(1), Some(1), Some(2), Some(2)]);
}

#[test]
fn what_was_never_accepted_has_sides_and_no_connection() {
    let mut trace = trace(vec![What::Started]);
    Wiretap::new(40123).packet(Side::Program, SYN, b"").packet(Side::Peer, RST, b"").into(&mut trace, 1);
    let traffic = Traffic::of(&trace);
    let found: Vec<_> = traffic.iter().map(|(_, placed)| (placed.connection, placed.from)).collect();
    assert_eq!(found, [(None, Side::Program), (None, Side::Peer)]);
}

#[test]
fn what_is_sent_twice_is_a_retransmission() {
    let open = || Wiretap::new(40123).opens();
    let progress = purposes(&tapped(open().sends(Side::Program, b"hello").sends(Side::Program, b"more")));
    assert!(progress.iter().all(|purpose| *purpose == Purpose::Progress), "{progress:?}");
    let again = purposes(&tapped(open().sends(Side::Program, b"hello").again(Side::Program, b"hello")));
    assert_eq!(again.last(), Some(&Purpose::Retransmission));
    let part = purposes(&tapped(open().sends(Side::Peer, b"hello over the wrap").again(Side::Peer, b"wrap")));
    assert_eq!(part.last(), Some(&Purpose::Retransmission));
    let syn =
        Wiretap::new(40123).packet(Side::Program, SYN, b"").numbered(Side::Program, SYN, 1_000_000, b"");
    assert_eq!(purposes(&tapped(syn)), [Purpose::Progress, Purpose::Retransmission]);
}

#[test]
fn what_was_overtaken_is_no_retransmission_until_it_comes_again() {
    let data = |from: u32, length: u32| (1_000_001 + from, vec![b'x'; length as usize]);
    let pieces =
        [data(0, 10), data(20, 10), data(40, 10), data(10, 5), data(15, 30), data(15, 5), data(45, 10)];
    let open = Wiretap::new(40123).opens();
    let tap = pieces.iter().fold(open, |tap, (at, bytes)| tap.numbered(Side::Program, ACK, *at, bytes));
    let purposes = purposes(&tapped(tap)).split_off(3);
    let (new, again) = (Purpose::Progress, Purpose::Retransmission);
    assert_eq!(purposes, [new, new, new, new, new, again, new]);
}

#[test]
fn probes_are_told_apart_by_the_room_that_is_left() {
    let last = |tap: Wiretap| purposes(&tapped(tap)).pop();
    let open = || Wiretap::new(40123).opens().sends(Side::Program, b"hello");
    assert_eq!(last(open().packet(Side::Program, ACK, b"")), Some(Purpose::Progress));
    assert_eq!(last(open().at(1_000_000).probes(Side::Program)), Some(Purpose::KeepaliveProbe));
    let full = open().window(0).packet(Side::Peer, ACK, b"").window(500);
    assert_eq!(last(full.at(1_000_000).probes(Side::Program)), Some(Purpose::WindowProbe));
    // An acknowledgment that the next byte has overtaken looks the same, but for the time.
    assert_eq!(last(open().probes(Side::Program)), Some(Purpose::Progress));
}

#[test]
fn who_resets_first_has_closed_first() {
    let tap = Wiretap::new(40123).opens().packet(Side::Peer, RST, b"").packet(Side::Program, FIN, b"");
    let closed = Traffic::of(&tapped(tap)).closed_first(1, usize::MAX);
    assert_eq!(closed, Some(Closed { by: Side::Peer, is_reset: true }));
}

#[test]
fn an_event_finds_the_packet_that_carried_it() {
    let get = b"GET / HTTP/1.1\r\n\r\n";
    let events = vec![
        What::Started,
        What::opened(1),
        What::Received { connection: 1, bytes: get[..].into() },
        What::Sent { connection: 1, bytes: b"answer"[..].into() },
        What::Printed { stream: Stream::Stdout, bytes: b"answer"[..].into() },
        What::ProgramClosed { connection: 1 },
        What::PeerClosed { connection: 1 },
        What::Exited { status: ExitStatus::Code(0) },
    ];
    let mut trace = trace(events);
    let tap = Wiretap::new(40123).opens().sends(Side::Program, get).sends(Side::Peer, b"answer");
    tap.closes(Side::Program).into(&mut trace, 1);
    for event in 2..trace.events.len() {
        trace.events[event].at = Moment::from_millis(1);
    }
    let carrier = |event| Traffic::of(&trace).carrier(&trace, event);
    assert_eq!([1, 2, 3, 4, 5, 6, 7].map(carrier), [0, 3, 5, 5, 7, 8, 5].map(Some));
    assert_eq!(carrier(8), Some(9), "the end of the run");
    // An event that was recorded before its packet still finds it.
    trace.events[6].at = Moment(0);
    assert_eq!(Traffic::of(&trace).carrier(&trace, 6), Some(8));
    trace.packets.clear();
    assert_eq!(Traffic::of(&trace).carrier(&trace, 6), None);
}

#[test]
fn a_question_is_found_among_what_is_not_tcp() {
    let (name, kind) = ("example.com".to_owned(), "A".to_owned());
    let asked = What::Asked { name, kind, answer: Told::NoSuchName, after: None };
    let mut trace = trace(vec![What::Started, asked]);
    trace.events[1].at = Moment(150_000);
    trace.packets = vec![question(100), question(200)];
    trace.packets.extend(Wiretap::new(40123).at(140).opens().packets());
    assert_eq!(Traffic::of(&trace).carrier(&trace, 1), Some(0));
}

#[test]
fn a_trace_with_packets_is_read_back_and_one_without_is_as_before() {
    let trace = tapped(Wiretap::new(40123).opens().sends(Side::Peer, &(0..=255).collect::<Vec<u8>>()));
    let text = serde_json::to_string(&trace).expect("JSON");
    assert_eq!(serde_json::from_str::<Trace>(&text).expect("a trace"), trace);
    let bare = serde_json::to_string(&self::trace(vec![What::opened(1)])).expect("JSON");
    assert!(!bare.contains("packets") && !bare.contains("program"), "{bare}");
}
