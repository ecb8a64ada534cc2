//! A socket that hears nothing any more, as if its machine had lost its power.
#![allow(unsafe_code, reason = "no kept crate attaches a filter to a socket")]

use std::io;
use std::os::fd::AsFd;

/// From now on the kernel throws away whatever arrives for this socket, before it can acknowledge it: the other
/// end sees a peer that is gone. What is sent from this end still leaves.
///
/// # Errors
/// When the system has no such filters.
#[cfg(target_os = "linux")]
pub fn make_deaf(socket: impl AsFd) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    /// "Keep 0 bytes of every packet."
    const KEEP_NOTHING: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    let mut filter = libc::sock_filter { code: KEEP_NOTHING, jt: 0, jf: 0, k: 0 };
    let program = libc::sock_fprog { len: 1, filter: &raw mut filter };
    let length = libc::socklen_t::try_from(size_of::<libc::sock_fprog>()).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open, for `socket` is borrowed until the call is over. `program` is a whole
    // sock_fprog of `length` bytes, and points to one sock_filter; both live until the call is over, and the
    // kernel copies what they say and keeps neither pointer.
    let result = unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_ATTACH_FILTER,
            (&raw const program).cast(),
            length,
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// # Errors
/// Always: this system has no such filters.
#[cfg(not(target_os = "linux"))]
pub fn make_deaf(_socket: impl AsFd) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{ErrorKind, Read, Write};
    use std::net::{TcpListener, TcpStream};

    use super::*;
    use crate::kernel::{Sockets, TimerKind};

    #[test]
    fn nothing_arrives_and_nothing_is_acknowledged() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        let (mut server, _) = listener.accept()?;
        client.write_all(b"seen")?;
        server.read_exact(&mut [0; 4])?;

        make_deaf(&server)?;
        client.write_all(b"lost")?;
        server.set_nonblocking(true)?;
        assert_eq!(server.read(&mut [0; 4]).map_err(|error| error.kind()), Err(ErrorKind::WouldBlock));
        let state = Sockets::open()?.state(client.local_addr()?, client.peer_addr()?)?;
        let state = state.expect("the client's socket exists");
        assert_eq!(state.unacknowledged_bytes, 4);
        assert_eq!(state.timer.map(|timer| timer.kind), Some(TimerKind::Retransmit));
        Ok(())
    }
}
