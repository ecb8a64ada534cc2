//! A server that runs by itself, for people who talk to it by hand: with a page for everybody, or with the script of
//! a scenario that begins anew when it is over.
//!
//! Like [`super::Peer`] it is driven by a loop that owns the clock. Whatever its clients do, it holds a bounded number
//! of connections and of bytes.

mod act;
mod answer;
mod fault;
mod output;
mod talk;

pub use answer::{Ending, Manner};

use std::io;
use std::net::TcpListener;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use rustix::event::PollFlags;
use rustix::process::{Resource, getrlimit};

use super::peer::is_of_the_connection;
use super::{Turn, has_news};
use crate::deadlines::{ACCEPT_AGAIN, MAKE_ROOM, Patience};
use crate::kernel::Sockets;
use crate::trace::{Connection, Script, Step, What};
use act::Act;
use talk::Talk;

/// Most connections that are open at a time. Browsers open six at most.
const MOST_CONNECTIONS: usize = 100;
/// All connections together keep about so many bytes to send, unless eight of them need more.
const MOST_SCRIPT_BYTES: usize = 64 * 1024 * 1024;
/// Descriptors that are left for other things.
const SPARE_DESCRIPTORS: usize = 30;
/// So many connections are accepted before those that are open have their turn.
const ACCEPTED_AT_ONCE: usize = 16;

/// What the people in front of the server are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Something happened on the wire. "Program" is the client here.
    Happened(What),
    /// What happened or did not happen, in words; about one connection, or about the server.
    Explained {
        /// On which connection.
        connection: Option<Connection>,
        /// A sentence without a full stop; bytes of clients are escaped in it.
        text: String,
    },
    /// A connection is closed in both directions.
    Over {
        /// Which one.
        connection: Connection,
    },
}

impl Notice {
    fn explained(connection: Connection, text: impl Into<String>) -> Self {
        Self::Explained { connection: Some(connection), text: text.into() }
    }
}

/// Is told what happens at the moment of the call.
pub type Tell<'a> = dyn FnMut(Notice) + 'a;

/// The server.
#[derive(Debug)]
pub struct Service {
    listeners: Vec<TcpListener>,
    play: Play,
    talks: Vec<Talk>,
    acts: Vec<Act>,
    /// How many connections were accepted so far.
    accepted: Connection,
    surroundings: Surroundings,
    most_connections: usize,
    /// Whether it was told that no more connections are accepted.
    is_shortage_told: bool,
    /// When to try again after the system had no descriptor.
    accepts_again_at: Option<Instant>,
}

/// What is served.
#[derive(Debug)]
enum Play {
    Page(Manner),
    /// Scripts that are played in turn: more than one in a sweep.
    Scripts {
        scripts: Vec<Script>,
        played: usize,
    },
}

impl Play {
    /// How many bytes one connection keeps to send, at most.
    fn bytes(&self) -> usize {
        let Play::Scripts { scripts, .. } = self else { return 0 };
        let sent = |step: &Step| match step {
            Step::Send(send) => send.bytes.len(),
            _ => 0,
        };
        scripts.iter().map(|script| script.connections.iter().flatten().map(sent).sum()).max().unwrap_or(0)
    }
}

/// What connections need to know beside themselves.
#[derive(Debug)]
struct Surroundings {
    sockets: Option<Sockets>,
    patience: Patience,
}

impl Service {
    /// Serves the same page to every request.
    ///
    /// # Errors
    /// When a listener cannot be made non-blocking.
    pub fn of_page(listeners: Vec<TcpListener>, manner: Manner, patience: Patience) -> io::Result<Self> {
        Self::open(listeners, Play::Page(manner), patience)
    }

    /// Plays these scripts in turn, each for as many connections as it has, and then from the beginning.
    ///
    /// # Errors
    /// When a listener cannot be made non-blocking.
    pub fn of_scripts(
        listeners: Vec<TcpListener>,
        scripts: Vec<Script>,
        patience: Patience,
    ) -> io::Result<Self> {
        Self::open(listeners, Play::Scripts { scripts, played: 0 }, patience)
    }

    fn open(listeners: Vec<TcpListener>, play: Play, patience: Patience) -> io::Result<Self> {
        listeners.iter().try_for_each(|listener| listener.set_nonblocking(true))?;
        let descriptors = getrlimit(Resource::Nofile).current.and_then(|most| usize::try_from(most).ok());
        let room = descriptors.unwrap_or(usize::MAX).saturating_sub(SPARE_DESCRIPTORS).max(1);
        let affordable = (MOST_SCRIPT_BYTES / play.bytes().max(1)).max(8);
        Ok(Self {
            listeners,
            play,
            talks: Vec::new(),
            acts: Vec::new(),
            accepted: 0,
            surroundings: Surroundings { sockets: Sockets::open().ok(), patience },
            most_connections: room.min(affordable).min(MOST_CONNECTIONS),
            is_shortage_told: false,
            accepts_again_at: None,
        })
    }

    /// The descriptors that announce the next event, with what to look for.
    pub fn descriptors(&self) -> Vec<(BorrowedFd<'_>, PollFlags)> {
        let accepts = !self.is_full() && self.accepts_again_at.is_none();
        let listeners = self.listeners.iter().filter(|_| accepts);
        let listeners = listeners.map(|listener| (listener.as_fd(), PollFlags::IN));
        let talks = self.talks.iter().filter_map(Talk::descriptor);
        let acts = self.acts.iter().flat_map(Act::descriptors);
        listeners.chain(talks).chain(acts).collect()
    }

