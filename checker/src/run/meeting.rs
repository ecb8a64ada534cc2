//! A run under way: the loop that owns the clock.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::clock::Clock;
use super::encounter::{Encounter, EncounterError};
use crate::deadlines::TAKE_PACKETS;
use crate::kernel::{Processes, Relay};
use crate::lab::{HangWatch, Look, Running, Watched};
use crate::trace::{End, Event, ExitStatus, Flood, Moment, What};
use crate::wire::{Link, NameServer, Peer, Turn, World};

/// Between two counts of the processes of a run.
const COUNT_PROCESSES: Duration = Duration::from_millis(50);

/// What announces the next event of the network.
fn descriptors<'a>(
    peer: &'a Peer,
    names: Option<&'a NameServer>,
) -> impl Iterator<Item = (BorrowedFd<'a>, PollFlags)> {
    peer.descriptors().into_iter().chain(names.into_iter().flat_map(NameServer::descriptors))
}

/// A run under way.
pub(super) struct Meeting<'a> {
    encounter: &'a Encounter<'a>,
    peer: Peer,
    names: Option<NameServer>,
    running: Running<'a>,
    clock: &'a mut Clock,
    events: &'a mut Vec<Event>,
    hang: HangWatch,
    next_count: Instant,
    /// What each connection's end in the program had unread when a deadline last passed.
    unread_before: Option<Vec<Option<u32>>>,
}

impl<'a> Meeting<'a> {
    pub(super) fn new(
        encounter: &'a Encounter<'a>,
        peer: Peer,
        names: Option<NameServer>,
        running: Running<'a>,
        clock: &'a mut Clock,
        events: &'a mut Vec<Event>,
    ) -> Self {
        let hang = HangWatch::new(running.root, running.stream_names().to_vec());
        let next_count = Instant::now() + COUNT_PROCESSES;
        Self { encounter, peer, names, running, clock, events, hang, next_count, unread_before: None }
    }

    /// To the end of the run: how it ended, and when.
    pub(super) fn run(mut self) -> Result<(End, Moment), EncounterError> {
        loop {
            let turn = self.turn()?;
            if let Some(flood) = self.flood() {
                return self.stop(flood);
            }
            if turn.has_moved {
                self.clock.has_moved();
                self.hang.has_moved();
                continue;
            }
            if self.clock.has_passed(self.running.root) {
                if self.has_read_meanwhile() {
                    self.clock.has_moved();
                    continue;
                }
                if self.next_timer().is_some_and(|left| self.clock.waits_for_timer(left)) {
                    continue;
                }
                let end = self.deadline_passed();
                return self.stop(end);
            }
            let wake = match self.look_for_hang() {
                Look::Hung(hang) => return self.stop(End::Hung(hang)),
                Look::MayMove(look) => look,
            };
            let wake = turn.wake.map_or(wake, |due| due.min(wake)).min(self.clock.deadline());
            let wake = self.encounter.capture.map_or(wake, |_| wake.min(Instant::now() + TAKE_PACKETS));
            if self.wait(wake)?
                && let Some(status) = self.running.exit_status(true)?
            {
                return self.exited(status);
            }
        }
    }

    /// Lets everybody do what can be done now.
    fn turn(&mut self) -> io::Result<Turn> {
        self.take_packets();
        let world = World {
            sockets: self.encounter.site.sockets(),
            run: Some(self.running.root),
            patience: self.encounter.patience,
            printed_bytes: self.running.stdout.seen_bytes,
            opened_connections: self.peer.opened_connections(),
        };
        let was_open = !self.running.stdout.is_closed();
        let (clock, events) = (&*self.clock, &mut *self.events);
        let mut record = |what| events.push(Event { at: clock.now(), what });
        let mut turn = self.peer.turn(&world, &mut record)?;
        if let Some(names) = &mut self.names {
            turn = turn.and(names.turn(&mut record)?);
        }
        turn.has_moved |= self.running.turn(&mut record);
        if was_open && self.running.stdout.is_closed() {
            record(What::StdoutClosed);
        }
        Ok(turn)
    }

