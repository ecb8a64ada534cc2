//! The launcher: a small process of our own between the grader and the programs.
//!
//! It does nothing but start one program at a time, tell how it ended, and end all that it left behind.
//! It is the adoptive parent of every process of the run, so none can escape by forking twice or by
//! leaving its group; and it ends, killing all, when the grader is gone for whatever reason.
//! Being single-threaded and small it also starts programs faster than the grader could itself.

mod serve;

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::process::Pid;

use super::control::Control;
use super::limits::Limits;
use super::messages::Order;
use super::private::{Obstacle, Plan};
use crate::deadlines::{LAUNCHER, Patience};
pub use serve::serve;
#[cfg(target_os = "linux")]
pub(in crate::lab) use serve::{living_names, not_started, wait};

/// The first argument by which the binary knows that it is to be a launcher.
pub const LAUNCHER_WORD: &str = "__launcher";

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
    /// A run was ended by nobody of us and nobody in it.
    #[error("the machine has ended a run, perhaps because memory ran out: nothing was judged")]
    Lost,
    /// There is no box to run in.
    #[error("the private level is not to be had here ({0})\n  {advice}", advice = .0.advice())]
    NoBox(Obstacle),
    /// Talking to it failed.
    #[error("talking to the launcher failed: {0}")]
    Talk(#[from] io::Error),
}

/// A running launcher.
#[derive(Debug)]
pub(in crate::lab) struct Launcher {
    control: Control,
    process: Child,
    patience: Patience,
}

impl Launcher {
    /// Starts the executable (the `workbook` binary itself) as a launcher with these limits.
    ///
    /// # Errors
    /// When the machine refuses.
    pub(in crate::lab) fn start(
        executable: &Path,
        limits: &Limits,
        patience: Patience,
    ) -> Result<Self, LauncherError> {
        use std::os::unix::process::CommandExt;
        let start = || -> io::Result<(OwnedFd, Child)> {
            let (control, theirs) = channel()?;
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
        let control = Control::new(control, Some(Pid::from_child(&process)), patience);
        Ok(Self { control, process, patience })
    }

    /// The channel to it.
    pub(in crate::lab) fn control(&self) -> &Control {
        &self.control
    }

    /// The launcher's own process id.
    #[must_use]
    pub(in crate::lab) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Has somebody killed it?
    pub(in crate::lab) fn is_gone(&mut self) -> bool {
        !matches!(self.process.try_wait(), Ok(None))
    }

    /// Has a folder removed when this process is gone, even if it is killed.
    ///
    /// # Errors
    /// When the launcher is gone.
    pub(in crate::lab) fn remove_at_end(&self, folder: &Path) -> Result<(), LauncherError> {
        self.control.order(&Order::RemoveAtEnd { folder: folder.to_owned() }, &[])
    }

    /// Has a box made; its channel, on which it will say whether it could be.
    pub(in crate::lab) fn open_box(&self, plan: &Plan) -> Result<Control, LauncherError> {
        let (control, theirs) = channel()?;
        self.control.order(&Order::Open(plan.clone()), &[theirs.as_fd()])?;
        Ok(Control::new(control, None, self.patience))
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        // The end of the channel is the order to kill everything and to go.
        self.control.close();
        let _ = self.process.wait();
    }
}

fn channel() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}
