//! The state of one TCP socket by its two addresses, from the kernel's `sock_diag`:
//! one exact query without privileges, never a scan of `/proc/net/tcp`.

#[cfg(not(target_os = "linux"))]
use std::net::SocketAddr;
use std::time::Duration;

/// What the kernel knows of one end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketState {
    /// The inode that `/proc/PID/fd` shows for it; 0 when no process holds it any more.
    pub inode: u32,
    /// Whether it will send nothing more: its FIN has left, or is about to.
    pub has_sent_fin: bool,
    /// Bytes that have arrived and were not read. A FIN that arrived counts as one.
    pub unread_bytes: u32,
    /// Bytes that were written and are not acknowledged. A FIN counts as one.
    pub unacknowledged_bytes: u32,
    /// Bytes that have arrived since the connection was opened. A FIN counts as one.
    pub received_bytes: u64,
    /// What the kernel will do by itself, and when.
    pub timer: Option<Timer>,
}

/// A timer of the kernel on one socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timer {
    /// What it is for.
    pub kind: TimerKind,
    /// When it goes off next.
    pub left: Duration,
}

/// What a timer of a socket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerKind {
    /// To send again what was not acknowledged, and to give up at last.
    Retransmit,
    /// To probe whether the other end is still there.
    Keepalive,
    /// To ask whether the other end has room again.
    ZeroWindowProbe,
}