    fn take_packets(&self) {
        if let Some(capture) = self.encounter.capture {
            capture.drain();
        }
    }

    /// Waits for the next event, but not longer than until `wake`; true when the launcher has an answer.
    fn wait(&mut self, wake: Instant) -> Result<bool, EncounterError> {
        let launcher_and_pipes = self.running.descriptors();
        let mut wait = vec![PollFd::from_borrowed_fd(self.encounter.interrupt, PollFlags::IN)];
        let all = launcher_and_pipes.into_iter().chain(descriptors(&self.peer, self.names.as_ref()));
        wait.extend(all.map(|(descriptor, flags)| PollFd::from_borrowed_fd(descriptor, flags)));
        let most = wake.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(most).map_err(io::Error::other)?;
        let ready = rustix::io::retry_on_intr(|| poll(&mut wait, Some(&timeout))).map_err(io::Error::from)?;
        if ready == 0 {
            self.clock.has_waited_until(wake);
        }
        if !wait[0].revents().is_empty() {
            return Err(EncounterError::Interrupted);
        }
        Ok(!wait[1].revents().is_empty())
    }

    fn look_for_hang(&mut self) -> Look {
        let has_answered = self.names.as_ref().is_none_or(NameServer::waits_for_program);
        if !self.peer.waits_for_program() || !has_answered {
            return Look::MayMove(self.clock.deadline());
        }
        let links: Vec<Watched> = self
            .peer
            .links()
            .map(|link| Watched {
                connection: link.connection,
                program: link.program,
                peer: link.peer,
                has_peer_ended: link.has_peer_ended,
                has_program_ended: link.has_program_ended,
                has_vanished: link.has_vanished,
            })
            .collect();
        self.hang.look(self.encounter.site.sockets(), &links)
    }

    /// Is there more of something than anybody reads?
    fn flood(&mut self) -> Option<End> {
        let limits = self.encounter.limits;
        let flooded = |what, amount| Some(End::Flooded { what, amount });
        if let Some((what, amount)) = self.running.flood(limits) {
            return flooded(what, amount);
        }
        if self.peer.received_bytes() > limits.request_bytes {
            return flooded(Flood::Request, self.peer.received_bytes() as u64);
        }
        if self.peer.opened_connections() > limits.connections {
            return flooded(Flood::Connections, self.peer.opened_connections() as u64);
        }
        if Instant::now() >= self.next_count {
            self.next_count = Instant::now() + COUNT_PROCESSES;
            return self.running_wild();
        }
        None
    }

    /// Has the run more of something than any program needs?
    fn running_wild(&self) -> Option<End> {
        let (limits, processes) = (self.encounter.limits, Processes::below(self.running.root));
        [
            (Flood::Processes, processes.thread_count() as u64, limits.processes),
            (Flood::Memory, processes.memory_bytes(), limits.total_memory_bytes),
            (Flood::Descriptors, processes.descriptor_count() as u64, limits.total_descriptors),
        ]
        .into_iter()
        .find(|(_, amount, most)| amount > most)
        .map(|(what, amount, _)| End::Flooded { what, amount })
    }

    /// Has the program read from a connection since this was last asked? Reading makes no event of its own.
    fn has_read_meanwhile(&mut self) -> bool {
        let unread = |link: Link| {
            Some(self.encounter.site.sockets()?.state(link.program, link.peer).ok()??.unread_bytes)
        };
        let unread: Vec<Option<u32>> = self.peer.links().map(unread).collect();
        let has_any = unread.iter().flatten().any(|&bytes| bytes > 0);
        let is_other = self.unread_before.as_ref() != Some(&unread);
        self.unread_before = Some(unread);
        has_any && is_other
    }

    /// When the kernel will look after a peer that has vanished.
    fn next_timer(&self) -> Option<Duration> {
        let sockets = self.encounter.site.sockets()?;
        let vanished = self.peer.links().filter(|link| link.has_vanished);
        let left = |link: Link| Some(sockets.state(link.program, link.peer).ok()??.timer?.left);
        vanished.filter_map(left).min()
    }

