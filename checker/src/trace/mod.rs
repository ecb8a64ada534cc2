//! What happened in one run of a program against the scripted peer: the only input of judge and reports.
//!
//! Everything here is plain data without behaviour of its own, so that a trace can be written by hand
//! in a test, stored in a file, judged again later and drawn without a socket.

mod bytes;
mod measurement;
mod message;
mod number;
mod packet;
#[cfg(test)]
mod packet_tests;
mod script;
mod traffic;
#[cfg(test)]
pub(crate) mod wiretap;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use bytes::{Bytes, escape};
pub use measurement::{Measured, Measurement};
pub use message::{LineEnds, Request, RequestReader};
pub use number::{grouped, size};
pub use packet::{Content, Datagram, Flags, Packet, Segment};
pub use script::{
    Close, EXAMPLE_ADDRESS, Expect, Hold, Listen, MOST_ROUND_TRIP, NAME_SERVER_ADDRESS, Name, NameAnswer,
    Role, Script, Send, Step,
};
pub use traffic::{Closed, Placed, Purpose, Side, Traffic};

/// Version of the trace format; a file of another version is refused.
pub const FORMAT: u32 = 1;

/// A connection's number, from 1 in the order of accept (or of connect, where the peer is the client).
pub type Connection = usize;

/// A moment of the run, in nanoseconds of the monotonic clock since the peer was ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub u64);

impl Moment {
    /// The time since the peer was ready.
    #[must_use]
    pub fn since_start(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// A moment given in milliseconds; handy in hand-written traces.
    #[must_use]
    pub fn from_millis(millis: u64) -> Self {
        Self(millis * 1_000_000)
    }
}

impl From<Duration> for Moment {
    fn from(since_start: Duration) -> Self {
        Self(u64::try_from(since_start.as_nanos()).unwrap_or(u64::MAX))
    }
}

/// How much of the machine the program could reach while it ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// 127.0.0.1 and a free port, a process group, resource limits, deadlines and output caps.
    Loopback,
    /// A network, a file system and processes of its own, without rights outside.
    Private,
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Level::Loopback => "loopback",
            Level::Private => "private",
        })
    }
}

/// One run of a program in one scenario, from the launch to the end of the last process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    /// See [`FORMAT`].
    pub format: u32,
    /// The lesson's id, such as `w04-l03`.
    pub lesson: String,
    /// The scenario's id.
    pub scenario: String,
    /// What generated bodies were made from.
    pub seed: u64,
    /// In a sweep, the byte offset at which the swept message was cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<usize>,
    /// How the program was contained.
    pub level: Level,
    /// The command line, as the learner would type it.
    pub command: Vec<String>,
    /// All events in order of time.
    pub events: Vec<Event>,
    /// How the run ended.
    pub end: End,
    /// When it ended.
    pub ended_at: Moment,
    /// The packets that passed, in order, where they were captured; a few may come after the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packets: Vec<Packet>,
    /// How many more passed than could be kept.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missed_packets: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Something that happened at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Moment,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// The kinds of events. "Peer" is ours, "program" is the learner's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum What {
    /// The program was launched.
    Started,
    /// A connection was established.
    Opened {
        /// Its number.
        connection: Connection,
        /// The address of the program's end, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        program: Option<SocketAddr>,
        /// The address that the program asked for, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        peer: Option<SocketAddr>,
    },
    /// The peer began the step of its script with this index (counted from 0);
    /// an index equal to the script's length means that the script is done.
    Reached {
        /// On which connection.
        connection: Connection,
        /// The connection whose script is played; differs from `connection` when an unscripted
        /// connection took over what another one left undone.
        script: Connection,
        /// Index of the step.
        step: usize,
    },
    /// Bytes of the program arrived at the peer, as one read.
    Received {
        /// On which connection.
        connection: Connection,
        /// The bytes.
        bytes: Bytes,
    },
    /// The peer sent one segment.
    Sent {
        /// On which connection.
        connection: Connection,
        /// The bytes.
        bytes: Bytes,
    },
    /// The program's FIN arrived: it will send nothing more on the connection.
    ProgramClosed {
        /// On which connection.
        connection: Connection,
    },
    /// The program's RST arrived.
    ProgramReset {
        /// On which connection.
        connection: Connection,
    },
    /// The peer sent its FIN and goes on reading.
    PeerClosed {
        /// On which connection.
        connection: Connection,
    },
    /// The peer reset the connection.
    PeerReset {
        /// On which connection.
        connection: Connection,
    },
    /// The peer vanished: from now on nothing of the program arrives, and nothing is sent.
    Vanished {
        /// On which connection.
        connection: Connection,
    },
    /// Whether the program has armed TCP keepalive, as its socket told.
    Keepalive {
        /// On which connection.
        connection: Connection,
        /// With which times; none when it is not armed.
        armed: Option<KeepaliveTimes>,
    },
    /// The program asked the name server.
    Asked {
        /// For which name, its bytes escaped.
        name: String,
        /// For what kind of record, such as `A`.
        kind: String,
        /// What it was told.
        answer: Told,
        /// How long the answer was held back on purpose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Duration>,
    },
    /// The program wrote to a standard stream.
    Printed {
        /// Which one.
        stream: Stream,
        /// The bytes.
        bytes: Bytes,
    },
    /// The program closed its standard output while it still ran.
    StdoutClosed,
    /// The program's first process ended.
    Exited {
        /// How.
        status: ExitStatus,
    },
}

