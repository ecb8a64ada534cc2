//! How many programs run at a time: as many as there are processors, and fewer while one is looked at again.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Shared by all workers of a process.
#[derive(Debug)]
pub struct Load {
    all: usize,
    state: Mutex<State>,
    has_changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    taken: usize,
    /// So many wait for quiet; until they have had it, nobody else begins.
    waiting: usize,
}

/// A share of the machine; given back when it is dropped.
#[derive(Debug)]
pub struct Share<'a> {
    load: &'a Load,
    taken: usize,
}

impl Load {
    /// For so many workers.
    #[must_use]
    pub fn of(workers: usize) -> Self {
        Self { all: workers.max(1), state: Mutex::default(), has_changed: Condvar::new() }
    }

    /// Waits for a usual share.
    pub fn share(&self) -> Share<'_> {
        let mut state = self.lock();
        while state.taken + 1 > self.all || state.waiting > 0 {
            state = self.wait(state);
        }
        state.taken += 1;
        Share { load: self, taken: 1 }
    }

    /// Waits until less than half of the others are at work, and keeps it so.
    pub fn quiet(&self) -> Share<'_> {
        self.wait_for(self.all / 2 + 1)
    }

    /// Waits until nobody else is at work, and keeps it so.
    pub fn alone(&self) -> Share<'_> {
        self.wait_for(self.all)
    }

    fn wait_for(&self, taken: usize) -> Share<'_> {
        let mut state = self.lock();
        state.waiting += 1;
        while state.taken + taken > self.all {
            state = self.wait(state);
        }
        state.waiting -= 1;
        state.taken += taken;
        self.has_changed.notify_all();
        Share { load: self, taken }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.has_changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.load.lock().taken -= self.taken;
        self.load.has_changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn while_one_has_quiet_less_than_half_of_the_others_work() {
        for workers in 1..6 {
            let load = Load::of(workers);
            let (usual, quiet) = (AtomicUsize::new(0), AtomicUsize::new(0));
            std::thread::scope(|scope| {
                for worker in 0..workers {
                    let (load, usual, quiet) = (&load, &usual, &quiet);
                    scope.spawn(move || {
                        for round in 0..200 {
                            let is_alone = (worker + round) % 11 == 0;
                            let is_quiet = is_alone || (worker + round) % 7 == 0;
                            let share = match (is_alone, is_quiet) {
                                (true, _) => load.alone(),
                                (false, true) => load.quiet(),
                                (false, false) => load.share(),
                            };
                            let mine = if is_quiet { quiet } else { usual };
                            mine.fetch_add(1, Ordering::SeqCst);
                            let others = usual.load(Ordering::SeqCst);
                            assert!(!is_quiet || 2 * others < workers, "{others} of {workers}");
                            assert!(!is_alone || others == 0, "{others} of {workers}");
                            assert!(quiet.load(Ordering::SeqCst) <= 1);
                            mine.fetch_sub(1, Ordering::SeqCst);
                            drop(share);
                        }
                    });
                }
            });
        }
    }
}
