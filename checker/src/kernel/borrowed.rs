//! What a socket of another process says of itself: nothing in `/proc` tells its options.
//!
//! The descriptor is borrowed for microseconds, because holding it would delay the process's FIN.

use std::io;
use std::time::Duration;

/// TCP keepalive as a socket has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keepalive {
    /// Time without a sign of the other end until the first probe.
    pub idle: Duration,
    /// Time between two probes.
    pub interval: Duration,
    /// So many probes without an answer end the connection.
    pub probes: u32,
}

/// Has the process set SO_RCVTIMEO on this socket of its own? None where that cannot be told.
#[must_use]
pub fn has_receive_timeout(process: u32, descriptor: i32) -> Option<bool> {
    system::has_receive_timeout(process, descriptor).ok()
}

/// TCP keepalive of the socket with this inode, which one of these processes holds; none when it is off.
///
/// # Errors
/// When none of them holds it (any more), or the system does not show it.
pub fn keepalive(processes: &super::Processes, inode: u32) -> io::Result<Option<Keepalive>> {
    system::keepalive(processes, inode)
}

#[cfg(target_os = "linux")]
mod system {
    use std::io;
    use std::os::fd::OwnedFd;

    use rustix::net::sockopt::{
        Timeout, socket_keepalive, socket_timeout, tcp_keepcnt, tcp_keepidle, tcp_keepintvl,
    };
    use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

    use super::Keepalive;
    use crate::kernel::Processes;

    pub(super) fn has_receive_timeout(process: u32, descriptor: i32) -> io::Result<bool> {
        Ok(socket_timeout(borrow(process, descriptor)?, Timeout::Recv)?.is_some())
    }

    pub(super) fn keepalive(processes: &Processes, inode: u32) -> io::Result<Option<Keepalive>> {
        let name = format!("socket:[{inode}]");
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for &process in processes.ids() {
            let descriptors = Processes::descriptors(process).into_iter();
            for (descriptor, _) in descriptors.filter(|(_, target)| *target == name) {
                match keepalive_of(process, descriptor, inode) {
                    Ok(found) => return Ok(found),
                    Err(error) => last = error,
                }
            }
        }
        Err(last)
    }

    fn keepalive_of(process: u32, descriptor: i32, inode: u32) -> io::Result<Option<Keepalive>> {
        let socket = borrow(process, descriptor)?;
        // The process may have closed it in the meantime, and opened something else under its number.
        if rustix::fs::fstat(&socket)?.st_ino != u64::from(inode) {
            return Err(io::ErrorKind::NotFound.into());
        }
        if !socket_keepalive(&socket)? {
            return Ok(None);
        }
        Ok(Some(Keepalive {
            idle: tcp_keepidle(&socket)?,
            interval: tcp_keepintvl(&socket)?,
            probes: tcp_keepcnt(&socket)?,
        }))
    }

    fn borrow(process: u32, descriptor: i32) -> io::Result<OwnedFd> {
        let id = Pid::from_raw(process.cast_signed()).ok_or(io::ErrorKind::NotFound)?;
        let process = pidfd_open(id, PidfdFlags::empty())?;
        Ok(pidfd_getfd(process, descriptor, PidfdGetfdFlags::empty())?)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::io;

    use super::Keepalive;
    use crate::kernel::Processes;

    pub(super) fn has_receive_timeout(_process: u32, _descriptor: i32) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn keepalive(_processes: &Processes, _inode: u32) -> io::Result<Option<Keepalive>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use rustix::net::sockopt::{set_socket_keepalive, set_tcp_keepcnt, set_tcp_keepidle, set_tcp_keepintvl};

    use super::*;
    use crate::kernel::{Processes, Sockets};

    #[test]
    fn keepalive_is_told_with_its_times() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let client = TcpStream::connect(listener.local_addr()?)?;
        let state = Sockets::open()?.state(client.local_addr()?, client.peer_addr()?)?;
        let inode = state.expect("the socket exists").inode;
        let own = Processes::own();
        assert_eq!(keepalive(&own, inode)?, None);

        set_socket_keepalive(&client, true)?;
        set_tcp_keepidle(&client, Duration::from_secs(10))?;
        set_tcp_keepintvl(&client, Duration::from_secs(5))?;
        set_tcp_keepcnt(&client, 3)?;
        let (idle, interval) = (Duration::from_secs(10), Duration::from_secs(5));
        assert_eq!(keepalive(&own, inode)?, Some(Keepalive { idle, interval, probes: 3 }));

        drop(client);
        let gone = keepalive(&own, inode).map_err(|error| error.kind());
        assert_eq!(gone, Err(io::ErrorKind::NotFound));
        Ok(())
    }
}
