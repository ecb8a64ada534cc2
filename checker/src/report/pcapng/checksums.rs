//! Checksums that are never filled in where a packet does not leave the machine.

use etherparse::{LaxNetSlice, LaxSlicedPacket, TcpSlice, TransportSlice, UdpSlice};

/// Where the checksum stands in each header.
const IN_IPV4: usize = 10;
const IN_TCP: usize = 16;
const IN_UDP: usize = 6;

/// The frame with the checksums of IPv4, TCP and UDP as they should be. A frame that was captured in part keeps
/// the latter two, for nobody can tell them.
pub(super) fn filled_in(frame: &[u8]) -> Vec<u8> {
    let mut filled = frame.to_vec();
    for (at, checksum) in checksums(frame) {
        if let Some(place) = filled.get_mut(at..at + 2) {
            place.copy_from_slice(&checksum.to_be_bytes());
        }
    }
    filled
}

/// What belongs where.
fn checksums(frame: &[u8]) -> Vec<(usize, u16)> {
    let Ok(sliced) = LaxSlicedPacket::from_ethernet(frame) else { return Vec::new() };
    let Some(net) = &sliced.net else { return Vec::new() };
    let offset = |part: &[u8]| part.as_ptr().addr() - frame.as_ptr().addr();
    let mut found = Vec::new();
    if let LaxNetSlice::Ipv4(ip) = net {
        let header = ip.header();
        found.push((offset(header.slice()) + IN_IPV4, header.to_header().calc_header_checksum()));
    }
    if net.ip_payload_ref().is_none_or(|payload| payload.incomplete) {
        return found;
    }
    match &sliced.transport {
        Some(TransportSlice::Tcp(tcp)) => {
            found.extend(tcp_checksum(net, tcp).map(|sum| (offset(tcp.slice()) + IN_TCP, sum)));
        }
        Some(TransportSlice::Udp(udp)) => {
            found.extend(udp_checksum(net, udp).map(|sum| (offset(udp.slice()) + IN_UDP, sum)));
        }
        _ => {}
    }
    found
}

fn tcp_checksum(net: &LaxNetSlice<'_>, tcp: &TcpSlice<'_>) -> Option<u16> {
    match net {
        LaxNetSlice::Ipv4(ip) => tcp.calc_checksum_ipv4(ip.header().source(), ip.header().destination()).ok(),
        LaxNetSlice::Ipv6(ip) => tcp.calc_checksum_ipv6(ip.header().source(), ip.header().destination()).ok(),
        LaxNetSlice::Arp(_) => None,
    }
}

fn udp_checksum(net: &LaxNetSlice<'_>, udp: &UdpSlice<'_>) -> Option<u16> {
    let header = udp.to_header();
    match net {
        LaxNetSlice::Ipv4(ip) => {
            header.calc_checksum_ipv4_raw(ip.header().source(), ip.header().destination(), udp.payload()).ok()
        }
        LaxNetSlice::Ipv6(ip) => {
            header.calc_checksum_ipv6_raw(ip.header().source(), ip.header().destination(), udp.payload()).ok()
        }
        LaxNetSlice::Arp(_) => None,
    }
}