    /// Accepts, reads and answers as far as possible.
    ///
    /// # Errors
    /// When the system refuses what a script needs.
    pub fn turn(&mut self, tell: &mut Tell<'_>) -> io::Result<Turn> {
        let mut turn = self.make_room(tell).and(self.accept(tell));
        for talk in &mut self.talks {
            turn = turn.and(talk.turn(tell));
        }
        for act in &mut self.acts {
            turn = turn.and(act.turn(&self.surroundings, tell)?);
        }
        self.talks.retain(|talk| !talk.is_over());
        self.acts.retain(|act| !act.is_over());
        Ok(turn)
    }

    /// Sends FIN on every connection that is open, and accepts no more.
    pub fn stop(&mut self, tell: &mut Tell<'_>) {
        self.listeners.clear();
        self.talks.drain(..).for_each(|mut talk| talk.end(tell));
        self.acts.drain(..).for_each(|mut act| act.end(tell));
    }

    fn is_full(&self) -> bool {
        let of_acts: usize = self.acts.iter().map(Act::open_connections).sum();
        self.talks.len() + of_acts >= self.most_connections
    }

    /// Where all places are taken and others wait, ends what has not moved for a long time.
    fn make_room(&mut self, tell: &mut Tell<'_>) -> Turn {
        if !self.is_full() {
            if self.accepts_again_at.is_none() {
                self.is_shortage_told = false;
            }
            return Turn::default();
        }
        if !self.is_shortage_told {
            self.is_shortage_told = true;
            let most = self.most_connections;
            let text =
                format!("{most} connections are open, and no more are accepted until one of them ends");
            tell(Notice::Explained { connection: None, text });
        }
        let now = Instant::now();
        let patient = self.surroundings.patience.scale(MAKE_ROOM);
        if now.duration_since(self.moved_longest_ago().unwrap_or(now)) < patient || !self.has_waiting() {
            return Turn::until(now + ACCEPT_AGAIN);
        }
        self.end_stillest(tell);
        Turn::moved()
    }

    fn moved_longest_ago(&self) -> Option<Instant> {
        self.talks.iter().map(Talk::moved_at).chain(self.acts.iter().map(Act::moved_at)).min()
    }

    fn end_stillest(&mut self, tell: &mut Tell<'_>) {
        const WHY: &str = "it has been still for the longest time, and others wait: the server closes it";
        let Some(longest) = self.moved_longest_ago() else { return };
        if let Some(at) = self.talks.iter().position(|talk| talk.moved_at() == longest) {
            tell(Notice::explained(self.talks[at].number(), WHY));
            self.talks.remove(at).end(tell);
        } else if let Some(at) = self.acts.iter().position(|act| act.moved_at() == longest) {
            self.acts[at].connections().for_each(|connection| tell(Notice::explained(connection, WHY)));
            self.acts.remove(at).end(tell);
        }
    }

    /// Does anybody wait to be accepted?
    fn has_waiting(&self) -> bool {
        let listeners: Vec<BorrowedFd<'_>> = self.listeners.iter().map(AsFd::as_fd).collect();
        has_news(&listeners)
    }

    fn accept(&mut self, tell: &mut Tell<'_>) -> Turn {
        if let Some(at) = self.accepts_again_at.filter(|&at| Instant::now() < at) {
            return Turn::until(at);
        }
        self.accepts_again_at = None;
        let mut turn = Turn::default();
        for _ in 0..ACCEPTED_AT_ONCE {
            if self.is_full() {
                break;
            }
            match self.listeners.iter().map(TcpListener::accept).find(|found| !is_blocked(found)) {
                None => break,
                Some(Ok((stream, client))) => {
                    self.accepted += 1;
                    let opened = What::Opened {
                        connection: self.accepted,
                        program: Some(client),
                        peer: stream.local_addr().ok(),
                    };
                    tell(Notice::Happened(opened));
                    self.admit(stream, tell);
                    turn = Turn::moved();
                }
                Some(Err(error)) if is_of_the_connection(&error) => turn = Turn::moved(),
                Some(Err(error)) => return turn.and(self.wait_for_descriptors(&error, tell)),
            }
        }
        turn
    }

    fn admit(&mut self, stream: std::net::TcpStream, tell: &mut Tell<'_>) {
        let number = self.accepted;
        let admitted = match &mut self.play {
            Play::Page(manner) => Talk::open(number, stream, *manner, self.surroundings.patience)
                .map(|talk| self.talks.push(talk)),
            Play::Scripts { scripts, played } => {
                if !self.acts.last().is_some_and(Act::has_room) {
                    let run = *played % scripts.len();
                    *played += 1;
                    let sweep = (scripts.len() > 1).then(|| format!("run {} of {}", run + 1, scripts.len()));
                    match Act::open(&scripts[run], sweep) {
                        Ok(act) => self.acts.push(act),
                        Err(_) => return,
                    }
                }
                self.acts.last_mut().map_or(Ok(()), |act| act.admit(number, stream, tell))
            }
        };
        if admitted.is_err() {
            // The client has reset the connection before anybody could look at it.
            tell(Notice::Happened(What::ProgramReset { connection: number }));
            tell(Notice::Over { connection: number });
        }
    }

    fn wait_for_descriptors(&mut self, error: &io::Error, tell: &mut Tell<'_>) -> Turn {
        if !self.is_shortage_told {
            self.is_shortage_told = true;
            let text = format!("the system accepts no more connections for now ({error}): others wait");
            tell(Notice::Explained { connection: None, text });
        }
        let at = Instant::now() + ACCEPT_AGAIN;
        self.accepts_again_at = Some(at);
        Turn::until(at)
    }
}

fn is_blocked<T>(found: &io::Result<T>) -> bool {
    found.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}
