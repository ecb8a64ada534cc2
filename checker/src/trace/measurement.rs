//! What connection reuse is worth to a program: figures of two runs over the same wire.

use std::time::Duration;

use super::{End, ExitStatus};

/// A program against a server that closes after every response, and against one that keeps connections open.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// How long a packet was under way, there and back.
    pub round_trip: Duration,
    /// How many responses the program was to fetch; none where it was not up to us.
    pub wanted: Option<usize>,
    /// Against the server that closes.
    pub closed: Measured,
    /// Against the one that keeps connections open.
    pub kept: Measured,
}

/// One run.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Connections that the program asked for.
    pub handshakes: usize,
    /// Whole requests that arrived.
    pub requests: usize,
    /// How many of them were answered in full.
    pub answered: usize,
    /// Packets of TCP in both directions.
    pub packets: u64,
    /// Their bytes, with the headers of IP and TCP.
    pub bytes: u64,
    /// From the first packet to the end of the program.
    pub took: Duration,
    /// How the program ended.
    pub end: End,
}

impl Measurement {
    /// How many responses there are to compare by.
    #[must_use]
    pub fn responses(&self) -> usize {
        self.wanted.unwrap_or(self.kept.answered)
    }

    /// Has the program fetched what it was to fetch from the server that keeps connections open?
    #[must_use]
    pub fn is_kept_complete(&self) -> bool {
        self.responses() > 0 && self.kept.has_fetched(self.responses())
    }

    /// From the server that closes?
    #[must_use]
    pub fn is_closed_complete(&self) -> bool {
        self.responses() > 0 && self.closed.has_fetched(self.responses())
    }

    /// From both, so that they can be compared?
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_kept_complete() && self.is_closed_complete()
    }

    /// How many round trips a run took; none where a round trip is too short to tell.
    #[must_use]
    pub fn round_trips(&self, run: &Measured) -> Option<f64> {
        (self.round_trip >= SHORTEST).then(|| run.took.as_secs_f64() / self.round_trip.as_secs_f64())
    }
}

impl Measured {
    fn has_fetched(&self, responses: usize) -> bool {
        self.answered >= responses && matches!(self.end, End::Exited { status: ExitStatus::Code(0), .. })
    }
}

/// Below this, what a program does between two packets takes longer than they do.
const SHORTEST: Duration = Duration::from_millis(5);
