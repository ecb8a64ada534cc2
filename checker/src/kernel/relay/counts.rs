//! What has passed a wire, counted.

use std::collections::HashSet;

use etherparse::{NetSlice, SlicedPacket, TransportSlice};

/// What has been carried in one run.
#[derive(Debug, Clone, Default)]
pub struct Carried {
    /// From the program to the peer.
    pub to_peer: Counts,
    /// From the peer to the program.
    pub to_program: Counts,
}

/// What has been carried in one direction: packets of TCP.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Packets.
    pub packets: u64,
    /// Their bytes, with the headers of IP and TCP.
    pub bytes: u64,
    /// The connections that were asked for (or, from the peer, agreed to), by their first numbers: a SYN that is
    /// sent again asks for nothing new.
    handshakes: HashSet<(u16, u32)>,
}

impl Counts {
    /// How many connections were asked for (or, from the peer, agreed to).
    #[must_use]
    pub fn handshakes(&self) -> usize {
        self.handshakes.len()
    }

    /// Counts a frame, if it is one of TCP.
    pub(super) fn add(&mut self, frame: &[u8]) {
        let Ok(packet) = SlicedPacket::from_ethernet(frame) else { return };
        let (Some(network), Some(TransportSlice::Tcp(tcp))) = (&packet.net, &packet.transport) else {
            return;
        };
        self.packets += 1;
        self.bytes += match network {
            NetSlice::Ipv4(ip) => u64::from(ip.header().total_len()),
            NetSlice::Ipv6(ip) => u64::from(ip.header().payload_length()) + IPV6_HEADER_BYTES,
            NetSlice::Arp(_) => 0,
        };
        if tcp.syn() {
            self.handshakes.insert((tcp.source_port(), tcp.sequence_number()));
        }
    }
}

/// The header that the length in it does not count.
const IPV6_HEADER_BYTES: u64 = 40;

#[cfg(test)]
mod tests {
    use etherparse::PacketBuilder;

    use super::*;

    /// A packet of TCP from this port, with this number and content.
    fn frame(port: u16, number: u32, is_first: bool, content: &[u8]) -> Vec<u8> {
        let step = PacketBuilder::ethernet2([2; 6], [2; 6])
            .ipv4([192, 0, 2, 10], [192, 0, 2, 80], 64)
            .tcp(port, 80, number, 1000);
        let step = if is_first { step.syn() } else { step.ack(1) };
        let mut frame = Vec::new();
        step.write(&mut frame, content).expect("written to memory");
        frame
    }

    #[test]
    fn packets_bytes_and_handshakes_are_counted() {
        let mut counts = Counts::default();
        counts.add(&frame(4000, 1, true, b""));
        counts.add(&frame(4000, 1, true, b"")); // sent again
        counts.add(&frame(4000, 2, false, b"hello"));
        counts.add(&frame(4001, 1, true, b""));
        assert_eq!((counts.packets, counts.bytes, counts.handshakes()), (4, 4 * 40 + 5, 2));
    }

    #[test]
    fn what_is_not_tcp_is_not_counted() {
        let mut counts = Counts::default();
        let step = PacketBuilder::ethernet2([2; 6], [2; 6]).ipv4([192, 0, 2, 10], [192, 0, 2, 53], 64);
        let mut question = Vec::new();
        step.udp(4000, 53).write(&mut question, b"name?").expect("written to memory");
        counts.add(&question);
        counts.add(b"no frame at all");
        assert_eq!(counts.packets, 0);
    }
}
