//! What the terminal and its user tell a watch by signals, beside the end.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::{getpgrp, getsid};
use signal_hook::consts::{SIGCONT, SIGSTOP, SIGTSTP, SIGWINCH};
use signal_hook::low_level;

use crate::cli::interrupt;

/// Signals as something to wait for, for as long as this process lives.
pub(super) struct Signals {
    resized: OwnedFd,
    resumed: OwnedFd,
    suspended: OwnedFd,
    /// Another command has the terminal: Ctrl-Z stops this process at once then, as it does that command.
    is_away: Arc<AtomicBool>,
}

impl Signals {
    /// # Errors
    /// When the system refuses to handle the signals.
    pub(super) fn handle() -> io::Result<Self> {
        let is_away = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register_conditional_default(SIGTSTP, is_away.clone())?;
        Ok(Self {
            resized: interrupt::on(&[SIGWINCH])?,
            resumed: interrupt::on(&[SIGCONT])?,
            suspended: interrupt::on(&[SIGTSTP])?,
            is_away,
        })
    }

    /// Readable when the window has another size.
    pub(super) fn resized(&self) -> BorrowedFd<'_> {
        self.resized.as_fd()
    }

    /// Readable when this process goes on after it was stopped.
    pub(super) fn resumed(&self) -> BorrowedFd<'_> {
        self.resumed.as_fd()
    }

    /// Readable when the user has pressed Ctrl-Z.
    pub(super) fn suspended(&self) -> BorrowedFd<'_> {
        self.suspended.as_fd()
    }

    /// Another command has the terminal from now on, or does not have it any more.
    pub(super) fn set_away(&self, is_away: bool) {
        self.is_away.store(is_away && has_shell(), Ordering::Relaxed);
        if !is_away {
            forget(self.suspended());
        }
    }

    /// Stops this process until somebody has it go on.
    pub(super) fn suspend(&self) -> io::Result<()> {
        low_level::raise(SIGSTOP)?;
        forget(self.resumed());
        Ok(())
    }
}

/// Is there a shell behind this process that sees it stop, and can have it go on? Not behind the first in a session.
pub(super) fn has_shell() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Takes note of a signal, that it is not told again.
pub(super) fn forget(descriptor: BorrowedFd<'_>) {
    let _ = rustix::io::read(descriptor, &mut [0; 64]);
}