#[cfg(target_os = "linux")]
pub use linux::Sockets;

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::net::SocketAddr;
    use std::os::fd::OwnedFd;

    use netlink_packet_core::{NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
    use netlink_packet_sock_diag::SockDiagMessage;
    use netlink_packet_sock_diag::constants::{AF_INET, AF_INET6, IPPROTO_TCP};
    use netlink_packet_sock_diag::inet::nlas::Nla;
    use netlink_packet_sock_diag::inet::{
        ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags, Timer as PacketTimer,
    };
    use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink};

    use super::{SocketState, Timer, TimerKind};

    /// Room for one answer of the kernel.
    const ANSWER_BYTES: usize = 4096;
    /// States of a socket that has sent a FIN: FIN-WAIT-1 and -2, TIME-WAIT, LAST-ACK, CLOSING.
    const SENT_FIN: [u8; 5] = [4, 5, 6, 9, 11];
    /// "Any socket": the query names addresses instead.
    const NO_COOKIE: [u8; 8] = [0xff; 8];

    /// Asks the kernel about sockets.
    #[derive(Debug)]
    pub struct Sockets {
        /// One for each network in which there may be sockets of ours.
        networks: Vec<OwnedFd>,
    }

    impl Sockets {
        /// Opens the channel to the kernel.
        ///
        /// # Errors
        /// When the system has no `sock_diag`.
        pub fn open() -> io::Result<Self> {
            let netlink = rustix::net::socket_with(
                AddressFamily::NETLINK,
                SocketType::DGRAM,
                SocketFlags::CLOEXEC,
                Some(netlink::SOCK_DIAG),
            )?;
            Ok(Self::from(netlink))
        }

        /// Over a channel that was opened elsewhere: it tells of the network in which it was opened.
        #[must_use]
        pub fn from(netlink: OwnedFd) -> Self {
            Self { networks: vec![netlink] }
        }

        /// Asks in one more network, where the others know nothing.
        #[must_use]
        pub fn and(mut self, netlink: OwnedFd) -> Self {
            self.networks.push(netlink);
            self
        }

        /// The socket whose own address is `local`, connected to `remote`.
        ///
        /// None when there is no such socket (any more).
        ///
        /// # Errors
        /// When the kernel refuses the query.
        pub fn state(&self, local: SocketAddr, remote: SocketAddr) -> io::Result<Option<SocketState>> {
            let query = query_for(local, remote);
            for network in &self.networks {
                if let Some(state) = ask(network, &query)? {
                    return Ok(Some(state));
                }
            }
            Ok(None)
        }
    }

    /// What one network knows.
    fn ask(network: &OwnedFd, query: &[u8]) -> io::Result<Option<SocketState>> {
        rustix::net::send(network, query, SendFlags::empty())?;
        let mut answer = [0; ANSWER_BYTES];
        let (length, _) = rustix::net::recv(network, &mut answer, RecvFlags::empty())?;
        let answer = <NetlinkMessage<SockDiagMessage>>::deserialize(&answer[..length])
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        match answer.payload {
            NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(found)) => Ok(Some(read(&found))),
            NetlinkPayload::Error(error) => {
                let error = error.to_io();
                if error.kind() == io::ErrorKind::NotFound { Ok(None) } else { Err(error) }
            }
            _ => Ok(None),
        }
    }

    fn query_for(local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST;
        let request = InetRequest {
            family: if local.is_ipv4() { AF_INET } else { AF_INET6 },
            protocol: IPPROTO_TCP,
            extensions: ExtensionFlags::INFO,
            states: StateFlags::all(),
            socket_id: SocketId {
                source_port: local.port(),
                destination_port: remote.port(),
                source_address: local.ip(),
                destination_address: remote.ip(),
                interface_id: 0,
                cookie: NO_COOKIE,
            },
        };
        let mut message = NetlinkMessage::new(header, SockDiagMessage::InetRequest(request).into());
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        bytes
    }

    fn read(found: &InetResponse) -> SocketState {
        let received_bytes = found.nlas.iter().find_map(|attribute| match attribute {
            Nla::TcpInfo(info) => Some(info.bytes_received),
            _ => None,
        });
        SocketState {
            inode: found.header.inode,
            has_sent_fin: SENT_FIN.contains(&found.header.state),
            unread_bytes: found.header.recv_queue,
            unacknowledged_bytes: found.header.send_queue,
            received_bytes: received_bytes.unwrap_or(0),
            timer: found.header.timer.as_ref().and_then(read_timer),
        }
    }

    /// The timer of a socket that is in use; one in TIME_WAIT belongs to nobody.
    fn read_timer(timer: &PacketTimer) -> Option<Timer> {
        let (kind, left) = match timer {
            PacketTimer::Retransmit(left, _) => (TimerKind::Retransmit, *left),
            PacketTimer::KeepAlive(left) => (TimerKind::Keepalive, *left),
            PacketTimer::Probe(left) => (TimerKind::ZeroWindowProbe, *left),
            PacketTimer::TimeWait => return None,
        };
        Some(Timer { kind, left })
    }

    #[cfg(test)]
    mod tests {
        use std::io::{Read, Write};
        use std::net::{TcpListener, TcpStream};

        use super::*;

        #[test]
        fn tells_that_keepalive_is_armed() -> io::Result<()> {
            let listener = TcpListener::bind("127.0.0.1:0")?;
            let client = TcpStream::connect(listener.local_addr()?)?;
            let sockets = Sockets::open()?;
            let timer = || {
                let state = sockets.state(client.local_addr()?, client.peer_addr()?)?;
                io::Result::Ok(state.expect("the client's socket exists").timer)
            };
            assert_eq!(timer()?, None);
            rustix::net::sockopt::set_socket_keepalive(&client, true)?;
            let armed = timer()?.expect("a timer");
            assert_eq!(armed.kind, TimerKind::Keepalive);
            assert!(!armed.left.is_zero());
            Ok(())
        }

        #[test]
        fn tells_what_has_arrived_and_what_was_read() -> io::Result<()> {
            let listener = TcpListener::bind("127.0.0.1:0")?;
            let mut client = TcpStream::connect(listener.local_addr()?)?;
            let (mut server, _) = listener.accept()?;
            let sockets = Sockets::open()?;
            let state = |of: &TcpStream| sockets.state(of.local_addr()?, of.peer_addr()?);

            server.write_all(b"hello")?;
            client.read_exact(&mut [0; 2])?;
            let client_state = state(&client)?.expect("the client's socket exists");
            assert_eq!((client_state.received_bytes, client_state.unread_bytes), (5, 3));
            assert_ne!(client_state.inode, 0);
            assert!(!client_state.has_sent_fin);
            client.shutdown(std::net::Shutdown::Write)?;
            assert!(state(&client)?.is_some_and(|state| state.has_sent_fin));

            let (local, remote) = (client.local_addr()?, client.peer_addr()?);
            drop((client, server));
            assert!(sockets.state(local, remote)?.is_none_or(|state| state.inode == 0));
            Ok(())
        }
    }
}

/// Asks the system about sockets; here it cannot tell.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub struct Sockets;

#[cfg(not(target_os = "linux"))]
impl Sockets {
    /// # Errors
    /// Always: this system has no such query.
    pub fn open() -> std::io::Result<Self> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    /// # Errors
    /// Always: this system has no such query.
    pub fn state(&self, _local: SocketAddr, _remote: SocketAddr) -> std::io::Result<Option<SocketState>> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}
