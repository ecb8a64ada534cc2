//! A program in all scenarios of a lesson.

use std::io;
use std::sync::Mutex;

use super::encounter::EncounterError;
use super::invocation::Invocation;
use super::team::{Task, Team};
use crate::course::checks::Scenario;
use crate::course::{Lesson, Play};
use crate::judge::{self, ScenarioVerdict, State, Verdict};
use crate::trace::Trace;

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
}

/// One run with what it belongs to.
struct Entry<'a> {
    scenario: usize,
    spec: &'a Scenario,
    play: Play,
}

impl Check<'_> {
    /// Plays the scenarios and judges them. Of a sweep, cuts behind one that failed are left out.
    ///
    /// # Errors
    /// When the user interrupts, or a launcher is gone.
    pub fn run(&self, team: &Team) -> Result<Verdict, EncounterError> {
        let scenarios: Vec<&Scenario> = self.scenarios().collect();
        let entries: Vec<Entry<'_>> =
            scenarios.iter().enumerate().flat_map(|(n, spec)| self.entries(n, spec)).collect();
        let tasks: Vec<Task<'_>> =
            entries.iter().map(|entry| Task { play: &entry.play, invocation: self.invocation }).collect();
        // The first entry of each scenario that has failed: later cuts of a sweep tell nothing more.
        let failed: Mutex<Vec<usize>> = Mutex::new(vec![usize::MAX; scenarios.len()]);
        let verdicts: Mutex<Vec<(usize, ScenarioVerdict)>> = Mutex::new(Vec::new());
        let is_wanted = |index: usize| lock(&failed)[entries[index].scenario] > index;
        let take = |index: usize, outcome: Result<Trace, io::Error>| {
            let entry = &entries[index];
            let verdict = self.judge(entry, outcome);
            if verdict.state == State::Failed {
                let first = &mut lock(&failed)[entry.scenario];
                *first = index.min(*first);
            }
            lock(&verdicts).push((index, verdict));
        };
        team.play_all(&tasks, &is_wanted, &take)?;
        let mut verdicts = verdicts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        verdicts.sort_by_key(|(index, _)| *index);
        let mut runs: Vec<Vec<ScenarioVerdict>> = scenarios.iter().map(|_| Vec::new()).collect();
        for (index, verdict) in verdicts {
            runs[entries[index].scenario].push(verdict);
        }
        let judged = runs.into_iter().filter(|runs| !runs.is_empty()).map(judge::sweep).collect();
        Ok(judge::verdict(self.lesson, judged))
    }

    fn scenarios(&self) -> impl Iterator<Item = &Scenario> {
        let is_asked_for = |scenario: &&Scenario| self.only.is_none_or(|only| scenario.id.get_ref() == only);
        self.lesson.checks.scenarios.iter().filter(is_asked_for)
    }

    fn entries<'a>(&self, scenario: usize, spec: &'a Scenario) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        let plays = self.lesson.plays(spec, self.seed);
        plays.into_iter().map(move |play| Entry { scenario, spec, play })
    }

    fn judge(&self, entry: &Entry<'_>, outcome: Result<Trace, io::Error>) -> ScenarioVerdict {
        match outcome {
            Ok(trace) => judge::scenario(self.lesson, entry.spec, &entry.play, &trace),
            Err(error) => judge::not_run(
                self.lesson,
                entry.spec,
                format!("the machine has no more sockets, pipes or ports: {error}"),
            ),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
