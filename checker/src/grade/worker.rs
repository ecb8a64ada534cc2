//! One program in one lesson: built, played, and looked at again where a deadline decided.

use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::time::Instant;

use bstr::ByteSlice;

use super::handed_in::Program;
use super::load::{Load, Share};
use super::record::{Key, Outcome, Record};
use super::standing::{Kind, ScenarioStanding, Standing};
use super::store::Store;
use crate::course::{Language, Lesson};
use crate::judge::{self, NotRun, ScenarioVerdict, State, Verdict};
use crate::lab::Lab;
use crate::lab::build::{BuildError, Builder, Built};
use crate::run::{Check, EncounterError, Invocation, Team};
use crate::trace::{Bytes, End, Level};

/// What grades programs, one after the other.
#[derive(Debug)]
pub struct Worker<'a> {
    /// Where programs run: at the level of the plan, and at no other.
    pub lab: &'a Lab,
    /// Makes programs of sources.
    pub builder: Builder<'a>,
    /// Where the files of programs are.
    pub store: &'a Store,
    /// What others are doing.
    pub load: &'a Load,
    /// In which programs have folders to write to.
    pub scratch: &'a Path,
    /// The level of the plan.
    pub level: Level,
    /// What bodies are made from.
    pub seed: u64,
    /// Readable once the user wants to stop.
    pub interrupt: BorrowedFd<'a>,
}

/// The user wants to stop; what was begun is not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("interrupted")]
pub struct Interrupted;

/// Who else is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    WithOthers,
    Alone,
}

/// Why there is nothing to go on with.
enum Stop {
    Interrupted,
    Told(Outcome),
}

impl From<EncounterError> for Stop {
    fn from(error: EncounterError) -> Self {
        match error {
            EncounterError::Interrupted => Self::Interrupted,
            error => Self::fault(&error.to_string()),
        }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::fault(&error.to_string())
    }
}

impl Stop {
    fn fault(reason: &str) -> Self {
        Self::Told(Outcome::NotJudged { reason: reason.to_owned() })
    }
}

impl Worker<'_> {
    /// Grades a program. Faults of the machine that concern it alone are an outcome.
    ///
    /// # Errors
    /// When the user wants to stop.
    pub fn grade(&self, key: &Key, lesson: &Lesson, program: &Program) -> Result<Record, Interrupted> {
        let start = Instant::now();
        let mut outcome = self.outcome(lesson, program, Turn::WithOthers)?;
        if Standing::of(&outcome).kind == Kind::NotJudged {
            // Perhaps for something that another program has done to this one, or to all of us.
            let _alone = self.load.alone();
            self.lab.clear();
            outcome = self.outcome(lesson, program, Turn::Alone)?;
        }
        let took_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Record { key: key.clone(), outcome, took_ms })
    }

    fn outcome(&self, lesson: &Lesson, program: &Program, turn: Turn) -> Result<Outcome, Interrupted> {
        match self.try_outcome(lesson, program, turn) {
            Ok(outcome) | Err(Stop::Told(outcome)) => Ok(outcome),
            Err(Stop::Interrupted) => Err(Interrupted),
        }
    }

    fn try_outcome(&self, lesson: &Lesson, program: &Program, turn: Turn) -> Result<Outcome, Stop> {
        let Built { command, needs, .. } = self.build(program, turn)?;
        let scratch = tempfile::tempdir_in(self.scratch)?;
        let invocation = Invocation { words: command, folder: scratch.path().to_owned(), needs };
        let check = Check {
            lesson,
            invocation: &invocation,
            seed: self.seed,
            only: None,
            stops_at_failure: false,
            round_trip: None,
        };
        let share = self.share(turn);
        let verdict = self.play(&check)?;
        drop(share);
        self.look_again(&check, verdict, turn)
    }

    /// Whoever is alone has all shares.
    fn share(&self, turn: Turn) -> Option<Share<'_>> {
        (turn == Turn::WithOthers).then(|| self.load.share())
    }

    /// At the loopback level one program can reach all others, and so it must be alone.
    fn quiet(&self, turn: Turn) -> Option<Share<'_>> {
        match (turn, self.level) {
            (Turn::Alone, _) => None,
            (Turn::WithOthers, Level::Private) => Some(self.load.quiet()),
            (Turn::WithOthers, Level::Loopback) => Some(self.load.alone()),
        }
    }

    fn build(&self, program: &Program, turn: Turn) -> Result<Built, Stop> {
        if !self.store.is_whole(&program.digest)? {
            return Err(Stop::fault(
                "its files in the store are not those that were handed in: plan again, which brings them back",
            ));
        }
        let folder = self.store.folder(&program.digest);
        let file = folder.join(&program.file);
        if Language::ALL
            .iter()
            .all(|language| file.extension() != Path::new(language.file_name()).extension())
        {
            let command = vec![file.to_string_lossy().into_owned()];
            return Ok(Built { command, needs: vec![folder], took: None, warnings: Vec::new() });
        }
        let share = self.share(turn);
        let built = self.builder.build(&file);
        drop(share);
        let built = match built {
            Err(error) if error.is_doubtful() => {
                let _quiet = self.quiet(turn);
                self.builder.build(&file)
            }
            built => built,
        };
        built.map_err(|error| not_built(error, &folder))
    }

    /// Plays what is to be played, one program at a time.
    fn play(&self, check: &Check<'_>) -> Result<Verdict, EncounterError> {
        check.run(&Team::assemble(self.lab, &check.plan(), 1, self.interrupt)?)
    }

    /// A failure in which a deadline or somebody else may have taken part counts once it has come again on a machine
    /// that has less to do.
    fn look_again(&self, check: &Check<'_>, verdict: Verdict, turn: Turn) -> Result<Outcome, Stop> {
        let doubtful: Vec<usize> = doubtful(&verdict, self.level).collect();
        if doubtful.is_empty() {
            return Ok(Outcome::Judged { verdict: Box::new(verdict), level: self.level });
        }
        let _quiet = self.quiet(turn);
        let mut again = verdict.scenarios.clone();
        for &index in &doubtful {
            let only = Some(verdict.scenarios[index].id.as_str());
            again[index] = scenario(self.play(&Check { only, ..*check })?)?;
        }
        // Beside all others, for a verdict names a mistake where it is seen first.
        let second = judge::verdict(check.lesson, again);
        let is_same = |&index: &usize| counts(&second.scenarios[index]) == counts(&verdict.scenarios[index]);
        Ok(if doubtful.iter().all(is_same) {
            Outcome::Judged { verdict: Box::new(verdict), level: self.level }
        } else {
            Outcome::Unstable { verdicts: vec![verdict, second], level: self.level }
        })
    }
}

