//! Ctrl-C and its like, as something that can be waited for.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

/// A descriptor that becomes readable whenever the user wants to stop, for somebody who is always there to see to it.
///
/// # Errors
/// When the system refuses to handle the signals.
pub(super) fn patient() -> io::Result<OwnedFd> {
    on(&[SIGINT, SIGTERM, SIGHUP])
}

/// A descriptor that becomes readable whenever one of these signals comes.
///
/// # Errors
/// When the system refuses to handle the signals.
pub(super) fn on(signals: &[i32]) -> io::Result<OwnedFd> {
    let (readable, writable) = UnixStream::pair()?;
    readable.set_nonblocking(true)?;
    for &signal in signals {
        signal_hook::low_level::pipe::register(signal, writable.try_clone()?)?;
    }
    Ok(readable.into())
}

/// Is such a descriptor readable by now?
pub(super) fn has_come(descriptor: &OwnedFd) -> bool {
    let mut wait = [PollFd::new(descriptor, PollFlags::IN)];
    poll(&mut wait, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|ready| ready > 0)
}

/// A descriptor that becomes (and stays) readable when the user wants to stop.
/// From then on a second signal ends the process at once, for the launchers to clean up behind it.
///
/// # Errors
/// When the system refuses to handle the signals.
pub(super) fn descriptor() -> io::Result<OwnedFd> {
    let (readable, writable) = UnixStream::pair()?;
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let has_come = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register_conditional_default(signal, has_come.clone())?;
        signal_hook::low_level::pipe::register(signal, writable.try_clone()?)?;
        signal_hook::flag::register(signal, has_come)?;
    }
    // A file that may not grow is then an error that can be told, and not the end.
    signal_hook::flag::register(SIGXFSZ, Arc::default())?;
    Ok(readable.into())
}
