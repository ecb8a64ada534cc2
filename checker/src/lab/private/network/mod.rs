//! The network of a box: one interface on which every address in the world leads back to the box itself.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::OwnedFd;

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::address::{
    AddressAttribute, AddressHeader, AddressHeaderFlags, AddressMessage, AddressScope,
};
use netlink_packet_route::link::{LinkAttribute, LinkFlags, LinkHeader, LinkMessage};
use netlink_packet_route::route::{
    RouteAttribute, RouteHeader, RouteMessage, RouteProtocol, RouteScope, RouteType,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use rustix::net::{RecvFlags, SendFlags, SocketFlags, SocketType, netlink, sockopt};

use super::{NAME_SERVER, PORT, PROGRAM_IPV4, PROGRAM_IPV6};

/// `lo` is the first interface of every network.
pub(super) const LOOPBACK_INTERFACE: u32 = 1;
/// As on an Ethernet: captures then show the packets that a real wire has.
const MTU_BYTES: u32 = 1500;
/// Routes to the own host lie in this table, which is looked at first.
const LOCAL_TABLE: u8 = 255;
/// Room for the answer to one message.
const ANSWER_BYTES: usize = 4096;
/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;

/// Times after which the kernel gives up, short enough for a lesson; `lo` never loses a packet, so nobody meets
/// them but who talks to a peer that has vanished.
const SYSCTLS: [(&str, &str); 6] = [
    ("tcp_keepalive_time", "1"),
    ("tcp_keepalive_intvl", "1"),
    ("tcp_keepalive_probes", "2"),
    ("tcp_retries2", "4"),
    ("tcp_syn_retries", "1"),
    // What an earlier run has closed must not stand in the way of the next.
    ("tcp_max_tw_buckets", "0"),
];

/// Makes the network of this process, which must be a new one, what a box needs.
pub(super) fn set_up() -> io::Result<()> {
    let routes = Routes::open()?;
    routes.change(RouteNetlinkMessage::SetLink(loopback_link()), 0)?;
    routes.change(RouteNetlinkMessage::NewAddress(address(PROGRAM_IPV4.into(), 32)), NLM_F_CREATE)?;
    let any = |family, source| everywhere(family, source, RouteType::Local);
    routes
        .change(RouteNetlinkMessage::NewRoute(any(AddressFamily::Inet, PROGRAM_IPV4.into())), NLM_F_CREATE)?;
    if has_ipv6() {
        routes.change(RouteNetlinkMessage::NewAddress(address(PROGRAM_IPV6.into(), 128)), NLM_F_CREATE)?;
        routes.change(
            RouteNetlinkMessage::NewRoute(any(AddressFamily::Inet6, PROGRAM_IPV6.into())),
            NLM_F_CREATE,
        )?;
    }
    for (name, value) in SYSCTLS {
        fs::write(format!("/proc/sys/net/ipv4/{name}"), value)?;
    }
    Ok(())
}

/// Makes an address unreachable, or reachable again.
pub(super) fn set_dead(address: IpAddr, is_dead: bool) -> io::Result<()> {
    let routes = Routes::open()?;
    let mut route = RouteMessage::default();
    let (family, length) = family_of(address);
    route.header = route_header(family, RouteType::Unreachable);
    route.header.destination_prefix_length = length;
    // A route that leads nowhere leaves by no interface; the kernel refuses to hear of one.
    route.attributes = vec![RouteAttribute::Destination(address.into())];
    if is_dead {
        routes.change(RouteNetlinkMessage::NewRoute(route), NLM_F_CREATE)
    } else {
        routes.change(RouteNetlinkMessage::DelRoute(route), 0)
    }
}

/// The peer's listener: every address, IPv4 and IPv6.
pub(super) fn listener() -> io::Result<OwnedFd> {
    let any: SocketAddr = if has_ipv6() {
        SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, PORT, 0, 0).into()
    } else {
        SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, PORT).into()
    };
    let socket = socket(any, SocketType::STREAM)?;
    if any.is_ipv6() {
        sockopt::set_ipv6_v6only(&socket, false)?;
    }
    // Connections of the last run may still be ending.
    sockopt::set_socket_reuseaddr(&socket, true)?;
    rustix::net::bind(&socket, &any)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(socket)
}

/// The sockets of the name server: UDP and TCP.
pub(super) fn name_server_sockets() -> io::Result<[OwnedFd; 2]> {
    let address = SocketAddr::from((NAME_SERVER, 53));
    let udp = socket(address, SocketType::DGRAM)?;
    rustix::net::bind(&udp, &address)?;
    let tcp = socket(address, SocketType::STREAM)?;
    sockopt::set_socket_reuseaddr(&tcp, true)?;
    rustix::net::bind(&tcp, &address)?;
    rustix::net::listen(&tcp, BACKLOG)?;
    Ok([udp, tcp])
}

