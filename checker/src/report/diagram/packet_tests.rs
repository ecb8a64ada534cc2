//! Golden drawings of packets, from traces written by hand.

use insta::assert_snapshot;

use crate::report::samples::*;
use crate::report::text::width;
use crate::trace::wiretap::{ACK, FIN, RST, SYN, SYN_ACK, Wiretap, question};
use crate::trace::{End, ExitStatus, Hang, Moment, Packet, Side, Trace};

use super::*;

fn tap() -> Wiretap {
    Wiretap::new(40123).at(100).opens()
}

/// Two exchanges on one connection, as few packets as can be.
fn kept() -> Trace {
    let mut trace = good_trace();
    let tap = tap()
        .at(200)
        .sends(Side::Program, GET.as_bytes())
        .at(250)
        .sends(Side::Peer, response(BODY).as_bytes());
    let tap = tap.at(410).packet(Side::Program, ACK, LAST_GET.as_bytes());
    let tap = tap.at(440).packet(Side::Peer, ACK, response(BODY).as_bytes()).packet(Side::Peer, FIN, b"");
    tap.at(600).packet(Side::Program, FIN, b"").packet(Side::Peer, ACK, b"").into(&mut trace, 1);
    trace
}

/// One exchange on each of two connections.
fn apart() -> Trace {
    let story = Story::new("connects-again").opened(140, 1).received(210, 1, LAST_GET);
    let story = story.sent(260, 1, &response(BODY)).peer_closed(270, 1).program_closed(400, 1);
    let story = story.opened(1140, 2).received(1210, 2, LAST_GET).sent(1260, 2, &response(BODY));
    let story = story.peer_closed(1270, 2).program_closed(1400, 2);
    let mut trace = story.exited(1500, ExitStatus::Code(0)).trace();
    for (port, start, number) in [(40123, 0, 1), (40124, 1000, 2)] {
        let tap = Wiretap::new(port).at(start + 100).opens().at(start + 200);
        let tap = tap.sends(Side::Program, LAST_GET.as_bytes()).at(start + 250);
        let tap = tap.sends(Side::Peer, response(BODY).as_bytes()).at(start + 265).closes(Side::Peer);
        tap.into(&mut trace, number);
    }
    trace
}

/// A body of many packets, the last of which brings the FIN.
fn long_body(bytes: usize) -> Trace {
    let answer = response(&"x".repeat(bytes));
    let story = Story::new("a-long-body").opened(140, 1).received(210, 1, GET).sent(260, 1, &answer);
    let story = story.peer_closed(270, 1).printed(180_000, "done\n").program_closed(190_000, 1);
    let mut trace = story.exited(190_100, ExitStatus::Code(0)).trace();
    let (most, last) = answer.as_bytes().split_at(answer.len() - 100);
    let tap =
        tap().sends(Side::Program, GET.as_bytes()).sends(Side::Peer, most).packet(Side::Peer, FIN, last);
    tap.at(190_000).packet(Side::Program, FIN, b"").packet(Side::Peer, ACK, b"").into(&mut trace, 1);
    trace
}

/// A program that waits for ever behind an answer; the connection's end is not its doing.
fn hanging() -> Trace {
    let hang = End::Hung(Hang { call: "recv".to_owned(), connection: Some(1), threads: 1 });
    let story = Story::new("server-keeps-the-connection-open").opened(140, 1).received(210, 1, GET);
    let mut trace = story.sent(260, 1, &response(BODY)).printed(390, BODY).ended(62_390, hang).trace();
    let tap = tap().sends(Side::Program, GET.as_bytes()).sends(Side::Peer, response(BODY).as_bytes());
    tap.at(63_000).closes(Side::Program).into(&mut trace, 1);
    trace
}

/// Everything that goes wrong on a wire.
fn trouble() -> Trace {
    let story = Story::new("trouble").opened(140, 1).received(210, 1, GET).peer_reset(4_000_000, 1);
    let mut trace = story.exited(4_000_100, ExitStatus::Code(1)).trace();
    let tap = Wiretap::new(40123).packet(Side::Program, SYN, b"").at(1_020_000);
    let tap = tap.numbered(Side::Program, SYN, 1_000_000, b"").packet(Side::Peer, SYN_ACK, b"");
    let tap = tap.packet(Side::Program, ACK, b"").packet(Side::Program, ACK, GET.as_bytes());
    let tap = tap.at(1_300_000).again(Side::Program, GET.as_bytes()).packet(Side::Peer, ACK, b"");
    let tap = tap.at(2_300_000).probes(Side::Program).packet(Side::Peer, ACK, b"");
    let tap = tap.window(0).packet(Side::Peer, ACK, b"").window(500).at(2_500_000).probes(Side::Program);
    tap.at(4_000_000).packet(Side::Program, ACK, b"unread").packet(Side::Peer, RST, b"").into(&mut trace, 1);
    trace
}

