//! Packets as they pass an interface: a ring of slots that the kernel fills and we empty, without a system
//! call a packet.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

#[cfg(target_os = "linux")]
pub use linux::Ring;
#[cfg(not(target_os = "linux"))]
pub use other::Ring;

/// How often the two clocks are compared; the closest comparison counts.
const COMPARISONS: usize = 3;

/// What the clock that packets are stamped with showed at the start of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketClock {
    realtime_at_start: u64,
}

impl PacketClock {
    /// The clock of a run that began at `start`.
    #[must_use]
    pub fn since(start: Instant) -> Self {
        // Between two readings of the one clock the other is read; a thread that was set aside meanwhile
        // would blur the comparison.
        let compare = |_| {
            let before = Instant::now();
            let realtime = SystemTime::now();
            let blur = before.elapsed();
            (blur, realtime, before + blur / 2)
        };
        let (_, realtime, monotonic) =
            (0..COMPARISONS).map(compare).min_by_key(|(blur, ..)| *blur).expect("there are comparisons");
        let at_start = realtime.checked_sub(monotonic.saturating_duration_since(start)).unwrap_or(realtime);
        let nanos = at_start.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        Self { realtime_at_start: u64::try_from(nanos).unwrap_or(u64::MAX) }
    }

    /// Nanoseconds from the start of the run to a packet's stamp; 0 for what passed before.
    #[must_use]
    pub fn nanos(&self, stamp: u64) -> u64 {
        stamp.saturating_sub(self.realtime_at_start)
    }
}

#[cfg(target_os = "linux")]
mod linux {
    #![allow(unsafe_code)]

    use std::ffi::{c_int, c_uint};
    use std::io;
    use std::mem::{size_of, size_of_val};
    use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
    use std::ptr::{self, NonNull};
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Room for one packet and what the kernel says about it; enough for 1982 bytes of frame, and frames of an
    /// Ethernet have 1514. Of longer ones the end is cut off.
    const SLOT_BYTES: usize = 2048;
    const SLOTS: usize = 4096;
    /// The kernel allocates the ring in such pieces, each a row of pages.
    const BLOCK_BYTES: usize = 64 * 1024;
    const RING_BYTES: usize = SLOTS * SLOT_BYTES;
    const NANOS_PER_SECOND: u64 = 1_000_000_000;

    /// Packets of one interface.
    ///
    /// Closing a packet socket waits until no processor can be busy with it, about 8.5 ms, and so does dropping
    /// the ring: keep it for the next run, and [`take`](Ring::take) what the last one left.
    #[derive(Debug)]
    pub struct Ring {
        socket: OwnedFd,
        memory: NonNull<u8>,
        /// The slot that the kernel fills next.
        next: usize,
    }

    // SAFETY: the memory belongs to this value alone, and is reachable from any thread of the process.
    unsafe impl Send for Ring {}

    impl Ring {
        /// Turns a packet socket into a ring and binds it to the interface with this index.
        ///
        /// The socket is one of `AF_PACKET` and `SOCK_RAW`, made with protocol 0, so that it has seen nothing yet.
        /// On `lo` every packet comes by twice, going out and coming in: `ignores_outgoing` leaves the first.
        ///
        /// # Errors
        /// When the kernel refuses: no such interface, no memory, no packet socket.
        pub fn open(socket: OwnedFd, interface: u32, ignores_outgoing: bool) -> io::Result<Self> {
            set(&socket, libc::PACKET_VERSION, &(libc::tpacket_versions::TPACKET_V2 as c_int))?;
            set(&socket, libc::PACKET_IGNORE_OUTGOING, &c_int::from(ignores_outgoing))?;
            let request = libc::tpacket_req {
                tp_block_size: BLOCK_BYTES as c_uint,
                tp_block_nr: (RING_BYTES / BLOCK_BYTES) as c_uint,
                tp_frame_size: SLOT_BYTES as c_uint,
                tp_frame_nr: SLOTS as c_uint,
            };
            set(&socket, libc::PACKET_RX_RING, &request)?;
            let memory = map(&socket)?;
            let ring = Self { socket, memory, next: 0 };
            // Once, and last: binding anew costs milliseconds, and what comes before it is not for us.
            bind(&ring.socket, interface)?;
            Ok(ring)
        }

        /// All packets that have passed since the last call, in order: when, in nanoseconds since 1970, and the
        /// frame.
        pub fn take(&mut self) -> Vec<(u64, Vec<u8>)> {
            let mut packets = Vec::new();
            // Not more than a round: a flood does not hold us.
            while packets.len() < SLOTS
                && let Some(packet) = self.take_next()
            {
                packets.push(packet);
            }
            packets
        }

