//! `workbook gradebook show`: the class as text, or everything about one learner.

use std::path::Path;

use anyhow::bail;

use super::Open;
use super::report::{Class, overview, page};
use crate::cli::grade::Scoring;
use crate::cli::{FAILS, HOLDS, out};
use crate::grade::gradebook::{Gradebook, GradebookError, Tally, Worth};
use crate::report::class::text;
use crate::trace::escape;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only this learner, with all verdicts
    learner: Option<String>,
    /// Only these lessons
    #[arg(long, value_name = "LESSON")]
    lesson: Vec<String>,
    #[command(flatten)]
    scoring: Scoring,
}

pub(super) fn run(
    arguments: &Arguments,
    all: &super::Arguments,
    course: Option<&Path>,
) -> anyhow::Result<u8> {
    let open = all.open(all.read()?, course, &arguments.scoring)?;
    let lessons = open.lessons(&arguments.lesson)?;
    let store = all.store()?;
    let Open { book, run, .. } = &open;
    let class = Class::read(book, run, open.rules(), store.as_ref(), &lessons)?;
    let needs_look = match &arguments.learner {
        Some(learner) => {
            let Some(tallies) = of_learner(&class, book, learner)? else {
                bail!(
                    "run {} knows nobody called {}; `workbook gradebook show` lists all",
                    run.number,
                    escape(learner.as_bytes())
                );
            };
            out::print(&text::learner(&page(&class, book, &tallies)?, &out::look()))?;
            tallies.iter().any(|tally| matches!(tally.worth, Worth::NeedsLook(_)))
        }
        None => everybody(&class, book)?,
    };
    Ok(if needs_look { FAILS } else { HOLDS })
}

/// The class, with a line for each learner and lesson. Tells whether somebody has to look at anything.
fn everybody(class: &Class<'_>, book: &Gradebook) -> anyhow::Result<bool> {
    let look = out::look();
    let overview = overview(class, book)?;
    out::print(&format!("{}\n{}", text::overview(&overview, &look), text::head(&look)))?;
    class.each_learner(book, |tallies| {
        let rows = tallies.iter().map(|tally| text::row(&class.row(tally), &look));
        out::print(&rows.collect::<String>())
    })?;
    let undecided = overview.undecided();
    if undecided > 0 {
        let all: usize = overview.lessons.iter().map(|lesson| lesson.counts.total()).sum();
        out::note(&format!("{undecided} of {all} need a look; they have no score."));
    }
    Ok(undecided > 0)
}

/// Everything of one learner; none where nobody is called so.
fn of_learner(
    class: &Class<'_>,
    book: &Gradebook,
    learner: &str,
) -> Result<Option<Vec<Tally>>, GradebookError> {
    let mut found = None;
    class.each_learner(book, |tallies| {
        if tallies.first().is_some_and(|tally| tally.learner == learner) {
            found = Some(tallies);
        }
        Ok::<(), GradebookError>(())
    })?;
    Ok(found)
}
