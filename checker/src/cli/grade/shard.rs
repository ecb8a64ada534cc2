//! The work itself: programs of a plan are graded, and recorded one by one.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::progress::Progress;
use super::{Place, lessons};
use crate::cli::workplace::{self, Containment, Workplace};
use crate::cli::{HOLDS, out};
use crate::course::{Course, Lesson};
use crate::grade::Load;
use crate::grade::evidence::Bodies;
use crate::grade::folder::Folder;
use crate::grade::merge::Merge;
use crate::grade::plan::Plan;
use crate::grade::shard::{self, Task};
use crate::grade::worker::Worker;
use crate::lab;
use crate::report::text::count;
use crate::trace::Level;

/// What is said before programs run beside everything else.
const UNCONTAINED: &str = "workbook: at the loopback level programs run as you: they can read and change your files, \
                           these grades\n  among them, and end whatever you run. Use it for people you trust, or where \
                           nothing else is.";

#[derive(Debug, clap::Args)]
pub(super) struct Work {
    /// How many programs run at a time; without it, as many as the machine is fastest with
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Which share, from 0
    #[arg(long, value_name = "I")]
    index: u32,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    place: Place,
}

pub(in crate::cli) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let folder = arguments.place.find()?;
    let plan = Plan::read(&folder.plan())?;
    if arguments.index >= plan.shards {
        bail!("--index {}: the plan has {}, from 0", arguments.index, count(plan.shards as usize, "share"));
    }
    let graded = grade_all(&plan, &course, &folder, &arguments.work, Some(arguments.index))?;
    out::print(&format!("Share {}: {}\n", arguments.index, graded.told()))?;
    Ok(HOLDS)
}

/// How much was done.
pub(super) struct Graded {
    /// In this call.
    pub(super) now: usize,
    /// Of so many.
    pub(super) of: usize,
    /// How long it took.
    pub(super) took: Duration,
}

impl Graded {
    /// In a sentence.
    pub(super) fn told(&self) -> String {
        let before = self.of - self.now;
        let before = if before == 0 { String::new() } else { format!("; {before} were graded before") };
        let seconds = self.took.as_secs_f64();
        let rate = if self.now == 0 {
            String::new()
        } else {
            format!(" in {seconds:.1} s, {:.1}/s", self.now as f64 / seconds)
        };
        format!("{} graded{rate}{before}", count(self.now, "program"))
    }
}

/// Grades what has no result yet, of one share or of all.
///
/// # Errors
/// When something stops the work; what was recorded before stays good.
pub(super) fn grade_all(
    plan: &Plan,
    course: &Course,
    folder: &Folder,
    work: &Work,
    share: Option<u32>,
) -> anyhow::Result<Graded> {
    let start = Instant::now();
    let lessons = lessons(plan, course)?;
    plan.require_current(&lessons)?;
    let records = folder.records().context("there is no place to keep results in")?;
    let known = Merge::read(plan, &records).context("cannot read what was recorded before")?;
    known
        .damage
        .lines
        .iter()
        .for_each(|line| out::note(&format!("workbook: a record does not count: {line}")));
    let by_id: BTreeMap<&str, &Lesson> = lessons.iter().map(|lesson| (lesson.id.as_str(), *lesson)).collect();
    let all =
        plan.tasks().into_iter().filter(|(key, _)| share.is_none_or(|share| plan.shard_of(key) == share));
    let bodies: BTreeMap<&str, Bodies> =
        lessons.iter().map(|lesson| (lesson.id.as_str(), Bodies::of(lesson, plan.seed))).collect();
    bodies.values().try_for_each(|bodies| records.keep_bodies(bodies)).context("cannot keep results")?;
    let task =
        |(key, (lesson, program))| Task { key, lesson: by_id[lesson], bodies: &bodies[lesson], program };
    let tasks: Vec<Task<'_>> = all.map(task).collect();
    let of = tasks.len();
    let tasks: Vec<Task<'_>> = tasks.into_iter().filter(|task| !known.is_done(task.key)).collect();
    drop(known);
    if tasks.is_empty() {
        return Ok(Graded { now: 0, of, took: start.elapsed() });
    }
    if plan.level == Level::Loopback {
        out::note(UNCONTAINED);
    }
    let workplace = Workplace::of_a_class(&course.root, folder, &Containment::at(plan.level))?;
    let jobs = work.jobs.map_or_else(|| usual_jobs(plan.level, workplace.processors()), usize::from);
    let (load, store) = (Load::of(jobs), folder.store()?);
    let worker = Worker {
        lab: workplace.lab(),
        builder: workplace.builder(false),
        store: &store,
        load: &load,
        scratch: workplace.scratch.path(),
        level: plan.level,
        seed: plan.seed,
        interrupt: workplace.interrupt(),
    };
    drop(workplace.lab().site(&lab::Plan::default())?); // better known now than from every result
    let mut attempt = records.attempt(&plan.id(), share.unwrap_or(0)).context("cannot keep results")?;
    let mut progress = Progress::of(tasks.len());
    let outcome = shard::grade(&tasks, &worker, jobs, &mut attempt, &mut |kind| progress.add(kind));
    let now = progress.end();
    // Nobody builds a program of a class twice. What cannot be removed does no harm.
    let _ = workplace.cache.forget_notes();
    outcome.map_err(|error| stopped(error, now, tasks.len()))?;
    Ok(Graded { now, of, took: start.elapsed() })
}

/// At the private level a processor is idle while box and grader hand over to each other, and has time for one more.
fn usual_jobs(level: Level, processors: usize) -> usize {
    match level {
        Level::Loopback => processors,
        Level::Private => 2 * processors,
    }
}

/// Says that nothing is lost.
fn stopped(error: shard::ShardError, done: usize, of: usize) -> anyhow::Error {
    let is_interrupted = matches!(error, shard::ShardError::Interrupted(_));
    let error = anyhow::Error::new(error);
    if is_interrupted {
        return error;
    }
    error.context(format!(
        "stopped after {done} of {}; what was graded is kept: the same command goes on from there",
        count(of, "program")
    ))
}
