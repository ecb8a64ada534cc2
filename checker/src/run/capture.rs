//! The packets of one run after the other, from a ring that outlives them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::kernel::{PacketClock, Ring};
use crate::trace::{Moment, Packet};

/// A ring of packets, and what it gave for the run under way.
#[derive(Debug)]
pub struct Capture(Mutex<Taken>);

#[derive(Debug)]
struct Taken {
    ring: Ring,
    clock: PacketClock,
    packets: Vec<Packet>,
    missed: u64,
}

impl Capture {
    /// For all runs whose packets pass the ring.
    #[must_use]
    pub fn new(ring: Ring) -> Self {
        let clock = PacketClock::since(Instant::now());
        Self(Mutex::new(Taken { ring, clock, packets: Vec::new(), missed: 0 }))
    }

    /// A run begins at `start`: what passed before belongs to another.
    pub fn begin(&self, start: Instant) {
        let mut taken = self.taken();
        while !taken.ring.take().is_empty() {}
        let _ = taken.ring.drops();
        taken.packets.clear();
        taken.missed = 0;
        taken.clock = PacketClock::since(start);
    }

    /// Makes room in the ring; to be called more often than it fills.
    pub fn drain(&self) {
        self.taken().drain();
    }

    /// The run is over: its packets in order of time, and how many more there were.
    #[must_use]
    pub fn end(&self) -> (Vec<Packet>, u64) {
        let mut taken = self.taken();
        taken.drain();
        // Two processors may fill slots in another order than they stamp packets.
        taken.packets.sort_by_key(|packet| packet.at);
        (std::mem::take(&mut taken.packets), std::mem::take(&mut taken.missed))
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn drain(&mut self) {
        let clock = self.clock;
        let packet =
            |(stamp, frame): (u64, Vec<u8>)| Packet { at: Moment(clock.nanos(stamp)), frame: frame.into() };
        self.packets.extend(self.ring.take().into_iter().map(packet));
        // A kernel that cannot tell has lost nothing that we know of.
        self.missed += self.ring.drops().unwrap_or(0);
    }
}
