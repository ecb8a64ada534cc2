//! What grader and launcher say to each other: one JSON message a packet, descriptors beside it.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::PathBuf;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::private::{Obstacle, Plan, Stage};
use crate::trace::ExitStatus;

/// The largest order: a command line and an environment.
pub(in crate::lab) const ORDER_BYTES: usize = 128 * 1024;
/// The largest answer.
pub(in crate::lab) const ANSWER_BYTES: usize = 8 * 1024;
/// Most descriptors that come with one message.
const DESCRIPTORS: usize = 8;

/// What the grader wants.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::lab) enum Order {
    /// Start a program with the three descriptors that come along as its standard streams.
    Launch(Launch),
    /// Kill all that is left of the run.
    Finish,
    /// Remove this folder when the grader is gone, however it went.
    RemoveAtEnd {
        /// The folder.
        folder: PathBuf,
    },
    /// Make a box that serves the channel that comes along.
    Open(Plan),
    /// Make what the next run needs of its network; for boxes.
    Prepare(Stage),
}

/// A program to start.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::lab) struct Launch {
    /// Program and arguments.
    pub(in crate::lab) command: Vec<String>,
    /// The whole environment.
    pub(in crate::lab) environment: Vec<(String, String)>,
    /// The working folder; a box has its own.
    pub(in crate::lab) folder: PathBuf,
}

/// What launcher and box tell.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::lab) enum Answer {
    /// The run's processes will all be below this one.
    Placed {
        /// Its process id.
        first: u32,
    },
    /// The program runs.
    Started {
        /// Its process id, where the program sees the same processes as we do.
        process: Option<u32>,
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
    /// The box is there. Its sockets come along: for questions about sockets, for the name server (UDP, TCP); where
    /// it has a wire, for questions about the peer's sockets, and the two ends for the relay (the program's, the
    /// peer's); and for packets if that was wanted.
    Ready {
        /// Whether there is a wire.
        has_wire: bool,
    },
    /// There is no box.
    Unavailable(Obstacle),
    /// The listener comes along, if one was wanted.
    Prepared,
    /// The run was ended by the machine.
    Lost,
}

/// Sends a message and descriptors.
pub(in crate::lab) fn send<M: Serialize>(
    to: BorrowedFd<'_>,
    message: &M,
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let bytes = serde_json::to_vec(message)?;
    if bytes.len() > ORDER_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the command line is too long"));
    }
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() {
        ancillary.push(SendAncillaryMessage::ScmRights(descriptors));
    }
    // The other end may be gone, which is an error and not a signal.
    rustix::io::retry_on_intr(|| sendmsg(to, &[IoSlice::new(&bytes)], &mut ancillary, SendFlags::NOSIGNAL))?;
    Ok(())
}

/// Receives a message of at most `most_bytes` and its descriptors; no message when the other end is gone.
pub(in crate::lab) fn receive<M: DeserializeOwned>(
    from: BorrowedFd<'_>,
    most_bytes: usize,
) -> io::Result<(Option<M>, Vec<OwnedFd>)> {
    // Most messages are small, and room for the largest would have to be cleared each time.
    let length = rustix::io::retry_on_intr(|| {
        rustix::net::recv(from, &mut [0_u8; 0][..], RecvFlags::PEEK | RecvFlags::TRUNC)
    })?;
    let mut bytes = vec![0; length.1.min(most_bytes)];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = rustix::io::retry_on_intr(|| {
        recvmsg(from, &mut [IoSliceMut::new(&mut bytes)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)
    })?;
    if received.flags.contains(ReturnFlags::CTRUNC) {
        // Descriptors got lost, which happens only where there is no room for them.
        return Err(rustix::io::Errno::MFILE.into());
    }
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
