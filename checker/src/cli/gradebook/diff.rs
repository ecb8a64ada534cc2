//! `workbook gradebook diff`: whose verdict differs between two runs, and why.

use std::path::Path;

use anyhow::bail;

use super::change::change;
use crate::cli::grade::Scoring;
use crate::cli::{FAILS, HOLDS, out};
use crate::grade::gradebook::{Change, CriterionChange, Gradebook, Held, Rules, Run};
use crate::report::text::count;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The number of the older run; without it, the one before the latest
    #[arg(requires = "new")]
    old: Option<u32>,
    /// The number of the newer run
    new: Option<u32>,
    #[command(flatten)]
    scoring: Scoring,
}

pub(super) fn run(
    arguments: &Arguments,
    all: &super::Arguments,
    course: Option<&Path>,
) -> anyhow::Result<u8> {
    let open = all.open(all.read()?, course, &arguments.scoring)?;
    let book = &open.book;
    if let (Some(old), Some(new)) = (arguments.old, arguments.new) {
        return tell(book, &book.run(old)?, &book.run(new)?, open.rules());
    }
    let Some(old) = book.runs()?.into_iter().rfind(|run| run.number < open.run.number) else {
        bail!("there is no run before run {}: nothing to compare it with", open.run.number);
    };
    tell(book, &old, &open.run, open.rules())
}

/// Tells whose verdict differs; the exit code says whether anybody's does.
///
/// # Errors
/// When the gradebook cannot be read.
pub(in crate::cli) fn tell(book: &Gradebook, old: &Run, new: &Run, rules: Rules<'_>) -> anyhow::Result<u8> {
    let changes = book.diff(old, new, rules)?;
    if changes.is_empty() {
        out::print(&format!("runs {} and {} say the same of everyone\n", old.number, new.number))?;
        return Ok(HOLDS);
    }
    for changed in &changes {
        out::print(&told(changed))?;
    }
    let (old, new) = (old.number, new.number);
    out::print(&format!("runs {old} and {new} differ for {}\n", count(changes.len(), "verdict")))?;
    Ok(FAILS)
}

fn told(changed: &Change) -> String {
    let Change { learner, lesson, from, to, criteria, why } = changed;
    let came = if from == to { from.to_string() } else { format!("{from} → {to}") };
    let why: Vec<String> = why.iter().map(ToString::to_string).collect();
    let why = if why.is_empty() { String::new() } else { format!("why: {}", why.join(", ")) };
    let beneath: Vec<String> = self::criteria(criteria).into_iter().chain([why]).collect();
    change([learner, lesson, &came], &beneath)
}

/// Each criterion from what to what.
pub(super) fn criteria(changes: &[CriterionChange]) -> Vec<String> {
    let held = |held: Option<Held>| held.map_or("-".to_owned(), |held| held.to_string());
    let told =
        |change: &CriterionChange| format!("{}: {} → {}", change.id, held(change.from), held(change.to));
    changes.iter().map(told).collect()
}
