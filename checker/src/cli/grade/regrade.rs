//! `workbook regrade`: the same submissions with the lessons and the checker as they are now.

use std::path::Path;

use super::plan::{TermsChoice, terms};
use super::shard::{Work, grade_all};
use super::{Place, lessons, lock, merge};
use crate::cli::{gradebook, out, workplace};
use crate::grade::gradebook::{Gradebook, Rules};
use crate::grade::plan::Plan;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    terms: TermsChoice,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    scoring: merge::Scoring,
}

pub(in crate::cli) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let folder = arguments.place.find()?;
    let _lock = lock(&folder)?;
    let policy = arguments.scoring.policy_to_keep(&course, &folder)?;
    let before = Plan::read(&folder.plan())?;
    let old = Gradebook::open_to_read(&folder.gradebook()).and_then(|book| book.latest());
    let handed_in = before.entries.iter().map(|entry| entry.handed_in.clone()).collect();
    let terms = terms(&arguments.terms, policy.seed(), &folder, before.shards)?;
    let plan = Plan::new(&lessons(&before, &course)?, before.learners.clone(), handed_in, terms)?;
    folder.keep_plan(&plan)?;
    let graded = grade_all(&plan, &course, &folder, &arguments.work, None)?;
    out::print(&format!("{}\n", graded.told()))?;
    let merged = merge::merge(&plan, &course, &folder, &policy)?;
    if let Some(old) = old.ok().filter(|old| old.number != merged.run) {
        let book = Gradebook::open_to_read(&folder.gradebook())?;
        let new = book.run(merged.run)?;
        let rules = Rules { policy: &policy, course: &course };
        gradebook::tell_changes(&book, &old, &new, rules)?;
    }
    Ok(merged.code)
}
