//! A TCP connection to the name server: each message stands behind its length (RFC 1035 section 4.2.2).

use std::io::{self, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::PollFlags;

/// Bytes of the length before a message.
const LENGTH_BYTES: usize = 2;
/// Whoever takes no answers gets no more of them.
const MOST_OUTGOING_BYTES: usize = 256 * 1024;

/// One connection.
#[derive(Debug)]
pub(super) struct Asker {
    pub(super) number: usize,
    stream: TcpStream,
    incoming: Vec<u8>,
    outgoing: Vec<u8>,
    /// Nothing more will be asked.
    has_ended: bool,
    /// Nothing can be answered any more.
    is_broken: bool,
}

impl Asker {
    /// # Errors
    /// When the socket fails.
    pub(super) fn new(number: usize, stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let (incoming, outgoing) = (Vec::new(), Vec::new());
        Ok(Self { number, stream, incoming, outgoing, has_ended: false, is_broken: false })
    }

    /// Is there nothing left to read or to write? Then the connection is closed.
    pub(super) fn is_done(&self) -> bool {
        self.is_broken || (self.has_ended && self.outgoing.is_empty())
    }

    pub(super) fn descriptor(&self) -> (BorrowedFd<'_>, PollFlags) {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, !self.has_ended);
        flags.set(PollFlags::OUT, !self.outgoing.is_empty());
        (self.stream.as_fd(), flags)
    }

    /// Reads once; the questions that are whole.
    pub(super) fn questions(&mut self) -> Vec<Vec<u8>> {
        if self.has_ended {
            return Vec::new();
        }
        match crate::kernel::read(&self.stream) {
            Ok(bytes) if bytes.is_empty() => self.has_ended = true,
            Ok(bytes) => self.incoming.extend(bytes),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => (self.has_ended, self.is_broken) = (true, true),
        }
        let mut questions = Vec::new();
        while let Some(end) = message_end(&self.incoming) {
            let message: Vec<u8> = self.incoming.drain(..end).skip(LENGTH_BYTES).collect();
            questions.push(message);
        }
        questions
    }

    /// Puts an answer behind those that have not left yet.
    pub(super) fn answer(&mut self, bytes: &[u8]) {
        let Ok(length) = u16::try_from(bytes.len()) else { return };
        if self.outgoing.len() < MOST_OUTGOING_BYTES {
            self.outgoing.extend(length.to_be_bytes());
            self.outgoing.extend(bytes);
        }
    }

    /// Writes as much as there is room for.
    pub(super) fn write(&mut self) {
        while !self.outgoing.is_empty() {
            match self.stream.write(&self.outgoing) {
                Ok(length) => drop(self.outgoing.drain(..length)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => {
                    self.is_broken = true;
                    break;
                }
            }
        }
    }
}

/// Where the first message ends, with its length; none when it is not whole.
fn message_end(bytes: &[u8]) -> Option<usize> {
    let length = u16::from_be_bytes(*bytes.first_chunk::<LENGTH_BYTES>()?);
    let end = LENGTH_BYTES + usize::from(length);
    (bytes.len() >= end).then_some(end)
}
