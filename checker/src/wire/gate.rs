//! The gate: the next segment leaves only when the program has taken the last one.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::deadlines::{BLIND_GATE, GATE, GATE_LOOK, GATE_LOOK_MAX, Patience};
use crate::kernel::Sockets;

/// Whether the program has taken what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    /// All of it, or waiting is useless.
    Open,
    /// Not yet: look again at this moment.
    ShutUntil(Instant),
}

/// One wait at the gate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wait {
    since: Instant,
    next_look: Duration,
}

impl Wait {
    pub(super) fn new() -> Self {
        Self { since: Instant::now(), next_look: GATE_LOOK }
    }

    /// Looks whether the program, whose socket is `program` and which talks to `peer`,
    /// has read all of the `sent_bytes` that were ever sent on the connection. A FIN that it has sent
    /// before comes first, too: otherwise it would depend on luck what is recorded first.
    pub(super) fn look(
        &mut self,
        sockets: Option<&Sockets>,
        [program, peer]: [SocketAddr; 2],
        (sent_bytes, has_fin_come): (u64, bool),
        patience: Patience,
    ) -> Gate {
        let Some(sockets) = sockets else {
            return self.until(patience.scale(BLIND_GATE));
        };
        match sockets.state(program, peer) {
            // A socket that nobody holds any more reads nothing.
            Ok(None) => Gate::Open,
            Ok(Some(state)) if state.inode == 0 => Gate::Open,
            Ok(Some(state)) if state.has_sent_fin && !has_fin_come => self.look_again(patience),
            Ok(Some(state)) if state.received_bytes >= sent_bytes && state.unread_bytes == 0 => Gate::Open,
            Ok(Some(_)) => self.look_again(patience),
            Err(_) => self.until(patience.scale(BLIND_GATE)),
        }
    }

    /// Looks whether the program's end has acknowledged all that was sent, a FIN included.
    pub(super) fn look_acknowledged(
        &mut self,
        sockets: Option<&Sockets>,
        [program, peer]: [SocketAddr; 2],
        patience: Patience,
    ) -> Gate {
        match sockets.map(|sockets| sockets.state(peer, program)) {
            Some(Ok(Some(state))) if state.unacknowledged_bytes > 0 => self.look_again(patience),
            Some(Ok(_)) => Gate::Open,
            Some(Err(_)) | None => self.until(patience.scale(BLIND_GATE)),
        }
    }

    fn look_again(&mut self, patience: Patience) -> Gate {
        let now = Instant::now();
        if now - self.since > patience.scale(GATE) {
            return Gate::Open;
        }
        let look = now + self.next_look;
        self.next_look = (self.next_look * 2).min(GATE_LOOK_MAX);
        Gate::ShutUntil(look)
    }

    fn until(&self, wait: Duration) -> Gate {
        let end = self.since + wait;
        if Instant::now() >= end { Gate::Open } else { Gate::ShutUntil(end) }
    }
}
