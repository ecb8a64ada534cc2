//! What the peer plays, with every byte decided.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Bytes, Connection};

/// Everything that the peer does in one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// Which side of HTTP the peer takes.
    pub role: Role,
    /// Whether the peer can be reached.
    pub listen: Listen,
    /// The steps of each connection, in the order of accept (or connect).
    pub connections: Vec<Vec<Step>>,
}

/// Which side of HTTP the peer takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The peer accepts connections and expects requests; the program is a client.
    Server,
}

/// Whether the peer can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Listen {
    /// The peer accepts connections.
    #[default]
    Accept,
    /// Nothing listens on the port: the system answers with RST.
    Refuse,
}

/// One verb of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Wait until the next whole request has arrived.
    Expect(Expect),
    /// Send a message, or a part of one.
    Send(Send),
    /// Wait until something has happened.
    Hold(Hold),
    /// Wait for this long.
    Pause(Duration),
    /// End the connection.
    Close(Close),
    /// Do nothing more and keep the connection open; always the last step.
    Stay,
}

/// What the peer expects of the next request. It plays on whatever the request says;
/// the judge compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expect {
    /// Method and target, such as `GET /`.
    pub request: String,
}

/// Bytes to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Send {
    /// All of them.
    pub bytes: Bytes,
    /// Offsets in `bytes` at which a new segment begins, ascending, none at 0 or at the end.
    pub cuts: Vec<usize>,
    /// How many of the bytes are the head, with its empty line; 0 for raw bytes.
    pub head_bytes: usize,
    /// Whether a FIN leaves together with the last segment.
    pub fin: bool,
}

/// What the peer waits for before it goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hold {
    /// This many bytes have arrived on the connection in all.
    ReceivedBytes(usize),
    /// The program has printed this many bytes on standard output in all.
    PrintedBytes(usize),
    /// This many whole requests have arrived on the connection in all.
    Requests(usize),
    /// The program has closed its side of the connection.
    ProgramClosed,
    /// Connection number N has been opened.
    Opened(Connection),
}

/// How the peer ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Close {
    /// Half-close: send FIN and keep reading.
    Fin,
    /// Reset the connection at once.
    Reset,
}
