//! What grader and launcher say to each other: one JSON message a packet, descriptors beside it.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::trace::ExitStatus;

/// The largest order: a command line and an environment.
pub(super) const ORDER_BYTES: usize = 128 * 1024;
/// The largest answer.
pub(super) const ANSWER_BYTES: usize = 8 * 1024;
/// Standard input, output and error.
const STREAMS: usize = 3;

/// What the grader wants.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::lab) enum Order {
    /// Start a program with the three descriptors that come along as its standard streams.
    Launch {
        /// Program and arguments.
        command: Vec<String>,
        /// The whole environment.
        environment: Vec<(String, String)>,
        /// The working folder.
        folder: std::path::PathBuf,
    },
    /// Kill all that is left of the run.
    Finish,
}

/// What the launcher tells.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::lab) enum Answer {
    /// The program runs.
    Started {
        /// Its process id.
        process: u32,
    },
    /// The program could not be started.
    NotStarted {
        /// The system's reason.
        reason: String,
    },
    /// The machine has no process, memory or descriptor left to start a program with.
    NoRoom {
        /// The system's reason.
        reason: String,
    },
    /// The program's first process has ended; others may still run.
    Exited {
        /// How.
        status: ExitStatus,
    },
    /// Nothing of the run is left.
    Finished {
        /// Names of the processes that had to be killed although the first one had ended.
        left_behind: Vec<String>,
    },
}

/// Sends a message and descriptors.
pub(super) fn send<M: Serialize>(
    to: BorrowedFd<'_>,
    message: &M,
    streams: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let bytes = serde_json::to_vec(message)?;
    if bytes.len() > ORDER_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the command line is too long"));
    }
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(STREAMS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !streams.is_empty() {
        ancillary.push(SendAncillaryMessage::ScmRights(streams));
    }
    // The other end may be gone, which is an error and not a signal.
    rustix::io::retry_on_intr(|| sendmsg(to, &[IoSlice::new(&bytes)], &mut ancillary, SendFlags::NOSIGNAL))?;
    Ok(())
}

/// Receives a message of at most `most_bytes` and its descriptors; no message when the other end is gone.
pub(super) fn receive<M: DeserializeOwned>(
    from: BorrowedFd<'_>,
    most_bytes: usize,
) -> io::Result<(Option<M>, Vec<OwnedFd>)> {
    let mut bytes = vec![0; most_bytes];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(STREAMS))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = rustix::io::retry_on_intr(|| {
        recvmsg(from, &mut [IoSliceMut::new(&mut bytes)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)
    })?;
    let rights = ancillary.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
        _ => None,
    });
    let descriptors = rights.flatten().collect();
    let message = match received.bytes {
        0 => None,
        length => Some(serde_json::from_slice(&bytes[..length])?),
    };
    Ok((message, descriptors))
}
