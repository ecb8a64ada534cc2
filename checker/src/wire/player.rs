//! One connection of the peer: reads all that arrives, and plays the steps of its script.

use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::gate::{Gate, Wait};
use super::keepalive::KeepaliveWatch;
use super::scripts::Part;
use super::world::World;
use super::{Record, Turn};
use crate::trace::{Bytes, Close, Connection, Hold, RequestReader, Send, Step, What};

/// The connection, and where its script stands.
#[derive(Debug)]
pub(super) struct Player {
    pub(super) number: Connection,
    pub(super) part: Part,
    /// Whether the script was written for a connection of this rank.
    pub(super) is_planned: bool,
    stream: TcpStream,
    /// The addresses of the program's and of our end.
    pub(super) addresses: [SocketAddr; 2],
    pub(super) requests: RequestReader,
    /// How many of the whole requests the script has used.
    used_requests: usize,
    sent_bytes: u64,
    /// How much of the message of the current step has been sent.
    message_sent: usize,
    /// The program will send nothing more: FIN or RST has arrived, or we have reset.
    pub(super) has_program_ended: bool,
    /// Nothing more can be sent.
    pub(super) has_peer_ended: bool,
    /// Nothing is read any more, and nothing sent.
    pub(super) has_vanished: bool,
    /// Whether segments do not wait until the program has taken the last one.
    pub(super) hurries: bool,
    /// Nothing more is read once so many bytes have come.
    pub(super) most_input: usize,
    /// Where TCP keepalive is watched for.
    pub(super) keepalive: Option<KeepaliveWatch>,
    doing: Doing,
}

/// What the current step is doing.
#[derive(Debug)]
enum Doing {
    /// It has not begun.
    Fresh,
    /// It waits until the program has taken what was sent before.
    AtGate(Wait),
    /// It has more to send than the program's end takes.
    Blocked,
    /// It pauses.
    PausingUntil(Instant),
    /// It waits for the program to arm TCP keepalive.
    Watching,
}

