//! `workbook gradebook clusters` and `comment`: failures that are alike, and what is said to all of them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::bail;

use super::Open;
use crate::cli::grade::Scoring;
use crate::cli::{HOLDS, out};
use crate::grade::clusters::{Cluster, clusters};
use crate::grade::gradebook::{Gradebook, GradebookError};
use crate::grade::record::Outcome;
use crate::report::text::{count, wrap};
use crate::trace::escape;

/// What is told of a cluster stands beneath its head, so far from the left, and so wide.
const INDENT: usize = 7;
const ROOM: usize = 73;

/// So many learners are named; the others are counted.
const MOST_NAMED: usize = 20;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only those of these lessons
    #[arg(long, value_name = "LESSON")]
    lesson: Vec<String>,
    #[command(flatten)]
    scoring: Scoring,
}

#[derive(Debug, clap::Args)]
pub(super) struct CommentArguments {
    /// The id that `clusters` prints, or its beginning
    cluster: String,
    /// What to say; an empty text takes it back
    text: String,
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
    let comments = open.book.comments()?;
    let mut found = of_run(&open)?;
    found.retain(|cluster| lessons.contains(&cluster.lesson));
    if found.is_empty() {
        out::print("nothing has failed\n")?;
    }
    for cluster in &found {
        out::print(&told(cluster, &comments, &open.book)?)?;
    }
    if !found.is_empty() {
        out::print("Say something to all of a cluster: workbook gradebook comment ID TEXT\n")?;
    }
    Ok(HOLDS)
}

pub(super) fn comment(
    arguments: &CommentArguments,
    all: &super::Arguments,
    course: Option<&Path>,
) -> anyhow::Result<u8> {
    let mut open = all.open(all.write()?, course, &arguments.scoring)?;
    let found = of_run(&open)?;
    let fitting: Vec<&Cluster> =
        found.iter().filter(|cluster| cluster.mark.id.starts_with(&arguments.cluster)).collect();
    match fitting.as_slice() {
        [cluster] => {
            open.book.comment(cluster, &arguments.text)?;
            let whom = count(cluster.learners.len(), "learner");
            let what = if arguments.text.trim().is_empty() { "nothing is said any more" } else { "said" };
            out::print(&format!("{what} to {whom}: {}\n", cluster.mark.title))?;
            Ok(HOLDS)
        }
        [] => bail!(
            "run {} has no cluster {}; `workbook gradebook clusters` lists all",
            open.run.number,
            escape(arguments.cluster.as_bytes())
        ),
        several => {
            let ids: Vec<&str> = several.iter().map(|cluster| cluster.mark.id.as_str()).collect();
            bail!("{} may be any of {}", arguments.cluster, ids.join(", "))
        }
    }
}

/// The clusters of a run, of the attempts that count.
fn of_run(open: &Open) -> Result<Vec<Cluster>, GradebookError> {
    let mut members = Vec::new();
    open.book.tallies(&open.run, open.rules(), |tally| {
        members.extend(tally.failure());
        Ok::<(), GradebookError>(())
    })?;
    Ok(clusters(&members))
}

fn told(
    cluster: &Cluster,
    comments: &BTreeMap<String, String>,
    book: &Gradebook,
) -> Result<String, GradebookError> {
    let Cluster { lesson, mark, learners, example } = cluster;
    let named = learners.iter().take(MOST_NAMED).map(|learner| escape(learner.as_bytes()));
    let more = learners.len().saturating_sub(MOST_NAMED);
    let more = (more > 0).then(|| format!("and {more} more"));
    let names = named.chain(more).collect::<Vec<_>>().join(", ");
    let example = sentence(book.outcome(example)?).map(|sentence| format!("Example: {sentence}"));
    let comment = comments.get(&mark.id).map(|text| format!("Comment: {}", escape(text.as_bytes())));
    let beneath = [Some(mark.title.clone()), example, comment, Some(names)].into_iter().flatten();
    let beneath = beneath.flat_map(|text| wrap(&text, ROOM)).map(|line| format!("{:INDENT$}{line}", ""));
    let head = format!("{:>5}  {}  {lesson}", learners.len(), mark.id);
    let lines: Vec<String> = std::iter::once(head).chain(beneath).collect();
    Ok(lines.join("\n") + "\n\n")
}

/// What is told of the first failure.
fn sentence(outcome: Option<Outcome>) -> Option<String> {
    let Outcome::Judged { verdict, .. } = outcome? else { return None };
    let finding = verdict.first_failure()?.findings.first()?;
    Some(escape(finding.sentence.as_bytes()))
}
