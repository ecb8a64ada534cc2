//! The launcher's own side.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, ExitStatus as ProcessStatus};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, Resource, Rlimit, Signal, WaitOptions};

use crate::kernel::Processes;
use crate::lab::calls;
use crate::lab::limits::Limits;
use crate::lab::messages::{Answer, Launch, ORDER_BYTES, Order, receive, send};
use crate::lab::private::Plan;
use crate::trace::ExitStatus;

/// Serves orders that come on standard input until the grader is gone; `limits` as JSON.
///
/// # Errors
/// When the machine refuses what a launcher needs.
pub fn serve(limits: &str) -> io::Result<()> {
    let limits: Limits = serde_json::from_str(limits)?;
    calls::keep_from_programs();
    let control = io::stdin().as_fd().try_clone_to_owned()?;
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    limits.apply_to_children_of_this_process()?;
    let (child_ended, signal_end) = UnixStream::pair()?;
    child_ended.set_nonblocking(true)?;
    let handler = signal_hook::low_level::pipe::register(signal_hook::consts::SIGCHLD, signal_end)?;
    let mut server =
        Server { control, child_ended, handler, limits, program: None, group: None, folders: Vec::new() };
    let served = server.run();
    server.kill_all();
    server.folders.iter().for_each(|folder| drop(std::fs::remove_dir_all(folder)));
    served
}

/// More names of processes left behind tell nobody more.
const MOST_NAMES: usize = 32;

struct Server {
    control: OwnedFd,
    /// Readable when a child has ended.
    child_ended: UnixStream,
    handler: signal_hook::SigId,
    limits: Limits,
    /// The first process of the run, until it is reaped.
    program: Option<Pid>,
    /// The process group of the run, until all of it is killed.
    group: Option<Pid>,
    /// To be removed when the grader is gone.
    folders: Vec<PathBuf>,
}

impl Server {
    fn run(&mut self) -> io::Result<()> {
        loop {
            let mut wait = [
                PollFd::from_borrowed_fd(self.control.as_fd(), PollFlags::IN),
                PollFd::from_borrowed_fd(self.child_ended.as_fd(), PollFlags::IN),
            ];
            rustix::io::retry_on_intr(|| poll(&mut wait, None))?;
            let [has_order, has_ended] = [!wait[0].revents().is_empty(), !wait[1].revents().is_empty()];
            if has_ended {
                self.reap()?;
            }
            if has_order && !self.obey()? {
                return Ok(());
            }
        }
    }

    /// Carries out one order; false when the grader is gone.
    fn obey(&mut self) -> io::Result<bool> {
        let (order, descriptors) = receive(self.control.as_fd(), ORDER_BYTES)?;
        match order {
            None => return Ok(false),
            Some(Order::Launch(launch)) => match self.launch(launch, descriptors) {
                Ok(process) => self.tell(&Answer::Started { process: Some(process) }),
                Err(error) => self.tell(&not_started(&error)),
            },
            Some(Order::RemoveAtEnd { folder }) => self.folders.push(folder),
            Some(Order::Open(plan)) => self.open_box(&plan, descriptors),
            // For boxes; whoever asks for it here is told that it is not to be had.
            Some(Order::Prepare(_)) => self.tell(&Answer::Lost),
            Some(Order::Finish) => {
                let left_behind = self.kill_all();
                self.tell(&Answer::Finished { left_behind });
            }
        }
        Ok(true)
    }

    /// A grader that no longer listens is noticed as the end of its orders.
    fn tell(&self, answer: &Answer) {
        let _ = send(self.control.as_fd(), answer, &[]);
    }

    /// Forks a box; it answers for itself, through its own channel.
    fn open_box(&self, plan: &Plan, descriptors: Vec<OwnedFd>) {
        let Some(channel) = descriptors.into_iter().next() else { return };
        #[cfg(target_os = "linux")]
        {
            let own = rustix::process::getpid();
            // Where that fails, the channel ends here, which the grader sees.
            if let Ok(None) = calls::fork(calls::Spaces::NONE) {
                signal_hook::low_level::unregister(self.handler);
                crate::lab::private::live(plan, &self.limits, &channel, own)
            }
        }
    }

