//! How long a run may still take, on a machine that may be starved.

use std::time::{Duration, Instant};

use crate::deadlines::{DRAIN, DRAIN_ROUND_TRIPS, Patience, RUN, STILL, STILL_ROUND_TRIPS, VANISHED};
use crate::kernel::ProcessorTime;
use crate::trace::{Moment, Script, Step};

/// At most this share of the time that has passed is excused by starvation, so that every run ends.
const MOST_EXCUSED: f64 = 0.75;

/// Of a large message about so much comes over in one round trip.
const BYTES_PER_ROUND_TRIP: usize = 128 * 1024;

/// Watches the deadlines of one run.
#[derive(Debug)]
pub(super) struct Clock {
    start: Instant,
    last_move: Instant,
    /// How long nothing may happen.
    still: Duration,
    /// How much later than asked our own waits have ended, in all.
    lag: Duration,
    /// How long a packet is under way, there and back.
    round_trip: Duration,
    /// How many round trips a correct program can need, at most.
    round_trips: u32,
    /// How much is excused so far.
    excused: Duration,
    patience: Patience,
}

impl Clock {
    /// The clock of a run against a peer with this script.
    pub(super) fn start(patience: Patience, script: &Script) -> Self {
        let now = Instant::now();
        let mut clock = Self {
            start: now,
            last_move: now,
            still: Duration::ZERO,
            lag: Duration::ZERO,
            round_trip: script.rtt.unwrap_or_default(),
            round_trips: round_trips(script),
            excused: Duration::ZERO,
            patience,
        };
        clock.still = clock.most_still();
        clock
    }

    /// How long nothing may happen, if no timer is known that ends it.
    fn most_still(&self) -> Duration {
        self.patience.scale(STILL) + self.round_trip * STILL_ROUND_TRIPS
    }

    /// How long to wait for what the program has left on its way when it ended.
    pub(super) fn drain(&self) -> Duration {
        self.patience.scale(DRAIN) + self.round_trip * DRAIN_ROUND_TRIPS
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
        self.still = self.most_still();
    }

    /// A timer of the kernel goes off in so much time, and may wake the program: stillness is no fault
    /// before that. False when that is not worth waiting for, or was waited for already.
    pub(super) fn waits_for_timer(&mut self, left: Duration) -> bool {
        let (due, most) = (self.still_for() + left, self.patience.scale(VANISHED));
        let still = (due + self.most_still()).min(most);
        let is_worth_it = due < most && still > self.still;
        if is_worth_it {
            self.still = still;
        }
        is_worth_it
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
        let still = self.last_move + self.still + self.excused;
        let under_way = self.round_trip * self.round_trips;
        let run = self.start + self.patience.scale(RUN) + under_way + self.excused;
        still.min(run)
    }

    /// Has a deadline passed? Time in which the program wanted to run and got no processor, and the lag of
    /// our own timers, do not count against it.
    pub(super) fn has_passed(&mut self, launcher: u32) -> bool {
        if Instant::now() < self.deadline() {
            return false;
        }
        let (elapsed, used) = (self.start.elapsed(), ProcessorTime::below(launcher));
        let excused = starved(elapsed, processors(), used) + self.lag;
        self.excused = excused.min(elapsed.mul_f64(MOST_EXCUSED)).max(self.excused);
        Instant::now() >= self.deadline()
    }
}

/// How often a packet may go there and back in a run with this script: for each step and each segment, which waits
/// until the last one has arrived, and for the windows in which large messages come.
fn round_trips(script: &Script) -> u32 {
    let steps = script.connections.iter().flatten().map(|step| match step {
        Step::Send(send) => 1 + send.cuts.len() + send.bytes.len() / BYTES_PER_ROUND_TRIP,
        _ => 1,
    });
    u32::try_from(steps.sum::<usize>()).unwrap_or(u32::MAX)
}

/// How long others kept the program from a processor. What its own threads kept from each other does not count:
/// that is at most what was left beside the time they had.
fn starved(elapsed: Duration, processors: u32, used: ProcessorTime) -> Duration {
    used.waited.min((elapsed * processors).saturating_sub(used.ran))
}

fn processors() -> u32 {
    std::thread::available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Send;

    #[test]
    fn packets_that_take_their_time_are_waited_for() {
        let cuts: Vec<usize> = (1..300).collect();
        let send = Send { bytes: vec![b'x'; 300].into(), cuts, head_bytes: 0, fin: false };
        let rtt = Some(Duration::from_secs(1));
        let script =
            Script { connections: vec![vec![Step::Send(send), Step::Stay]], rtt, ..Script::default() };
        let mut clock = Clock::start(Patience::normal(), &script);
        assert_eq!(clock.deadline() - clock.last_move, STILL + Duration::from_secs(4));
        assert_eq!(clock.drain(), DRAIN + Duration::from_secs(8));
        clock.last_move += Duration::from_secs(1000);
        assert_eq!(clock.deadline() - clock.start, RUN + Duration::from_secs(301));
    }

    #[test]
    fn only_others_starve_a_program() {
        let second = Duration::from_secs(1);
        let starved = |ran, waited| starved(second, 2, ProcessorTime { ran, waited });
        assert_eq!(starved(second / 10, second / 2), second / 2);
        assert_eq!(starved(second * 2, second * 14), Duration::ZERO, "16 threads on 2 processors");
    }

    #[test]
    fn timers_of_the_kernel_are_waited_for_within_bounds() {
        let mut clock = Clock::start(Patience::normal(), &Script::default());
        let end = |clock: &Clock| (clock.deadline() - clock.start).as_secs();
        assert_eq!(end(&clock), STILL.as_secs());
        assert!(!clock.waits_for_timer(Duration::from_secs(7200)));
        assert!(clock.waits_for_timer(Duration::from_secs(10)));
        assert_eq!(end(&clock), 10 + STILL.as_secs());
        assert!(!clock.waits_for_timer(Duration::from_secs(1)), "that is waited for already");
        assert!(clock.waits_for_timer(VANISHED - Duration::from_secs(1)));
        assert_eq!(end(&clock), VANISHED.as_secs());
        clock.has_moved();
        assert_eq!(clock.deadline() - clock.last_move, STILL);
    }
}
