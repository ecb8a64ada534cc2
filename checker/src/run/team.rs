//! Several launchers that play many runs at once, one for each processor.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::encounter::{Encounter, EncounterError};
use super::invocation::Invocation;
use crate::course::Play;
use crate::deadlines::Patience;
use crate::kernel::Sockets;
use crate::lab::{Launcher, LauncherError, Limits};
use crate::trace::Trace;

/// One run to be played.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// What the peer does.
    pub play: &'a Play,
    /// The program.
    pub invocation: &'a Invocation,
}

/// The launchers and what they need.
#[derive(Debug)]
pub struct Team {
    launchers: Vec<Launcher>,
    limits: Limits,
    patience: Patience,
    interrupt: OwnedFd,
}

impl Team {
    /// A team of as many launchers, started from this executable (the `workbook` binary);
    /// `interrupt` becomes readable when the user wants to stop.
    ///
    /// # Errors
    /// When the machine refuses.
    pub fn start(
        executable: &Path,
        size: usize,
        limits: Limits,
        patience: Patience,
        interrupt: OwnedFd,
    ) -> Result<Self, LauncherError> {
        crate::lab::raise_own_limits();
        let start = |_| Launcher::start(executable, &limits, patience);
        let launchers = (0..size.max(1)).map(start).collect::<Result<_, _>>()?;
        Ok(Self { launchers, limits, patience, interrupt })
    }

    /// Ends all launchers, and with them everything that they have started.
    pub fn end(&mut self) {
        self.launchers.clear();
    }

    /// All launchers.
    #[must_use]
    pub fn launchers(&self) -> &[Launcher] {
        &self.launchers
    }

    /// How slow the machine is.
    #[must_use]
    pub fn patience(&self) -> Patience {
        self.patience
    }

    /// Plays all tasks and gives each trace, with the task's index, to `take`, in the order in which the runs
    /// end. Tasks for which `is_wanted` says no when their turn comes are left out.
    ///
    /// # Errors
    /// When the user interrupts, or when a launcher is gone.
    pub fn play_all(
        &self,
        tasks: &[Task<'_>],
        is_wanted: &(dyn Fn(usize) -> bool + Sync),
        take: &(dyn Fn(usize, Result<Trace, io::Error>) + Sync),
    ) -> Result<(), EncounterError> {
        let next = AtomicUsize::new(0);
        let failure: Mutex<Option<EncounterError>> = Mutex::new(None);
        let work = |launcher: &Launcher| {
            let outcome = self.work(launcher, tasks, &next, is_wanted, take);
            if let Err(error) = outcome {
                next.store(tasks.len(), Ordering::Relaxed);
                *failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(error);
            }
        };
        thread::scope(|scope| {
            let (first, others) = self.launchers.split_at(1);
            for launcher in others.iter().take(tasks.len().saturating_sub(1)) {
                // Where the machine has no thread left, the others do it all.
                let _ = thread::Builder::new().spawn_scoped(scope, || work(launcher));
            }
            work(&first[0]);
        });
        failure.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// What one launcher's thread does until no task is left.
    fn work(
        &self,
        launcher: &Launcher,
        tasks: &[Task<'_>],
        next: &AtomicUsize,
        is_wanted: &(dyn Fn(usize) -> bool + Sync),
        take: &(dyn Fn(usize, Result<Trace, io::Error>) + Sync),
    ) -> Result<(), EncounterError> {
        make_timers_exact();
        let sockets = Sockets::open().ok();
        let encounter = Encounter {
            launcher,
            sockets: sockets.as_ref(),
            limits: &self.limits,
            patience: self.patience,
            interrupt: self.interrupt(),
            capture: None,
        };
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(task) = tasks.get(index) else {
                return Ok(());
            };
            if !is_wanted(index) {
                continue;
            }
            match encounter.play(task.play, task.invocation) {
                Ok(trace) => take(index, Ok(trace)),
                Err(EncounterError::Machine(error)) => take(index, Err(error)),
                Err(error) => return Err(error),
            }
        }
    }

    /// Readable once the user wants to stop.
    #[must_use]
    pub fn interrupt(&self) -> BorrowedFd<'_> {
        self.interrupt.as_fd()
    }
}

/// The kernel may otherwise add 50 microseconds to each of our short waits.
fn make_timers_exact() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
}
