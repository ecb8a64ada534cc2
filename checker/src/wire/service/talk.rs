//! One connection to a server of pages: reads requests, answers them in a manner, says what it waits for.

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use rustix::event::PollFlags;

use super::answer::{Answer, Ending, Manner, answer, refusal};
use super::fault::{self, Fault, Reading};
use super::output::Output;
use super::{Notice, Tell};
use crate::deadlines::{BEFORE_RESET, Patience, QUIET, REQUEST, SLOW_PIECES, SLOW_RESPONSE};
use crate::trace::{Bytes, Connection, What};
use crate::wire::{Turn, reset};

/// Nothing more is read while so many bytes wait for their turn.
const MOST_INPUT: usize = 2 * fault::MOST_HEAD;
/// A client that sends more than this behind the server's FIN is cut off.
const MOST_IGNORED: usize = 64 * 1024;
/// At the end, at most so many reads empty a connection.
const MOST_UNREAD: usize = 16;

/// A connection.
#[derive(Debug)]
pub(super) struct Talk {
    number: Connection,
    stream: TcpStream,
    manner: Manner,
    patience: Patience,
    /// What has come and was not answered yet.
    input: Vec<u8>,
    /// How much of a request's body is still to come; nobody reads it.
    skipped_bytes: usize,
    output: Option<Output>,
    is_blocked: bool,
    answers: usize,
    ignored_bytes: usize,
    has_client_ended: bool,
    has_server_ended: bool,
    /// When the request that is not whole began.
    begun_at: Option<Instant>,
    /// When a byte last passed, in either direction.
    heard_at: Instant,
    /// When it last came further: opened, asked or answered.
    moved_at: Instant,
    is_quiet_told: bool,
}

/// What became of an attempt to send.
enum Sending {
    Done,
    Until(Instant),
    Blocked,
}

