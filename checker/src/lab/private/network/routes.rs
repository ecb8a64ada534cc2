//! Interfaces, addresses and routes of a network, as the kernel's routing interface changes them.

use std::io;
use std::net::IpAddr;
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
use rustix::net::{RecvFlags, SendFlags, SocketFlags, SocketType};

/// As on an Ethernet: captures then show the packets that a real wire has.
pub(super) const MTU_BYTES: u32 = 1500;
/// Routes to the own host lie in this table, which is looked at first.
const LOCAL_TABLE: u8 = 255;
/// Room for the answer to one message.
const ANSWER_BYTES: usize = 4096;

/// Where packets for an address go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Here.
    Local,
    /// Out through the interface.
    Out,
    /// Nowhere.
    Nowhere,
}

/// Changes the interfaces, addresses and routes of the network that it was opened in.
pub(super) struct Routes(OwnedFd);

impl Routes {
    pub(super) fn open() -> io::Result<Self> {
        netlink_socket(None).map(Self)
    }

    /// Makes an interface, and what belongs to it.
    pub(super) fn add_link(&self, link: LinkMessage) -> io::Result<()> {
        self.change(RouteNetlinkMessage::NewLink(link), NLM_F_CREATE)
    }

    /// Brings up an interface, which carries packets of an Ethernet's size and no larger ones; with these flags.
    pub(super) fn bring_up(&self, interface: u32, flags: LinkFlags) -> io::Result<()> {
        let mut link = LinkMessage::default();
        let flags = LinkFlags::Up | flags;
        link.header = LinkHeader { index: interface, flags, change_mask: flags, ..LinkHeader::default() };
        link.attributes = vec![LinkAttribute::Mtu(MTU_BYTES), LinkAttribute::GsoMaxSegs(1)];
        self.change(RouteNetlinkMessage::SetLink(link), 0)
    }

    /// Gives an interface an address.
    pub(super) fn add_address(&self, interface: u32, address: IpAddr) -> io::Result<()> {
        let (family, length) = family_of(address);
        let mut message = AddressMessage::default();
        message.header = AddressHeader {
            family,
            prefix_len: length,
            // Nobody else is there to have the same address.
            flags: AddressHeaderFlags::Nodad,
            scope: AddressScope::Universe,
            index: interface,
        };
        message.attributes = vec![AddressAttribute::Local(address), AddressAttribute::Address(address)];
        self.change(RouteNetlinkMessage::NewAddress(message), NLM_F_CREATE)
    }

    /// Leads every address there is this way; packets then come from `source`, where one is given.
    pub(super) fn lead_everything(
        &self,
        way: Way,
        interface: u32,
        family: AddressFamily,
        source: Option<IpAddr>,
    ) -> io::Result<()> {
        let mut route = route(family, way);
        route.attributes.push(RouteAttribute::Oif(interface));
        route.attributes.extend(source.map(|source| RouteAttribute::PrefSource(source.into())));
        self.change(RouteNetlinkMessage::NewRoute(route), NLM_F_CREATE)
    }

    /// Leads one address out through an interface.
    pub(super) fn lead_out(&self, address: IpAddr, interface: u32) -> io::Result<()> {
        let mut route = route_to(address, Way::Out);
        route.attributes.push(RouteAttribute::Oif(interface));
        self.change(RouteNetlinkMessage::NewRoute(route), NLM_F_CREATE)
    }

    /// Makes an address unreachable, or reachable again.
    pub(super) fn set_dead(&self, address: IpAddr, is_dead: bool) -> io::Result<()> {
        // A route that leads nowhere leaves by no interface; the kernel refuses to hear of one.
        let route = route_to(address, Way::Nowhere);
        if is_dead {
            self.change(RouteNetlinkMessage::NewRoute(route), NLM_F_CREATE)
        } else {
            self.change(RouteNetlinkMessage::DelRoute(route), 0)
        }
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

/// For questions of this kind; for routes and interfaces where none is named.
pub(super) fn netlink_socket(protocol: Option<rustix::net::Protocol>) -> io::Result<OwnedFd> {
    Ok(rustix::net::socket_with(
        rustix::net::AddressFamily::NETLINK,
        SocketType::DGRAM,
        SocketFlags::CLOEXEC,
        protocol,
    )?)
}

pub(super) fn family_of(address: IpAddr) -> (AddressFamily, u8) {
    match address {
        IpAddr::V4(_) => (AddressFamily::Inet, 32),
        IpAddr::V6(_) => (AddressFamily::Inet6, 128),
    }
}

fn route(family: AddressFamily, way: Way) -> RouteMessage {
    let (kind, scope) = match way {
        Way::Local => (RouteType::Local, RouteScope::Host),
        Way::Out => (RouteType::Unicast, RouteScope::Link),
        Way::Nowhere => (RouteType::Unreachable, RouteScope::Universe),
    };
    let mut route = RouteMessage::default();
    route.header = RouteHeader {
        address_family: family,
        table: LOCAL_TABLE,
        protocol: RouteProtocol::Static,
        scope,
        kind,
        ..RouteHeader::default()
    };
    route
}

fn route_to(address: IpAddr, way: Way) -> RouteMessage {
    let (family, length) = family_of(address);
    let mut route = route(family, way);
    route.header.destination_prefix_length = length;
    route.attributes.push(RouteAttribute::Destination(address.into()));
    route
}