    fn launch(&mut self, launch: Launch, streams: Vec<OwnedFd>) -> io::Result<u32> {
        let missing = || io::Error::new(io::ErrorKind::InvalidInput, "incomplete order");
        let [stdin, stdout, stderr] = <[OwnedFd; 3]>::try_from(streams).map_err(|_| missing())?;
        let (program, arguments) = launch.command.split_first().ok_or_else(missing)?;
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(launch.environment)
            .current_dir(launch.folder)
            .stdin(stdin)
            .stdout(stdout)
            .stderr(stderr)
            .process_group(0)
            .spawn()?;
        let process = Pid::from_child(&child);
        self.program = Some(process);
        self.group = Some(process);
        #[cfg(target_os = "linux")]
        self.limit_processor_time(process);
        Ok(child.id())
    }

    /// Not inherited like the other limits: the launcher's own time must not count against it.
    #[cfg(target_os = "linux")]
    fn limit_processor_time(&self, process: Pid) {
        let seconds = Some(self.limits.cpu_seconds);
        let limit = Rlimit { current: seconds, maximum: seconds.map(|seconds| seconds + 1) };
        // Fails only when the process has already ended.
        let _ = rustix::process::prlimit(Some(process), Resource::Cpu, limit);
    }

    /// Reaps all that has ended, and tells about the first process.
    fn reap(&mut self) -> io::Result<()> {
        let mut signals = [0; 64];
        while matches!(rustix::io::read(&self.child_ended, &mut signals), Ok(1..)) {}
        while let Some((process, status)) = wait(WaitOptions::NOHANG)? {
            if self.program == Some(process) {
                self.program = None;
                self.tell(&Answer::Exited { status });
            }
        }
        Ok(())
    }

    /// Kills and reaps every process of the run; returns the names of those that were still alive.
    fn kill_all(&mut self) -> Vec<String> {
        // Before the blow, which may leave nobody to be named.
        let own = std::process::id();
        let mut names = names_below(own);
        if let Some(group) = self.group.take() {
            // One atomic blow: a fork bomb that stays in its group cannot outrun it.
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
        loop {
            for process in living(own) {
                names.entry(process).or_insert_with(|| Processes::name(process));
                if let Some(process) = Pid::from_raw(process.cast_signed()) {
                    let _ = rustix::process::kill_process(process, Signal::KILL);
                }
            }
            // Every orphan of the run has come to us: when nobody is left to wait for, nobody is left.
            if !matches!(wait(WaitOptions::empty()), Ok(Some(_))) {
                break;
            }
            while matches!(wait(WaitOptions::NOHANG), Ok(Some(_))) {}
        }
        self.program = None;
        names.into_values().take(MOST_NAMES).collect()
    }
}

/// Every process below this one that is not dead yet.
fn living(root: u32) -> Vec<u32> {
    let processes = Processes::below(root);
    processes.ids().iter().copied().filter(|&process| Processes::is_alive(process)).collect()
}

fn names_below(root: u32) -> BTreeMap<u32, String> {
    living(root).into_iter().map(|process| (process, Processes::name(process))).collect()
}

/// The names of the processes below this one that are not dead yet.
pub(in crate::lab) fn living_names(root: u32) -> Vec<String> {
    names_below(root).into_values().take(MOST_NAMES).collect()
}

/// Why a program could not be started.
pub(in crate::lab) fn not_started(error: &io::Error) -> Answer {
    let reason = error.to_string();
    if is_of_the_machine(error) { Answer::NoRoom { reason } } else { Answer::NotStarted { reason } }
}

/// Would any program have met this error?
fn is_of_the_machine(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let scarce = [Errno::AGAIN, Errno::NOMEM, Errno::MFILE, Errno::NFILE];
    Errno::from_io_error(error).is_some_and(|errno| scarce.contains(&errno))
}

/// Reaps one child; none when there is none (or none that has ended, with `NOHANG`).
pub(in crate::lab) fn wait(options: WaitOptions) -> io::Result<Option<(Pid, ExitStatus)>> {
    match rustix::io::retry_on_intr(|| rustix::process::wait(options)) {
        Ok(Some((process, status))) => Ok(Some((process, exit_status(status.as_raw())))),
        Ok(None) | Err(rustix::io::Errno::CHILD) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn exit_status(raw: i32) -> ExitStatus {
    let status = ProcessStatus::from_raw(raw);
    match status.signal() {
        Some(signal) => ExitStatus::Signal(signal),
        None => ExitStatus::Code(status.code().unwrap_or(-1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scarcity_is_the_machine_s_fault() {
        let of = |number| is_of_the_machine(&io::Error::from_raw_os_error(number));
        assert!([libc::EAGAIN, libc::ENOMEM, libc::EMFILE, libc::ENFILE].into_iter().all(of));
        assert!(![libc::ENOENT, libc::EACCES, libc::ENOEXEC].into_iter().any(of));
    }
}
