//! The ring of packets, on the loopback interface of this machine.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, SocketFlags, SocketType};
use support::PATIENCE;
use workbook::judge::{Finding, ScenarioVerdict, State};
use workbook::kernel::{PacketClock, Ring};
use workbook::report::pcapng;
use workbook::run::Capture;
use workbook::trace::{
    End, Event, ExitStatus, FORMAT, Flags, Level, Moment, Packet, Segment, Stream, Trace, What,
};

const LOOPBACK: &str = "/sys/class/net/lo/ifindex";

/// A ring on `lo`, or none where this is not for us to have.
fn ring(ignores_outgoing: bool) -> Option<Ring> {
    let socket = rustix::net::socket_with(AddressFamily::PACKET, SocketType::RAW, SocketFlags::CLOEXEC, None);
    let Ok(socket) = socket else {
        support::skip("capturing packets needs CAP_NET_RAW");
        return None;
    };
    let interface = std::fs::read_to_string(LOOPBACK).unwrap().trim().parse().unwrap();
    Some(Ring::open(socket, interface, ignores_outgoing).unwrap())
}

/// Connected sockets: ours, the other, and the address of ours. Whatever else passes `lo` has other ports.
fn pair() -> (TcpStream, TcpStream, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (other, address) = listener.accept().unwrap();
    (ours, other, address)
}

/// Takes packets until those of the connection are as wanted.
fn take_until(
    ring: &mut Ring,
    clock: &PacketClock,
    of: SocketAddr,
    is_enough: impl Fn(&[(Packet, Segment)]) -> bool,
) -> Vec<(Packet, Segment)> {
    let deadline = Instant::now() + PATIENCE;
    let mut taken = Vec::new();
    loop {
        for (stamp, frame) in ring.take() {
            let packet = Packet { at: Moment(clock.nanos(stamp)), frame: frame.into() };
            if let Some(segment) = packet.tcp().filter(|segment| segment.from == of || segment.to == of) {
                taken.push((packet, segment));
            }
        }
        if is_enough(&taken) {
            return taken;
        }
        let left = Timespec::try_from(deadline.saturating_duration_since(Instant::now())).unwrap();
        let ready = poll(&mut [PollFd::new(ring, PollFlags::IN)], Some(&left)).unwrap();
        assert_ne!(ready, 0, "waited in vain: {taken:#?}");
    }
}

fn count(packets: &[(Packet, Segment)], has: impl Fn(Flags) -> bool) -> usize {
    packets.iter().filter(|(_, segment)| has(segment.flags)).count()
}

fn is_closed(packets: &[(Packet, Segment)]) -> bool {
    let fins = count(packets, |flags| flags.fin);
    fins >= 2 && packets.last().is_some_and(|(_, last)| last.is_bare_ack())
}

#[test]
fn every_packet_of_an_exchange_comes_once_with_its_time() {
    let start = Instant::now();
    let Some(mut ring) = ring(true) else { return };
    let clock = PacketClock::since(start);
    let (mut ours, mut other, address) = pair();
    ours.write_all(b"ping").unwrap();
    other.read_exact(&mut [0; 4]).unwrap();
    drop(ours);
    assert_eq!(other.read(&mut [0; 1]).unwrap(), 0);
    drop(other);
    let packets = take_until(&mut ring, &clock, address, is_closed);
    let end = Moment::from(start.elapsed());

    assert_eq!(count(&packets, |flags| flags.syn), 2);
    assert_eq!(count(&packets, |flags| flags.fin), 2);
    assert_eq!(count(&packets, |flags| flags.rst), 0);
    let payloads: Vec<usize> = packets.iter().map(|(_, segment)| segment.payload_bytes).collect();
    assert_eq!(payloads.iter().sum::<usize>(), 4, "{payloads:?}");
    assert!(packets.iter().any(|(packet, _)| packet.frame.ends_with(b"ping")));
    assert!(packets.is_sorted_by_key(|(packet, _)| packet.at), "{packets:#?}");
    assert!(packets.iter().all(|(packet, _)| packet.at > Moment(0) && packet.at < end), "{packets:#?}");
}

#[test]
fn without_ignoring_one_direction_loopback_shows_each_packet_twice() {
    let Some(mut ring) = ring(false) else { return };
    let clock = PacketClock::since(Instant::now());
    let (ours, _other, address) = pair();
    drop(ours);
    let packets = take_until(&mut ring, &clock, address, |packets| count(packets, |flags| flags.fin) == 2);
    assert_eq!(count(&packets, |flags| flags.syn), 4);
}

