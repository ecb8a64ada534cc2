//! One program while it runs: its standard streams, its end, and the end of all that it left behind.

use std::io::{self, PipeReader, PipeWriter, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;

use rustix::event::PollFlags;

use super::launcher::{Answer, Launcher, LauncherError, Order};
use super::limits::Limits;
use crate::trace::{Bytes, ExitStatus, Flood, Stream, What};

/// Something that can be launched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Program and arguments, ready to run.
    pub command: Vec<String>,
    /// The working folder.
    pub folder: PathBuf,
    /// The whole environment.
    pub environment: Vec<(String, String)>,
}

/// A standard stream of the program, as far as it was read.
#[derive(Debug)]
pub struct Output {
    stream: Stream,
    pipe: Option<OwnedFd>,
    /// Bytes seen.
    pub seen_bytes: usize,
    kept_bytes: usize,
}

/// A program that runs, until [`Running::finish`].
#[derive(Debug)]
pub struct Running<'a> {
    launcher: &'a Launcher,
    /// The first process of the run.
    pub process: u32,
    /// The pipe, what goes into it, and how much of it has gone.
    stdin: Option<(PipeWriter, Vec<u8>, usize)>,
    /// Standard output.
    pub stdout: Output,
    /// Standard error.
    pub stderr: Output,
    stream_names: Vec<String>,
    status: Option<ExitStatus>,
    is_finished: bool,
}

/// Why a program does not run.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// It could not be started; the system's reason.
    #[error("{0}")]
    NotStarted(String),
    /// A fault of ours or of the machine.
    #[error(transparent)]
    Launcher(#[from] LauncherError),
}

impl<'a> Running<'a> {
    /// Launches a program that reads `stdin`.
    ///
    /// # Errors
    /// See [`LaunchError`].
    pub fn launch(
        launcher: &'a Launcher,
        program: &Program,
        stdin: Vec<u8>,
        limits: &Limits,
    ) -> Result<Self, LaunchError> {
        let [(stdin_theirs, stdin_ours), (stdout_ours, stdout_theirs), (stderr_ours, stderr_theirs)] =
            three_pipes().map_err(LauncherError::Talk)?;
        let order = Order::Launch {
            command: program.command.clone(),
            environment: program.environment.clone(),
            folder: program.folder.clone(),
        };
        launcher.order(&order, &[stdin_theirs.as_fd(), stdout_theirs.as_fd(), stderr_theirs.as_fd()])?;
        let process = match launcher.answer()? {
            Answer::Started { process } => process,
            Answer::NotStarted { reason } => return Err(LaunchError::NotStarted(reason)),
            other => return Err(unexpected(&other).into()),
        };
        let stream_names =
            [stdin_ours.as_fd(), stdout_ours.as_fd(), stderr_ours.as_fd()].map(pipe_name).to_vec();
        Ok(Self {
            launcher,
            process,
            stdin: Some((stdin_ours, stdin, 0)).filter(|(_, bytes, _)| !bytes.is_empty()),
            stdout: Output::new(Stream::Stdout, stdout_ours.into(), limits.stdout_bytes),
            stderr: Output::new(Stream::Stderr, stderr_ours.into(), limits.stderr_kept_bytes),
            stream_names,
            status: None,
            is_finished: false,
        })
    }

    /// The descriptors that announce the next event, with what to look for.
    #[must_use]
    pub fn descriptors(&self) -> Vec<(BorrowedFd<'_>, PollFlags)> {
        let mut wait = vec![(self.launcher.control(), PollFlags::IN)];
        for output in [&self.stdout, &self.stderr] {
            wait.extend(output.pipe.as_ref().map(|pipe| (pipe.as_fd(), PollFlags::IN)));
        }
        wait.extend(self.stdin.as_ref().map(|(pipe, ..)| (pipe.as_fd(), PollFlags::OUT)));
        wait
    }

    /// The streams as `/proc` names them, such as `pipe:[4711]`.
    #[must_use]
    pub fn stream_names(&self) -> &[String] {
        &self.stream_names
    }

    /// Feeds standard input, and reads what was printed; true when something moved.
    pub fn turn(&mut self, record: &mut dyn FnMut(What)) -> bool {
        let has_fed = self.feed();
        let has_printed = self.stdout.read(record);
        self.stderr.read(record) | has_printed | has_fed
    }

