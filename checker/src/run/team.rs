//! Several places that play many runs at once, one for each processor.

use std::os::fd::BorrowedFd;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::capture::Capture;
use super::encounter::{Encounter, EncounterError};
use super::invocation::Invocation;
use crate::course::Play;
use crate::kernel::Ring;
use crate::lab::{Lab, LauncherError, Obstacle, Plan, Site};
use crate::trace::{Level, Trace};

/// One run to be played.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// What the peer does.
    pub play: &'a Play,
    /// The program.
    pub invocation: &'a Invocation,
}

/// What takes the trace of the run with this index, or the fault of the machine because of which there is none.
type Take<'a> = dyn Fn(usize, Result<Trace, EncounterError>) + Sync + 'a;

/// Places to run one program in, and what they need.
#[derive(Debug)]
pub struct Team<'a> {
    places: Vec<Place>,
    /// What can be seen in them.
    plan: Plan,
    lab: &'a Lab,
    /// Readable once the user wants to stop.
    interrupt: BorrowedFd<'a>,
    no_wire: Option<Obstacle>,
}

/// A place to run a program in, and what takes its packets.
#[derive(Debug)]
struct Place {
    site: Site,
    capture: Option<Capture>,
}

impl Place {
    fn at(mut site: Site) -> Result<Self, LauncherError> {
        let packets = site.take_packet_socket();
        let ring = packets.map(|from| Ring::open(from.socket, from.interface, from.sees_all_twice));
        Ok(Self { site, capture: ring.transpose()?.map(Capture::new) })
    }

    /// Has the machine ended the run or its box, perhaps because memory ran out? Others are not concerned.
    fn is_lost_by(&self, error: &EncounterError) -> bool {
        let is_end = |error: &LauncherError| matches!(error, LauncherError::Lost | LauncherError::Gone);
        self.site.level() == Level::Private
            && matches!(error, EncounterError::Launcher(error) if is_end(error))
    }
}

impl<'a> Team<'a> {
    /// A team of so many, in places as the plan says; `interrupt` becomes readable when the user wants to stop.
    ///
    /// # Errors
    /// When the machine refuses.
    pub fn assemble(
        lab: &'a Lab,
        plan: &Plan,
        size: usize,
        interrupt: BorrowedFd<'a>,
    ) -> Result<Self, LauncherError> {
        let mut plan = plan.clone();
        let (sites, no_wire) = match lab.sites(&plan, size.max(1)) {
            Err(LauncherError::NoBox(obstacle)) if obstacle.is_about_wire() => {
                plan.has_wire = false;
                (lab.sites(&plan, size.max(1))?, Some(obstacle))
            }
            sites => (sites?, None),
        };
        let places = sites.into_iter().map(Place::at).collect::<Result<_, _>>()?;
        Ok(Self { places, plan, lab, interrupt, no_wire })
    }

    /// Why packets take no time here although the plan wanted it; places without a wire are better than none.
    #[must_use]
    pub fn wire_obstacle(&self) -> Option<&Obstacle> {
        self.no_wire.as_ref()
    }

    /// At which level programs run.
    #[must_use]
    pub fn level(&self) -> Level {
        self.lab.level()
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
        take: &Take<'_>,
    ) -> Result<(), EncounterError> {
        let next = AtomicUsize::new(0);
        let failure: Mutex<Option<EncounterError>> = Mutex::new(None);
        let work = |place: &Place| {
            let outcome = self.work(place, tasks, &next, is_wanted, take);
            if let Err(error) = outcome {
                next.store(tasks.len(), Ordering::Relaxed);
                *failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(error);
            }
        };
        thread::scope(|scope| {
            let (first, others) = self.places.split_at(1);
            for place in others.iter().take(tasks.len().saturating_sub(1)) {
                // Where the machine has no thread left, the others do it all.
                let _ = thread::Builder::new().spawn_scoped(scope, || work(place));
            }
            work(&first[0]);
        });
        failure.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// What one thread does until no task is left.
    fn work(
        &self,
        place: &Place,
        tasks: &[Task<'_>],
        next: &AtomicUsize,
        is_wanted: &(dyn Fn(usize) -> bool + Sync),
        take: &Take<'_>,
    ) -> Result<(), EncounterError> {
        make_timers_exact();
        let mut another = None;
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(task) = tasks.get(index) else {
                return Ok(());
            };
            if !is_wanted(index) {
                continue;
            }
            let place = another.as_ref().unwrap_or(place);
            match self.encounter(place).play(task.play, task.invocation) {
                Err(error) if place.is_lost_by(&error) && another.is_none() => {
                    // Once: a machine that ends every run is no place for a check.
                    let Ok(site) = self.lab.site(&self.plan) else { return Err(error) };
                    another = Some(Place::at(site)?);
                    take(index, Err(error));
                }
                Err(error) if !matches!(error, EncounterError::Machine(_)) => return Err(error),
                outcome => take(index, outcome),
            }
        }
    }

    fn encounter<'b>(&'b self, place: &'b Place) -> Encounter<'b> {
        Encounter {
            site: &place.site,
            limits: self.lab.limits(),
            patience: self.lab.patience(),
            interrupt: self.interrupt,
            capture: place.capture.as_ref(),
        }
    }
}

/// The kernel may otherwise add 50 microseconds to each of our short waits.
pub(super) fn make_timers_exact() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
}
