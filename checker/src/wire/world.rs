//! What the peer needs to know of its surroundings, and what others need to know of the peer.

use std::net::SocketAddr;

use crate::deadlines::Patience;
use crate::kernel::Sockets;
use crate::trace::Connection;

/// What a script may depend on beside its own connection.
#[derive(Debug)]
pub struct World<'a> {
    /// The kernel's knowledge of sockets, where it is to be had.
    pub sockets: Option<&'a Sockets>,
    /// The process that every process of the run is below, where there is one.
    pub run: Option<u32>,
    /// How much slower than usual everything may be.
    pub patience: Patience,
    /// What the program has printed on standard output so far, in bytes.
    pub printed_bytes: usize,
    /// How many connections have been opened.
    pub opened_connections: usize,
}

/// One connection as others need to know it.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// Its number.
    pub connection: Connection,
    /// The program's address.
    pub program: SocketAddr,
    /// The peer's address.
    pub peer: SocketAddr,
    /// Whether the peer has sent FIN or RST.
    pub has_peer_ended: bool,
    /// Whether the program's FIN or RST has arrived, or the peer has reset the connection.
    pub has_program_ended: bool,
    /// Whether the peer has vanished.
    pub has_vanished: bool,
}
