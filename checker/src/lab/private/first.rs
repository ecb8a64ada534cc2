//! The first process of a run: makes the run's world, starts the program in it, and reaps.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, WaitOptions};

use super::plan::Plan;
use super::{Obstacle, rights, root};
use crate::lab::calls::{self, Spaces};
use crate::lab::launcher::wait;
use crate::lab::limits::Limits;
use crate::lab::messages::{Answer, Launch, send};

/// What the first process of a run is given.
pub(super) struct First<'a> {
    pub(super) plan: &'a Plan,
    pub(super) limits: &'a Limits,
    pub(super) launch: &'a Launch,
    /// One byte comes when the grader knows us; the end when the box is gone.
    pub(super) box_lives: File,
}

impl First<'_> {
    /// Runs to the end of the run; answers go out through standard input, the channel to the grader.
    pub(super) fn live(mut self, streams: [OwnedFd; 3]) -> ! {
        let prepared = prepare(self.plan);
        let has_go = matches!(self.box_lives.read(&mut [0]), Ok(1));
        if !has_go {
            calls::end(1);
        }
        let started = prepared.and_then(|()| self.start(streams));
        match started.unwrap_or_else(|error| Err(Answer::NoRoom { reason: error.to_string() })) {
            Ok(program) => {
                tell(&Answer::Started { process: None });
                self.reap(program)
            }
            Err(failure) => {
                tell(&failure);
                self.wait_for_the_end()
            }
        }
    }

    /// Starts the program, or tells what the grader is to be told. The streams are its alone afterwards.
    fn start(&self, streams: [OwnedFd; 3]) -> io::Result<Result<Pid, Answer>> {
        let mut failure = None;
        let program = calls::spawn(&mut || failure = Some(self.become_program(&streams)))?;
        Ok(failure.map_or(Ok(program), Err))
    }

    /// In the child: gives up all rights and becomes the program. Comes back only where that fails.
    fn become_program(&self, streams: &[OwnedFd; 3]) -> Answer {
        let command = rights::give_up(self.limits, &self.plan.writable).and_then(|()| self.command(streams));
        match command {
            Err(error) => Answer::NoRoom { reason: error.to_string() },
            Ok(mut command) => Answer::NotStarted { reason: command.exec().to_string() },
        }
    }

    fn command(&self, streams: &[OwnedFd; 3]) -> io::Result<Command> {
        rustix::process::setsid()?;
        let stream = |index: usize| streams[index].try_clone().map(Stdio::from);
        let mut words = self.launch.command.iter();
        let program = words.next().ok_or(io::ErrorKind::InvalidInput)?;
        // Where the folder is not to be seen, the run's own one does.
        let _ = std::env::set_current_dir(&self.launch.folder);
        let mut command = Command::new(program);
        command
            .args(words)
            .env_clear()
            .envs(self.launch.environment.iter().map(|(name, value)| (name, value)))
            .stdin(stream(0)?)
            .stdout(stream(1)?)
            .stderr(stream(2)?);
        Ok(command)
    }

    /// Tells how the program ended, and goes on reaping what it left behind.
    fn reap(&self, program: Pid) -> ! {
        loop {
            match wait(WaitOptions::empty()) {
                Ok(Some((process, status))) if process == program => {
                    tell(&Answer::Exited { status });
                }
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => self.wait_for_the_end(),
            }
        }
    }

    /// Nobody is left to reap: until the box ends us, or ends.
    fn wait_for_the_end(&self) -> ! {
        let mut box_lives = &self.box_lives;
        let _ = box_lives.read(&mut [0]);
        calls::end(0)
    }
}

/// The world of the run, from inside.
fn prepare(plan: &Plan) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    root::build_for_run(plan)
}

/// Finds out whether a run can be made at all.
pub(super) fn try_out(plan: &Plan, limits: &Limits) -> Result<(), Obstacle> {
    let attempt = || -> io::Result<()> {
        let (mut failure, mut report) = io::pipe()?;
        let Some(child) = calls::fork(Spaces::RUN)? else {
            let errno = prepare(plan).and_then(|()| rights::give_up(limits, &plan.writable));
            if let Err(error) = errno {
                let _ = report.write_all(&error.raw_os_error().unwrap_or(libc::EINVAL).to_le_bytes());
            }
            calls::end(0)
        };
        drop(report);
        let mut errno = [0; 4];
        let outcome = failure.read_exact(&mut errno);
        rustix::io::retry_on_intr(|| rustix::process::waitpid(Some(child), WaitOptions::empty()))?;
        match outcome {
            Ok(()) => Err(io::Error::from_raw_os_error(i32::from_le_bytes(errno))),
            Err(_) => Ok(()),
        }
    };
    attempt().map_err(Obstacle::at("run"))
}

/// A grader that no longer listens ends the box, and with it us.
fn tell(answer: &Answer) {
    let _ = send(io::stdin().as_fd(), answer, &[]);
}