impl What {
    /// A connection of which only its number is known; handy in hand-written traces.
    #[must_use]
    pub fn opened(connection: Connection) -> Self {
        Self::Opened { connection, program: None, peer: None }
    }
}

/// The times of TCP keepalive on one socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeepaliveTimes {
    /// Seconds without a sign of the peer until the first probe.
    pub idle: u64,
    /// Seconds between two probes.
    pub interval: u64,
    /// So many probes without an answer end the connection.
    pub probes: u32,
}

/// What the name server told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// These addresses; none where the name has none of that kind.
    Addresses(Vec<IpAddr>),
    /// That there is no such name.
    NoSuchName,
    /// That the answer is too long for UDP.
    Truncated,
    /// That the question cannot be read or answered.
    Refused,
    /// Nothing.
    Nothing,
}

/// A standard stream of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// Standard output: the result.
    Stdout,
    /// Standard error: for people.
    Stderr,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExitStatus {
    /// It returned this exit code.
    Code(i32),
    /// It was killed by this signal.
    Signal(i32),
}

/// How the run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The program ended by itself, or by a signal that was not ours.
    Exited {
        /// How.
        status: ExitStatus,
        /// Processes that were still alive when the first one had ended; they were killed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left_behind: Vec<String>,
    },
    /// The program could never have moved again, and was killed.
    Hung(Hang),
    /// The deadline passed, and the program was killed.
    DeadlinePassed {
        /// How long nothing had happened.
        still_for: Moment,
        /// What the program was doing, as far as the system tells.
        doing: String,
    },
    /// The program produced more than anybody reads, and was killed.
    Flooded {
        /// Of what.
        what: Flood,
        /// How much, in bytes (or connections or processes).
        amount: u64,
    },
    /// The program could not be started; the text is the system's reason.
    NotStarted {
        /// Why.
        reason: String,
    },
    /// The run failed for a reason that is not the program's fault.
    Fault {
        /// What went wrong with us or the machine.
        reason: String,
    },
}

/// What there was too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flood {
    /// Bytes on standard output.
    Stdout,
    /// Bytes on standard error.
    Stderr,
    /// Bytes sent to the peer.
    Request,
    /// Connections.
    Connections,
    /// Processes and threads.
    Processes,
    /// Bytes of memory, of all processes together.
    Memory,
    /// Open descriptors, of all processes together.
    Descriptors,
}

/// Why a program can never move again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hang {
    /// The system call that the deciding thread sleeps in, such as `recv`.
    pub call: String,
    /// The connection it waits on, where that is certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<Connection>,
    /// Threads of the run, all asleep.
    pub threads: usize,
}
