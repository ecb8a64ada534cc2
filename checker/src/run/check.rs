//! A program in all scenarios of a lesson.

use std::sync::Mutex;
use std::time::Duration;

use super::encounter::EncounterError;
use super::invocation::Invocation;
use super::team::{Task, Team};
use crate::course::checks::Scenario;
use crate::course::{Lesson, Play};
use crate::judge::{self, NotRun, ScenarioVerdict, State, Verdict};
use crate::lab::Plan;
use crate::trace::{End, Level, Trace};

/// What to check.
#[derive(Debug, Clone, Copy)]
pub struct Check<'a> {
    /// The lesson.
    pub lesson: &'a Lesson,
    /// The program.
    pub invocation: &'a Invocation,
    /// What bodies are made from.
    pub seed: u64,
    /// Only the scenario with this id.
    pub only: Option<&'a str>,
    /// Whether to leave out everything behind the first graded scenario that fails.
    pub stops_at_failure: bool,
    /// How long a packet is under way, there and back; without it, as each scenario has it.
    pub round_trip: Option<Duration>,
}

/// A program that runs into so many deadlines is not played further: each costs seconds, and tells nothing new.
const MOST_DEADLINES: usize = 3;

/// One run with what it belongs to.
struct Entry<'a> {
    scenario: usize,
    spec: &'a Scenario,
    play: Play,
}

impl Check<'_> {
    /// What it needs of the places that the program runs in.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let has_wire = self.round_trip.is_some() || self.scenarios().any(|scenario| scenario.rtt.is_some());
        Plan { readable: self.invocation.needs.clone(), has_wire, ..Plan::default() }
    }

    /// Plays the scenarios and judges them. Of a sweep, cuts behind one that failed are left out.
    ///
    /// # Errors
    /// When the user interrupts, or a launcher is gone.
    pub fn run(&self, team: &Team<'_>) -> Result<Verdict, EncounterError> {
        let scenarios: Vec<&Scenario> = self.scenarios().collect();
        let playable = scenarios.iter().enumerate().filter(|(_, spec)| can_be_played(spec, team));
        let entries: Vec<Entry<'_>> =
            playable.flat_map(|(number, spec)| self.entries(number, spec)).collect();
        let tasks: Vec<Task<'_>> =
            entries.iter().map(|entry| Task { play: &entry.play, invocation: self.invocation }).collect();
        let progress = Mutex::new(Progress::new(scenarios.len(), self.stops_at_failure));
        let is_wanted = |index: usize| lock(&progress).is_wanted(index, entries[index].scenario);
        let take = |index: usize, outcome: Result<Trace, EncounterError>| {
            let entry = &entries[index];
            lock(&progress).add(index, entry.scenario, self.judge(entry, outcome));
        };
        team.play_all(&tasks, &is_wanted, &take)?;
        let progress = progress.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(judge::verdict(self.lesson, self.sum_up(&scenarios, team, progress)))
    }

    /// One verdict a scenario.
    fn sum_up(&self, scenarios: &[&Scenario], team: &Team<'_>, progress: Progress) -> Vec<ScenarioVerdict> {
        let has_given_up = progress.deadlines >= MOST_DEADLINES;
        let verdict = |(scenario, mut runs): (&&Scenario, Vec<(usize, ScenarioVerdict)>)| {
            runs.sort_by_key(|(index, _)| *index);
            match runs.is_empty() {
                false => Some(judge::sweep(runs.into_iter().map(|(_, verdict)| verdict).collect())),
                true if !can_be_played(scenario, team) => {
                    Some(judge::not_run(scenario, NotRun::NeedsPrivate))
                }
                true if has_given_up => Some(judge::not_run(scenario, NotRun::GivenUp)),
                true => None,
            }
        };
        scenarios.iter().zip(progress.runs).filter_map(verdict).collect()
    }

    fn scenarios(&self) -> impl Iterator<Item = &Scenario> {
        let is_asked_for = |scenario: &&Scenario| self.only.is_none_or(|only| scenario.id.get_ref() == only);
        self.lesson.checks.scenarios.iter().filter(is_asked_for)
    }

    fn entries<'a>(&self, scenario: usize, spec: &'a Scenario) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        let plays = self.lesson.plays(spec, self.seed);
        let round_trip = self.round_trip;
        plays.into_iter().map(move |mut play| {
            play.script.rtt = round_trip.or(play.script.rtt);
            Entry { scenario, spec, play }
        })
    }

    fn judge(&self, entry: &Entry<'_>, outcome: Result<Trace, EncounterError>) -> ScenarioVerdict {
        match outcome {
            Ok(trace) => judge::scenario(self.lesson, entry.spec, &entry.play, &trace),
            Err(error) => judge::not_run(entry.spec, NotRun::Fault(error.to_string())),
        }
    }
}

/// Do the places of this team have what the scenario needs?
fn can_be_played(scenario: &Scenario, team: &Team<'_>) -> bool {
    let has_time = scenario.rtt.is_none() || team.wire_obstacle().is_none();
    !scenario.needs_private() || (team.level() == Level::Private && has_time)
}

/// What is known while runs end in any order.
struct Progress {
    /// The runs of each scenario, with their index among all.
    runs: Vec<Vec<(usize, ScenarioVerdict)>>,
    /// The first run of each scenario that failed.
    failed: Vec<Option<usize>>,
    /// The first scenario that failed, where nothing behind it is wanted.
    stop_behind: Option<usize>,
    stops_at_failure: bool,
    deadlines: usize,
}

impl Progress {
    fn new(scenarios: usize, stops_at_failure: bool) -> Self {
        Self {
            runs: (0..scenarios).map(|_| Vec::new()).collect(),
            failed: vec![None; scenarios],
            stop_behind: None,
            stops_at_failure,
            deadlines: 0,
        }
    }

    fn is_wanted(&self, index: usize, scenario: usize) -> bool {
        self.deadlines < MOST_DEADLINES
            && self.failed[scenario].is_none_or(|failed| index < failed)
            && self.stop_behind.is_none_or(|stop| scenario <= stop)
    }

    fn add(&mut self, index: usize, scenario: usize, verdict: ScenarioVerdict) {
        if verdict.state == State::Failed {
            self.failed[scenario] = Some(self.failed[scenario].map_or(index, |first| first.min(index)));
            if self.stops_at_failure && !verdict.is_advice {
                self.stop_behind = Some(self.stop_behind.map_or(scenario, |stop| stop.min(scenario)));
            }
        }
        let end = verdict.trace.as_ref().map(|trace| &trace.end);
        self.deadlines += usize::from(matches!(end, Some(End::DeadlinePassed { .. })));
        self.runs[scenario].push((index, verdict));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
