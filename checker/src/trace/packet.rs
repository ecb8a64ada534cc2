//! One packet as it passed, and what its headers say.

use std::net::SocketAddr;

use etherparse::{LaxNetSlice, LaxSlicedPacket, LinkSlice, TransportSlice};
use serde::{Deserialize, Serialize};

use super::{Bytes, Moment};

/// A frame that passed the network of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packet {
    /// When it passed.
    pub at: Moment,
    /// The Ethernet frame from its first address on. Loopback never fills in the checksums of TCP and UDP.
    pub frame: Bytes,
}

/// What a packet carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A part of a TCP connection.
    Tcp(Segment),
    /// A message of its own, such as a question to a name server.
    Udp(Datagram),
    /// Anything else, or too little of it to tell.
    Other,
}

/// The headers of a TCP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Who sent it.
    pub from: SocketAddr,
    /// For whom it is.
    pub to: SocketAddr,
    /// Its flags.
    pub flags: Flags,
    /// Number of its first byte.
    pub sequence: u32,
    /// Number of the byte that its sender wants next.
    pub acknowledgment: u32,
    /// How much its sender has room for, as it stands in the header: not scaled.
    pub window: u16,
    /// Length of what it carries, in bytes, as the headers announce it.
    pub payload_bytes: usize,
}

/// The flags of TCP that open, close and acknowledge (RFC 9293 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a bit of the header")]
pub struct Flags {
    /// The connection opens.
    pub syn: bool,
    /// The acknowledgment number counts.
    pub ack: bool,
    /// The sender sends nothing more.
    pub fin: bool,
    /// The connection is broken off.
    pub rst: bool,
}

/// The headers of a UDP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datagram {
    /// Who sent it.
    pub from: SocketAddr,
    /// For whom it is.
    pub to: SocketAddr,
    /// Length of what it carries, in bytes.
    pub payload_bytes: usize,
}

impl Packet {
    /// What the packet carries.
    #[must_use]
    pub fn content(&self) -> Content {
        read(&self.frame).unwrap_or(Content::Other)
    }

    /// The headers of TCP, where the packet has them.
    #[must_use]
    pub fn tcp(&self) -> Option<Segment> {
        match self.content() {
            Content::Tcp(segment) => Some(segment),
            Content::Udp(_) | Content::Other => None,
        }
    }

    /// How long the frame was on the wire, in bytes; a long one may have been captured in part.
    #[must_use]
    pub fn wire_bytes(&self) -> usize {
        let announced = LaxSlicedPacket::from_ethernet(&self.frame).ok().and_then(|sliced| {
            let link = sliced.link.as_ref().map_or(0, link_bytes);
            sliced.net.as_ref().map(|net| link + net_bytes(net))
        });
        announced.unwrap_or(0).max(self.frame.len())
    }
}

impl Segment {
    /// Number of the byte behind its last one; SYN and FIN count as one each.
    #[must_use]
    pub fn end(&self) -> u32 {
        let length = self.payload_bytes + usize::from(self.flags.syn) + usize::from(self.flags.fin);
        self.sequence.wrapping_add(u32::try_from(length).unwrap_or(0))
    }

    /// Does it do nothing but acknowledge?
    #[must_use]
    pub fn is_bare_ack(&self) -> bool {
        let Flags { syn, ack, fin, rst } = self.flags;
        ack && !syn && !fin && !rst && self.payload_bytes == 0
    }
}

fn read(frame: &[u8]) -> Option<Content> {
    let sliced = LaxSlicedPacket::from_ethernet(frame).ok()?;
    let net = sliced.net.as_ref()?;
    let (from, to) = match net {
        LaxNetSlice::Ipv4(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
        LaxNetSlice::Ipv6(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
        LaxNetSlice::Arp(_) => return None,
    };
    let address = SocketAddr::new;
    Some(match sliced.transport? {
        TransportSlice::Tcp(tcp) => Content::Tcp(Segment {
            from: address(from, tcp.source_port()),
            to: address(to, tcp.destination_port()),
            flags: Flags { syn: tcp.syn(), ack: tcp.ack(), fin: tcp.fin(), rst: tcp.rst() },
            sequence: tcp.sequence_number(),
            acknowledgment: tcp.acknowledgment_number(),
            window: tcp.window_size(),
            payload_bytes: net_payload_bytes(net).saturating_sub(tcp.header_slice().len()),
        }),
        TransportSlice::Udp(udp) => Content::Udp(Datagram {
            from: address(from, udp.source_port()),
            to: address(to, udp.destination_port()),
            payload_bytes: usize::from(udp.length()).saturating_sub(udp.header_slice().len()),
        }),
        _ => Content::Other,
    })
}

fn link_bytes(link: &LinkSlice<'_>) -> usize {
    match link {
        LinkSlice::Ethernet2(link) => link.header_slice().len(),
        _ => 0,
    }
}

/// Length of an IP packet as its header announces it, header included.
fn net_bytes(net: &LaxNetSlice<'_>) -> usize {
    match net {
        LaxNetSlice::Ipv4(ip) => usize::from(ip.header().total_len()),
        LaxNetSlice::Ipv6(ip) => ip.header().slice().len() + usize::from(ip.header().payload_length()),
        LaxNetSlice::Arp(_) => 0,
    }
}

/// Length of what an IP packet carries. The kernel may hand over packets longer than their header can say:
/// the length is 0 then, and what is there is all that is known.
fn net_payload_bytes(net: &LaxNetSlice<'_>) -> usize {
    let headers = match net {
        LaxNetSlice::Ipv4(ip) => {
            ip.header().slice().len() + ip.extensions().auth.map_or(0, |auth| auth.slice().len())
        }
        LaxNetSlice::Ipv6(ip) => ip.header().slice().len() + ip.extensions().slice().len(),
        LaxNetSlice::Arp(_) => 0,
    };
    let captured = net.ip_payload_ref().map_or(0, |payload| payload.payload.len());
    net_bytes(net).saturating_sub(headers).max(captured)
}
