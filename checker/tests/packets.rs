//! The ring of packets, on the loopback interface of this machine.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, SocketFlags, SocketType};
use support::PATIENCE;
use workbook::kernel::{PacketClock, Ring};
use workbook::run::Capture;
use workbook::trace::{Flags, Moment, Packet, Segment};

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
