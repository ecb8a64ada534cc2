//! One program while it runs: its standard streams, its end, and the end of all that it left behind.
//!
//! A program that calls `splice` on a pipe locks it for as long as the call sleeps, and whoever then reads or
//! writes the other end sleeps too, be it non-blocking or about to be killed. Rust's `io::copy` does so.
//! Therefore output goes through sockets, which no program can lock, and a thread of its own feeds stdin.

use std::io::{self, PipeReader, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread;

use rustix::event::PollFlags;

use super::control::unexpected;
use super::launcher::LauncherError;
use super::limits::Limits;
use super::messages::{Answer, Launch, Order};
use super::site::Site;
use crate::trace::{Bytes, ExitStatus, Flood, Level, Stream, What};

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

/// The variables with these names, as they are here; in a box, what leads to the user's own files leads to
/// folders of the run instead.
#[must_use]
pub fn environment(names: &[&str], level: Level) -> Vec<(String, String)> {
    let value = |name: &str| match (level, name) {
        (Level::Private, "HOME" | "TMPDIR") => Some("/tmp".to_owned()),
        (Level::Private, "USER") => Some("learner".to_owned()),
        _ => std::env::var(name).ok(),
    };
    names.iter().filter_map(|name| Some(((*name).to_owned(), value(name)?))).collect()
}

/// A standard stream of the program, as far as it was read.
#[derive(Debug)]
pub struct Output {
    stream: Stream,
    socket: Option<UnixStream>,
    /// Bytes seen.
    pub seen_bytes: usize,
    kept_bytes: usize,
}

/// A program that runs, until [`Running::finish`].
#[derive(Debug)]
pub struct Running<'a> {
    site: &'a Site,
    /// Every process of the run is below this one, which is ours.
    pub root: u32,
    /// With this one, or its group, all others end.
    head: u32,
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
        site: &'a Site,
        program: &Program,
        stdin: Vec<u8>,
        limits: &Limits,
    ) -> Result<Self, LaunchError> {
        let stdin = pipe_with(stdin).map_err(LauncherError::Talk)?;
        let (stdout, stdout_theirs) = one_way_socket().map_err(LauncherError::Talk)?;
        let (stderr, stderr_theirs) = one_way_socket().map_err(LauncherError::Talk)?;
        let theirs = [stdin.as_fd(), stdout_theirs.as_fd(), stderr_theirs.as_fd()];
        let order = Order::Launch(Launch {
            command: program.command.clone(),
            environment: program.environment.clone(),
            folder: program.folder.clone(),
        });
        site.control().order(&order, &theirs)?;
        let (root, head) = started(site)?;
        Ok(Self {
            site,
            root,
            head,
            stdout: Output::new(Stream::Stdout, stdout, limits.stdout_bytes),
            stderr: Output::new(Stream::Stderr, stderr, limits.stderr_kept_bytes),
            stream_names: theirs.map(name).to_vec(),
            status: None,
            is_finished: false,
        })
    }

    /// The descriptors that announce the next event, with what to look for.
    #[must_use]
    pub fn descriptors(&self) -> Vec<(BorrowedFd<'_>, PollFlags)> {
        let mut wait = vec![(self.site.as_fd(), PollFlags::IN)];
        for output in [&self.stdout, &self.stderr] {
            wait.extend(output.socket.as_ref().map(|socket| (socket.as_fd(), PollFlags::IN)));
        }
        wait
    }

    /// The program's ends of the streams as `/proc` names them, such as `pipe:[4711]`.
    #[must_use]
    pub fn stream_names(&self) -> &[String] {
        &self.stream_names
    }

    /// Reads what was printed; true when something moved.
    pub fn turn(&mut self, record: &mut dyn FnMut(What)) -> bool {
        let has_printed = self.stdout.read(record);
        self.stderr.read(record) | has_printed
    }

    /// How the first process ended, once it has; asks without waiting when `is_ready` says that an answer is there.
    ///
    /// # Errors
    /// When the launcher is gone.
    pub fn exit_status(&mut self, is_ready: bool) -> Result<Option<ExitStatus>, LauncherError> {
        if is_ready && self.status.is_none() {
            match self.site.control().answer()? {
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
        self.site.control().order(&Order::Finish, &[])?;
        loop {
            match self.site.control().answer()? {
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
}

/// Waits until the program has started: the process below which the run is, and the one whose end is its end.
fn started(site: &Site) -> Result<(u32, u32), LaunchError> {
    let mut root = site.root();
    loop {
        match (site.control().answer()?, root) {
            (Answer::Placed { first }, _) => root = Some(first),
            (Answer::Started { process }, Some(root)) => return Ok((root, process.unwrap_or(root))),
            (Answer::NotStarted { reason }, _) => {
                finish_unstarted(site)?;
                return Err(LaunchError::NotStarted(reason));
            }
            (other, _) => return Err(unexpected(&other).into()),
        }
    }
}

/// A run whose program could not be started still has processes of ours.
fn finish_unstarted(site: &Site) -> Result<(), LauncherError> {
    site.control().order(&Order::Finish, &[])?;
    match site.control().answer()? {
        Answer::Finished { .. } => Ok(()),
        other => Err(unexpected(&other)),
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.is_finished && self.finish().is_err() {
            // Somebody has killed the launcher: what it had started is now ours to end.
            super::kill_tree(self.head);
        }
    }
}

impl Output {
    fn new(stream: Stream, socket: UnixStream, kept_bytes: usize) -> Self {
        Self { stream, socket: Some(socket), seen_bytes: 0, kept_bytes }
    }

    /// Has the program (and everyone it gave the stream to) closed it?
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.socket.is_none()
    }

    /// Reads what is there, keeps as much as is wanted, and throws the rest away.
    fn read(&mut self, record: &mut dyn FnMut(What)) -> bool {
        let mut has_moved = false;
        while let Some(socket) = &self.socket {
            match crate::kernel::read(socket) {
                Ok(bytes) if bytes.is_empty() => {
                    self.socket = None;
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

/// The reading end of a pipe into which a thread writes all of this.
fn pipe_with(bytes: Vec<u8>) -> io::Result<PipeReader> {
    let (theirs, mut ours) = io::pipe()?;
    if !bytes.is_empty() {
        // Fails when the program does not want it (that is not an error of its own), or has ended.
        thread::Builder::new().spawn(move || ours.write_all(&bytes))?;
    }
    Ok(theirs)
}

/// Our end, which only reads and never blocks, and the program's end, which only writes.
fn one_way_socket() -> io::Result<(UnixStream, UnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    ours.shutdown(Shutdown::Write)?;
    Ok((ours, theirs))
}

/// What a descriptor leads to, as `/proc` names it.
fn name(stream: BorrowedFd<'_>) -> String {
    let kind = |mode| match rustix::fs::FileType::from_raw_mode(mode) {
        rustix::fs::FileType::Socket => "socket",
        _ => "pipe",
    };
    rustix::fs::fstat(stream)
        .map(|stat| format!("{}:[{}]", kind(stat.st_mode), stat.st_ino))
        .unwrap_or_default()
}
