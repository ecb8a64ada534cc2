//! The peer: real sockets that play a script and record what the program does with them.
//!
//! Nothing here judges. A [`Peer`] is driven by a loop that owns the clock: it is asked to take a
//! [`Peer::turn`] whenever something may have happened, and says until when it may be left alone.

mod gate;
mod keepalive;
mod names;
mod page_server;
mod peer;
mod player;
mod scripts;
mod service;
mod world;

pub use names::NameServer;
pub use page_server::PageServer;
pub use peer::Peer;
pub use service::{Ending, Manner, Notice, Service, Tell};
pub use world::{Link, World};

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::deadlines::PROBE;
use crate::trace::What;

/// Finds out whether a program here could connect to a peer at all.
///
/// # Errors
/// When the machine has no loopback network, or no socket left.
pub fn probe() -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    TcpStream::connect_timeout(&listener.local_addr()?, PROBE)?;
    Ok(())
}

/// Sends RST now. Only closing the last descriptor does that, so the socket is replaced by a dead one.
fn reset(stream: &mut TcpStream) {
    use rustix::net::{AddressFamily, SocketType, socket, sockopt::set_socket_linger};
    let _ = set_socket_linger(&*stream, Some(Duration::ZERO));
    if let Ok(dead) = socket(AddressFamily::INET, SocketType::STREAM, None) {
        *stream = TcpStream::from(dead);
    }
}

/// Has anything come on one of these sockets? To accept or to read in vain takes several times as long as to ask.
fn has_news(sockets: &[BorrowedFd<'_>]) -> bool {
    let mut wait: Vec<PollFd<'_>> =
        sockets.iter().map(|socket| PollFd::from_borrowed_fd(*socket, PollFlags::IN)).collect();
    // Where asking fails, the socket's own error tells more.
    rustix::io::retry_on_intr(|| poll(&mut wait, Some(&Timespec::default()))).map_or(true, |ready| ready > 0)
}

/// Takes note of an event at the moment of the call.
pub type Record<'a> = dyn FnMut(What) + 'a;

/// What became of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turn {
    /// Something happened that may make more happen.
    pub has_moved: bool,
    /// When the next turn is due even if no descriptor becomes ready.
    pub wake: Option<Instant>,
}

impl Turn {
    fn moved() -> Self {
        Self { has_moved: true, wake: None }
    }

    fn until(wake: Instant) -> Self {
        Self { has_moved: false, wake: Some(wake) }
    }

    /// Both turns as one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let wake = match (self.wake, other.wake) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Self { has_moved: self.has_moved || other.has_moved, wake }
    }
}
