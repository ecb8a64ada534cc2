//! Proof that a program can never move again.
//!
//! Every thread of every process of the run sleeps in a call without a timeout, at least one of them
//! in a read (or a poll) on a connection of ours; nothing is in flight or unread on any connection; no
//! timer can go off; nothing else than us could send anything; and two looks find that nobody has moved
//! in between. Asleep is what the scheduler calls asleep: a thread that was woken and waits for a processor
//! is not. The caller adds the last premise: that the peer itself waits for the program. (Standard input
//! that waits to be read wakes nobody: whoever would read it, runs.)
//! Anything less certain proves nothing, and the deadline decides.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::deadlines::{HANG_LOOK, HANG_LOOK_MAX, HANG_PROOF};
use crate::kernel::{self, Processes, Sleep, SocketState, Sockets, ThreadState, TimerKind};
use crate::trace::{Connection, Hang};

/// A connection of the run, seen from the hang watch.
#[derive(Debug, Clone, Copy)]
pub struct Watched {
    /// Its number.
    pub connection: Connection,
    /// The program's address.
    pub program: SocketAddr,
    /// The peer's address.
    pub peer: SocketAddr,
    /// Whether the peer has sent FIN or RST.
    pub has_peer_ended: bool,
    /// Whether the program's FIN has been read: after a half-close it may still wait for bytes.
    pub has_program_ended: bool,
    /// Whether the peer has vanished: nothing of it can arrive, and it takes note of nothing.
    pub has_vanished: bool,
}

/// What a look has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// It may move: look again at this moment.
    MayMove(Instant),
    /// It never will.
    Hung(Hang),
}

/// Looks at a run again and again.
#[derive(Debug)]
pub struct HangWatch {
    /// The launcher: every process of the run is below it, also one that has left its parent.
    launcher: u32,
    /// Descriptors of the program that lead to us, as `/proc` names them (`pipe:[4711]`).
    streams: Vec<String>,
    next: Instant,
    wait: Duration,
    /// What the last look found: all asleep, and nothing that could wake them.
    asleep: Option<Snapshot>,
}

/// Everything that must be the same twice.
#[derive(Debug, PartialEq, Eq)]
struct Snapshot {
    processes: Processes,
    threads: Vec<ThreadState>,
    hang: Hang,
}

impl HangWatch {
    /// A watch over the run below this launcher; `streams` are the program's standard streams.
    #[must_use]
    pub fn new(launcher: u32, streams: Vec<String>) -> Self {
        Self { launcher, streams, next: Instant::now() + HANG_LOOK, wait: HANG_LOOK, asleep: None }
    }

    /// Something has happened: begin anew.
    pub fn has_moved(&mut self) {
        self.wait = HANG_LOOK;
        self.next = Instant::now() + HANG_LOOK;
        self.asleep = None;
    }

    /// Looks, if it is time to. To be called only while the peer waits for the program.
    pub fn look(&mut self, sockets: Option<&Sockets>, links: &[Watched]) -> Look {
        let now = Instant::now();
        if now < self.next {
            return Look::MayMove(self.next);
        }
        let found = sockets.and_then(|sockets| self.snapshot(sockets, links));
        match (self.asleep.take(), found) {
            (Some(before), Some(after)) if before == after => return Look::Hung(after.hang),
            (_, Some(after)) => {
                self.asleep = Some(after);
                self.next = now + HANG_PROOF;
            }
            (_, None) => {
                self.wait = (self.wait * 2).min(HANG_LOOK_MAX);
                self.next = now + self.wait;
            }
        }
        Look::MayMove(self.next)
    }

    /// Everybody asleep with nothing to wake them, or none.
    fn snapshot(&self, sockets: &Sockets, links: &[Watched]) -> Option<Snapshot> {
        // First the connections: what has arrived there by now has woken its reader, which then is not asleep.
        let own = own_sockets(sockets, links)?;
        let processes = Processes::below(self.launcher);
        let threads = processes.threads()?;
        if threads.is_empty() || threads.iter().any(|thread| thread.sleep == Sleep::Other) {
            return None;
        }
        if processes.may_have_timers() || !self.hears_only_us(&processes, &own) {
            return None;
        }
        let hang = decide(&threads, &own)?;
        Some(Snapshot { processes, threads, hang })
    }