/// A socket that asks the kernel about the sockets of this network.
pub(super) fn diagnosis_socket() -> io::Result<OwnedFd> {
    netlink_socket(Some(netlink::SOCK_DIAG))
}

/// A socket that can see the packets of this network; bound to nothing yet.
pub(super) fn packet_socket() -> io::Result<OwnedFd> {
    Ok(rustix::net::socket_with(
        rustix::net::AddressFamily::PACKET,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        None,
    )?)
}

fn socket(address: SocketAddr, kind: SocketType) -> io::Result<OwnedFd> {
    let family =
        if address.is_ipv4() { rustix::net::AddressFamily::INET } else { rustix::net::AddressFamily::INET6 };
    Ok(rustix::net::socket_with(family, kind, SocketFlags::CLOEXEC, None)?)
}

/// A kernel may be built or started without it.
fn has_ipv6() -> bool {
    fs::read("/proc/sys/net/ipv6/conf/lo/disable_ipv6").is_ok_and(|answer| answer.trim_ascii() == b"0")
}

fn loopback_link() -> LinkMessage {
    let mut link = LinkMessage::default();
    link.header = LinkHeader {
        index: LOOPBACK_INTERFACE,
        flags: LinkFlags::Up,
        change_mask: LinkFlags::Up,
        ..LinkHeader::default()
    };
    link.attributes = vec![LinkAttribute::Mtu(MTU_BYTES), LinkAttribute::GsoMaxSegs(1)];
    link
}

fn address(address: IpAddr, length: u8) -> AddressMessage {
    let mut message = AddressMessage::default();
    message.header = AddressHeader {
        family: family_of(address).0,
        prefix_len: length,
        // Nobody else is there to have the same address.
        flags: AddressHeaderFlags::Nodad,
        scope: AddressScope::Universe,
        index: LOOPBACK_INTERFACE,
    };
    message.attributes = vec![AddressAttribute::Local(address), AddressAttribute::Address(address)];
    message
}

/// The route to every address, from this one.
fn everywhere(family: AddressFamily, source: IpAddr, kind: RouteType) -> RouteMessage {
    let mut route = RouteMessage::default();
    route.header = route_header(family, kind);
    route.attributes =
        vec![RouteAttribute::Oif(LOOPBACK_INTERFACE), RouteAttribute::PrefSource(source.into())];
    route
}

fn route_header(family: AddressFamily, kind: RouteType) -> RouteHeader {
    RouteHeader {
        address_family: family,
        table: LOCAL_TABLE,
        protocol: RouteProtocol::Static,
        scope: if kind == RouteType::Local { RouteScope::Host } else { RouteScope::Universe },
        kind,
        ..RouteHeader::default()
    }
}

fn family_of(address: IpAddr) -> (AddressFamily, u8) {
    match address {
        IpAddr::V4(_) => (AddressFamily::Inet, 32),
        IpAddr::V6(_) => (AddressFamily::Inet6, 128),
    }
}

/// For questions of this kind; for routes and interfaces where none is named.
fn netlink_socket(protocol: Option<rustix::net::Protocol>) -> io::Result<OwnedFd> {
    Ok(rustix::net::socket_with(
        rustix::net::AddressFamily::NETLINK,
        SocketType::DGRAM,
        SocketFlags::CLOEXEC,
        protocol,
    )?)
}

/// Changes interfaces, addresses and routes.
struct Routes(OwnedFd);

impl Routes {
    fn open() -> io::Result<Self> {
        netlink_socket(None).map(Self)
    }

    /// Has the kernel carry out one change.
    fn change(&self, what: RouteNetlinkMessage, flags: u16) -> io::Result<()> {
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | NLM_F_ACK | flags;
        let mut message = NetlinkMessage::new(header, NetlinkPayload::from(what));
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        rustix::net::send(&self.0, &bytes, SendFlags::empty())?;
        let mut answer = [0; ANSWER_BYTES];
        let (length, _) = rustix::net::recv(&self.0, &mut answer, RecvFlags::empty())?;
        let answer = <NetlinkMessage<RouteNetlinkMessage>>::deserialize(&answer[..length])
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        match answer.payload {
            NetlinkPayload::Error(error) if error.code.is_some() => Err(error.to_io()),
            _ => Ok(()),
        }
    }
}