#[test]
fn the_ring_goes_round_without_losing_anything() {
    let Some(mut ring) = ring(true) else { return };
    let clock = PacketClock::since(Instant::now());
    let (mut ours, mut other, address) = pair();
    ours.set_nodelay(true).unwrap();
    let mut arrived = 0;
    for round in 0..50 {
        // Each byte is read before the next is sent, so none can share a packet.
        for _ in 0..100 {
            ours.write_all(b"x").unwrap();
            other.read_exact(&mut [0; 1]).unwrap();
        }
        let data =
            |packets: &[(Packet, Segment)]| packets.iter().filter(|(_, s)| s.payload_bytes == 1).count();
        let packets = take_until(&mut ring, &clock, address, |packets| data(packets) >= 100);
        arrived += data(&packets);
        assert_eq!(arrived, 100 * (round + 1));
    }
    assert_eq!(ring.drops().unwrap(), 0);
}

#[test]
fn what_finds_the_ring_full_is_counted() {
    let Some(mut ring) = ring(true) else { return };
    let (mut ours, mut other, _) = pair();
    ours.set_nodelay(true).unwrap();
    for _ in 0..4200 {
        ours.write_all(b"x").unwrap();
        other.read_exact(&mut [0; 1]).unwrap();
    }
    assert!(ring.drops().unwrap() >= 100);
    assert_eq!(ring.take().len(), 4096);
}

#[test]
fn a_long_packet_is_cut_and_its_length_is_known() {
    let Some(mut ring) = ring(true) else { return };
    let clock = PacketClock::since(Instant::now());
    let (mut ours, mut other, address) = pair();
    ours.write_all(&[b'x'; 8000]).unwrap();
    other.read_exact(&mut [0; 8000]).unwrap();
    let sent =
        |packets: &[(Packet, Segment)]| packets.iter().map(|(_, s)| s.payload_bytes).sum::<usize>() >= 8000;
    let packets = take_until(&mut ring, &clock, address, sent);
    assert!(packets.iter().all(|(packet, _)| packet.frame.len() < 2000), "{packets:#?}");
    assert_eq!(packets.iter().map(|(_, segment)| segment.payload_bytes).sum::<usize>(), 8000);
}

#[test]
fn an_interface_that_is_not_there_is_refused() {
    let socket = rustix::net::socket_with(AddressFamily::PACKET, SocketType::RAW, SocketFlags::CLOEXEC, None);
    let Ok(socket) = socket else { return support::skip("capturing packets needs CAP_NET_RAW") };
    let error = Ring::open(socket, 999_999, true).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ENODEV));
    let (ours, _other, _) = pair();
    let error = Ring::open(ours.into(), 1, true).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ENOPROTOOPT));
}

#[test]
fn each_run_has_its_own_packets_in_order() {
    let Some(ring) = ring(true) else { return };
    let capture = Capture::new(ring);
    let mut earlier: Option<SocketAddr> = None;
    for _ in 0..3 {
        capture.begin(Instant::now());
        let (mut ours, mut other, address) = pair();
        ours.write_all(b"ping").unwrap();
        other.read_exact(&mut [0; 4]).unwrap();
        capture.drain();
        drop(ours);
        assert_eq!(other.read(&mut [0; 1]).unwrap(), 0);
        drop(other);
        let (packets, missed) = capture.end();
        assert_eq!(missed, 0);
        assert!(packets.is_sorted_by_key(|packet| packet.at));
        let own = |of: SocketAddr| {
            packets.iter().filter_map(Packet::tcp).filter(move |s| s.from == of || s.to == of)
        };
        assert!(own(address).any(|segment| segment.flags.syn), "{packets:#?}");
        assert!(own(address).any(|segment| segment.flags.fin), "{packets:#?}");
        assert_eq!(earlier.map_or(0, |earlier| own(earlier).count()), 0, "{packets:#?}");
        earlier = Some(address);
    }
}

/// A verdict on a run of which only the packets matter.
fn verdict(id: &str, packets: Vec<Packet>, connection: [SocketAddr; 2]) -> ScenarioVerdict {
    let [program, peer] = connection.map(Some);
    let at = packets[5].at;
    let trace = Trace {
        format: FORMAT,
        lesson: "w04-l03".to_owned(),
        scenario: id.to_owned(),
        seed: 1,
        cut: None,
        level: Level::Private,
        command: vec!["./main".to_owned(), "example.com".to_owned()],
        events: vec![
            Event { at: Moment(0), what: What::Opened { connection: 1, program, peer } },
            Event { at, what: What::Printed { stream: Stream::Stdout, bytes: "x".into() } },
        ],
        end: End::Exited { status: ExitStatus::Code(0), left_behind: Vec::new() },
        ended_at: packets[packets.len() - 1].at,
        packets,
        missed_packets: 3,
    };
    let finding = Finding {
        kind: "prints.extra".parse().unwrap(),
        criterion: "exact-length".to_owned(),
        sentence: "Your program printed one byte too many.".to_owned(),
        expected: "nothing".to_owned(),
        actual: "\"x\"".to_owned(),
        event: Some(1),
    };
    ScenarioVerdict {
        id: id.to_owned(),
        title: "The server answers.".to_owned(),
        source: None,
        is_advice: false,
        criteria: Vec::new(),
        state: State::Failed,
        failed: Vec::new(),
        findings: vec![finding],
        mistake: None,
        runs: 1,
        trace: Some(trace),
        not_run_because: None,
    }
}

