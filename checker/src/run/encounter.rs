//! One program meets the peer in one scenario: what they need is made ready, and a trace comes out.

use std::io;
use std::os::fd::BorrowedFd;

use super::capture::Capture;
use super::clock::Clock;
use super::invocation::Invocation;
use super::meeting::Meeting;
use crate::course::Play;
use crate::deadlines::Patience;
use crate::lab::{LaunchError, LauncherError, Limits, Program, Running, Site, Stage};
use crate::trace::{End, Event, FORMAT, Level, Listen, Moment, Script, Trace, What};
use crate::wire::{NameServer, Peer};

/// What every run needs.
#[derive(Debug)]
pub struct Encounter<'a> {
    /// Where the program runs.
    pub site: &'a Site,
    /// What the program may use up.
    pub limits: &'a Limits,
    /// How slow the machine is.
    pub patience: Patience,
    /// Readable once the user wants to stop.
    pub interrupt: BorrowedFd<'a>,
    /// Takes the packets of the run, where they are wanted.
    pub capture: Option<&'a Capture>,
}

/// Why there is no trace.
#[derive(Debug, thiserror::Error)]
pub enum EncounterError {
    /// The user wants to stop.
    #[error("interrupted")]
    Interrupted,
    /// The launcher failed.
    #[error(transparent)]
    Launcher(#[from] LauncherError),
    /// The machine failed.
    #[error("the machine has no more sockets, pipes or ports: {0}")]
    Machine(#[from] io::Error),
}

impl Encounter<'_> {
    /// Plays the scenario against the program, to the end of its last process.
    ///
    /// # Errors
    /// See [`EncounterError`]: never the program's fault.
    pub fn play(&self, play: &Play, invocation: &Invocation) -> Result<Trace, EncounterError> {
        let mut ground = self.site.prepare(&stage(&play.script)).map_err(of_this_run)?;
        let names = ground.name_server.take();
        let names = names.map(|(udp, tcp)| NameServer::new(udp, tcp, play.script.names.clone()));
        let names = names.transpose()?;
        let peer = Peer::open(ground.listener.take(), play.script.clone(), self.limits.connections + 1)?;
        let program = invocation.program(&play.arguments, &ground.host, ground.port, self.site.level());
        let mut events = Vec::with_capacity(32);
        let mut clock = Clock::start(self.patience, &play.script);
        if let Some(capture) = self.capture {
            capture.begin(clock.started());
        }
        events.push(Event { at: clock.now(), what: What::Started });
        let (end, ended_at) = match Running::launch(self.site, &program, play.stdin.clone(), self.limits) {
            Ok(running) => {
                // How long launching takes is up to us and the machine.
                clock.has_moved();
                Meeting::new(self, peer, names, running, &mut clock, &mut events).run()?
            }
            Err(LaunchError::NotStarted(reason)) => (End::NotStarted { reason }, clock.now()),
            Err(LaunchError::Launcher(error)) => return Err(error.into()),
        };
        // The peer's own sockets are closed by now, so their last packets have passed.
        let (packets, missed_packets) = self.capture.map(Capture::end).unwrap_or_default();
        Ok(Trace {
            packets,
            missed_packets,
            ..trace(play, &program, self.site.level(), events, end, ended_at)
        })
    }
}

/// A lack of sockets or ports when a run is made ready concerns this run; others may find some.
fn of_this_run(error: LauncherError) -> EncounterError {
    match error {
        LauncherError::Talk(error) => EncounterError::Machine(error),
        LauncherError::NoRoom(reason) => EncounterError::Machine(io::Error::other(reason)),
        other => EncounterError::Launcher(other),
    }
}

/// What the run needs of its network.
fn stage(script: &Script) -> Stage {
    Stage {
        accepts: script.listen == Listen::Accept,
        dead: script.dead_addresses(),
        round_trip: script.rtt.unwrap_or_default(),
    }
}

fn trace(
    play: &Play,
    program: &Program,
    level: Level,
    events: Vec<Event>,
    end: End,
    ended_at: Moment,
) -> Trace {
    Trace {
        format: FORMAT,
        lesson: play.lesson.clone(),
        scenario: play.scenario.clone(),
        seed: play.seed,
        cut: play.cut,
        level,
        command: program.command.clone(),
        events,
        end,
        ended_at,
        packets: Vec::new(),
        missed_packets: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_run_lacks_is_no_fault_of_the_others() {
        let is_of_one = |error| matches!(of_this_run(error), EncounterError::Machine(_));
        assert!(is_of_one(LauncherError::NoRoom("no port is free".to_owned())));
        assert!(is_of_one(LauncherError::Talk(io::ErrorKind::OutOfMemory.into())));
        assert!(!is_of_one(LauncherError::Gone));
        assert!(!is_of_one(LauncherError::Lost));
    }
}
