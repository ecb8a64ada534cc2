//! The launcher: a small process of our own between the grader and the programs.
//!
//! It does nothing but start one program at a time, tell how it ended, and end all that it left behind.
//! It is the adoptive parent of every process of the run, so none can escape by forking twice or by
//! leaving its group; and it ends, killing all, when the grader is gone for whatever reason.
//! Being single-threaded and small it also starts programs faster than the grader could itself.

mod inherited;
mod messages;
mod serve;

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::process::{Pid, Signal};

use super::limits::Limits;
use crate::deadlines::{LAUNCHER, Patience};
pub(in crate::lab) use messages::{Answer, Order};
pub use serve::serve;

/// The first argument by which the binary knows that it is to be a launcher.
pub const LAUNCHER_WORD: &str = "__launcher";

/// How often a launcher that does not answer is woken before it is given up.
const WAKE_CALLS: u32 = 40;

/// Why a program could not be launched or ended: never the learner's fault.
#[derive(Debug, thiserror::Error)]
pub enum LauncherError {
    /// The helper process could not be started.
    #[error("cannot start the launcher {path}: {source}")]
    Start {
        /// The executable.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// It is gone.
    #[error(
        "the process that launches programs was killed, perhaps by the program under test: nothing was judged"
    )]
    Gone,
    /// It does not answer.
    #[error("the launcher does not answer within {} s", LAUNCHER.as_secs())]
    Silent,
    /// It could start no program at all.
    #[error("no program can be started on this machine now: {0}")]
    NoRoom(String),
    /// Talking to it failed.
    #[error("talking to the launcher failed: {0}")]
    Talk(#[from] io::Error),
}

/// A running launcher.
#[derive(Debug)]
pub struct Launcher {
    control: OwnedFd,
    process: Child,
    patience: Patience,
}

impl Launcher {
    /// Starts the executable (the `workbook` binary itself) as a launcher with these limits.
    ///
    /// # Errors
    /// When the machine refuses.
    pub fn start(executable: &Path, limits: &Limits, patience: Patience) -> Result<Self, LauncherError> {
        use std::os::unix::process::CommandExt;
        let start = || -> io::Result<(OwnedFd, Child)> {
            let (control, theirs) =
                socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
            let process = Command::new(executable)
                .args([LAUNCHER_WORD, &serde_json::to_string(limits)?])
                .stdin(Stdio::from(theirs))
                .stdout(Stdio::null())
                // A group of its own: Ctrl-C on the terminal is for the grader, which then lets go of us.
                .process_group(0)
                .spawn()?;
            Ok((control, process))
        };
        let (control, process) = start()
            .map_err(|source| LauncherError::Start { path: executable.display().to_string(), source })?;
        Ok(Self { control, process, patience })
    }

    /// Readable when an answer has come, or when the launcher is gone.
    #[must_use]
    pub fn control(&self) -> BorrowedFd<'_> {
        self.control.as_fd()
    }

    /// The launcher's own process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Gives an order; `streams` are the program's standard streams where it is one to launch.
    pub(super) fn order(&self, order: &Order, streams: &[BorrowedFd<'_>]) -> Result<(), LauncherError> {
        messages::send(self.control.as_fd(), order, streams).map_err(gone_or)
    }

    /// The next answer; waits for it.
    pub(super) fn answer(&self) -> Result<Answer, LauncherError> {
        self.wait()?;
        let (answer, _) = messages::receive(self.control.as_fd(), messages::ANSWER_BYTES).map_err(gone_or)?;
        answer.ok_or(LauncherError::Gone)
    }
}

impl Launcher {
    /// Waits until an answer is there.
    fn wait(&self) -> Result<(), LauncherError> {
        let often = self.patience.scale(LAUNCHER) / WAKE_CALLS;
        let timeout = Timespec::try_from(often).map_err(io::Error::other)?;
        let mut wait = [PollFd::from_borrowed_fd(self.control.as_fd(), PollFlags::IN)];
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
        let _ = rustix::process::kill_process(Pid::from_child(&self.process), Signal::CONT);
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        // The end of the control channel is the order to kill everything and to go.
        let _ = rustix::net::shutdown(&self.control, rustix::net::Shutdown::Both);
        self.wake();
        let _ = self.process.wait();
    }
}

fn gone_or(error: io::Error) -> LauncherError {
    match error.kind() {
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => LauncherError::Gone,
        _ => LauncherError::Talk(error),
    }
}
