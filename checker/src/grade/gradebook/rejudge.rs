//! Stored traces judged again, with the lessons and the judge as they are now. Nothing is run.

use sha2::{Digest as _, Sha256};

use super::diff::{CriterionChange, criteria};
use super::error::GradebookError;
use super::read::{Origin, Run};
use super::{Gradebook, words};
use crate::course::checks::Scenario;
use crate::course::{Course, Lesson};
use crate::grade::handed_in::Digest;
use crate::grade::plan::{Entry, FORMAT, Plan, PlannedLesson};
use crate::grade::record::{Key, Outcome, Record};
use crate::grade::standing::Standing;
use crate::judge::{self, NotRun, ScenarioVerdict, State, Verdict};

/// Why a scenario cannot be judged again.
const NEW: &str = "the scenario is new, or its script has changed, since the program was run: grade it again";
/// The same for a sweep.
const ONE_CUT: &str =
    "only one run of the sweep is stored, and that one does not fail any more: grade the program again";

/// A result that was judged again.
#[derive(Debug)]
pub struct Rejudged {
    /// How it was known until now.
    pub key: Key,
    /// The lesson's id.
    pub lesson: String,
    /// What counted of it.
    pub was: Standing,
    /// What counts of it now.
    pub is: Standing,
    /// The result of today.
    pub outcome: Outcome,
    /// Ids of scenarios whose traces do not fit any more, or do not say enough.
    pub unfit: Vec<String>,
}

impl Rejudged {
    /// Does it count otherwise?
    #[must_use]
    pub fn has_changed(&self) -> bool {
        self.was.kind != self.is.kind || !self.criteria().is_empty()
    }

    /// The criteria that are told otherwise.
    #[must_use]
    pub fn criteria(&self) -> Vec<CriterionChange> {
        criteria(&self.was.criteria, &self.is.criteria)
    }
}

impl Gradebook {
    /// Judges every result of a run again, each once, and hands them over one at a time.
    ///
    /// # Errors
    /// When the file cannot be read, and those of `take`.
    pub fn rejudge<E: From<GradebookError>>(
        &self,
        run: &Run,
        course: &Course,
        mut take: impl FnMut(Rejudged) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut seen = std::collections::BTreeSet::new();
        self.each_entry(run, |graded| {
            let (Some(key), Some(was)) = (graded.entry.key, graded.standing) else { return Ok(()) };
            let id = &graded.entry.handed_in.lesson;
            let lesson = course.lessons.iter().find(|lesson| lesson.id == *id);
            let Some(lesson) = lesson.filter(|_| seen.insert(key.clone())) else { return Ok(()) };
            let Some(outcome) = self.outcome(&key)? else { return Ok(()) };
            let (outcome, unfit) = again(lesson, outcome);
            take(Rejudged { key, lesson: id.clone(), was, is: Standing::of(&outcome), outcome, unfit })
        })
    }

    /// The same, stored as a run of its own, whose number it answers with. `checker` is what judges now, and `digest`
    /// tells what a plan would know a lesson by.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_rejudged(
        &mut self,
        run: &Run,
        course: &Course,
        checker: &str,
        digest: impl Fn(&Lesson) -> Digest,
    ) -> Result<u32, GradebookError> {
        let plan = self.plan_again(run, course, checker, digest)?;
        let plan_id = hash(&["rejudged plan", &words::json(&plan)]);
        // Read with a connection of its own: what is handed over is written at once.
        let source = Self::open_to_read(&self.file)?;
        let mut merge = self.begin_as(Origin::Rejudged, &plan_id, &plan)?;
        let lessons = &plan.lessons;
        source.rejudge(run, course, |rejudged| {
            let key = new_key(&rejudged.key, &rejudged.lesson, lessons, checker);
            merge.add(&Record { key, outcome: rejudged.outcome, took_ms: 0 }).map(drop)
        })?;
        merge.finish()
    }

    /// The plan of the run with the lessons and the checker of today. What lessons the course has no more is left out.
    fn plan_again(
        &self,
        run: &Run,
        course: &Course,
        checker: &str,
        digest: impl Fn(&Lesson) -> Digest,
    ) -> Result<Plan, GradebookError> {
        let known =
            run.lessons.iter().filter_map(|planned| course.lessons.iter().find(|one| one.id == planned.id));
        let planned = |lesson: &Lesson| PlannedLesson {
            id: lesson.id.clone(),
            title: lesson.title.clone(),
            digest: digest(lesson),
        };
        let lessons: Vec<PlannedLesson> = known.map(planned).collect();
        let mut entries: Vec<Entry> = Vec::new();
        self.each_entry(run, |graded| {
            let mut entry = graded.entry;
            let id = entry.handed_in.lesson.clone();
            if lessons.iter().any(|lesson| lesson.id == id) {
                entry.key = entry.key.map(|key| new_key(&key, &id, &lessons, checker));
                entries.push(entry);
            }
            Ok::<(), GradebookError>(())
        })?;
        let learners = self.learners(run)?;
        let (seed, level, checker) = (run.seed, run.level, checker.to_owned());
        Ok(Plan { format: FORMAT, checker, seed, level, shards: 1, lessons, learners, entries })
    }
}