/// An exchange over the address, as it was captured.
fn captured(capture: &Capture, address: &str, id: &str) -> ScenarioVerdict {
    const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let listener = TcpListener::bind(address).unwrap();
    capture.begin(Instant::now());
    let mut ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut other, _) = listener.accept().unwrap();
    let ends = [ours.local_addr().unwrap(), ours.peer_addr().unwrap()];
    ours.write_all(GET).unwrap();
    other.read_exact(&mut [0; GET.len()]).unwrap();
    other.write_all(ANSWER).unwrap();
    ours.read_exact(&mut [0; ANSWER.len()]).unwrap();
    drop(ours);
    assert_eq!(other.read(&mut [0; 1]).unwrap(), 0);
    drop(other);
    let (mut packets, _) = capture.end();
    packets.retain(|packet| packet.tcp().is_some_and(|s| ends == [s.from, s.to] || ends == [s.to, s.from]));
    verdict(id, packets, ends)
}

/// What tshark says about the file, field by field, with every checksum verified.
fn tshark(file: &Path, port: u16, fields: &[&str]) -> Option<Vec<Vec<String>>> {
    let mut command = Command::new("tshark");
    command.arg("-r").arg(file).args(["-n", "-d", &format!("tcp.port=={port},http"), "-T", "fields"]);
    for check in ["tcp.check_checksum:TRUE", "ip.check_checksum:TRUE", "udp.check_checksum:TRUE"] {
        command.args(["-o", check]);
    }
    command.args(fields.iter().flat_map(|field| ["-e", field]));
    let Ok(output) = command.output() else {
        support::skip("tshark is not installed");
        return None;
    };
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    let complaints: Vec<&str> =
        complaints.lines().filter(|line| !line.starts_with("Running as user")).collect();
    assert!(output.status.success() && complaints.is_empty(), "{complaints:#?}");
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

#[test]
fn tshark_reads_the_capture_file_without_a_complaint() {
    let Some(ring) = ring(true) else { return };
    let capture = Capture::new(ring);
    let mut verdicts = vec![captured(&capture, "127.0.0.1:0", "over-ipv4")];
    let port = verdicts[0].trace.as_ref().unwrap().packets[0].tcp().unwrap().to.port();
    verdicts.push(captured(&capture, &format!("[::1]:{port}"), "over-ipv6"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.pcapng");
    pcapng::write(&verdicts, File::create(&path).unwrap()).unwrap();

    let fields = [
        "frame.interface_name",
        "frame.time_epoch",
        "tcp.checksum.status",
        "ip.checksum.status",
        "_ws.malformed",
        "_ws.expert.message",
        "http.request.method",
        "http.response.code",
        "frame.comment",
    ];
    let Some(rows) = tshark(&path, port, &fields) else { return };
    let column = |index: usize| rows.iter().map(move |row| row.get(index).map_or("", String::as_str));
    let total: usize = verdicts.iter().map(|verdict| verdict.trace.as_ref().unwrap().packets.len()).sum();
    assert_eq!(rows.len(), total);
    assert_eq!(column(0).filter(|name| *name == "over-ipv4").count() * 2, total, "{rows:#?}");
    assert!(column(2).all(|status| status == "1"), "{rows:#?}");
    assert!(column(3).all(|status| status.is_empty() || status == "1"), "{rows:#?}");
    assert!(column(4).all(str::is_empty), "{rows:#?}");
    let is_chatter = |text: &str| !text.contains("checksum") && !text.contains("Malformed");
    assert!(column(5).all(is_chatter), "{rows:#?}");
    assert_eq!(column(6).filter(|method| *method == "GET").count(), 2);
    assert_eq!(column(7).filter(|code| *code == "200").count(), 2);
    let comments: Vec<&str> = column(8).filter(|comment| !comment.is_empty()).collect();
    assert_eq!(comments.len(), 2, "{rows:#?}");
    assert!(comments[0].starts_with("Your program printed one byte too many."), "{comments:?}");
    let stamp = verdicts[0].trace.as_ref().unwrap().packets[0].at.since_start();
    assert_eq!(column(1).next(), Some(format!("0.{:09}", stamp.as_nanos()).as_str()));
    let times: Vec<f64> = column(1).map(|time| time.parse().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
}
