//! All results together: the merged file, the gradebook, and what is told of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Place, lock};
use crate::cli::gradebook::report;
use crate::cli::{FAILS, HOLDS, out, workplace};
use crate::course::Course;
use crate::grade::folder::Folder;
use crate::grade::gradebook::{Added, Gradebook, GradebookError};
use crate::grade::handed_in::{Content, Fault};
use crate::grade::merge::Merge;
use crate::grade::plan::{Entry, Plan};
use crate::grade::policy::Policy;
use crate::grade::record::Key;
use crate::grade::standing::Kind;
use crate::report::text::count;

#[derive(Debug, clap::Args)]
pub(super) struct Scoring {
    /// Rules for points, attempts and lateness
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

impl Scoring {
    /// The rules.
    ///
    /// # Errors
    /// When the file has mistakes.
    pub(super) fn policy(&self, course: &Course) -> anyhow::Result<Policy> {
        Ok(self.policy.as_deref().map(|file| Policy::read(file, course)).transpose()?.unwrap_or_default())
    }
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    scoring: Scoring,
    #[command(flatten)]
    place: Place,
}

pub(in crate::cli) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let folder = arguments.place.find()?;
    let _lock = lock(&folder)?;
    let policy = arguments.scoring.policy(&course)?;
    let plan = Plan::read(&folder.plan())?;
    merge(&plan, &course, &folder, &policy).map(|merged| merged.code)
}

/// What came of a merge.
pub(super) struct Merged {
    /// The exit code.
    pub(super) code: u8,
    /// The number of the run.
    pub(super) run: u32,
}

/// An error of the disk, or of the gradebook.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Read(#[from] io::Error),
    #[error(transparent)]
    Gradebook(#[from] GradebookError),
}

/// Merges all records of a plan.
///
/// # Errors
/// When a planned result is missing, or something cannot be written. It can be done again at any time.
pub(super) fn merge(
    plan: &Plan,
    course: &Course,
    folder: &Folder,
    policy: &Policy,
) -> anyhow::Result<Merged> {
    let records = folder.records().context("there is no place for results")?;
    let merge = Merge::read(plan, &records).context("cannot read what was recorded")?;
    tell_damage(&merge);
    merge.require_complete()?;
    folder.keep_results(&mut |to| merge.write(to)).context("cannot keep the merged results")?;
    let mut book = Gradebook::open(&folder.gradebook())?;
    let mut kinds = BTreeMap::new();
    let mut stored = book.begin(&plan.id(), plan)?;
    merge.each(&mut |packed, outcome, bodies| -> Result<(), Failure> {
        let mut kind = packed.standing.kind;
        if stored.add_packed(packed, outcome, bodies)? == Added::Differs {
            kind = Kind::Unstable;
            out::note(&format!(
                "workbook: the gradebook has another result than the records here; it needs a look: {}",
                packed.key
            ));
        }
        kinds.insert(packed.key.clone(), kind);
        Ok(())
    })?;
    let run = stored.finish()?;
    let tally = Tally::of(plan, &kinds);
    out::print(&tally.told())?;
    out::print(&format!("Gradebook {}, run {run}\n", short(&folder.gradebook())))?;
    let store = folder.store().context("there is no place for programs")?;
    let page = report::write(&book, &book.run(run)?, course, policy, Some(&store), &folder.report())?;
    out::print(&format!("Report    {}\n", short(&page)))?;
    Ok(Merged { code: if tally.needs_look() > 0 { FAILS } else { HOLDS }, run })
}

fn tell_damage(merge: &Merge<'_>) {
    for line in &merge.damage.lines {
        out::note(&format!("workbook: a record does not count: {line}"));
    }
    for key in merge.differing() {
        out::note(&format!("workbook: graded twice, with results that differ; it needs a look: {key}"));
    }
}

/// A path as one would type it here.
fn short(file: &Path) -> String {
    let here = std::env::current_dir().ok();
    here.and_then(|here| file.strip_prefix(here).ok()).unwrap_or(file).display().to_string()
}

/// How many submissions came to what.
#[derive(Default)]
struct Tally {
    of: usize,
    held: usize,
    failed: usize,
    do_not_build: usize,
    nothing: usize,
    unstable: usize,
    not_judged: usize,
    unclear: usize,
    missing: usize,
    /// Programs that several have handed in.
    duplicates: usize,
}

impl Tally {
    fn of(plan: &Plan, kinds: &BTreeMap<Key, Kind>) -> Self {
        let mut tally = Self { of: plan.entries.len(), ..Self::default() };
        let mut learners: BTreeMap<&Key, BTreeSet<&str>> = BTreeMap::new();
        for Entry { handed_in, key } in &plan.entries {
            match (&handed_in.content, key.as_ref().and_then(|key| kinds.get(key))) {
                (Content::Problem(problem), _) if problem.fault == Fault::Learner => tally.nothing += 1,
                (Content::Problem(_), _) => tally.unclear += 1,
                (Content::Program(_), kind) => tally.add(kind.copied().unwrap_or(Kind::NotJudged)),
            }
            if let Some(key) = key {
                learners.entry(key).or_default().insert(&handed_in.learner);
            }
        }
        tally.duplicates = learners.values().filter(|learners| learners.len() > 1).count();
        let handed_in: BTreeSet<(&str, &str)> = plan
            .entries
            .iter()
            .map(|entry| (entry.handed_in.learner.as_str(), entry.handed_in.lesson.as_str()))
            .collect();
        tally.missing = plan.learners.len() * plan.lessons.len();
        tally.missing = tally.missing.saturating_sub(handed_in.len());
        tally
    }

    fn add(&mut self, kind: Kind) {
        *match kind {
            Kind::Held => &mut self.held,
            Kind::Failed => &mut self.failed,
            Kind::DoesNotBuild => &mut self.do_not_build,
            Kind::Unstable => &mut self.unstable,
            Kind::NotJudged => &mut self.not_judged,
        } += 1;
    }

    fn needs_look(&self) -> usize {
        self.unstable + self.not_judged + self.unclear
    }

    fn told(&self) -> String {
        let lines = [
            (self.held, "all criteria hold"),
            (self.failed, "some criteria fail"),
            (self.do_not_build, "the program does not build"),
            (self.nothing, "there is no program in it"),
            (self.unstable, "needs a look: not the same each time"),
            (self.not_judged, "needs a look: could not be judged, by no fault of the learner"),
            (self.unclear, "needs a look: cannot be taken in as it is"),
            (self.missing, "nothing was handed in"),
            (self.duplicates, "programs were handed in by more than one learner"),
        ];
        let lines = lines.iter().filter(|(amount, _)| *amount > 0);
        let lines: String = lines.map(|(amount, what)| format!("  {amount:>6}  {what}\n")).collect();
        format!("{}\n{lines}", count(self.of, "submission"))
    }
}
