//! Packets written by hand, for the tests of whatever reads them.

use std::net::{IpAddr, SocketAddr};

use etherparse::PacketBuilder;

use super::{Event, Flags, Moment, Packet, Side, Trace, What};

/// Number of the SYN of each side.
const FIRST: [u32; 2] = [1_000_000, u32::MAX - 20];
/// Payload that a packet has room for.
pub(crate) const ROOM: usize = 1448;

pub(crate) const SYN: Flags = Flags { syn: true, ack: false, fin: false, rst: false };
pub(crate) const SYN_ACK: Flags = Flags { syn: true, ack: true, fin: false, rst: false };
pub(crate) const ACK: Flags = Flags { syn: false, ack: true, fin: false, rst: false };
pub(crate) const FIN: Flags = Flags { syn: false, ack: true, fin: true, rst: false };
pub(crate) const RST: Flags = Flags { syn: false, ack: true, fin: false, rst: true };

/// One connection, whose packets are written one after the other, ten microseconds apart.
pub(crate) struct Wiretap {
    program: SocketAddr,
    peer: SocketAddr,
    next: [u32; 2],
    window: u16,
    micros: u64,
    packets: Vec<Packet>,
}

impl Wiretap {
    /// Between the program's port and port 80 of example.com.
    pub(crate) fn new(port: u16) -> Self {
        Self::between(&format!("192.0.2.80:{port}"), "192.0.2.80:80")
    }

    pub(crate) fn between(program: &str, peer: &str) -> Self {
        let [program, peer] = [program, peer].map(|text| text.parse().expect("an address"));
        Self { program, peer, next: FIRST, window: 500, micros: 0, packets: Vec::new() }
    }

    pub(crate) fn at(mut self, micros: u64) -> Self {
        self.micros = micros;
        self
    }

    /// What the sender of the next packets has room for.
    pub(crate) fn window(mut self, window: u16) -> Self {
        self.window = window;
        self
    }

    pub(crate) fn packet(mut self, from: Side, flags: Flags, payload: &[u8]) -> Self {
        let sequence = self.next[from as usize];
        let length = payload.len() as u32 + u32::from(flags.syn) + u32::from(flags.fin);
        self.next[from as usize] = sequence.wrapping_add(length);
        self.numbered(from, flags, sequence, payload)
    }

    pub(crate) fn numbered(mut self, from: Side, flags: Flags, sequence: u32, payload: &[u8]) -> Self {
        let (here, there, other) = match from {
            Side::Program => (self.program, self.peer, Side::Peer),
            Side::Peer => (self.peer, self.program, Side::Program),
        };
        let link = PacketBuilder::ethernet2([0; 6], [0; 6]);
        let ip = match (here.ip(), there.ip()) {
            (IpAddr::V4(here), IpAddr::V4(there)) => link.ipv4(here.octets(), there.octets(), 64),
            (IpAddr::V6(here), IpAddr::V6(there)) => link.ipv6(here.octets(), there.octets(), 64),
            _ => panic!("two families"),
        };
        let mut tcp = ip.tcp(here.port(), there.port(), sequence, self.window);
        if flags.syn {
            tcp = tcp.syn();
        }
        if flags.ack {
            tcp = tcp.ack(self.next[other as usize]);
        }
        if flags.fin {
            tcp = tcp.fin();
        }
        if flags.rst {
            tcp = tcp.rst();
        }
        let mut frame = Vec::new();
        tcp.write(&mut frame, payload).expect("memory");
        self.packets.push(Packet { at: Moment(self.micros * 1000), frame: frame.into() });
        self.micros += 10;
        self
    }

    /// Three packets that open the connection.
    pub(crate) fn opens(self) -> Self {
        self.packet(Side::Program, SYN, b"").packet(Side::Peer, SYN_ACK, b"").packet(Side::Program, ACK, b"")
    }

    /// Bytes in packets of the usual size, each acknowledged.
    pub(crate) fn sends(self, from: Side, bytes: &[u8]) -> Self {
        let other = if from == Side::Program { Side::Peer } else { Side::Program };
        bytes.chunks(ROOM).fold(self, |tap, chunk| tap.packet(from, ACK, chunk).packet(other, ACK, b""))
    }

    /// Three packets that close the connection.
    pub(crate) fn closes(self, from: Side) -> Self {
        let other = if from == Side::Program { Side::Peer } else { Side::Program };
        self.packet(from, FIN, b"").packet(other, FIN, b"").packet(from, ACK, b"")
    }

    /// Sends what this side sent last once more.
    pub(crate) fn again(self, from: Side, payload: &[u8]) -> Self {
        let sequence = self.next[from as usize].wrapping_sub(payload.len() as u32);
        self.numbered(from, ACK, sequence, payload)
    }

    /// Asks for the last byte again.
    pub(crate) fn probes(self, from: Side) -> Self {
        let sequence = self.next[from as usize].wrapping_sub(1);
        self.numbered(from, ACK, sequence, b"")
    }

    pub(crate) fn packets(self) -> Vec<Packet> {
        self.packets
    }

    /// Adds the packets to a trace, and the addresses to its connection `number`.
    pub(crate) fn into(self, trace: &mut Trace, number: usize) {
        for Event { what, .. } in &mut trace.events {
            if let What::Opened { connection, program, peer } = what
                && *connection == number
            {
                (*program, *peer) = (Some(self.program), Some(self.peer));
            }
        }
        trace.packets.extend(self.packets);
        trace.packets.sort_by_key(|packet| packet.at);
    }
}

/// A question to a name server.
pub(crate) fn question(micros: u64) -> Packet {
    let mut frame = Vec::new();
    let udp =
        PacketBuilder::ethernet2([0; 6], [0; 6]).ipv4([192, 0, 2, 53], [192, 0, 2, 53], 64).udp(40123, 53);
    udp.write(&mut frame, b"a question of 29 bytes is here").expect("memory");
    Packet { at: Moment(micros * 1000), frame: frame.into() }
}