/// What a result is known by once it is judged again. It is never the key of a program that was run: what was run counts
/// for more.
fn new_key(old: &Key, lesson: &str, lessons: &[PlannedLesson], checker: &str) -> Key {
    let digest = lessons.iter().find(|planned| planned.id == lesson).map_or("", |planned| &planned.digest.0);
    Key(hash(&["rejudged", &old.0.0, digest, checker]))
}

fn hash(parts: &[&str]) -> Digest {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    Digest(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The outcome as today's lesson and judge have it, with the scenarios that cannot be told of.
fn again(lesson: &Lesson, outcome: Outcome) -> (Outcome, Vec<String>) {
    match outcome {
        Outcome::Judged { verdict, level } => {
            let (verdict, unfit) = verdict_again(lesson, &verdict);
            (Outcome::Judged { verdict: Box::new(verdict), level }, unfit)
        }
        Outcome::Unstable { verdicts, level } => {
            let judged: Vec<_> = verdicts.iter().map(|verdict| verdict_again(lesson, verdict)).collect();
            let unfit = judged.iter().flat_map(|(_, unfit)| unfit.clone()).collect();
            let verdicts = judged.into_iter().map(|(verdict, _)| verdict).collect();
            (settled(verdicts, level), unfit)
        }
        other @ (Outcome::DoesNotBuild { .. } | Outcome::NotJudged { .. }) => (other, Vec::new()),
    }
}

/// What differed may be the same by the rules of today.
fn settled(mut verdicts: Vec<Verdict>, level: crate::trace::Level) -> Outcome {
    let judged = |verdict: Verdict| Outcome::Judged { verdict: Box::new(verdict), level };
    let standings: Vec<Standing> =
        verdicts.iter().map(|verdict| Standing::of(&judged(verdict.clone()))).collect();
    match standings.windows(2).all(|pair| pair[0] == pair[1]) {
        true if !verdicts.is_empty() => judged(verdicts.swap_remove(0)),
        _ => Outcome::Unstable { verdicts, level },
    }
}

fn verdict_again(lesson: &Lesson, old: &Verdict) -> (Verdict, Vec<String>) {
    let mut unfit = Vec::new();
    let mut judge = |scenario: &Scenario| {
        let id = scenario.id.get_ref();
        let known = old.scenarios.iter().find(|known| known.id == *id);
        let new =
            known.map_or_else(|| cannot_tell(scenario, NEW), |known| scenario_again(lesson, scenario, known));
        let is_ours = |verdict: &ScenarioVerdict| matches!(verdict.not_run_because, Some(NotRun::Fault(_)));
        if is_ours(&new) && !known.is_some_and(is_ours) {
            unfit.push(id.clone());
        }
        new
    };
    let scenarios = lesson.checks.scenarios.iter().map(&mut judge).collect();
    (judge::verdict(lesson, scenarios), unfit)
}

fn scenario_again(lesson: &Lesson, scenario: &Scenario, old: &ScenarioVerdict) -> ScenarioVerdict {
    let Some(trace) = &old.trace else {
        return match &old.not_run_because {
            Some(reason) => judge::not_run(scenario, reason.clone()),
            None => cannot_tell(scenario, NEW),
        };
    };
    let Some(play) = judge::play_of(lesson, scenario, trace) else { return cannot_tell(scenario, NEW) };
    let new = judge::scenario(lesson, scenario, &play, trace);
    if old.runs == 1 || old.state != State::Failed {
        return ScenarioVerdict { runs: old.runs, ..new };
    }
    // Of a sweep, one run is stored, and what failed in the others is known by its criteria alone.
    let kinds =
        |verdict: &ScenarioVerdict| verdict.findings.iter().map(|finding| finding.kind).collect::<Vec<_>>();
    if kinds(&new) == kinds(old) {
        ScenarioVerdict { runs: old.runs, failed: old.failed.clone(), ..new }
    } else if old.failed.iter().all(|id| new.failed.contains(id)) {
        ScenarioVerdict { runs: old.runs, ..new }
    } else {
        cannot_tell(scenario, ONE_CUT)
    }
}

fn cannot_tell(scenario: &Scenario, reason: &str) -> ScenarioVerdict {
    judge::not_run(scenario, NotRun::Fault(reason.to_owned()))
}
