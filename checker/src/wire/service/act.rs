//! One play of a scenario's script, on as many connections as it has.

use std::io;
use std::net::TcpStream;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use rustix::event::PollFlags;

use super::talk::seconds;
use super::{Notice, Surroundings, Tell, fault};
use crate::deadlines::QUIET;
use crate::trace::{Bytes, Close, Connection, Hold, Script, Send, Step, What, escape};
use crate::wire::{Peer, Turn, World};

/// Most bytes that a play takes in beside those that its script waits for.
const MOST_RECEIVED: usize = 256 * 1024;

/// A play.
#[derive(Debug)]
pub(super) struct Act {
    peer: Peer,
    /// Without the bytes that are sent: those may be many.
    script: Script,
    most_received: usize,
    seats: Vec<Seat>,
    /// Which run of a sweep it is, in words.
    sweep: Option<String>,
    moved_at: Instant,
}

/// A connection that takes part.
#[derive(Debug)]
struct Seat {
    number: Connection,
    has_sent: bool,
    /// How many of its requests the script has used.
    requests: usize,
    is_over: bool,
    heard_at: Instant,
    is_quiet_told: bool,
}

impl Act {
    /// # Errors
    /// Never: a peer that has no listener cannot fail.
    pub(super) fn open(script: &Script, sweep: Option<String>) -> io::Result<Self> {
        // Whose socket keepalive is armed on cannot be seen here.
        let mut peer = Peer::open(None, Script { watches_keepalive: false, ..script.clone() }, 0)?;
        let script = outline(script);
        let most_received = MOST_RECEIVED + awaited_bytes(&script);
        peer.most_input = most_received + 1;
        Ok(Self { peer, script, most_received, seats: Vec::new(), sweep, moved_at: Instant::now() })
    }

    /// Is there a script for one more connection?
    pub(super) fn has_room(&self) -> bool {
        self.seats.len() < self.script.connections.len()
    }

    /// # Errors
    /// When the client has reset the connection already; then it has taken no place.
    pub(super) fn admit(
        &mut self,
        number: Connection,
        stream: TcpStream,
        tell: &mut Tell<'_>,
    ) -> io::Result<()> {
        let client = stream.peer_addr()?;
        self.peer.admit(number, (stream, client), &mut |_| ())?;
        let now = Instant::now();
        self.moved_at = now;
        self.seats.push(Seat {
            number,
            has_sent: false,
            requests: 0,
            is_over: false,
            heard_at: now,
            is_quiet_told: false,
        });
        let (place, places) = (self.seats.len(), self.script.connections.len());
        let part = (places > 1).then(|| format!("connection {place} of {places} of the script"));
        let facts: Vec<String> = self.sweep.clone().into_iter().chain(part).collect();
        if !facts.is_empty() {
            tell(Notice::explained(number, facts.join(", ")));
        }
        Ok(())
    }

    pub(super) fn moved_at(&self) -> Instant {
        self.moved_at
    }

    /// Over when all connections are, and no more can join.
    pub(super) fn is_over(&self) -> bool {
        !self.has_room() && self.open_connections() == 0
    }

    pub(super) fn open_connections(&self) -> usize {
        self.connections().count()
    }

    pub(super) fn connections(&self) -> impl Iterator<Item = Connection> {
        self.seats.iter().filter(|seat| !seat.is_over).map(|seat| seat.number)
    }

    pub(super) fn descriptors(&self) -> Vec<(BorrowedFd<'_>, PollFlags)> {
        self.peer.descriptors()
    }

    /// Reads, and plays as far as possible.
    ///
    /// # Errors
    /// When the system refuses what the script needs.
    pub(super) fn turn(&mut self, around: &Surroundings, tell: &mut Tell<'_>) -> io::Result<Turn> {
        let world = World {
            sockets: around.sockets.as_ref(),
            run: None,
            patience: around.patience,
            printed_bytes: 0,
            opened_connections: self.peer.opened_connections(),
        };
        let mut events = Vec::new();
        let turn = self.peer.turn(&world, &mut |what| events.push(what))?;
        self.peer.end_abandoned(&mut |what| events.push(what));
        let has_moved = turn.has_moved || !events.is_empty();
        events.into_iter().for_each(|what| self.heed(what, tell));
        self.bound(tell);
        self.tell_what_is_over(tell);
        let quiet = self.look_at_the_clock(around, tell);
        Ok(Turn { has_moved, ..turn }.and(quiet))
    }

