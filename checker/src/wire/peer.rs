//! The peer in the role of the server: accepts connections and lets each play its script.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::PollFlags;

use super::keepalive::KeepaliveWatch;
use super::player::Player;
use super::scripts::{Part, Scripts};
use super::world::{Link, World};
use super::{Record, Turn, has_news};
use crate::trace::{Close, Connection, Hold, Script, Step, What};

/// The scripted peer.
#[derive(Debug)]
pub struct Peer {
    /// None where connecting is refused.
    listener: Option<TcpListener>,
    scripts: Scripts,
    watches_keepalive: bool,
    hurries: bool,
    players: Vec<Player>,
    most_connections: usize,
    /// On one connection, nothing more is read once so many bytes have come.
    pub(super) most_input: usize,
    received_bytes: usize,
}

impl Peer {
    /// A peer that listens here, or that cannot be reached. It accepts at most `most_connections`.
    ///
    /// # Errors
    /// When the socket fails: a fault of the machine.
    pub fn open(listener: Option<TcpListener>, script: Script, most_connections: usize) -> io::Result<Self> {
        if let Some(listener) = &listener {
            listener.set_nonblocking(true)?;
        }
        Ok(Self {
            listener,
            scripts: Scripts::new(script.connections),
            watches_keepalive: script.watches_keepalive,
            hurries: script.hurries,
            players: Vec::new(),
            most_connections,
            most_input: usize::MAX,
            received_bytes: 0,
        })
    }

    /// How many connections have been opened.
    #[must_use]
    pub fn opened_connections(&self) -> usize {
        self.players.len()
    }

    /// How much has arrived on all connections.
    #[must_use]
    pub fn received_bytes(&self) -> usize {
        self.received_bytes
    }

    /// Every connection.
    pub fn links(&self) -> impl Iterator<Item = Link> {
        self.players.iter().map(|player| Link {
            connection: player.number,
            program: player.addresses[0],
            peer: player.addresses[1],
            has_peer_ended: player.has_peer_ended,
            has_program_ended: player.has_program_ended,
            has_vanished: player.has_vanished,
        })
    }

    /// Does every script wait for the program, and for nothing of ours?
    #[must_use]
    pub fn waits_for_program(&self) -> bool {
        self.players.iter().all(Player::waits_for_program)
    }

    /// The descriptors that announce the next event, with what to look for.
    pub fn descriptors(&self) -> Vec<(BorrowedFd<'_>, PollFlags)> {
        let listener = self.listener.as_ref().filter(|_| self.players.len() < self.most_connections);
        let listener = listener.map(|listener| (listener.as_fd(), PollFlags::IN));
        let players = self.players.iter().filter_map(|player| {
            let mut flags = PollFlags::empty();
            flags.set(PollFlags::IN, !player.has_program_ended && !player.has_vanished);
            flags.set(PollFlags::OUT, player.waits_for_room() && !player.has_peer_ended);
            (!flags.is_empty()).then(|| (player.stream().as_fd(), flags))
        });
        listener.into_iter().chain(players).collect()
    }

    /// Accepts, reads, and plays as far as possible.
    ///
    /// # Errors
    /// When the machine has no descriptor left to accept a connection with, or no way to vanish.
    pub fn turn(&mut self, world: &World<'_>, record: &mut Record<'_>) -> io::Result<Turn> {
        let mut turn = self.listen(record)?;
        for index in 0..self.players.len() {
            self.exchange_scripts(index, record);
            turn = turn.and(self.players[index].play(world, record)?);
        }
        Ok(turn)
    }

    /// Accepts and reads, and plays nothing: what is left to do once the program has ended.
    ///
    /// # Errors
    /// As [`Peer::turn`].
    pub fn listen(&mut self, record: &mut Record<'_>) -> io::Result<Turn> {
        let mut turn = self.accept(record)?;
        for player in &mut self.players {
            let length = player.read(record);
            self.received_bytes += length;
            turn.has_moved |= length > 0;
        }
        Ok(turn)
    }

