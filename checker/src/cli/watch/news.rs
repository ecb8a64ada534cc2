//! What a watch waits for.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Something that happened; files tell for themselves what happened to them.
#[derive(Debug, Default)]
pub(super) struct News {
    pub(super) stop: bool,
    pub(super) resized: bool,
    pub(super) resumed: bool,
    pub(super) suspended: bool,
    pub(super) ended: bool,
    pub(super) keys: bool,
}

impl News {
    /// Waits for the descriptor of each, and of the files at last, or until a moment.
    pub(super) fn wait(watched: [Option<BorrowedFd<'_>>; 7], until: Option<Instant>) -> io::Result<Self> {
        let mut waited: Vec<_> =
            watched.iter().flatten().map(|fd| PollFd::from_borrowed_fd(*fd, PollFlags::IN)).collect();
        let timeout = until.map(|at| at.saturating_duration_since(Instant::now()));
        let timeout = timeout.and_then(|time| Timespec::try_from(time).ok());
        match poll(&mut waited, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let mut ready = waited.iter().map(|fd| !fd.revents().is_empty());
        let [stop, resized, resumed, suspended, ended, keys, _] =
            watched.map(|fd| fd.is_some() && ready.next().unwrap_or_default());
        Ok(Self { stop, resized, resumed, suspended, ended, keys })
    }
}