/// A question to a name server, a refused connection, and what nobody knows.
fn refused() -> Trace {
    let story = Story::new("refused").complained(900, "main: connection refused (os error 111)\n");
    let mut trace = story.exited(1100, ExitStatus::Code(1)).trace();
    let tap = Wiretap::new(40123).at(300).packet(Side::Program, SYN, b"").packet(Side::Peer, RST, b"");
    trace.packets = vec![question(100), Packet { at: Moment(200_000), frame: [0; 60][..].into() }];
    trace.packets.extend(tap.packets());
    trace.missed_packets = 3;
    trace
}

fn stories() -> Vec<(&'static str, Trace, Option<usize>)> {
    vec![
        ("kept", kept(), None),
        ("kept, marked at a request", kept(), Some(5)),
        ("kept, marked at what was printed", kept(), Some(4)),
        ("apart", apart(), Some(6)),
        ("a long body", long_body(8_388_608), None),
        ("hanging", hanging(), Some(5)),
        ("trouble", trouble(), Some(3)),
        ("refused", refused(), Some(1)),
    ]
}

fn gallery(look: &Look) -> String {
    let draw = |(name, trace, mark): (&str, Trace, Option<usize>)| {
        format!("{name}\n\n{}\n", draw_packets(&trace, mark, look))
    };
    stories().into_iter().map(draw).collect()
}

#[test]
fn packets_in_every_look() {
    assert_snapshot!("packets-80", gallery(&PLAIN));
    assert_snapshot!("packets-40", gallery(&NARROW));
    let ascii = gallery(&ASCII);
    assert!(ascii.is_ascii());
    assert_snapshot!("packets-ascii", ascii);
}

#[test]
fn no_packet_is_drawn_beyond_the_width_and_one_row_is_marked() {
    for columns in 40..=100 {
        let look = Look { width: columns, is_unicode: true, has_colour: false };
        for (name, trace, mark) in stories() {
            let drawing = draw_packets(&trace, mark, &look);
            assert!(drawing.lines().all(|line| width(line) <= columns), "{name} at {columns}\n{drawing}");
            assert_eq!(drawing.matches("HERE").count(), usize::from(mark.is_some()), "{name}\n{drawing}");
        }
    }
}

#[test]
fn every_mark_of_every_story_finds_a_row() {
    for (name, trace, _) in stories() {
        for mark in 0..=trace.events.len() {
            let drawing = draw_packets(&trace, Some(mark), &PLAIN);
            assert_eq!(drawing.matches("HERE").count(), 1, "{name}, mark {mark}\n{drawing}");
        }
    }
}

#[test]
fn what_two_connections_would_have_cost_is_said_only_when_it_is_known() {
    let last = |trace: &Trace| {
        let drawing = draw_packets(trace, None, &PLAIN);
        let summary: Vec<&str> = drawing.trim_end().rsplit("\n\n").next().unwrap_or("").lines().collect();
        summary.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
    };
    let all =
        "2 responses, 1 connection, 12 packets. Two connections would have cost 20. The server closed first.";
    assert_eq!(last(&kept()), all);
    let apart = last(&apart());
    assert_eq!(apart, "2 responses, 2 connections, 20 packets. The server closed each connection first.");
    let spoilt = |spoil: &dyn Fn(&mut Trace)| {
        let mut trace = kept();
        spoil(&mut trace);
        last(&trace)
    };
    let bare = "2 responses, 1 connection, 12 packets. The server closed first.";
    assert_eq!(spoilt(&|trace| trace.missed_packets = 1), bare);
    assert_eq!(spoilt(&|trace| trace.end = hanging().end), bare);
    assert_eq!(
        spoilt(&|trace| drop(trace.packets.drain(10..))),
        "2 responses, 1 connection, 10 packets. The server closed first."
    );
    let again = |trace: &mut Trace| trace.packets.push(trace.packets[3].clone());
    assert_eq!(spoilt(&again), "2 responses, 1 connection, 13 packets. The server closed first.");
}

#[test]
fn a_trace_without_packets_has_no_drawing_of_them() {
    assert_eq!(draw_packets(&good_trace(), None, &PLAIN), "");
}
