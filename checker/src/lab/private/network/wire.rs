//! A wire between program and peer, with the grader in the middle of it.
//!
//! ```text
//! program's network      between              peer's network
//!       a0 ───────────── a1 │ relay │ b1 ───────────── b0
//! ```
//! Three networks, because on one machine two ends in the same network would never use a wire. What one end
//! sends arrives at a packet socket in the network between; the grader holds both sockets and carries frames from
//! one to the other, after a while. Virtual cables (veth) need no device node and no rights outside the box.

use std::fs::File;
use std::io;
use std::net::IpAddr;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use netlink_packet_route::link::{
    InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkInfo, LinkMessage,
};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::routes::{MTU_BYTES, Routes, Way, family_of};
use super::{Network, TIMES};
use crate::lab::calls::{self, Spaces};
use crate::lab::private::plan::Plan;
use crate::lab::private::{LOOPBACK_INTERFACE, WIRE_INTERFACE};

/// The other ends, in the network between.
const BETWEEN: [u32; 2] = [WIRE_INTERFACE + 1, WIRE_INTERFACE + 2];
/// Both ends have it: frames that one sends to the only address it knows, its own, are then for the other.
const HARDWARE_ADDRESS: [u8; 6] = [0x02, 0, 0, 0, 0, 0x50];

/// Nobody is on the wire but the two: no searching for neighbours and routers, no addresses of the link alone.
const QUIET: [(&str, &str); 3] = [
    ("ipv6/conf/default/addr_gen_mode", "1"),
    ("ipv6/conf/default/accept_ra", "0"),
    ("ipv6/conf/default/router_solicitations", "0"),
];

/// So little is under way at a time that the packet sockets of the relay never overflow: they hold about 180
/// full frames by the system's own limit, and a frame that finds no room would be lost.
const WINDOW: (&str, &str) = ("ipv4/tcp_wmem", "4096 65536 262144");

/// Makes this process's network the program's end of a wire, and leaves it there.
pub(super) fn set_up(plan: &Plan) -> io::Result<Network> {
    let program = own_network()?;
    prepare()?;
    calls::leave(Spaces::NETWORK)?;
    let peer = own_network()?;
    prepare()?;
    calls::leave(Spaces::NETWORK)?;
    let relay = lay_cables([&program, &peer])?;
    enter(&peer)?;
    let sockets = peer_end(plan)?;
    enter(&program)?;
    program_end()?;
    let mut handed_out = vec![super::diagnosis_socket()?];
    handed_out.extend(sockets.names);
    handed_out.push(sockets.diagnosis);
    handed_out.extend(relay);
    handed_out.extend(sockets.packets);
    Ok(Network::new(sockets.listener, handed_out))
}

fn own_network() -> io::Result<File> {
    File::open("/proc/thread-self/ns/net")
}

fn enter(network: &File) -> io::Result<()> {
    Ok(move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network))?)
}

/// What both ends need before the cables come.
fn prepare() -> io::Result<()> {
    Routes::open()?.bring_up(LOOPBACK_INTERFACE, LinkFlags::empty())?;
    if super::has_ipv6() {
        super::set(&QUIET)?;
    }
    super::set(&TIMES)?;
    super::set(&[WINDOW])
}

/// In the network between: a cable to each end, and a socket at each for the relay.
fn lay_cables(ends: [&File; 2]) -> io::Result<[OwnedFd; 2]> {
    let routes = Routes::open()?;
    for (end, interface) in ends.into_iter().zip(BETWEEN) {
        routes.add_link(cable(interface, end))?;
        routes.bring_up(interface, LinkFlags::Noarp)?;
    }
    let [program, peer] = BETWEEN.map(relay_socket);
    Ok([program?, peer?])
}

/// A cable whose one end is the interface of this number here, and the other one the only cable there.
fn cable(interface: u32, other_network: &File) -> LinkMessage {
    let mut other = LinkMessage::default();
    other.header.index = WIRE_INTERFACE;
    other.attributes = vec![
        LinkAttribute::Address(HARDWARE_ADDRESS.to_vec()),
        LinkAttribute::Mtu(MTU_BYTES),
        LinkAttribute::NetNsFd(other_network.as_raw_fd()),
    ];
    let mut link = LinkMessage::default();
    link.header.index = interface;
    link.attributes = vec![
        LinkAttribute::Mtu(MTU_BYTES),
        LinkAttribute::LinkInfo(vec![
            LinkInfo::Kind(InfoKind::Veth),
            LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(other))),
        ]),
    ];
    link
}

/// Takes all frames that come out of a cable, and puts frames into it.
fn relay_socket(interface: u32) -> io::Result<OwnedFd> {
    let socket = super::packet_socket()?;
    calls::with_offload_header(&socket)?;
    // More than the system allows is cut to that.
    let _ = rustix::net::sockopt::set_socket_recv_buffer_size(&socket, 8 << 20);
    calls::bind_to_interface(&socket, interface)?;
    Ok(socket)
}

fn program_end() -> io::Result<()> {
    let routes = Routes::open()?;
    routes.bring_up(WIRE_INTERFACE, LinkFlags::Noarp)?;
    for source in super::program_addresses() {
        routes.add_address(WIRE_INTERFACE, source)?;
        routes.lead_everything(Way::Out, WIRE_INTERFACE, family_of(source).0, Some(source))?;
    }
    Ok(())
}

/// The sockets that are made at the peer's end.
struct PeerSockets {
    listener: OwnedFd,
    names: [OwnedFd; 2],
    diagnosis: OwnedFd,
    /// Packets are captured here, for here is also where everything else is taken note of.
    packets: Option<OwnedFd>,
}

fn peer_end(plan: &Plan) -> io::Result<PeerSockets> {
    let routes = Routes::open()?;
    routes.bring_up(WIRE_INTERFACE, LinkFlags::Noarp)?;
    let programs: Vec<IpAddr> = super::program_addresses().collect();
    for program in programs {
        routes.lead_everything(Way::Local, LOOPBACK_INTERFACE, family_of(program).0, None)?;
        routes.lead_out(program, WIRE_INTERFACE)?;
    }
    Ok(PeerSockets {
        listener: super::listener()?,
        names: super::name_server_sockets()?,
        diagnosis: super::diagnosis_socket()?,
        packets: plan.captures.then(super::packet_socket).transpose()?,
    })
}
