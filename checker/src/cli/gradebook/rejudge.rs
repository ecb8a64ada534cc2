//! `workbook gradebook rejudge`: stored traces judged with the lessons as they are now.

use std::collections::BTreeMap;
use std::path::Path;

use super::change::change;
use super::diff::criteria;
use crate::cli::{FAILS, HOLDS, out, workplace};
use crate::course::Lesson;
use crate::grade::gradebook::{Came, Gradebook, GradebookError, Rejudged, Run};
use crate::grade::handed_in::Digest;
use crate::grade::plan::{self, CHECKER, PlanError};
use crate::grade::record::Key;
use crate::report::text::count;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Store what comes of it as a run of its own
    #[arg(long)]
    keep: bool,
}

pub(super) fn run(
    arguments: &Arguments,
    all: &super::Arguments,
    course: Option<&Path>,
) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let mut book = if arguments.keep { all.write()? } else { all.read()? };
    let run = all.run(&book)?;
    for gone in run.lessons.iter().filter(|planned| !course.lessons.iter().any(|one| one.id == planned.id)) {
        out::note(&format!(
            "workbook: the course has no lesson {} any more; its results are left out",
            gone.id
        ));
    }
    let learners = learners(&book, &run)?;
    let (mut judged, mut changed, mut is_same) = (0, 0, true);
    book.rejudge(&run, &course, |rejudged| {
        judged += 1;
        changed += usize::from(rejudged.has_changed());
        if rejudged.has_changed() || !rejudged.unfit.is_empty() {
            is_same = false;
            out::print(&told(&rejudged, learners.get(&rejudged.key)))?;
        }
        Ok::<(), anyhow::Error>(())
    })?;
    out::print(&format!("{} judged again, {changed} would count otherwise\n", count(judged, "result")))?;
    if arguments.keep {
        let digests = course.lessons.iter().map(|lesson| Ok((lesson.id.as_str(), plan::digest(lesson)?)));
        let digests: BTreeMap<&str, Digest> = digests.collect::<Result<_, PlanError>>()?;
        let digest = |lesson: &Lesson| digests[lesson.id.as_str()].clone();
        let number = book.keep_rejudged(&run, &course, CHECKER, digest)?;
        out::print(&format!("kept as run {number}\n"))?;
    } else if changed > 0 {
        out::note("Nothing is kept yet: with --keep it becomes a run of its own, and the one that counts.");
    }
    Ok(if is_same { HOLDS } else { FAILS })
}

/// Whose results they are.
fn learners(book: &Gradebook, run: &Run) -> Result<BTreeMap<Key, Vec<String>>, GradebookError> {
    let mut learners: BTreeMap<Key, Vec<String>> = BTreeMap::new();
    book.each_entry(run, |graded| {
        if let Some(key) = graded.entry.key {
            learners.entry(key).or_default().push(graded.entry.handed_in.learner);
        }
        Ok::<(), GradebookError>(())
    })?;
    Ok(learners)
}

fn told(rejudged: &Rejudged, learners: Option<&Vec<String>>) -> String {
    let (was, is) = (Came::Graded(rejudged.was.kind), Came::Graded(rejudged.is.kind));
    let came = if was == is { was.to_string() } else { format!("{was} → {is}") };
    let unfit = match rejudged.unfit.as_slice() {
        [] => String::new(),
        unfit => format!("its trace does not tell any more, grade again: {}", unfit.join(" ")),
    };
    let beneath: Vec<String> = criteria(&rejudged.criteria()).into_iter().chain([unfit]).collect();
    let learners = learners.map(|learners| learners.join(", ")).unwrap_or_default();
    change([&learners, &rejudged.lesson, &came], &beneath)
}