    fn deadline_passed(&self) -> End {
        let is_running = Processes::below(self.running.root).is_running();
        let doing = if is_running { "computing" } else { "sleeping, or waiting with a timeout" };
        End::DeadlinePassed { still_for: self.clock.still_for().into(), doing: doing.to_owned() }
    }

    /// The program has ended by itself: takes note of everything it did before.
    fn exited(mut self, status: ExitStatus) -> Result<(End, Moment), EncounterError> {
        self.drain_what_is_there()?;
        self.record(What::Exited { status });
        let left_behind = self.running.finish()?;
        self.drain_to_the_end()?;
        // A flood that came with the end is still a flood.
        Ok((self.flood().unwrap_or(End::Exited { status, left_behind }), self.clock.now()))
    }

    /// We end the program. That its connections end with it is not its doing, and no event.
    fn stop(mut self, end: End) -> Result<(End, Moment), EncounterError> {
        let ended_at = self.clock.now();
        let before = self.events.len();
        self.running.finish()?;
        self.drain_to_the_end()?;
        let is_of_the_program =
            |event: &Event| matches!(event.what, What::Received { .. } | What::Printed { .. });
        let last = self.events.split_off(before);
        self.events
            .extend(last.into_iter().filter(is_of_the_program).map(|event| Event { at: ended_at, ..event }));
        Ok((end, ended_at))
    }

    fn record(&mut self, what: What) {
        self.events.push(Event { at: self.clock.now(), what });
    }

    /// Reads, and plays nothing any more; true when something was there.
    fn drain(&mut self) -> io::Result<bool> {
        self.take_packets();
        let (clock, events) = (&*self.clock, &mut *self.events);
        let mut record = |what| events.push(Event { at: clock.now(), what });
        let mut turn = self.peer.listen(&mut record)?;
        if let Some(names) = &mut self.names {
            turn = turn.and(names.turn(&mut record)?);
        }
        Ok(self.running.turn(&mut record) | turn.has_moved)
    }

    fn drain_what_is_there(&mut self) -> io::Result<()> {
        while self.drain()? && self.flood().is_none() {}
        Ok(())
    }

    /// Every process of the run is dead, so every pipe and connection ends: reads until that has come.
    fn drain_to_the_end(&mut self) -> Result<(), EncounterError> {
        let deadline = Instant::now() + self.clock.drain();
        let relay = self.encounter.site.relay();
        if let Some(relay) = relay {
            // A connection may have been opened that has not arrived yet.
            relay.ask_for_quiet();
        }
        loop {
            let has_all_arrived = relay.is_none_or(Relay::is_quiet);
            self.drain_what_is_there()?;
            let is_over = has_all_arrived
                && self.peer.links().all(|link| link.has_program_ended || link.has_vanished)
                && self.running.stdout.is_closed()
                && self.running.stderr.is_closed();
            if is_over || self.flood().is_some() || Instant::now() >= deadline {
                return Ok(());
            }
            self.wait_for_the_end(deadline)?;
        }
    }

    fn wait_for_the_end(&mut self, deadline: Instant) -> Result<(), EncounterError> {
        // The launcher is silent now, and left out: it is the first of the program's descriptors.
        let pipes = self.running.descriptors().into_iter().skip(1);
        let mut wait: Vec<PollFd<'_>> = pipes
            .chain(descriptors(&self.peer, self.names.as_ref()))
            .map(|(descriptor, flags)| PollFd::from_borrowed_fd(descriptor, flags))
            .collect();
        wait.extend(self.encounter.site.relay().map(|relay| PollFd::new(relay, PollFlags::IN)));
        wait.push(PollFd::from_borrowed_fd(self.encounter.interrupt.as_fd(), PollFlags::IN));
        let most = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(most).map_err(io::Error::other)?;
        rustix::io::retry_on_intr(|| poll(&mut wait, Some(&timeout))).map_err(io::Error::from)?;
        match wait.last() {
            Some(interrupt) if !interrupt.revents().is_empty() => Err(EncounterError::Interrupted),
            _ => Ok(()),
        }
    }
}
