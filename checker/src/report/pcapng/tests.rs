//! What the file says, read back; that other programs can read it is tested with tshark.

use pcap_file::pcapng::{Block, PcapNgReader};

use crate::judge::ScenarioVerdict;
use crate::report::samples::*;
use crate::trace::wiretap::{ACK, Wiretap, question};
use crate::trace::{Packet, Side, Trace};

use super::checksums::filled_in;
use super::*;

/// A frame as loopback shows it: without checksums.
fn unfilled(packet: &Packet) -> Vec<u8> {
    let mut frame = packet.frame.0.clone();
    for at in [14 + 10, 14 + 20 + 16] {
        frame[at..at + 2].fill(0xab);
    }
    frame
}

fn failing(packets: Vec<Packet>) -> ScenarioVerdict {
    let mut trace = Trace { packets, ..good_trace() };
    trace.command.push("a \u{1b}[31mword".to_owned());
    let kind = "prints.extra";
    let mut printed = finding(kind, "Your program printed too much.", "42 bytes", "58 bytes", Some(4));
    let mut second = finding("connections.more", "Your program went on.", "nothing", "something", None);
    (printed.criterion, second.criterion) = ("exact-length".to_owned(), "one-socket".to_owned());
    let mut verdict = failed("The server answers two requests.", trace, printed);
    verdict.findings.push(second);
    verdict
}

fn exchange() -> Vec<Packet> {
    let tap = Wiretap::new(40123).at(100).opens().at(200).sends(Side::Program, GET.as_bytes());
    let tap = tap.at(250).sends(Side::Peer, response(BODY).as_bytes()).at(600).closes(Side::Program);
    tap.packets()
}

/// All blocks as lines of text.
fn read_back(verdicts: &[ScenarioVerdict]) -> String {
    let mut file = Vec::new();
    write(verdicts, &mut file).expect("memory");
    let mut reader = PcapNgReader::new(file.as_slice()).expect("a section");
    let mut out = format!("{:#?}\n", reader.section().options).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    while let Some(block) = reader.next_block() {
        out.push_str(&match block.expect("a whole block") {
            Block::InterfaceDescription(block) => format!("interface {:#?}\n", block.options),
            Block::EnhancedPacket(block) => format!(
                "{:>13} ns  interface {}  {} of {} bytes {:#?}\n",
                block.timestamp.as_nanos(),
                block.interface_id,
                block.data.len(),
                block.original_len,
                block.options
            ),
            block => format!("{block:#?}\n"),
        });
    }
    out
}

#[test]
fn the_file_holds_runs_packets_and_findings() {
    let held = held("The server answers.", Trace { missed_packets: 7, packets: exchange(), ..good_trace() });
    let without_packets = failed(
        "Nothing was captured.",
        good_trace(),
        finding("crash", "Your program crashed.", "", "", None),
    );
    insta::assert_snapshot!("file", read_back(&[failing(exchange()), without_packets, held]));
}

#[test]
fn without_packets_the_file_is_empty_and_valid() {
    assert_eq!(read_back(&[]).matches("IfName").count(), 0);
}

#[test]
fn checksums_that_loopback_left_out_are_filled_in() {
    let six = Wiretap::between("[2001:db8::1]:40123", "[2001:db8::80]:80");
    let six = six.opens().sends(Side::Peer, b"odd").packets();
    for packet in exchange() {
        assert_eq!(filled_in(&unfilled(&packet)), packet.frame.0);
    }
    for packet in six {
        let mut frame = packet.frame.0.clone();
        frame[14 + 40 + 16..][..2].fill(0);
        assert_eq!(filled_in(&frame), packet.frame.0);
    }
    let mut asked = question(0).frame.0;
    asked[14 + 20 + 6..][..2].fill(0);
    assert_eq!(filled_in(&asked), question(0).frame.0);
}

#[test]
fn what_was_captured_in_part_or_is_nonsense_stays_as_it_is() {
    let whole = Wiretap::new(40123).opens().packet(Side::Peer, ACK, &[b'x'; 900]).packets().remove(3);
    for length in 0..whole.frame.len() {
        let part = &whole.frame[..length];
        assert_eq!(filled_in(part), part, "{length} bytes");
    }
    assert_eq!(filled_in(&[0xff; 99]), [0xff; 99]);
}

#[test]
fn a_comment_that_is_too_long_is_cut() {
    assert_eq!(text(&"é".repeat(50_000)).len(), MOST_COMMENT_BYTES);
    assert_eq!(text("short"), "short");
}
