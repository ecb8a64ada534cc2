//! How long a run may still take, on a machine that may be starved.

use std::time::{Duration, Instant};

use crate::deadlines::{Patience, RUN, STILL};
use crate::kernel::waited_for_cpu;
use crate::trace::Moment;

/// At most this share of the time that has passed is excused by starvation, so that every run ends.
const MOST_EXCUSED: f64 = 0.75;

/// Watches the deadlines of one run.
#[derive(Debug)]
pub(super) struct Clock {
    start: Instant,
    last_move: Instant,
    /// How much later than asked our own waits have ended, in all.
    lag: Duration,
    /// How much is excused so far.
    excused: Duration,
    patience: Patience,
}

impl Clock {
    pub(super) fn start(patience: Patience) -> Self {
        let now = Instant::now();
        Self { start: now, last_move: now, lag: Duration::ZERO, excused: Duration::ZERO, patience }
    }

    /// When the run began.
    pub(super) fn started(&self) -> Instant {
        self.start
    }

    pub(super) fn now(&self) -> Moment {
        self.start.elapsed().into()
    }

    pub(super) fn has_moved(&mut self) {
        self.last_move = Instant::now();
    }

    pub(super) fn still_for(&self) -> Duration {
        self.last_move.elapsed()
    }

    /// Our own wait, which should have ended at `wake`, has just ended.
    pub(super) fn has_waited_until(&mut self, wake: Instant) {
        self.lag += wake.elapsed();
    }

    /// When a deadline passes, if nothing happens.
    pub(super) fn deadline(&self) -> Instant {
        let still = self.last_move + self.patience.scale(STILL) + self.excused;
        let run = self.start + self.patience.scale(RUN) + self.excused;
        still.min(run)
    }

    /// Has a deadline passed? Time in which the program wanted to run and got no processor, and the lag of
    /// our own timers, do not count against it.
    pub(super) fn has_passed(&mut self, launcher: u32) -> bool {
        if Instant::now() < self.deadline() {
            return false;
        }
        let most = self.start.elapsed().mul_f64(MOST_EXCUSED);
        self.excused = (waited_for_cpu(launcher) + self.lag).min(most).max(self.excused);
        Instant::now() >= self.deadline()
    }
}