    /// Leads every open descriptor to us, to the run itself, or to something that never speaks?
    fn hears_only_us(&self, processes: &Processes, own: &[OwnSocket]) -> bool {
        processes.ids().iter().filter(|&&process| Processes::is_alive(process)).all(|&process| {
            let descriptors = Processes::descriptors(process);
            !descriptors.is_empty()
                && descriptors.iter().all(|(number, target)| {
                    own.iter().any(|socket| socket.name == *target)
                        || self.streams.contains(target)
                        || is_silent(target)
                        || Processes::is_plain_file(process, *number)
                })
        })
    }
}

/// The program's end of a connection.
struct OwnSocket {
    connection: Connection,
    /// As `/proc` names it, such as `socket:[4711]`.
    name: String,
    /// The peer's FIN has arrived: whoever reads here is about to be told.
    has_ended: bool,
}

/// The program's sockets; none when something is in flight or unread.
fn own_sockets(sockets: &Sockets, links: &[Watched]) -> Option<Vec<OwnSocket>> {
    let mut own = Vec::new();
    for link in links {
        let Some(program) = sockets.state(link.program, link.peer).ok()? else {
            continue; // closed on the program's side, and gone
        };
        let peer = if link.has_vanished { None } else { sockets.state(link.peer, link.program).ok()? };
        // A FIN counts as a byte that stays unread.
        let unread = |bytes: u32, has_fin: bool| bytes.saturating_sub(u32::from(has_fin));
        let unread_bytes = unread(program.unread_bytes, link.has_peer_ended);
        let in_flight = program.unacknowledged_bytes
            + peer.map_or(0, |peer| {
                peer.unacknowledged_bytes + unread(peer.unread_bytes, link.has_program_ended)
            });
        if program.inode == 0 {
            continue;
        }
        if unread_bytes + in_flight > 0 || may_be_woken_by_kernel(&program, link) {
            return None;
        }
        let name = format!("socket:[{}]", program.inode);
        own.push(OwnSocket { connection: link.connection, name, has_ended: link.has_peer_ended });
    }
    Some(own)
}

/// Could a timer of the kernel end the wait on this connection? A peer that is there answers every keepalive
/// probe, and nobody notices; one that has vanished is found out.
fn may_be_woken_by_kernel(program: &SocketState, link: &Watched) -> bool {
    program.timer.is_some_and(|timer| match timer.kind {
        TimerKind::Keepalive => link.has_vanished,
        TimerKind::Retransmit | TimerKind::ZeroWindowProbe => true,
    })
}

/// Descriptors from which nothing comes unless somebody inside the run sends it.
fn is_silent(target: &str) -> bool {
    matches!(target, "/dev/null" | "/dev/zero" | "/dev/urandom" | "/dev/random")
        || matches!(target, "anon_inode:[eventpoll]" | "anon_inode:[eventfd]")
}

/// What the run waits for: a read on one of our connections, or an untimed wait while it has one open.
fn decide(threads: &[ThreadState], own: &[OwnSocket]) -> Option<Hang> {
    let mut hang = None;
    for thread in threads {
        match thread.sleep {
            Sleep::Read { call, descriptor } => {
                let connection = read_connection(thread.process, descriptor, own)?;
                hang = Some(Hang {
                    call: call.to_owned(),
                    connection: Some(connection),
                    threads: threads.len(),
                });
            }
            // Which connections a poll waits for is not to be seen: one that has ended may wake it.
            Sleep::Untimed { call } if !matches!(call, "futex" | "wait") => {
                if own.iter().any(|socket| socket.has_ended) {
                    return None;
                }
                if hang.is_none() && !own.is_empty() {
                    let connection = if let [only] = own { Some(only.connection) } else { None };
                    hang = Some(Hang { call: call.to_owned(), connection, threads: threads.len() });
                }
            }
            Sleep::Untimed { .. } => {}
            Sleep::Other => return None,
        }
    }
    hang
}

/// The connection that a blocking read is on; none when it is on something else or has a timeout of its own.
fn read_connection(process: u32, descriptor: i32, own: &[OwnSocket]) -> Option<Connection> {
    let link = Processes::descriptors(process).into_iter().find(|(number, _)| *number == descriptor)?.1;
    let socket = own.iter().find(|socket| socket.name == link && !socket.has_ended)?;
    (!kernel::has_receive_timeout(process, descriptor)?).then_some(socket.connection)
}