    /// Passes on what happened, with what there is to say about it.
    fn heed(&mut self, what: What, tell: &mut Tell<'_>) {
        // A client that drips bytes does not come further.
        if !matches!(what, What::Received { .. }) {
            self.moved_at = Instant::now();
        }
        if let What::Reached { connection, script, step } = what {
            return self.compare(connection, script, step, tell);
        }
        let connection = connection_of(&what);
        let seat = self.seats.iter_mut().find(|seat| Some(seat.number) == connection);
        let first = match (&what, seat) {
            (What::Received { bytes, .. }, Some(seat)) => {
                seat.hear();
                (!std::mem::replace(&mut seat.has_sent, true)).then(|| fault::is_tls(bytes))
            }
            (_, Some(seat)) => {
                seat.hear();
                None
            }
            _ => None,
        };
        let is_close = matches!(what, What::PeerClosed { .. });
        tell(Notice::Happened(what));
        if let Some(connection) = connection.filter(|&connection| is_close && self.is_unscripted(connection))
        {
            tell(Notice::explained(connection, "the script is over, so the server answers with FIN"));
        }
        if let (Some(true), Some(connection)) = (first, connection) {
            tell(Notice::explained(connection, fault::tls().words));
            self.end_connection(connection, Close::Fin, tell);
        }
    }

    /// Was the server's FIN the answer to a request that no script expects?
    fn is_unscripted(&self, connection: Connection) -> bool {
        let Some(player) = self.peer.player(connection) else { return false };
        let closes =
            |step: &Step| matches!(step, Step::Close(_)) || matches!(step, Step::Send(send) if send.fin);
        let is_over = matches!(player.part.step(), None | Some(Step::Stay));
        is_over && !player.has_program_ended && !player.part.steps.iter().any(closes)
    }

    /// The request that a step has waited for has come: is it the expected one, and is it a good one?
    fn compare(&mut self, connection: Connection, script: Connection, step: usize, tell: &mut Tell<'_>) {
        let steps = script.checked_sub(1).and_then(|script| self.script.connections.get(script));
        let Some(Step::Expect(expected)) = steps.and_then(|steps| steps.get(step.checked_sub(1)?)) else {
            return;
        };
        let Some(player) = self.peer.player(connection) else { return };
        let Some(seat) = self.seats.iter_mut().find(|seat| seat.number == connection) else { return };
        let Some(request) = player.requests.whole().get(seat.requests) else { return };
        seat.requests += 1;
        if let Some(fault) = fault::complaint(&player.requests.bytes()[request.start..request.end]) {
            tell(Notice::explained(connection, format!("{}. The script goes on", fault.words)));
        }
        if request.method_and_target() != expected.request.as_bytes() {
            let text = format!(
                "the script waits for {} here and was asked for {}; it goes on all the same",
                expected.request,
                short(request.method_and_target())
            );
            tell(Notice::explained(connection, text));
        }
    }

    /// A client that floods is cut off.
    fn bound(&mut self, tell: &mut Tell<'_>) {
        if self.peer.received_bytes() <= self.most_received {
            return;
        }
        let open: Vec<Connection> = self.connections().collect();
        for connection in open {
            let text = "more has come than any scenario asks for, so the server resets the connection";
            tell(Notice::explained(connection, text));
            self.end_connection(connection, Close::Reset, tell);
        }
    }

    fn tell_what_is_over(&mut self, tell: &mut Tell<'_>) {
        for link in self.peer.links().filter(|link| link.has_peer_ended && link.has_program_ended) {
            let seat = self.seats.iter_mut().find(|seat| seat.number == link.connection);
            if let Some(seat) = seat.filter(|seat| !seat.is_over) {
                seat.is_over = true;
                tell(Notice::Over { connection: link.connection });
            }
        }
    }

