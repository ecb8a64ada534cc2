//! All results together: the merged file, the gradebook, and what is told of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::tally::Tally;
use super::{Place, lock};
use crate::cli::gradebook::report;
use crate::cli::kit::quoted;
use crate::cli::{FAILS, HOLDS, out, workplace};
use crate::course::Course;
use crate::grade::folder::Folder;
use crate::grade::gradebook::{Added, Gradebook, GradebookError};
use crate::grade::merge::Merge;
use crate::grade::plan::{Entry, Plan};
use crate::grade::policy::Policy;
use crate::grade::standing::Kind;
use crate::report::text::count;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Scoring {
    /// Rules for points, attempts and lateness; without it, those that the class was last graded by
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

impl Scoring {
    /// The rules: those that are named, or else those that the class was last graded by, which lie beside its gradebook.
    ///
    /// # Errors
    /// When the file has mistakes.
    pub(in crate::cli) fn policy(&self, course: &Course, kept: &Path) -> anyhow::Result<Policy> {
        let kept = Some(kept).filter(|kept| kept.is_file());
        let file = self.policy.as_deref().or(kept);
        Ok(file.map(|file| Policy::read(file, course)).transpose()?.unwrap_or_default())
    }

    /// The same for a class that is graded; rules that are named are kept for everybody who names none.
    ///
    /// # Errors
    /// When the file has mistakes, or cannot be kept.
    pub(super) fn policy_to_keep(&self, course: &Course, folder: &Folder) -> anyhow::Result<Policy> {
        let policy = self.policy(course, &folder.policy())?;
        if let Some(file) = &self.policy {
            let text = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            folder.keep_policy(&text).context("cannot keep the policy")?;
        }
        Ok(policy)
    }
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    scoring: Scoring,
    #[command(flatten)]
    place: Place,
}

pub(in crate::cli) fn run(arguments: &Arguments, course_folder: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course_folder)?;
    let folder = arguments.place.find()?;
    let _lock = lock(&folder)?;
    let policy = arguments.scoring.policy_to_keep(&course, &folder)?;
    let plan = Plan::read(&folder.plan())?;
    let merged = merge(&plan, &course, &folder, &policy)?;
    tell_next(&arguments.place, course_folder)?;
    Ok(merged.code)
}

/// What one does with a gradebook.
///
/// # Errors
/// When nothing can be printed.
pub(super) fn tell_next(place: &Place, course: Option<&Path>) -> anyhow::Result<()> {
    let course = course.map_or_else(String::new, |course| format!(" --course {}", quoted(course)));
    let book = place.gradebook_words();
    let commands =
        ["show", "clusters", "export --format canvas"].map(|words| format!("{words}{book}{course}"));
    let line = |(index, words): (usize, String)| {
        format!("{:<10}workbook gradebook {words}\n", if index == 0 { "Next" } else { "" })
    };
    out::print(&commands.into_iter().enumerate().map(line).collect::<String>())
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
    out::print(&tally.told(&out::look()))?;
    tell_unheeded(plan, policy);
    out::print(&format!("Gradebook {}, run {run}\n", short(&folder.gradebook())))?;
    if folder.policy().is_file() {
        out::print(&format!("Policy    {}\n", short(&folder.policy())))?;
    }
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

/// Says what the policy has to say of people and times that are not there.
fn tell_unheeded(plan: &Plan, policy: &Policy) {
    let learners = plan.learners.iter().map(|learner| learner.login.as_str());
    let handed_in = plan.entries.iter().map(|entry| entry.handed_in.learner.as_str());
    let known: BTreeSet<&str> = learners.chain(handed_in).collect();
    for learner in policy.extended().filter(|learner| !known.contains(learner)) {
        out::note(&format!("workbook: the policy gives `{learner}` more time, and nobody here is called so"));
    }
    let is_timeless =
        |entry: &&Entry| entry.handed_in.at.is_none() && policy.has_due(&entry.handed_in.lesson);
    let timeless = plan.entries.iter().filter(is_timeless).count();
    if timeless > 0 {
        out::note(&format!(
            "workbook: {} without a time of handing in; they count as in time",
            count(timeless, "submission")
        ));
    }
}

/// A path as one would type it here.
fn short(file: &Path) -> String {
    let here = std::env::current_dir().ok();
    here.and_then(|here| file.strip_prefix(here).ok()).unwrap_or(file).display().to_string()
}