        fn take_next(&mut self) -> Option<(u64, Vec<u8>)> {
            // SAFETY: `next` is below `SLOTS`, so the slot lies within the mapping.
            let slot = unsafe { self.memory.add(self.next * SLOT_BYTES) };
            // SAFETY: a slot begins with its status, aligned as slots are; kernel and we touch it only as a whole.
            let status = unsafe { AtomicU32::from_ptr(slot.cast().as_ptr()) };
            if status.load(Ordering::Acquire) & libc::TP_STATUS_USER == 0 {
                return None;
            }
            // SAFETY: with this status the slot is ours until we give it back, and its header is written.
            let header = unsafe { slot.cast::<libc::tpacket2_hdr>().read() };
            let start = usize::from(header.tp_mac).min(SLOT_BYTES);
            let length = (header.tp_snaplen as usize).min(SLOT_BYTES - start);
            // SAFETY: the range lies within the slot, which is still ours, and is copied before it is not.
            let frame = unsafe { std::slice::from_raw_parts(slot.add(start).as_ptr(), length) }.to_vec();
            status.store(libc::TP_STATUS_KERNEL, Ordering::Release);
            self.next = (self.next + 1) % SLOTS;
            Some((u64::from(header.tp_sec) * NANOS_PER_SECOND + u64::from(header.tp_nsec), frame))
        }

        /// How many packets found the ring full since the last call.
        ///
        /// # Errors
        /// When the kernel refuses.
        pub fn drops(&mut self) -> io::Result<u64> {
            let mut counts = libc::tpacket_stats { tp_packets: 0, tp_drops: 0 };
            let mut length = size_of_val(&counts) as libc::socklen_t;
            // SAFETY: both pointers are of values that outlive the call, and the length is that of the first.
            let outcome = unsafe {
                libc::getsockopt(
                    self.socket.as_raw_fd(),
                    libc::SOL_PACKET,
                    libc::PACKET_STATISTICS,
                    (&raw mut counts).cast(),
                    &raw mut length,
                )
            };
            check(outcome)?;
            Ok(u64::from(counts.tp_drops))
        }
    }

    impl AsFd for Ring {
        /// Readable while there is something to take.
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.socket.as_fd()
        }
    }

    impl Drop for Ring {
        fn drop(&mut self) {
            // SAFETY: the mapping is this value's own, whole, and used by nobody any more.
            unsafe {
                libc::munmap(self.memory.as_ptr().cast(), RING_BYTES);
            }
        }
    }

    fn set<T>(socket: &OwnedFd, option: c_int, value: &T) -> io::Result<()> {
        // SAFETY: the kernel reads as many bytes as the value has, from a reference that outlives the call.
        check(unsafe {
            libc::setsockopt(
                socket.as_raw_fd(),
                libc::SOL_PACKET,
                option,
                ptr::from_ref(value).cast(),
                size_of::<T>() as libc::socklen_t,
            )
        })
    }

    fn map(socket: &OwnedFd) -> io::Result<NonNull<u8>> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: the kernel chooses a place that nothing else has; the ring of the socket has this length.
        let memory = unsafe {
            libc::mmap(ptr::null_mut(), RING_BYTES, protection, libc::MAP_SHARED, socket.as_raw_fd(), 0)
        };
        if memory == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        NonNull::new(memory.cast()).ok_or_else(|| io::ErrorKind::OutOfMemory.into())
    }

    fn bind(socket: &OwnedFd, interface: u32) -> io::Result<()> {
        // SAFETY: the structure is of plain numbers, for which zero is a value.
        let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
        address.sll_family = libc::AF_PACKET as u16;
        address.sll_protocol = (libc::ETH_P_ALL as u16).to_be();
        address.sll_ifindex = interface.cast_signed();
        let length = size_of_val(&address) as libc::socklen_t;
        // SAFETY: the kernel reads the address, of this length, which outlives the call.
        check(unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) })
    }

    fn check(outcome: c_int) -> io::Result<()> {
        if outcome < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}

#[cfg(not(target_os = "linux"))]
mod other {
    use std::io;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

    /// Packets of one interface; there are none to be had here.
    #[derive(Debug)]
    pub struct Ring(OwnedFd);

    impl Ring {
        /// # Errors
        /// Always: this system has no such ring.
        pub fn open(_socket: OwnedFd, _interface: u32, _ignores_outgoing: bool) -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }

        /// Nothing.
        pub fn take(&mut self) -> Vec<(u64, Vec<u8>)> {
            Vec::new()
        }

        /// # Errors
        /// Never.
        pub fn drops(&mut self) -> io::Result<u64> {
            Ok(0)
        }
    }

    impl AsFd for Ring {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_clock_of_packets_is_that_of_the_run() {
        let start = Instant::now();
        let clock = PacketClock::since(start);
        let stamp = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos();
        let now = start.elapsed();
        let nanos = Duration::from_nanos(clock.nanos(u64::try_from(stamp).expect("before 2554")));
        assert!(now.abs_diff(nanos) < Duration::from_millis(20), "{now:?} is not {nanos:?}");
        assert_eq!(clock.nanos(0), 0);
    }
}