    fn end_connection(&mut self, connection: Connection, how: Close, tell: &mut Tell<'_>) {
        self.peer.end(connection, how, &mut |what| tell(Notice::Happened(what)));
    }

    /// Ends all connections from this side.
    pub(super) fn end(&mut self, tell: &mut Tell<'_>) {
        let open: Vec<Connection> = self.connections().collect();
        for connection in open {
            self.end_connection(connection, Close::Fin, tell);
            tell(Notice::Over { connection });
        }
    }

    /// Says what the script waits for when nothing has happened for long.
    fn look_at_the_clock(&mut self, around: &Surroundings, tell: &mut Tell<'_>) -> Turn {
        let quiet = around.patience.scale(QUIET);
        let now = Instant::now();
        let mut turn = Turn::default();
        for index in 0..self.seats.len() {
            let seat = &self.seats[index];
            if seat.is_over || seat.is_quiet_told {
                continue;
            }
            if now < seat.heard_at + quiet {
                turn = turn.and(Turn::until(seat.heard_at + quiet));
                continue;
            }
            let text = format!("nothing for {}: {}", seconds(quiet), self.waits_for(seat.number));
            tell(Notice::explained(seat.number, text));
            self.seats[index].is_quiet_told = true;
        }
        turn
    }

    fn waits_for(&self, connection: Connection) -> String {
        let Some(player) = self.peer.player(connection) else { return String::new() };
        let is_begun = player.requests.unfinished().is_some();
        match player.part.step() {
            _ if player.has_peer_ended => "the server has closed its side, the client has not".to_owned(),
            Some(Step::Expect(_)) if is_begun => {
                "the request is not whole; an empty line, \\r\\n, ends it".to_owned()
            }
            Some(Step::Expect(expected)) => format!("the script waits for {}", expected.request),
            Some(Step::Hold(hold)) => format!("the script waits until {}", held(hold)),
            Some(Step::Send(_)) => "the client does not read what is to be sent".to_owned(),
            Some(Step::Pause(_)) => "the script pauses".to_owned(),
            Some(Step::Stay | Step::Close(_) | Step::Vanish) | None => {
                "the script does nothing more, and leaves the connection open".to_owned()
            }
        }
    }
}

impl Seat {
    fn hear(&mut self) {
        self.heard_at = Instant::now();
        self.is_quiet_told = false;
    }
}

/// The script without the bytes that it sends.
fn outline(script: &Script) -> Script {
    let outline_of = |step: &Step| match step {
        Step::Send(send) => Step::Send(Send { bytes: Bytes::default(), cuts: Vec::new(), ..*send }),
        other => other.clone(),
    };
    let steps = |steps: &Vec<Step>| steps.iter().map(outline_of).collect();
    Script { connections: script.connections.iter().map(steps).collect(), ..Script::default() }
}

/// How many bytes a script waits for, on all connections.
fn awaited_bytes(script: &Script) -> usize {
    let awaited = |step: &Step| match step {
        Step::Hold(Hold::ReceivedBytes(bytes)) => *bytes,
        _ => 0,
    };
    script.connections.iter().flatten().map(awaited).sum()
}

/// What a script waits for, behind "until".
fn held(hold: &Hold) -> String {
    match hold {
        Hold::ReceivedBytes(bytes) => format!("{bytes} bytes have come"),
        Hold::PrintedBytes(bytes) => format!("the program has printed {bytes} bytes"),
        Hold::Requests(count) => format!("{count} requests have come"),
        Hold::ProgramClosed => "the client closes".to_owned(),
        Hold::Opened(count) => format!("{count} connections have been opened"),
    }
}

fn connection_of(what: &What) -> Option<Connection> {
    match what {
        What::Opened { connection, .. }
        | What::Received { connection, .. }
        | What::Sent { connection, .. }
        | What::ProgramClosed { connection }
        | What::ProgramReset { connection }
        | What::PeerClosed { connection }
        | What::PeerReset { connection } => Some(*connection),
        _ => None,
    }
}

fn short(bytes: &[u8]) -> String {
    escape(&bytes[..bytes.len().min(60)])
}