    /// How the first process ended, once it has; asks without waiting when `is_ready` says that an answer is there.
    ///
    /// # Errors
    /// When the launcher is gone.
    pub fn exit_status(&mut self, is_ready: bool) -> Result<Option<ExitStatus>, LauncherError> {
        if is_ready && self.status.is_none() {
            match self.launcher.answer()? {
                Answer::Exited { status } => self.status = Some(status),
                other => return Err(unexpected(&other)),
            }
        }
        Ok(self.status)
    }

    /// Ends all that is left of the run; returns the names of what was still alive.
    ///
    /// # Errors
    /// When the launcher is gone.
    pub fn finish(&mut self) -> Result<Vec<String>, LauncherError> {
        self.is_finished = true;
        self.stdin = None;
        self.launcher.order(&Order::Finish, &[])?;
        loop {
            match self.launcher.answer()? {
                Answer::Finished { left_behind } => return Ok(left_behind),
                Answer::Exited { status } => self.status = Some(status),
                other => return Err(unexpected(&other)),
            }
        }
    }

    /// Which output is more than anybody reads, and how much it is.
    #[must_use]
    pub fn flood(&self, limits: &Limits) -> Option<(Flood, u64)> {
        let is_over = |output: &Output, limit| output.seen_bytes > limit;
        if is_over(&self.stdout, limits.stdout_bytes) {
            return Some((Flood::Stdout, self.stdout.seen_bytes as u64));
        }
        is_over(&self.stderr, limits.stderr_bytes).then_some((Flood::Stderr, self.stderr.seen_bytes as u64))
    }

    fn feed(&mut self) -> bool {
        let Some((pipe, bytes, fed)) = &mut self.stdin else {
            return false;
        };
        match pipe.write(&bytes[*fed..]) {
            Ok(length) => {
                *fed += length;
                if *fed == bytes.len() {
                    self.stdin = None;
                }
                true
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => false,
            Err(_) => {
                // The program does not want it; that is not an error of its own.
                self.stdin = None;
                true
            }
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.is_finished && self.finish().is_err() {
            // Somebody has killed the launcher: what it had started is now ours to end.
            super::kill_tree(self.process);
        }
    }
}

impl Output {
    fn new(stream: Stream, pipe: OwnedFd, kept_bytes: usize) -> Self {
        Self { stream, pipe: Some(pipe), seen_bytes: 0, kept_bytes }
    }

    /// Has the program (and everyone it gave the stream to) closed it?
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.pipe.is_none()
    }

    /// Reads what is there, keeps as much as is wanted, and throws the rest away.
    fn read(&mut self, record: &mut dyn FnMut(What)) -> bool {
        let mut has_moved = false;
        while let Some(pipe) = &self.pipe {
            match crate::kernel::read(pipe) {
                Ok(bytes) if bytes.is_empty() => {
                    self.pipe = None;
                    has_moved = true;
                }
                Ok(mut bytes) => {
                    has_moved = true;
                    let room = self.kept_bytes.saturating_sub(self.seen_bytes);
                    self.seen_bytes += bytes.len();
                    if room > 0 {
                        bytes.truncate(room);
                        record(What::Printed { stream: self.stream, bytes: Bytes(bytes) });
                    }
                    if self.seen_bytes > self.kept_bytes {
                        break; // give others a turn: this may never end
                    }
                }
                Err(_) => break,
            }
        }
        has_moved
    }
}

/// Pipes for the three standard streams, reading end first; our ends never block.
fn three_pipes() -> io::Result<[(PipeReader, PipeWriter); 3]> {
    let pipes = [io::pipe()?, io::pipe()?, io::pipe()?];
    let ours = [pipes[0].1.as_fd(), pipes[1].0.as_fd(), pipes[2].0.as_fd()];
    ours.into_iter().try_for_each(|pipe| rustix::io::ioctl_fionbio(pipe, true))?;
    Ok(pipes)
}

fn pipe_name(pipe: BorrowedFd<'_>) -> String {
    rustix::fs::fstat(pipe).map(|stat| format!("pipe:[{}]", stat.st_ino)).unwrap_or_default()
}

fn unexpected(answer: &Answer) -> LauncherError {
    LauncherError::Talk(io::Error::other(format!("unexpected answer {answer:?}")))
}
