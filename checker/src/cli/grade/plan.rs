//! What is to be graded, and on which terms.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::{Place, lock};
use crate::cli::workplace::{self, Containment};
use crate::cli::{HOLDS, interrupt, out};
use crate::course::{Course, Lesson};
use crate::grade::folder::Folder;
use crate::grade::intake::{self, Options, Roster, Taken};
use crate::grade::plan::{Plan, Terms};
use crate::kit;
use crate::report::text::count;

#[derive(Debug, clap::Args)]
pub(super) struct Class {
    /// What was handed in: a folder, or an archive, with a folder, file or archive for each learner
    submissions: PathBuf,
    /// The lesson to grade; may be given several times
    #[arg(long = "lesson", value_name = "ID", required = true)]
    lessons: Vec<String>,
    /// Who is in the class: a CSV file as Canvas or Moodle export it, or with the columns login,name
    #[arg(long, value_name = "CSV")]
    roster: Option<PathBuf>,
    #[command(flatten)]
    terms: TermsChoice,
}

#[derive(Debug, clap::Args)]
pub(super) struct TermsChoice {
    /// What bodies are made from; without it as in the policy, or in the run before, or a new one
    #[arg(long, value_name = "SEED", value_parser = workplace::parse_seed)]
    seed: Option<u64>,
    #[command(flatten)]
    containment: Containment,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    class: Class,
    #[command(flatten)]
    place: Place,
    /// Into how many shares the work is cut
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    shards: u32,
}

pub(in crate::cli) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let folder = arguments.place.make()?;
    let _lock = lock(&folder)?;
    let plan = make(&arguments.class, None, &course, &folder, arguments.shards)?;
    out::print(&format!(
        "Planned: {} of {} in {}, plan {}\n",
        count(plan.tasks().len(), "program"),
        count(plan.entries.len(), "submission"),
        count(plan.shards as usize, "share"),
        &plan.id().0[..12]
    ))?;
    let shards = if plan.shards == 1 {
        "0".to_owned()
    } else {
        format!("I, for each I from 0 to {}", plan.shards - 1)
    };
    let place = arguments.place.words();
    out::note(&format!("Next: workbook shard{place} --index {shards}; then: workbook merge{place}"));
    Ok(HOLDS)
}

/// Takes in what was handed in, and freezes what is to be graded.
///
/// # Errors
/// When there is nothing to take in, or no room for it.
pub(super) fn make(
    class: &Class,
    policy_seed: Option<u64>,
    course: &Course,
    folder: &Folder,
    shards: u32,
) -> anyhow::Result<Plan> {
    let lessons = in_order(&class.lessons, course)?;
    let roster = class.roster.as_deref().map(Roster::read).transpose()?;
    if roster.is_none() && Plan::read(&folder.plan()).is_ok_and(|before| before.has_roster()) {
        out::note(
            "workbook: the run before had a roster, and this one has none: learners go by other names now",
        );
    }
    let ids: Vec<String> = lessons.iter().map(|lesson| lesson.id.clone()).collect();
    let all: Vec<String> = course.lessons.iter().map(|lesson| lesson.id.clone()).collect();
    let interrupt = interrupt::descriptor().context("cannot handle signals")?;
    let options = Options {
        lessons: &ids,
        course: &all,
        roster: roster.as_ref(),
        is_starter: &|_, content| kit::is_any_starter(content),
        is_interrupted: &|| interrupt::has_come(&interrupt),
    };
    let store = folder.store().context("there is no place to keep submissions in")?;
    let Taken { learners, handed_in, notes } = intake::take_in(&class.submissions, &options, &store)?;
    notes.iter().for_each(|note| out::note(&format!("workbook: {note}")));
    if handed_in.is_empty() {
        bail!("nothing was handed in: {} is empty", class.submissions.display());
    }
    let terms = terms(&class.terms, policy_seed, folder, shards)?;
    let plan = Plan::new(&lessons, learners, handed_in, terms)?;
    folder.keep_plan(&plan).context("cannot keep the plan")?;
    Ok(plan)
}

/// Seed and level stay as they are from run to run: what was graded once need not be graded again.
pub(super) fn terms(
    choice: &TermsChoice,
    policy_seed: Option<u64>,
    folder: &Folder,
    shards: u32,
) -> anyhow::Result<Terms> {
    let before = Plan::read(&folder.plan()).ok();
    let seed = choice.seed.or(policy_seed).or(before.as_ref().map(|before| before.seed));
    let level = match before {
        Some(before) if choice.containment.is_open() => before.level,
        _ => choice.containment.level_of_a_class()?,
    };
    Ok(Terms { seed: workplace::seed(seed), level, shards })
}

/// Lessons in order of the course, each once.
fn in_order<'a>(names: &[String], course: &'a Course) -> anyhow::Result<Vec<&'a Lesson>> {
    let named: Vec<&Lesson> = names.iter().map(|name| course.lesson(name)).collect::<Result<_, _>>()?;
    let is_named = |lesson: &&Lesson| named.iter().any(|other| other.id == lesson.id);
    Ok(course.lessons.iter().filter(is_named).collect())
}