/// An IPv4 address as such, also where it came in through a listener for IPv6.
fn as_asked(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// What became of an attempt to play a step.
enum Played {
    Done,
    /// It can only go on when the program does something.
    WaitsForProgram,
    WaitsUntil(Instant),
    /// It can only go on when the program's end takes more bytes.
    WaitsForRoom,
}

impl Player {
    /// Without a script so far.
    ///
    /// # Errors
    /// When the socket fails at once (the program has already reset it).
    pub(super) fn new(number: Connection, stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let addresses = [stream.peer_addr()?, stream.local_addr()?].map(as_asked);
        Ok(Self {
            number,
            part: Part::finished(number),
            is_planned: false,
            stream,
            addresses,
            requests: RequestReader::default(),
            used_requests: 0,
            sent_bytes: 0,
            message_sent: 0,
            has_program_ended: false,
            has_peer_ended: false,
            has_vanished: false,
            hurries: false,
            most_input: usize::MAX,
            keepalive: None,
            doing: Doing::Fresh,
        })
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Does the script wait for the program (and for nothing of ours)?
    pub(super) fn waits_for_program(&self) -> bool {
        matches!(self.doing, Doing::Fresh)
    }

    /// Does it wait until the program reads?
    pub(super) fn waits_for_room(&self) -> bool {
        matches!(self.doing, Doing::Blocked)
    }

    /// Has it neither been sent anything nor answered?
    pub(super) fn is_untouched(&self) -> bool {
        self.sent_bytes == 0 && self.requests.bytes().is_empty()
    }

    /// Plays another script from now on.
    pub(super) fn take_over(&mut self, part: Part) -> Part {
        self.doing = Doing::Fresh;
        std::mem::replace(&mut self.part, part)
    }

    /// The request that has arrived and that the script has not used yet.
    pub(super) fn unused_request(&self) -> Option<&[u8]> {
        Some(self.requests.whole().get(self.used_requests)?.method_and_target())
    }

    /// Reads what has arrived; returns how many bytes.
    pub(super) fn read(&mut self, record: &mut Record<'_>) -> usize {
        let mut total = 0;
        while !self.has_program_ended && !self.has_vanished && self.requests.bytes().len() < self.most_input {
            match crate::kernel::read(&self.stream) {
                Ok(bytes) if bytes.is_empty() => {
                    self.end_of_program(What::ProgramClosed { connection: self.number }, record)
                }
                Ok(bytes) => {
                    total += bytes.len();
                    self.requests.push(&bytes);
                    record(What::Received { connection: self.number, bytes: Bytes(bytes) });
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => {
                    self.has_peer_ended = true;
                    self.end_of_program(What::ProgramReset { connection: self.number }, record);
                }
            }
        }
        total
    }

    fn end_of_program(&mut self, what: What, record: &mut Record<'_>) {
        self.has_program_ended = true;
        record(what);
    }

    /// Plays as many steps as can be played now.
    ///
    /// # Errors
    /// When the system has no way to vanish.
    pub(super) fn play(&mut self, world: &World<'_>, record: &mut Record<'_>) -> io::Result<Turn> {
        let mut turn = Turn::default();
        while let Some(step) = self.part.step().filter(|step| **step != Step::Stay).cloned() {
            if let Some(wake) = self.watch_keepalive(&step, world, record) {
                return Ok(turn.and(Turn::until(wake)));
            }
            match self.play_step(&step, world, record)? {
                Played::Done => {
                    turn.has_moved = true;
                    self.part.at += 1;
                    self.doing = Doing::Fresh;
                    record(self.reached());
                }
                Played::WaitsForProgram | Played::WaitsForRoom => return Ok(turn),
                Played::WaitsUntil(wake) => return Ok(turn.and(Turn::until(wake))),
            }
        }
        if self.unused_request().is_some() && !self.has_peer_ended && !self.has_vanished {
            // A request where none was expected: end the connection as a server does that has said so.
            self.used_requests = self.requests.whole().len();
            self.close(Close::Fin, record);
            turn.has_moved = true;
        }
        Ok(turn)
    }

    /// Before the peer does anything that may let the program go on: has it armed TCP keepalive?
    /// If not yet, until when to wait.
    fn watch_keepalive(
        &mut self,
        step: &Step,
        world: &World<'_>,
        record: &mut Record<'_>,
    ) -> Option<Instant> {
        let has_asked = !self.requests.whole().is_empty();
        let waits_anyway = matches!(step, Step::Expect(_) | Step::Hold(_) | Step::Stay);
        let keepalive = self.keepalive.as_mut().filter(|_| has_asked && !waits_anyway)?;
        let wake = keepalive.look(self.number, self.addresses, world, record);
        match (wake, &self.doing) {
            (Some(_), Doing::Fresh) => self.doing = Doing::Watching,
            (None, Doing::Watching) => self.doing = Doing::Fresh,
            _ => {}
        }
        wake
    }

    /// Where the script stands.
    pub(super) fn reached(&self) -> What {
        What::Reached { connection: self.number, script: self.part.script, step: self.part.at }
    }

    fn play_step(&mut self, step: &Step, world: &World<'_>, record: &mut Record<'_>) -> io::Result<Played> {
        Ok(match step {
            Step::Expect(_) if self.unused_request().is_some() => {
                self.used_requests += 1;
                Played::Done
            }
            Step::Expect(_) | Step::Stay => Played::WaitsForProgram,
            Step::Send(send) => self.send(send, world, record),
            Step::Hold(hold) if self.is_satisfied(hold, world) => Played::Done,
            Step::Hold(_) => Played::WaitsForProgram,
            Step::Pause(time) => self.pause(*time),
            Step::Close(Close::Fin) => {
                self.close(Close::Fin, record);
                Played::Done
            }
            Step::Close(Close::Reset) => self.reset_when_taken(world, record),
            Step::Vanish => return self.vanish_when_taken(world, record),
        })
    }

    fn is_satisfied(&self, hold: &Hold, world: &World<'_>) -> bool {
        match hold {
            Hold::ReceivedBytes(bytes) => self.requests.bytes().len() >= *bytes,
            Hold::PrintedBytes(bytes) => world.printed_bytes >= *bytes,
            Hold::Requests(count) => self.requests.whole().len() >= *count,
            Hold::ProgramClosed => self.has_program_ended,
            Hold::Opened(connection) => world.opened_connections >= *connection,
        }
    }

    fn pause(&mut self, time: Duration) -> Played {
        if let Doing::PausingUntil(end) = self.doing {
            return if Instant::now() >= end { Played::Done } else { Played::WaitsUntil(end) };
        }
        let end = Instant::now() + time;
        self.doing = Doing::PausingUntil(end);
        Played::WaitsUntil(end)
    }

    /// Is everything that was sent read by the program? Otherwise, when to look again.
    fn gate(&mut self, world: &World<'_>) -> Gate {
        if self.hurries || self.sent_bytes == 0 || self.has_peer_ended {
            return Gate::Open;
        }
        let (addresses, sent_bytes) = (self.addresses, self.sent_bytes);
        let known = (sent_bytes, self.has_program_ended);
        self.wait_at_gate(|wait| wait.look(world.sockets, addresses, known, world.patience))
    }

    /// Begins a wait, or goes on with the one that has begun.
    fn wait_at_gate(&mut self, look: impl FnOnce(&mut Wait) -> Gate) -> Gate {
        let mut wait = match self.doing {
            Doing::AtGate(wait) => wait,
            _ => Wait::new(),
        };
        let gate = look(&mut wait);
        if let Gate::ShutUntil(_) = gate {
            self.doing = Doing::AtGate(wait);
        }
        gate
    }

    fn reset_when_taken(&mut self, world: &World<'_>, record: &mut Record<'_>) -> Played {
        // A RST would destroy what the program has not read yet.
        match self.gate(world) {
            Gate::ShutUntil(look) => Played::WaitsUntil(look),
            Gate::Open => {
                self.close(Close::Reset, record);
                Played::Done
            }
        }
    }

    /// Vanishes once the program has everything that was sent, and has acknowledged it: what was not would
    /// be sent again, and a peer that sends has not vanished.
    fn vanish_when_taken(&mut self, world: &World<'_>, record: &mut Record<'_>) -> io::Result<Played> {
        let (addresses, patience) = (self.addresses, world.patience);
        let gate = match self.gate(world) {
            Gate::Open => {
                self.wait_at_gate(|wait| wait.look_acknowledged(world.sockets, addresses, patience))
            }
            shut => shut,
        };
        match gate {
            Gate::ShutUntil(look) => Ok(Played::WaitsUntil(look)),
            Gate::Open => {
                crate::kernel::make_deaf(&self.stream)?;
                // What came before that is acknowledged already, so it has been seen.
                self.read(record);
                self.has_vanished = true;
                record(What::Vanished { connection: self.number });
                Ok(Played::Done)
            }
        }
    }

    pub(super) fn close(&mut self, how: Close, record: &mut Record<'_>) {
        if self.has_peer_ended {
            return;
        }
        self.has_peer_ended = true;
        match how {
            Close::Fin => {
                // Fails only when the program has already reset the connection, which reading will tell.
                let _ = self.stream.shutdown(Shutdown::Write);
                record(What::PeerClosed { connection: self.number });
            }
            Close::Reset => {
                super::reset(&mut self.stream);
                self.has_program_ended = true;
                record(What::PeerReset { connection: self.number });
            }
        }
    }

    fn send(&mut self, send: &Send, world: &World<'_>, record: &mut Record<'_>) -> Played {
        while self.message_sent < send.bytes.len() && !self.has_peer_ended {
            let begins_segment = self.message_sent == 0 || send.cuts.contains(&self.message_sent);
            if begins_segment && let Gate::ShutUntil(look) = self.gate(world) {
                return Played::WaitsUntil(look);
            }
            if let Err(error) = self.send_segment(send, record) {
                if error.kind() == io::ErrorKind::WouldBlock {
                    self.doing = Doing::Blocked;
                    return Played::WaitsForRoom;
                }
                // The program has closed or reset the connection; reading tells which.
                self.has_peer_ended = true;
            }
        }
        if send.fin {
            self.close(Close::Fin, record);
            self.cork(false);
        }
        self.message_sent = 0;
        Played::Done
    }

    /// Writes the rest of the current segment, or as much of it as there is room for.
    fn send_segment(&mut self, send: &Send, record: &mut Record<'_>) -> io::Result<()> {
        let start = self.message_sent;
        let end = send.cuts.iter().copied().find(|&cut| cut > start).unwrap_or(send.bytes.len());
        if send.fin && end == send.bytes.len() {
            self.cork(true);
        }
        let length = self.stream.write(&send.bytes[start..end])?;
        self.message_sent += length;
        self.sent_bytes += length as u64;
        self.doing = Doing::Fresh;
        let bytes = Bytes::from(&send.bytes[start..start + length]);
        record(What::Sent { connection: self.number, bytes });
        Ok(())
    }

    /// While corked, nothing leaves, so that data and FIN can leave in one segment.
    fn cork(&self, is_corked: bool) {
        #[cfg(target_os = "linux")]
        let _ = rustix::net::sockopt::set_tcp_cork(&self.stream, is_corked);
        #[cfg(not(target_os = "linux"))]
        let _ = is_corked;
    }
}

impl Drop for Player {
    /// What the program's end still sends to a peer that has vanished would be sent for minutes: a RST
    /// ends it, now that the run is over.
    fn drop(&mut self) {
        if self.has_vanished {
            let _ = rustix::net::sockopt::set_socket_linger(&self.stream, Some(Duration::ZERO));
        }
    }
}