/// Scenarios in which a deadline took part in a failure; and where programs can reach each other, with signals,
/// connections and files, all that failed.
fn doubtful(verdict: &Verdict, level: Level) -> impl Iterator<Item = usize> {
    let is_doubtful = move |scenario: &ScenarioVerdict| {
        let end = scenario.trace.as_ref().map(|trace| &trace.end);
        let is_late = matches!(end, Some(End::DeadlinePassed { .. }));
        scenario.state == State::Failed && (is_late || level == Level::Loopback)
    };
    verdict
        .scenarios
        .iter()
        .enumerate()
        .filter(move |(_, scenario)| is_doubtful(scenario))
        .map(|(index, _)| index)
}

fn counts(scenario: &ScenarioVerdict) -> ScenarioStanding {
    ScenarioStanding::of(scenario)
}

/// The one scenario of a verdict. A machine that fails when a failure is looked at again leaves it open.
fn scenario(mut verdict: Verdict) -> Result<ScenarioVerdict, Stop> {
    let scenario =
        verdict.scenarios.pop().ok_or_else(|| Stop::fault("a scenario could not be played again"))?;
    match &scenario.not_run_because {
        Some(NotRun::Fault(reason)) => Err(Stop::fault(reason)),
        _ => Ok(scenario),
    }
}

/// The learner need not know where the store is.
fn not_built(error: BuildError, folder: &Path) -> Stop {
    let place = format!("{}/", folder.display());
    let without_place = |text: &[u8]| Bytes(text.replace(&place, ""));
    match error {
        BuildError::Interrupted => Stop::Interrupted,
        BuildError::Refused { ref output, .. } if !error.was_killed() => {
            Stop::Told(Outcome::DoesNotBuild { output: without_place(output) })
        }
        error if error.was_killed() => {
            Stop::fault("somebody has ended its compiler, and did so again when nothing else was at work")
        }
        error if error.is_of_the_source() => {
            Stop::Told(Outcome::DoesNotBuild { output: without_place(error.to_string().as_bytes()) })
        }
        error => Stop::fault(&error.to_string().replace(&place, "")),
    }
}
