//! The scripted name server: answers DNS questions over UDP and TCP (RFC 1035), and takes note of them.
//!
//! Like the peer, it is driven by the loop that owns the clock, and has no thread of its own. It answers
//! only as much as a program can sensibly ask; whoever asks on is not heard.

mod asker;
mod zone;

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use rustix::event::PollFlags;

use self::asker::Asker;
use self::zone::{Reply, Transport, Zone};
use super::{Record, Turn, has_news};
use crate::trace::Name;

/// So many questions of one run are answered and recorded. Programs ask a few times for each name.
const MOST_QUESTIONS: usize = 1000;
/// So many TCP connections are served at a time.
const MOST_ASKERS: usize = 32;
/// So many datagrams are read before others get their turn.
const MOST_AT_ONCE: usize = 64;
/// Room for a question over UDP; none that makes sense is longer.
const DATAGRAM_BYTES: usize = 4096;

/// The name server of one run.
#[derive(Debug)]
pub struct NameServer {
    udp: UdpSocket,
    tcp: TcpListener,
    zone: Zone,
    askers: Vec<Asker>,
    /// How many TCP connections there were in all; each has a number by which its answers find it.
    accepted: usize,
    /// Answers that are held back.
    waiting: Vec<Waiting>,
    questions: usize,
}

/// An answer that is to be sent later.
#[derive(Debug)]
struct Waiting {
    due: Instant,
    to: To,
    bytes: Vec<u8>,
}

/// Where an answer goes.
#[derive(Debug, Clone, Copy)]
enum To {
    Udp(SocketAddr),
    /// The connection with this number.
    Tcp(usize),
}

impl NameServer {
    /// A name server on these sockets, which are bound to the same address: answers come from where the
    /// question went. It knows these names, and those that lead somewhere in every run. What waits on the sockets
    /// comes from an earlier run, and is thrown away.
    ///
    /// # Errors
    /// When a socket fails: a fault of the machine.
    pub fn new(udp: UdpSocket, tcp: TcpListener, names: Vec<Name>) -> io::Result<Self> {
        udp.set_nonblocking(true)?;
        tcp.set_nonblocking(true)?;
        while udp.recv(&mut [0]).is_ok() {}
        while tcp.accept().is_ok() {}
        Ok(Self {
            udp,
            tcp,
            zone: Zone::new(names),
            askers: Vec::new(),
            accepted: 0,
            waiting: Vec::new(),
            questions: 0,
        })
    }

    /// Is every answer given that is to be given? Otherwise the program waits for us.
    #[must_use]
    pub fn waits_for_program(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The descriptors that announce the next event, with what to look for.
    pub fn descriptors(&self) -> Vec<(BorrowedFd<'_>, PollFlags)> {
        let tcp = (self.askers.len() < MOST_ASKERS).then(|| (self.tcp.as_fd(), PollFlags::IN));
        let udp = (self.udp.as_fd(), PollFlags::IN);
        let askers = self.askers.iter().map(Asker::descriptor).filter(|(_, flags)| !flags.is_empty());
        std::iter::once(udp).chain(tcp).chain(askers).collect()
    }

    /// Reads questions, and answers those whose time has come.
    ///
    /// # Errors
    /// When the machine has no descriptor left to accept a connection with.
    pub fn turn(&mut self, record: &mut Record<'_>) -> io::Result<Turn> {
        let mut turn = Turn::default();
        if has_news(&[self.udp.as_fd(), self.tcp.as_fd()]) {
            turn.has_moved = self.read_datagrams(record);
            self.accept()?;
        }
        turn.has_moved |= self.read_streams(record);
        turn.has_moved |= self.send_what_is_due();
        self.askers.iter_mut().for_each(Asker::write);
        let waiting = &self.waiting;
        let is_awaited = |number| waiting.iter().any(|wait| matches!(wait.to, To::Tcp(to) if to == number));
        self.askers.retain(|asker| !asker.is_done() || is_awaited(asker.number));
        turn.wake = self.waiting.iter().map(|wait| wait.due).min();
        Ok(turn)
    }

    fn read_datagrams(&mut self, record: &mut Record<'_>) -> bool {
        let mut has_moved = false;
        let mut buffer = [0; DATAGRAM_BYTES];
        for _ in 0..MOST_AT_ONCE {
            match self.udp.recv_from(&mut buffer) {
                Ok((length, from)) => {
                    has_moved |= self.take(&buffer[..length], Transport::Udp, To::Udp(from), record);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // That an earlier answer has found nobody says nothing about the next question.
                Err(_) => {}
            }
        }
        has_moved
    }

    fn accept(&mut self) -> io::Result<()> {
        while self.askers.len() < MOST_ASKERS {
            match self.tcp.accept() {
                Ok((stream, _)) => {
                    self.accepted += 1;
                    self.askers.push(Asker::new(self.accepted, stream)?);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if super::peer::is_of_the_connection(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn read_streams(&mut self, record: &mut Record<'_>) -> bool {
        let mut has_moved = false;
        for index in 0..self.askers.len() {
            let to = To::Tcp(self.askers[index].number);
            for question in self.askers[index].questions() {
                has_moved |= self.take(&question, Transport::Tcp, to, record);
            }
        }
        has_moved
    }

    /// Takes note of a question and puts the answer on its way; false when it was not even heard.
    fn take(&mut self, question: &[u8], transport: Transport, to: To, record: &mut Record<'_>) -> bool {
        if self.questions >= MOST_QUESTIONS {
            return false;
        }
        let Some(Reply { what, bytes, after }) = self.zone.reply(question, transport) else {
            return false;
        };
        self.questions += 1;
        record(what);
        if let Some(bytes) = bytes {
            let due = Instant::now() + after.unwrap_or_default();
            self.waiting.push(Waiting { due, to, bytes });
        }
        true
    }

    fn send_what_is_due(&mut self) -> bool {
        let now = Instant::now();
        let (due, later) = std::mem::take(&mut self.waiting).into_iter().partition(|wait| wait.due <= now);
        self.waiting = later;
        let due: Vec<Waiting> = due;
        due.iter().for_each(|wait| self.send(wait));
        !due.is_empty()
    }

    fn send(&mut self, Waiting { to, bytes, .. }: &Waiting) {
        match to {
            // Fails only when the program does not listen any more.
            To::Udp(address) => drop(self.udp.send_to(bytes, address)),
            To::Tcp(number) => {
                let asker = self.askers.iter_mut().find(|asker| asker.number == *number);
                asker.into_iter().for_each(|asker| asker.answer(bytes));
            }
        }
    }
}
