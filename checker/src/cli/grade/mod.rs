//! `workbook grade`, and its parts: `plan`, `shard` and `merge`; and `regrade`.

mod merge;
mod plan;
mod progress;
mod regrade;
mod shard;
mod tally;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::kit::quoted;
use super::{out, workplace};
use crate::course::{Course, Lesson};
use crate::grade::folder::{Folder, Lock};
use crate::grade::plan::Plan;

pub(super) use merge::{Arguments as Merge, Scoring, run as run_merge};
pub(super) use plan::{Arguments as PlanArguments, run as run_plan};
pub(super) use regrade::{Arguments as Regrade, run as regrade};
pub(super) use shard::{Arguments as Shard, run as run_shard};

/// Where a class is graded unless another folder is named.
const USUAL: &str = "grades";

/// What everybody says who works in a folder of grades.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// The folder that the class is graded in
    #[arg(long, value_name = "DIR", default_value = USUAL)]
    out: PathBuf,
}

impl Place {
    /// The folder, made where it is missing.
    fn make(&self) -> anyhow::Result<Folder> {
        Folder::open(&self.out).with_context(|| format!("cannot make the folder {}", self.out.display()))
    }

    /// The words that name the folder in another command of grading; none where it is the usual one.
    fn words(&self) -> String {
        self.unless_usual(|| format!(" --out {}", quoted(&self.out)))
    }

    /// The words that name its gradebook.
    fn gradebook_words(&self) -> String {
        self.unless_usual(|| format!(" --gradebook {}", quoted(&self.out.join("gradebook.sqlite"))))
    }

    fn unless_usual(&self, words: impl Fn() -> String) -> String {
        if self.out == Path::new(USUAL) { String::new() } else { words() }
    }

    /// The folder, where there is one with a plan in it.
    fn find(&self) -> anyhow::Result<Folder> {
        if !self.out.join("plan.json").is_file() {
            bail!(
                "there is no plan in {}: make one with `workbook plan SUBMISSIONS --lesson ID`, or name another folder \
                 with --out",
                self.out.display()
            );
        }
        Folder::open(&self.out).with_context(|| format!("cannot open the folder {}", self.out.display()))
    }
}

/// So that no two write the same plan and gradebook.
fn lock(folder: &Folder) -> anyhow::Result<Lock> {
    match folder.lock().with_context(|| format!("cannot write to {}", folder.root().display()))? {
        Some(lock) => Ok(lock),
        None => bail!(
            "somebody else is grading in {}: wait for them, or name another --out",
            folder.root().display()
        ),
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    class: plan::Class,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    work: shard::Work,
    #[command(flatten)]
    scoring: merge::Scoring,
}

pub(super) fn run(arguments: &Arguments, course_folder: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course_folder)?;
    let folder = arguments.place.make()?;
    let _lock = lock(&folder)?;
    let policy = arguments.scoring.policy_to_keep(&course, &folder)?;
    let plan = plan::make(&arguments.class, policy.seed(), &course, &folder, 1)?;
    let graded = shard::grade_all(&plan, &course, &folder, &arguments.work, None)?;
    out::print(&format!("{}\n", graded.told()))?;
    let merged = merge::merge(&plan, &course, &folder, &policy)?;
    merge::tell_next(&arguments.place, course_folder)?;
    Ok(merged.code)
}

/// The lessons of a plan, as they are now.
fn lessons<'a>(plan: &Plan, course: &'a Course) -> anyhow::Result<Vec<&'a Lesson>> {
    plan.lessons.iter().map(|planned| Ok(course.lesson(&planned.id)?)).collect()
}