impl Talk {
    /// # Errors
    /// When the client has reset the connection already.
    pub(super) fn open(
        number: Connection,
        stream: TcpStream,
        manner: Manner,
        patience: Patience,
    ) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let now = Instant::now();
        Ok(Self {
            number,
            stream,
            manner,
            patience,
            input: Vec::new(),
            skipped_bytes: 0,
            output: None,
            is_blocked: false,
            answers: 0,
            ignored_bytes: 0,
            has_client_ended: false,
            has_server_ended: false,
            begun_at: None,
            heard_at: now,
            moved_at: now,
            is_quiet_told: false,
        })
    }

    pub(super) fn number(&self) -> Connection {
        self.number
    }

    pub(super) fn moved_at(&self) -> Instant {
        self.moved_at
    }

    pub(super) fn is_over(&self) -> bool {
        self.has_client_ended && self.has_server_ended
    }

    pub(super) fn descriptor(&self) -> Option<(BorrowedFd<'_>, PollFlags)> {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, self.has_room());
        flags.set(PollFlags::OUT, self.is_blocked && !self.has_server_ended);
        (!flags.is_empty()).then(|| (self.stream.as_fd(), flags))
    }

    fn has_room(&self) -> bool {
        !self.has_client_ended && (self.has_server_ended || self.input.len() < MOST_INPUT)
    }

    /// Reads once, answers and sends as far as possible.
    pub(super) fn turn(&mut self, tell: &mut Tell<'_>) -> Turn {
        let mut turn = Turn { has_moved: self.read(tell), wake: None };
        while !self.has_server_ended {
            let sending = self.send(tell);
            self.is_blocked = matches!(sending, Some(Sending::Blocked));
            match sending {
                Some(Sending::Done) => turn.has_moved = true,
                Some(Sending::Until(due)) => return turn.and(Turn::until(due)),
                Some(Sending::Blocked) => break,
                None if self.next_answer(tell) => turn.has_moved = true,
                None => {
                    self.answer_the_close(tell);
                    break;
                }
            }
        }
        if self.is_over() {
            tell(Notice::Over { connection: self.number });
            return turn;
        }
        turn.and(self.look_at_the_clock(tell))
    }

    fn read(&mut self, tell: &mut Tell<'_>) -> bool {
        if !self.has_room() {
            return false;
        }
        match crate::kernel::read(&self.stream) {
            Ok(bytes) if bytes.is_empty() => self.client_closes(tell),
            Ok(bytes) => self.take(bytes, tell),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
            Err(_) => self.client_resets(tell),
        }
        true
    }

    fn client_closes(&mut self, tell: &mut Tell<'_>) {
        self.has_client_ended = true;
        self.hear();
        tell(Notice::Happened(What::ProgramClosed { connection: self.number }));
        if self.output.is_some() && !self.has_server_ended {
            let text = "half-close: the client sends nothing more, and may still read its answer";
            tell(Notice::explained(self.number, text));
        }
    }

    fn client_resets(&mut self, tell: &mut Tell<'_>) {
        (self.has_client_ended, self.has_server_ended) = (true, true);
        tell(Notice::Happened(What::ProgramReset { connection: self.number }));
        if let Some(output) = self.output.take() {
            let left = output.answer.bytes.len() - output.sent;
            let text = format!("the client is gone, before the last {left} bytes of its answer were sent");
            tell(Notice::explained(self.number, text));
        }
    }

    fn take(&mut self, bytes: Vec<u8>, tell: &mut Tell<'_>) {
        let length = bytes.len();
        let skipped = self.skipped_bytes.min(length);
        self.skipped_bytes -= skipped;
        if !self.has_server_ended {
            self.input.extend_from_slice(&bytes[skipped..]);
            if !self.input.is_empty() {
                self.begun_at.get_or_insert_with(Instant::now);
            }
        }
        self.hear();
        tell(Notice::Happened(What::Received { connection: self.number, bytes: Bytes(bytes) }));
        if self.has_server_ended {
            self.ignore(length, tell);
        }
    }

    /// What comes behind the server's FIN.
    fn ignore(&mut self, length: usize, tell: &mut Tell<'_>) {
        if self.ignored_bytes == 0 {
            let text = "the server has closed already: whatever this asks for, nobody answers";
            tell(Notice::explained(self.number, text));
        }
        self.ignored_bytes += length;
        if self.ignored_bytes > MOST_IGNORED {
            tell(Notice::explained(
                self.number,
                "the client goes on sending, so the server resets the connection",
            ));
            self.reset(tell);
        }
    }

    fn hear(&mut self) {
        self.heard_at = Instant::now();
        self.is_quiet_told = false;
    }

    /// Prepares the answer to the next request; false when there is none.
    fn next_answer(&mut self, tell: &mut Tell<'_>) -> bool {
        let answer = match fault::read(&self.input) {
            Reading::Unfinished => return false,
            Reading::Faulty(fault) => self.refuse(&fault, tell),
            Reading::Whole { request, head_bytes, body_bytes } => {
                let there = body_bytes.min(self.input.len() - head_bytes);
                self.input.drain(..head_bytes + there);
                self.skipped_bytes = body_bytes - there;
                self.begun_at = (!self.input.is_empty()).then(Instant::now);
                answer(&request, self.manner)
            }
        };
        self.moved_at = Instant::now();
        self.output = Some(Output::new(answer));
        true
    }

    fn refuse(&mut self, fault: &Fault, tell: &mut Tell<'_>) -> Answer {
        self.input.clear();
        self.begun_at = None;
        tell(Notice::explained(self.number, fault.words.clone()));
        refusal(fault)
    }

    /// Everything is answered. A client that has closed gets the server's FIN, too.
    fn answer_the_close(&mut self, tell: &mut Tell<'_>) {
        if !self.has_client_ended {
            return;
        }
        if self.input.iter().any(|byte| !byte.is_ascii_whitespace()) || self.skipped_bytes > 0 {
            let text = "the client closed in the middle of a request, so there is nothing to answer";
            tell(Notice::explained(self.number, text));
        }
        self.close(tell);
    }

    /// Sends as much as may be sent now; nothing when there is nothing to send.
    fn send(&mut self, tell: &mut Tell<'_>) -> Option<Sending> {
        let output = self.output.as_mut()?;
        let now = Instant::now();
        let all = &output.answer.bytes;
        let is_sent = output.sent == all.len();
        if let Some(due) = output.due.filter(|&due| now < due && (!is_sent || output.is_reset_due)) {
            return Some(Sending::Until(due));
        }
        if is_sent {
            return Some(self.after_the_answer(tell));
        }
        let end = output.next_end(self.manner.is_slow);
        match self.stream.write(&all[output.sent..end]) {
            Ok(length) => {
                let bytes = Bytes::from(&all[output.sent..output.sent + length]);
                output.sent += length;
                output.pieces += 1;
                output.due = self.manner.is_slow.then(|| now + SLOW_RESPONSE / SLOW_PIECES);
                self.moved_at = now;
                self.hear();
                tell(Notice::Happened(What::Sent { connection: self.number, bytes }));
                Some(Sending::Done)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Some(Sending::Blocked),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Some(Sending::Done),
            Err(_) => {
                self.client_resets(tell);
                Some(Sending::Done)
            }
        }
    }

    fn after_the_answer(&mut self, tell: &mut Tell<'_>) -> Sending {
        let Some(mut output) = self.output.take() else { return Sending::Done };
        match output.answer.then {
            Ending::Keep => {}
            Ending::Close => self.close(tell),
            Ending::Reset if output.is_reset_due => self.reset(tell),
            Ending::Reset => {
                let due = Instant::now() + self.patience.scale(BEFORE_RESET);
                (output.due, output.is_reset_due) = (Some(due), true);
                self.output = Some(output);
                return Sending::Until(due);
            }
        }
        self.answers += 1;
        Sending::Done
    }

    /// Half-closes: what the client still sends is read, so that no RST destroys what it has not read yet
    /// (RFC 9112 section 9.6).
    fn close(&mut self, tell: &mut Tell<'_>) {
        // Fails only when the client has reset the connection, which reading will tell.
        let _ = self.stream.shutdown(Shutdown::Write);
        self.has_server_ended = true;
        self.hear();
        tell(Notice::Happened(What::PeerClosed { connection: self.number }));
        if !self.input.is_empty() && !self.has_client_ended {
            let bytes = std::mem::take(&mut self.input).len();
            self.ignored_bytes += bytes;
            let text = format!("{bytes} bytes that came behind the last request are not answered any more");
            tell(Notice::explained(self.number, text));
        }
    }

    fn reset(&mut self, tell: &mut Tell<'_>) {
        reset(&mut self.stream);
        (self.has_client_ended, self.has_server_ended) = (true, true);
        tell(Notice::Happened(What::PeerReset { connection: self.number }));
    }

    /// Ends the connection from this side, whatever is under way.
    pub(super) fn end(&mut self, tell: &mut Tell<'_>) {
        self.output = None;
        self.input.clear();
        // Closing a socket with unread bytes would be a RST.
        for _ in 0..MOST_UNREAD {
            if !matches!(crate::kernel::read(&self.stream), Ok(bytes) if !bytes.is_empty()) {
                break;
            }
        }
        if !self.has_server_ended {
            self.close(tell);
        }
        tell(Notice::Over { connection: self.number });
    }

    /// Says what it waits for when it has waited for long, and gives up on a request that never ends.
    fn look_at_the_clock(&mut self, tell: &mut Tell<'_>) -> Turn {
        let now = Instant::now();
        let most = self.patience.scale(REQUEST);
        let deadline = self.begun_at.filter(|_| !self.has_server_ended && self.output.is_none());
        let deadline = deadline.map(|begun| begun + most);
        if deadline.is_some_and(|deadline| now >= deadline) {
            let words = format!("the request was not whole after {}", seconds(most));
            let answer = self.refuse(&Fault::of("408 Request Timeout", words), tell);
            self.output = Some(Output::new(answer));
            return Turn::moved();
        }
        let turn = deadline.map(Turn::until).unwrap_or_default();
        let quiet = self.patience.scale(QUIET);
        if self.is_quiet_told {
            return turn;
        }
        if now < self.heard_at + quiet {
            return turn.and(Turn::until(self.heard_at + quiet));
        }
        self.is_quiet_told = true;
        let text = format!("nothing for {}: {}", seconds(quiet), self.waits_for());
        tell(Notice::explained(self.number, text));
        turn
    }

    fn waits_for(&self) -> String {
        let left = self.output.as_ref().map(|output| output.answer.bytes.len() - output.sent);
        match (left, self.skipped_bytes) {
            _ if self.has_server_ended => "the server has closed its side, the client has not".to_owned(),
            (Some(left), _) => format!("the client does not read, {left} bytes wait to be sent"),
            (None, 1..) => format!("{} bytes of the request's body are missing", self.skipped_bytes),
            _ if self.begun_at.is_some() => {
                "the request is not whole; an empty line, \\r\\n, ends it".to_owned()
            }
            _ if self.answers == 0 => {
                "the client has asked for nothing; browsers open such connections to spare".to_owned()
            }
            _ => "the server keeps the connection open for another request".to_owned(),
        }
    }
}

/// `3 s`, `0.3 s`.
pub(super) fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds.fract() == 0.0 { format!("{seconds:.0} s") } else { format!("{seconds:.1} s") }
}
