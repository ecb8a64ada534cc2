//! The grader's end of the channel to a launcher or a box.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal};

use super::launcher::LauncherError;
use super::messages::{self, Answer, Order};
use crate::deadlines::{LAUNCHER, Patience};

/// How often a launcher that does not answer is woken before it is given up.
const WAKE_CALLS: u32 = 40;

/// The channel to a launcher or a box.
#[derive(Debug)]
pub(in crate::lab) struct Control {
    channel: OwnedFd,
    /// Who may have been stopped by a program, where a program can reach it.
    sleeper: Option<Pid>,
    patience: Patience,
}

impl Control {
    pub(in crate::lab) fn new(channel: OwnedFd, sleeper: Option<Pid>, patience: Patience) -> Self {
        Self { channel, sleeper, patience }
    }

    /// Readable when an answer has come, or when the other end is gone.
    pub(in crate::lab) fn descriptor(&self) -> BorrowedFd<'_> {
        self.channel.as_fd()
    }

    /// Gives an order, with the descriptors that belong to it.
    pub(in crate::lab) fn order(
        &self,
        order: &Order,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<(), LauncherError> {
        messages::send(self.channel.as_fd(), order, descriptors).map_err(gone_or)
    }

    /// The next answer; waits for it.
    pub(in crate::lab) fn answer(&self) -> Result<Answer, LauncherError> {
        self.answer_with_descriptors().map(|(answer, _)| answer)
    }

    /// The next answer with what came along; waits for it.
    pub(in crate::lab) fn answer_with_descriptors(&self) -> Result<(Answer, Vec<OwnedFd>), LauncherError> {
        self.wait()?;
        let (answer, descriptors) =
            messages::receive(self.channel.as_fd(), messages::ANSWER_BYTES).map_err(gone_or)?;
        match answer {
            None => Err(LauncherError::Gone),
            Some(Answer::Lost) => Err(LauncherError::Lost),
            Some(Answer::NoRoom { reason }) => Err(LauncherError::NoRoom(reason)),
            Some(answer) => Ok((answer, descriptors)),
        }
    }

    /// Lets the other end know that nothing more will come.
    pub(in crate::lab) fn close(&self) {
        let _ = rustix::net::shutdown(&self.channel, rustix::net::Shutdown::Both);
        self.wake();
    }

    /// Waits until an answer is there.
    fn wait(&self) -> Result<(), LauncherError> {
        let often = self.patience.scale(LAUNCHER) / WAKE_CALLS;
        let timeout = Timespec::try_from(often).map_err(io::Error::other)?;
        let mut wait = [PollFd::from_borrowed_fd(self.channel.as_fd(), PollFlags::IN)];
        for _ in 0..WAKE_CALLS {
            let ready =
                rustix::io::retry_on_intr(|| poll(&mut wait, Some(&timeout))).map_err(io::Error::from)?;
            if ready > 0 {
                return Ok(());
            }
            self.wake();
        }
        Err(LauncherError::Silent)
    }

    /// A program under test may have stopped it; one that runs does not notice.
    fn wake(&self) {
        if let Some(sleeper) = self.sleeper {
            let _ = rustix::process::kill_process(sleeper, Signal::CONT);
        }
    }
}

/// An answer that does not belong here.
pub(in crate::lab) fn unexpected(answer: &Answer) -> LauncherError {
    LauncherError::Talk(io::Error::other(format!("unexpected answer {answer:?}")))
}

fn gone_or(error: io::Error) -> LauncherError {
    match error.kind() {
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => LauncherError::Gone,
        _ => LauncherError::Talk(error),
    }
}
