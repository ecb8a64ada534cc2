//! `workbook gradebook`: what is known of a class: shown, compared, exported, judged again, commented on.

mod change;
mod clusters;
mod diff;
mod export;
mod facts;
mod names;
mod rejudge;
pub(super) mod report;
mod sheets;
mod show;
pub(super) mod submission;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;

use super::grade::Scoring;
use super::workplace;
use crate::course::{Course, UnknownLesson};
use crate::grade::folder::POLICY;
use crate::grade::gradebook::{Gradebook, GradebookError, Rules, Run};
use crate::grade::plan::PlannedLesson;
use crate::grade::policy::Policy;
use crate::grade::store::Store;

pub(super) use diff::tell as tell_changes;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The file of the gradebook
    #[arg(long, global = true, value_name = "FILE", default_value = "grades/gradebook.sqlite")]
    gradebook: PathBuf,
    /// The number of the run; without it, the latest
    #[arg(long, global = true, value_name = "N")]
    run: Option<u32>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the class, or everything about one learner
    Show(show::Arguments),
    /// Show whose verdict differs between two runs, and why
    Diff(diff::Arguments),
    /// Write pages about the class and everybody in it, to open in a browser
    Report(report::Arguments),
    /// Write grades and verdicts for other systems
    Export(export::Arguments),
    /// Judge stored traces with the lessons as they are now; nothing is run
    Rejudge(rejudge::Arguments),
    /// Show failures that are alike, the most frequent first
    Clusters(clusters::Arguments),
    /// Say something to everyone in a cluster; it goes along with exports
    Comment(clusters::CommentArguments),
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    match &arguments.command {
        Command::Show(command) => show::run(command, arguments, course),
        Command::Diff(command) => diff::run(command, arguments, course),
        Command::Report(command) => report::run(command, arguments, course),
        Command::Export(command) => export::run(command, arguments, course),
        Command::Rejudge(command) => rejudge::run(command, arguments, course),
        Command::Clusters(command) => clusters::run(command, arguments, course),
        Command::Comment(command) => clusters::comment(command, arguments, course),
    }
}

impl Arguments {
    /// The gradebook, to read.
    fn read(&self) -> Result<Gradebook, GradebookError> {
        Gradebook::open_to_read(&self.gradebook)
    }

    /// The gradebook, to write; it is not made where it is missing.
    fn write(&self) -> Result<Gradebook, GradebookError> {
        if !self.gradebook.exists() {
            return Err(GradebookError::Missing(self.gradebook.clone()));
        }
        Gradebook::open(&self.gradebook)
    }

    /// What lies beside the gradebook.
    fn beside(&self, name: &str) -> PathBuf {
        self.gradebook.with_file_name(name)
    }

    /// The files of all programs, where they lie beside the gradebook.
    fn store(&self) -> anyhow::Result<Option<Store>> {
        let folder = self.beside("store");
        let open = || Store::open(&folder).with_context(|| format!("cannot read {}", folder.display()));
        folder.is_dir().then(open).transpose()
    }

    /// The run that was asked for.
    fn run(&self, book: &Gradebook) -> Result<Run, GradebookError> {
        self.run.map_or_else(|| book.latest(), |number| book.run(number))
    }

    /// The same, with the rules by which its scores are told.
    ///
    /// # Errors
    /// When there is no such run or no course, or the policy has mistakes.
    fn open(&self, book: Gradebook, course: Option<&Path>, scoring: &Scoring) -> anyhow::Result<Open> {
        let run = self.run(&book)?;
        let course = workplace::course(course)?;
        let policy = scoring.policy(&course, &self.beside(POLICY))?;
        Ok(Open { book, run, course, policy })
    }
}

/// A run of a gradebook, and what its scores are told by.
struct Open {
    book: Gradebook,
    run: Run,
    course: Course,
    policy: Policy,
}

impl Open {
    fn rules(&self) -> Rules<'_> {
        Rules { policy: &self.policy, course: &self.course }
    }

    /// The ids of the lessons that were asked for; all of the run where none was.
    ///
    /// # Errors
    /// When the run is not about one of them.
    fn lessons(&self, asked: &[String]) -> anyhow::Result<Vec<String>> {
        let Self { run, course, .. } = self;
        let is_planned = |id: &str| run.lessons.iter().any(|lesson| lesson.id == id);
        let id = |name: &String| -> Result<String, UnknownLesson> {
            if is_planned(name) { Ok(name.clone()) } else { Ok(course.lesson(name)?.id.clone()) }
        };
        if asked.is_empty() {
            return Ok(run.lessons.iter().map(|lesson| lesson.id.clone()).collect());
        }
        let ids = asked.iter().map(id).collect::<Result<Vec<String>, _>>()?;
        if let Some(other) = ids.iter().find(|id| !is_planned(id)) {
            let known: Vec<&str> = run.lessons.iter().map(|lesson| lesson.id.as_str()).collect();
            anyhow::bail!("run {} is not about {other}; it is about {}", run.number, known.join(", "));
        }
        Ok(ids)
    }
}

/// What a run is called: by its number, and by its lessons where they are few.
fn run_title(number: u32, lessons: &[&PlannedLesson]) -> String {
    match lessons {
        [lesson] => format!("Run {number}: {} {}", lesson.id, lesson.title),
        [first, .., last] if lessons.len() > 4 => {
            format!("Run {number}: {} lessons, {} to {}", lessons.len(), first.id, last.id)
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|lesson| lesson.id.as_str()).collect();
            format!("Run {number}: {}", ids.join(", "))
        }
    }
}
