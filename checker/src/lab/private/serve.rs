//! The box itself: serves the grader's orders, one run at a time.

use std::fs::File;
use std::io::{self, Write};
use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, WaitOptions};

use super::first::{self, First};
use super::network::{self, Network};
use super::plan::Plan;
use super::{HOST_NAME, Obstacle, Stage, enter, rights};
use crate::lab::calls::{self, Spaces};
use crate::lab::launcher::living_names;
use crate::lab::limits::Limits;
use crate::lab::messages::{Answer, Launch, ORDER_BYTES, Order, receive, send};

/// Turns this process, fresh from a fork, into a box that serves `control` until the grader is gone.
pub(in crate::lab) fn live(plan: &Plan, limits: &Limits, control: &OwnedFd, parent: Pid) -> ! {
    let network = match open(plan, limits, control, parent) {
        Ok(network) => network,
        Err(obstacle) => {
            tell(&Answer::Unavailable(obstacle), &[]);
            calls::end(1);
        }
    };
    let served = Server { plan, limits, network, dead: Vec::new(), run: None }.serve();
    calls::end(i32::from(served.is_err()))
}

fn open(plan: &Plan, limits: &Limits, control: &OwnedFd, parent: Pid) -> Result<Network, Obstacle> {
    stand_alone(control, parent).map_err(Obstacle::at("process"))?;
    enter::enter(plan)?;
    let _ = rustix::system::sethostname(HOST_NAME.as_bytes());
    let mut network = Network::set_up(plan)?;
    rights::limit(limits).map_err(Obstacle::at("rights"))?;
    if plan.tries_a_run {
        first::try_out(plan, limits)?;
    }
    let sockets = network.hand_out();
    let sockets: Vec<BorrowedFd<'_>> = sockets.iter().map(AsFd::as_fd).collect();
    tell(&Answer::Ready { has_wire: plan.has_wire }, &sockets);
    Ok(network)
}

/// Keeps nothing of the process that we were forked from but the channel, which becomes standard input.
fn stand_alone(control: &OwnedFd, parent: Pid) -> io::Result<()> {
    rustix::stdio::dup2_stdin(control)?;
    calls::close_all_behind(2);
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if rustix::process::getppid() != Some(parent) {
        calls::end(0); // it went before it could have taken us along
    }
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    Ok(())
}

fn tell(answer: &Answer, descriptors: &[BorrowedFd<'_>]) {
    let _ = send(io::stdin().as_fd(), answer, descriptors);
}

struct Server<'a> {
    plan: &'a Plan,
    limits: &'a Limits,
    network: Network,
    /// Addresses that lead nowhere at the moment.
    dead: Vec<IpAddr>,
    run: Option<Run>,
}

/// A run under way.
struct Run {
    first: Pid,
    pidfd: OwnedFd,
    /// Its closing tells the first process that we are gone.
    _lives: File,
}

impl Server<'_> {
    fn serve(mut self) -> io::Result<()> {
        loop {
            let stdin = io::stdin();
            let mut wait = vec![PollFd::from_borrowed_fd(stdin.as_fd(), PollFlags::IN)];
            wait.extend(self.run.as_ref().map(|run| PollFd::new(&run.pidfd, PollFlags::IN)));
            rustix::io::retry_on_intr(|| poll(&mut wait, None))?;
            let has_order = !wait[0].revents().is_empty();
            let has_ended = wait.get(1).is_some_and(|run| !run.revents().is_empty());
            if has_order {
                let (order, descriptors) = receive(stdin.as_fd(), ORDER_BYTES)?;
                let Some(order) = order else { return Ok(()) };
                self.obey(order, descriptors);
            } else if has_ended {
                // Nobody but the machine can have killed it.
                self.finish();
                tell(&Answer::Lost, &[]);
            }
        }
    }

    fn obey(&mut self, order: Order, descriptors: Vec<OwnedFd>) {
        match order {
            Order::Prepare(stage) => self.prepare(stage),
            Order::Launch(launch) => {
                if let Err(error) = self.launch(&launch, descriptors) {
                    tell(&Answer::NoRoom { reason: error.to_string() }, &[]);
                }
            }
            Order::Finish => {
                let left_behind = self.finish();
                tell(&Answer::Finished { left_behind }, &[]);
            }
            // Boxes do not stand in each other, and keep nothing that would have to be removed.
            Order::Open(_) | Order::RemoveAtEnd { .. } => {}
        }
    }

    fn prepare(&mut self, stage: Stage) {
        match self.make_ready(stage) {
            Ok(listener) => tell(&Answer::Prepared, listener.as_slice()),
            Err(error) => tell(&Answer::NoRoom { reason: error.to_string() }, &[]),
        }
    }

    /// Makes the network as the next run needs it; the listener, if one is wanted.
    fn make_ready(&mut self, stage: Stage) -> io::Result<Option<BorrowedFd<'_>>> {
        for address in std::mem::take(&mut self.dead) {
            network::set_dead(address, false)?;
        }
        for address in stage.dead {
            network::set_dead(address, true)?;
            self.dead.push(address);
        }
        self.network.listen(stage.accepts)
    }

    fn launch(&mut self, launch: &Launch, descriptors: Vec<OwnedFd>) -> io::Result<()> {
        let streams = <[OwnedFd; 3]>::try_from(descriptors)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "incomplete order"))?;
        let (box_lives, mut lives) = pipe()?;
        let Some(first) = calls::fork(Spaces::RUN)? else {
            drop(lives);
            First { plan: self.plan, limits: self.limits, launch, box_lives }.live(streams)
        };
        let pidfd = rustix::process::pidfd_open(first, PidfdFlags::empty())?;
        tell(&Answer::Placed { first: first.as_raw_nonzero().get().cast_unsigned() }, &[]);
        lives.write_all(&[1])?;
        self.run = Some(Run { first, pidfd, _lives: lives });
        Ok(())
    }

    /// Ends the run; returns the names of what was still alive beside its first process.
    fn finish(&mut self) -> Vec<String> {
        let Some(run) = self.run.take() else { return Vec::new() };
        let names = living_names(run.first.as_raw_nonzero().get().cast_unsigned());
        let _ = rustix::process::pidfd_send_signal(&run.pidfd, Signal::KILL);
        // It ends only when every process of the run has ended: the kernel waits for them.
        let _ = rustix::io::retry_on_intr(|| rustix::process::waitpid(Some(run.first), WaitOptions::empty()));
        names
    }
}

fn pipe() -> io::Result<(File, File)> {
    let (reader, writer) = io::pipe()?;
    Ok((File::from(OwnedFd::from(reader)), File::from(OwnedFd::from(writer))))
}
