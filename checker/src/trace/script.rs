//! What the peer plays, with every byte decided.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Bytes, Connection};

/// Where `example.com` leads in the private network.
pub const EXAMPLE_ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 80);

/// Where names are asked for in the private network.
pub const NAME_SERVER_ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 53);

/// The longest time that a packet can be made to take there and back. No lesson is about more, and TCP itself gives up
/// opening a connection soon after.
pub const MOST_ROUND_TRIP: Duration = Duration::from_secs(2);

/// Everything that the peer does in one run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Script {
    /// Which side of HTTP the peer takes.
    pub role: Role,
    /// Whether the peer can be reached.
    pub listen: Listen,
    /// The steps of each connection, in the order of accept (or connect).
    pub connections: Vec<Vec<Step>>,
    /// What the name server knows beside the names that always lead somewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Name>,
    /// How long a packet takes there and back, where that is to be felt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtt: Option<Duration>,
    /// Whether segments follow each other at once, as from a server that wants nothing but to serve; otherwise
    /// each waits until the program has taken the last.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hurries: bool,
    /// Whether to take note of TCP keepalive on the program's sockets.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub watches_keepalive: bool,
}

impl Script {
    /// The addresses at which nothing can be reached, each once, in order.
    #[must_use]
    pub fn dead_addresses(&self) -> Vec<IpAddr> {
        let mut dead: Vec<IpAddr> = self.names.iter().flat_map(|name| name.dead.iter().copied()).collect();
        dead.sort_unstable();
        dead.dedup();
        dead
    }
}

/// Which side of HTTP the peer takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The peer accepts connections and expects requests; the program is a client.
    #[default]
    Server,
}

/// A name that the name server answers for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Name {
    /// The name, without a dot at its end; upper and lower case are the same.
    pub host: String,
    /// Its addresses, in the order in which they are told.
    pub addresses: Vec<IpAddr>,
    /// Those of them at which nothing can be reached: connecting fails at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dead: Vec<IpAddr>,
    /// What the name server says when it is asked.
    #[serde(default)]
    pub answer: NameAnswer,
    /// How long it takes to say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow: Option<Duration>,
}

/// What the name server says when it is asked for a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameAnswer {
    /// The addresses.
    #[default]
    Found,
    /// That there is no such name.
    Nxdomain,
    /// Over UDP that the answer is too long for it, over TCP the addresses.
    Truncated,
    /// Nothing at all.
    Silent,
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
    /// Be gone as a machine without power is: neither see, acknowledge nor send anything more;
    /// always the last step.
    Vanish,
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
