//! `workbook gradebook show`: the class in a table, or everything about one learner.

use std::path::{Path, PathBuf};

use anyhow::bail;

use super::submission::{self, file_name};
use super::table::table;
use crate::cli::{FAILS, HOLDS, out};
use crate::course::Course;
use crate::grade::gradebook::{Gradebook, GradebookError, Rules, Run, Tally, Worth};
use crate::grade::handed_in::Content;
use crate::grade::policy::Score;
use crate::grade::record::Outcome;
use crate::judge::State;
use crate::report::text::count;
use crate::report::{self, Look, terminal};
use crate::trace::escape;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only this learner, with all verdicts
    learner: Option<String>,
    /// Only these lessons
    #[arg(long, value_name = "LESSON")]
    lesson: Vec<String>,
    /// Rules for points, attempts and lateness
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

pub(super) fn run(
    arguments: &Arguments,
    all: &super::Arguments,
    course: Option<&Path>,
) -> anyhow::Result<u8> {
    let book = all.read()?;
    let run = all.run(&book)?;
    let (course, policy) = super::rules(course, arguments.policy.as_deref())?;
    let lessons = super::lessons(&arguments.lesson, &run, &course)?;
    let rules = Rules { policy: &policy, course: &course };
    let mut tallies = Vec::new();
    book.tallies(&run, rules, |tally| {
        let is_wanted = arguments.learner.as_ref().is_none_or(|learner| tally.learner == *learner);
        if is_wanted && lessons.contains(&tally.lesson) {
            tallies.push(tally);
        }
        Ok::<(), GradebookError>(())
    })?;
    tallies.sort_by(|one, other| (&one.learner, &one.lesson).cmp(&(&other.learner, &other.lesson)));
    if let (Some(learner), true) = (&arguments.learner, tallies.is_empty()) {
        bail!(
            "run {} knows nobody called {}; `workbook gradebook show` lists all",
            run.number,
            escape(learner.as_bytes())
        );
    }
    let look = out::look();
    out::print(&heading(&run))?;
    out::print(&table(&tallies.iter().map(row).collect::<Vec<_>>(), &look))?;
    if arguments.learner.is_some() {
        for tally in &tallies {
            out::print(&details(tally, &book, &run, &course, &look)?)?;
        }
    }
    let undecided = tallies.iter().filter(|tally| matches!(tally.worth, Worth::NeedsLook(_))).count();
    if undecided > 0 && arguments.learner.is_none() {
        out::note(&format!("{undecided} of {} need a look; they have no score.", tallies.len()));
    }
    Ok(if undecided > 0 { FAILS } else { HOLDS })
}

fn heading(run: &Run) -> String {
    let lessons: Vec<&str> = run.lessons.iter().map(|lesson| lesson.id.as_str()).collect();
    format!(
        "run {} · {} · {} · seed {} · {} level · checker {}\n",
        run.number,
        lessons.join(" "),
        count(run.entries, "submission"),
        report::seed(run.seed),
        run.level,
        escape(run.checker.as_bytes()),
    )
}

/// Who, in which lesson, with what, and what somebody has to know of it.
fn row(tally: &Tally) -> Vec<String> {
    let points = match &tally.worth {
        Worth::Score(score) => format!("{}/{}", score.total, score.of),
        Worth::Nothing | Worth::NeedsLook(_) => "-".to_owned(),
    };
    vec![tally.learner.clone(), tally.lesson.clone(), points, result(tally)]
}

/// What came of it, in a few words.
fn result(tally: &Tally) -> String {
    let mut words = vec![match (&tally.worth, &tally.counting) {
        (Worth::Nothing, _) => "nothing handed in".to_owned(),
        (Worth::NeedsLook(why), _) => format!("needs a look: {}", why.trim_end_matches('.')),
        (Worth::Score(score), Some(graded)) => match &graded.entry.handed_in.content {
            Content::Problem(problem) => problem.reason.trim_end_matches('.').to_owned(),
            Content::Program(_) if graded.criteria.is_empty() => "does not build".to_owned(),
            Content::Program(_) => criteria(score),
        },
        (Worth::Score(score), None) => criteria(score),
    }];
    if let Worth::Score(score) = &tally.worth {
        words.extend(score.late.as_ref().map(ToString::to_string));
    }
    words.extend((tally.attempts > 1).then(|| format!("{} attempts", tally.attempts)));
    words.join(", ")
}

fn criteria(score: &Score) -> String {
    let failed: Vec<&str> =
        score.parts.iter().filter(|part| part.state != State::Held).map(|part| part.id.as_str()).collect();
    match failed.as_slice() {
        [] => "all criteria hold".to_owned(),
        failed => format!("fails {}", failed.join(" ")),
    }
}

/// The whole verdict, as `workbook check` tells it.
fn details(
    tally: &Tally,
    book: &Gradebook,
    run: &Run,
    course: &Course,
    look: &Look,
) -> anyhow::Result<String> {
    let Some(graded) = &tally.counting else { return Ok(String::new()) };
    let Some(key) = &graded.entry.key else { return Ok(String::new()) };
    let program = file_name(&graded.entry);
    let detail = terminal::Detail::default();
    let full = |verdict| terminal::full(verdict, &submission::heading(run, graded), look, detail);
    let text = match book.outcome(key)? {
        Some(Outcome::Judged { verdict, .. }) => full(&verdict),
        Some(Outcome::Unstable { verdicts, .. }) => verdicts.iter().map(full).collect::<Vec<_>>().join("\n"),
        Some(Outcome::DoesNotBuild { output }) => {
            terminal::build_failure(&tally.lesson, &program, &output, look)
        }
        Some(Outcome::NotJudged { reason }) => format!("  {}\n", escape(reason.as_bytes())),
        None => String::new(),
    };
    let comment = graded.mark.as_ref().and_then(|mark| book.comments().ok()?.remove(&mark.id));
    let comment = comment.map(|comment| format!("\n  comment    {}\n", escape(comment.as_bytes())));
    let known = course.lessons.iter().find(|lesson| lesson.id == tally.lesson);
    let again = known.map(|lesson| {
        let (id, seed) = (&lesson.id, report::seed(run.seed));
        format!("  again      workbook check {id} --seed {seed} --program FILE\n")
    });
    Ok(format!("\n{text}{}{}", comment.unwrap_or_default(), again.unwrap_or_default()))
}
