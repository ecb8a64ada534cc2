//! One check that can be given up at any moment.

use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use crate::cli::exercise::{Ready, Subject};
use crate::cli::workplace::{self, Workplace};
use crate::course::Lesson;
use crate::judge::Verdict;
use crate::lab::build::BuildError;
use crate::run::{Check, EncounterError};

/// A check in a thread of its own.
pub(super) struct Attempt<'scope> {
    thread: ScopedJoinHandle<'scope, anyhow::Result<Outcome>>,
    /// A byte here ends it.
    stop: UnixStream,
    /// Readable when it has ended.
    end: UnixStream,
}

/// What came out of it.
pub(super) enum Outcome {
    Judged(Box<Judged>),
    DoesNotBuild(BuildError),
    /// It was given up.
    GivenUp,
}

/// A verdict with what its report tells beside it.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) ready: Ready,
    pub(super) took: Duration,
    pub(super) seed: u64,
}

impl<'scope> Attempt<'scope> {
    pub(super) fn start<'env>(
        scope: &'scope Scope<'scope, 'env>,
        workplace: &'env Workplace,
        lesson: &'env Lesson,
        subject: Subject,
        has_colour: bool,
    ) -> io::Result<Self> {
        let (stop, stopped) = UnixStream::pair()?;
        let (end, ended) = UnixStream::pair()?;
        let thread = std::thread::Builder::new().spawn_scoped(scope, move || {
            let outcome = check(workplace, lesson, &subject, (stopped.as_fd(), has_colour));
            drop(ended);
            outcome
        })?;
        Ok(Self { thread, stop, end })
    }

    /// Readable when it has ended.
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.end.as_fd()
    }

    /// Ends it, as soon as its program is ended.
    pub(super) fn give_up(mut self) {
        let _ = self.stop.write_all(b"x");
        let _ = self.outcome();
    }

    /// What came out of it, once it has ended.
    pub(super) fn outcome(self) -> anyhow::Result<Outcome> {
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

fn check(
    workplace: &Workplace,
    lesson: &Lesson,
    subject: &Subject,
    (interrupt, has_colour): (BorrowedFd<'_>, bool),
) -> anyhow::Result<Outcome> {
    let builder = workplace.builder_until(interrupt, has_colour);
    let ready = match subject.make_ready(&builder, workplace.scratch.path()) {
        Ok(ready) => ready,
        Err(BuildError::Interrupted) => return Ok(Outcome::GivenUp),
        Err(error) if error.is_of_the_source() => return Ok(Outcome::DoesNotBuild(error)),
        Err(error) => return Err(error.into()),
    };
    let start = Instant::now();
    let seed = workplace::seed(None);
    let check = Check {
        lesson,
        invocation: &ready.invocation,
        seed,
        only: None,
        stops_at_failure: false,
        round_trip: None,
    };
    let team = workplace.team_until(interrupt, &check.plan())?;
    match check.run(&team) {
        Ok(verdict) => Ok(Outcome::Judged(Box::new(Judged { verdict, ready, took: start.elapsed(), seed }))),
        Err(EncounterError::Interrupted) => Ok(Outcome::GivenUp),
        Err(error) => Err(error.into()),
    }
}