    fn accept(&mut self, record: &mut Record<'_>) -> io::Result<Turn> {
        let mut turn = Turn::default();
        let Some(listener) = &self.listener else { return Ok(turn) };
        if !has_news(&[listener.as_fd()]) {
            return Ok(turn);
        }
        while self.players.len() < self.most_connections {
            let Some(accepted) = self.listener.as_ref().map(TcpListener::accept) else { break };
            match accepted {
                Ok(accepted) => {
                    self.admit(self.players.len() + 1, accepted, record)?;
                    turn = Turn::moved();
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if is_of_the_connection(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(turn)
    }

    /// Takes in a connection that was accepted here or elsewhere.
    ///
    /// # Errors
    /// When the program has already reset it.
    pub(super) fn admit(
        &mut self,
        number: Connection,
        (stream, program): (TcpStream, SocketAddr),
        record: &mut Record<'_>,
    ) -> io::Result<()> {
        let peer = stream.local_addr().ok();
        record(What::Opened { connection: number, program: Some(program), peer });
        let mut player = Player::new(number, stream)?;
        (player.part, player.is_planned) = self.scripts.deal(number);
        player.hurries = self.hurries;
        player.most_input = self.most_input;
        player.keepalive = self.watches_keepalive.then(KeepaliveWatch::default);
        record(player.reached());
        self.players.push(player);
        Ok(())
    }

    /// One connection.
    pub(super) fn player(&self, number: Connection) -> Option<&Player> {
        self.players.iter().find(|player| player.number == number)
    }

    /// Closes or resets a connection, wherever its script stands.
    pub(super) fn end(&mut self, number: Connection, how: Close, record: &mut Record<'_>) {
        if let Some(player) = self.players.iter_mut().find(|player| player.number == number) {
            player.close(how, record);
        }
    }

    /// Closes the connections on which the program will send nothing more while their script waits for more.
    pub(super) fn end_abandoned(&mut self, record: &mut Record<'_>) {
        let is_abandoned = |player: &&mut Player| {
            let may_go_on = matches!(player.part.step(), Some(Step::Hold(Hold::Opened(_))));
            player.has_program_ended && player.waits_for_program() && !may_go_on
        };
        self.players.iter_mut().filter(is_abandoned).for_each(|player| player.close(Close::Fin, record));
    }

    /// Gives a connection the script that its request belongs to, see [`super::scripts`].
    fn exchange_scripts(&mut self, index: usize, record: &mut Record<'_>) {
        let player = &self.players[index];
        let is_first = player.part.at == 0 && player.part.waits_for_some_request();
        let Some(request) = player.unused_request().filter(|_| is_first) else {
            return;
        };
        if player.part.waits_for(request) {
            return;
        }
        let is_planned = player.is_planned;
        let gives = |giver: &Player| giver.is_planned && giver.unused_request().is_none();
        let earlier = &self.players[..index];
        let exact = earlier.iter().position(|giver| gives(giver) && giver.part.waits_for(request));
        // Without a script of its own, any waiting script is better than none.
        let any = || earlier.iter().position(|giver| gives(giver) && giver.part.waits_for_some_request());
        let Some(giver) = exact.or_else(|| if is_planned { None } else { any() }) else {
            return;
        };
        self.swap_scripts(giver, index, record);
    }

    fn swap_scripts(&mut self, giver: usize, taker: usize, record: &mut Record<'_>) {
        let number = self.players[giver].number;
        let part = self.players[giver].take_over(Part::finished(number));
        let own = self.players[taker].take_over(part);
        if std::mem::replace(&mut self.players[taker].is_planned, true) {
            // An idle connection may still be used: it plays what the taker was meant to play.
            if self.players[giver].is_untouched() {
                self.players[giver].take_over(own);
            } else {
                self.scripts.take_back(own);
            }
        }
        record(self.players[taker].reached());
    }
}

/// Errors of `accept` that say something about one connection, not about the machine.
pub(super) fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}
