//! Whether the program has armed TCP keepalive: seen on its own socket, from outside.

use std::net::SocketAddr;
use std::time::Instant;

use super::Record;
use super::world::World;
use crate::deadlines::KEEPALIVE;
use crate::kernel::{self, Processes};
use crate::trace::{Connection, KeepaliveTimes, What};

/// What is known of one connection so far.
#[derive(Debug, Default)]
pub(super) struct KeepaliveWatch {
    /// What the last look has found; none before the first that found anything.
    last: Option<Option<KeepaliveTimes>>,
    /// Until when the peer holds its answer back, for a program that arms keepalive after it has asked.
    patient_until: Option<Instant>,
}

impl KeepaliveWatch {
    /// Looks at the program's end of a connection and takes note of what has changed. Until it is armed, the
    /// peer is to wait until the moment that is returned, if any, before it does what the program waits for.
    pub(super) fn look(
        &mut self,
        connection: Connection,
        addresses: [SocketAddr; 2],
        world: &World<'_>,
        record: &mut Record<'_>,
    ) -> Option<Instant> {
        let seen = armed(addresses, world)?;
        if self.last != Some(seen) {
            self.last = Some(seen);
            record(What::Keepalive { connection, armed: seen });
        }
        if seen.is_some() {
            return None;
        }
        let now = Instant::now();
        let until = *self.patient_until.get_or_insert_with(|| now + world.patience.scale(KEEPALIVE));
        (now < until).then_some(until)
    }
}

/// What the program's socket says; none where it says nothing, because it is closed or the system does not show it.
fn armed([program, peer]: [SocketAddr; 2], world: &World<'_>) -> Option<Option<KeepaliveTimes>> {
    let inode = world.sockets?.state(program, peer).ok()??.inode;
    let found = kernel::keepalive(&Processes::below(world.run?), inode).ok()?;
    Some(found.map(|found| KeepaliveTimes {
        idle: found.idle.as_secs(),
        interval: found.interval.as_secs(),
        probes: found.probes,
    }))
}
