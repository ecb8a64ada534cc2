//! The relay: carries frames between the two ends of a wire, and takes its time.
//!
//! A thread of its own holds a packet socket at each end. What it takes from one it keeps for half of the round
//! trip, and then puts into the other; frames keep their order. Without frames it sleeps.

mod carrier;
mod counts;

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, socketpair};

use carrier::Carrier;
pub use counts::{Carried, Counts};

/// Room for all answers that may have gathered; more of them say nothing more.
const ANSWERS: usize = 64;

/// The wire's middle, for as long as this value lives.
#[derive(Debug)]
pub struct Relay {
    shared: Arc<Shared>,
    /// To the thread, which ends with it.
    control: OwnedFd,
    /// The number of the last question.
    question: AtomicU8,
    /// The number of the last question that was answered.
    answer: AtomicU8,
}

/// What the thread and we both know.
#[derive(Debug, Default)]
struct Shared {
    one_way_nanos: AtomicU64,
    carried: Mutex<Carried>,
}

impl Relay {
    /// Between the program's and the peer's end of a wire: packet sockets, each bound to its interface, whose
    /// frames begin with a `virtio_net_hdr`.
    ///
    /// # Errors
    /// When the machine has no thread or descriptor left.
    pub fn start(ends: [OwnedFd; 2]) -> io::Result<Self> {
        let (control, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        let shared = Arc::<Shared>::default();
        let carrier = Carrier::new(ends, theirs, Arc::clone(&shared));
        thread::Builder::new().name("relay".to_owned()).spawn(move || carrier.run())?;
        Ok(Self { shared, control, question: AtomicU8::new(0), answer: AtomicU8::new(0) })
    }

    /// A new run begins, with this round-trip time: counts from zero.
    pub fn begin(&self, round_trip: Duration) {
        let one_way = u64::try_from((round_trip / 2).as_nanos()).unwrap_or(u64::MAX);
        self.shared.one_way_nanos.store(one_way, Ordering::Relaxed);
        *self.shared.carried() = Carried::default();
    }

    /// What has been carried since the run began.
    #[must_use]
    pub fn carried(&self) -> Carried {
        self.shared.carried().clone()
    }

    /// Asks to be told when nothing is under way any more.
    pub fn ask_for_quiet(&self) {
        let question = self.question.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        // A thread that is gone carries nothing, and does not answer.
        let _ = rustix::net::send(&self.control, &[question], SendFlags::NOSIGNAL);
    }

    /// Has everything arrived that was under way when quiet was last asked for?
    pub fn is_quiet(&self) -> bool {
        let mut answers = [0; ANSWERS];
        if let Ok((length @ 1.., _)) = rustix::net::recv(&self.control, &mut answers, RecvFlags::DONTWAIT) {
            self.answer.store(answers[length.min(ANSWERS) - 1], Ordering::Relaxed);
        }
        self.answer.load(Ordering::Relaxed) == self.question.load(Ordering::Relaxed)
    }

    /// Waits until nothing is under way, but not for ever.
    ///
    /// # Errors
    /// When the system cannot wait.
    pub fn settle(&self, at_most: Duration) -> io::Result<()> {
        let deadline = Instant::now() + at_most;
        self.ask_for_quiet();
        while !self.is_quiet() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
            let mut wait = [PollFd::new(self, PollFlags::IN)];
            rustix::io::retry_on_intr(|| poll(&mut wait, Some(&timeout)))?;
        }
        Ok(())
    }
}

impl AsFd for Relay {
    /// Readable when a question has been answered.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.control.as_fd()
    }
}

impl Shared {
    fn one_way(&self) -> Duration {
        Duration::from_nanos(self.one_way_nanos.load(Ordering::Relaxed))
    }

    fn carried(&self) -> std::sync::MutexGuard<'_, Carried> {
        self.carried.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
