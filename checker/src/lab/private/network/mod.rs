//! The network of a box. Without a wire it has one interface, on which every address in the world leads back to
//! the box itself. With one, the peer is in a network of its own at the other end, see [`wire`].

mod routes;
mod wire;

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use netlink_packet_route::link::LinkFlags;
use rustix::net::{Shutdown, SocketFlags, SocketType, netlink, sockopt};

use super::plan::Plan;
use super::{LOOPBACK_INTERFACE, NAME_SERVER, Obstacle, PORT, PROGRAM_IPV4, PROGRAM_IPV6};
use routes::{Routes, Way, family_of, netlink_socket};

/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;

/// Times after which the kernel gives up, short enough for a lesson; no packet is ever lost here, so nobody meets
/// them but who talks to a peer that has vanished.
const TIMES: [(&str, &str); 5] = [
    ("ipv4/tcp_keepalive_time", "1"),
    ("ipv4/tcp_keepalive_intvl", "1"),
    ("ipv4/tcp_keepalive_probes", "2"),
    ("ipv4/tcp_retries2", "4"),
    ("ipv4/tcp_syn_retries", "1"),
];

/// What an earlier run has closed must not stand in the way of the next. The price is that a FIN which comes after
/// the program has closed, and gone, is answered with RST.
const NO_TIME_WAIT: (&str, &str) = ("ipv4/tcp_max_tw_buckets", "0");

/// What a box keeps of its network, and what it hands to the grader.
pub(super) struct Network {
    /// Bound to the peer's port; the same for all runs.
    listener: OwnedFd,
    is_listening: bool,
    handed_out: Vec<OwnedFd>,
}

impl Network {
    /// Makes the network of this process, which must be a new one, what the plan says.
    pub(super) fn set_up(plan: &Plan) -> Result<Self, Obstacle> {
        if plan.has_wire {
            return wire::set_up(plan).map_err(Obstacle::at("wire"));
        }
        Self::without_wire(plan).map_err(Obstacle::at("network"))
    }

    fn without_wire(plan: &Plan) -> io::Result<Self> {
        let routes = Routes::open()?;
        routes.bring_up(LOOPBACK_INTERFACE, LinkFlags::empty())?;
        for source in program_addresses() {
            routes.add_address(LOOPBACK_INTERFACE, source)?;
            routes.lead_everything(Way::Local, LOOPBACK_INTERFACE, family_of(source).0, Some(source))?;
        }
        set(&TIMES)?;
        set(&[NO_TIME_WAIT])?;
        let diagnosis = diagnosis_socket()?;
        let [udp, tcp] = name_server_sockets()?;
        let mut handed_out = vec![diagnosis, udp, tcp];
        handed_out.extend(plan.captures.then(packet_socket).transpose()?);
        Ok(Self::new(listener()?, handed_out))
    }

    fn new(listener: OwnedFd, handed_out: Vec<OwnedFd>) -> Self {
        Self { listener, is_listening: false, handed_out }
    }

    /// The sockets that the grader gets once the box is there, in the order that [`Answer::Ready`] names.
    ///
    /// [`Answer::Ready`]: crate::lab::messages::Answer::Ready
    pub(super) fn hand_out(&mut self) -> Vec<OwnedFd> {
        std::mem::take(&mut self.handed_out)
    }

    /// Forgets all connections that were not accepted, and has somebody listen again or not.
    pub(super) fn listen(&mut self, accepts: bool) -> io::Result<Option<BorrowedFd<'_>>> {
        if std::mem::take(&mut self.is_listening) {
            // Makes of a listening socket a fresh one (of a fresh one, one whose connections are closed from birth).
            rustix::net::shutdown(&self.listener, Shutdown::Both)?;
        }
        if !accepts {
            return Ok(None);
        }
        rustix::net::listen(&self.listener, BACKLOG)?;
        self.is_listening = true;
        Ok(Some(self.listener.as_fd()))
    }
}

/// Makes an address unreachable, or reachable again.
pub(super) fn set_dead(address: IpAddr, is_dead: bool) -> io::Result<()> {
    Routes::open()?.set_dead(address, is_dead)
}

/// Where programs connect from: both addresses, as far as the kernel has IPv6.
fn program_addresses() -> impl Iterator<Item = IpAddr> {
    let ipv6 = has_ipv6().then_some(IpAddr::from(PROGRAM_IPV6));
    std::iter::once(IpAddr::from(PROGRAM_IPV4)).chain(ipv6)
}

/// A kernel may be built or started without it.
fn has_ipv6() -> bool {
    fs::read("/proc/sys/net/ipv6/conf/lo/disable_ipv6").is_ok_and(|answer| answer.trim_ascii() == b"0")
}

/// Changes settings of this process's network.
fn set(sysctls: &[(&str, &str)]) -> io::Result<()> {
    sysctls.iter().try_for_each(|(name, value)| fs::write(format!("/proc/sys/net/{name}"), value))
}

/// The peer's listener, which does not listen yet: every address, IPv4 and IPv6.
fn listener() -> io::Result<OwnedFd> {
    let any: SocketAddr = if has_ipv6() {
        SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, PORT, 0, 0).into()
    } else {
        SocketAddrV4::new(std::net::Ipv4Addr::UNSPECIFIED, PORT).into()
    };
    let socket = socket(any, SocketType::STREAM)?;
    if any.is_ipv6() {
        sockopt::set_ipv6_v6only(&socket, false)?;
    }
    // Connections of the last run may still be ending when it listens again.
    sockopt::set_socket_reuseaddr(&socket, true)?;
    rustix::net::bind(&socket, &any)?;
    Ok(socket)
}

/// The sockets of the name server: UDP and TCP.
fn name_server_sockets() -> io::Result<[OwnedFd; 2]> {
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
fn diagnosis_socket() -> io::Result<OwnedFd> {
    netlink_socket(Some(netlink::SOCK_DIAG))
}

/// A socket that can see the packets of this network; bound to nothing yet.
fn packet_socket() -> io::Result<OwnedFd> {
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
