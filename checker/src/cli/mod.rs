//! The command line: one file per command.

mod browser;
mod check;
mod diagram;
mod doctor;
mod exercise;
mod explain;
mod files;
mod gradebook;
#[cfg(test)]
mod guide;
mod hint;
mod init;
mod interrupt;
mod journal;
mod kit;
mod lang;
mod lint;
mod list;
mod measure;
mod next;
mod open;
mod out;
mod package;
mod pager;
mod progress;
mod prove;
mod read;
mod reset;
mod run;
mod saved;
mod serve;
mod shell;
mod solution;
mod sources;
mod update;
mod watch;
mod workplace;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::course::CourseErrors;
use crate::lab::LAUNCHER_WORD;
use crate::lab::build::BuildError;
use crate::run::EncounterError;

/// Everything that was asked for holds.
const HOLDS: u8 = 0;
/// The learner's program fails a criterion, or does not build, crashes, hangs.
const FAILS: u8 = 1;
/// The workbook could not judge.
const CANNOT_JUDGE: u8 = 2;
/// The user interrupted: 128 + SIGINT, as shells have it.
const INTERRUPTED: u8 = 130;

/// Learn HTTP/1.1 persistent connections by writing clients and servers on raw sockets.
///
/// Without a command, on a terminal, it opens a prompt: that is the way to learn with it.
#[derive(Debug, Parser)]
#[command(name = "workbook", version, about, max_term_width = 100)]
struct Arguments {
    /// The course's folder; without it, the nearest one above the current folder
    #[arg(long, global = true, value_name = "DIR")]
    course: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a folder to learn in: lessons, exercises, and what your editor wants to see
    Init(init::Arguments),
    /// Show where you stand, and the one next thing to do
    Next,
    /// Read a lesson: in the terminal, or the whole course in a browser
    Read(read::Arguments),
    /// Open the exercise in your editor
    Open(open::Arguments),
    /// Check an exercise against the criteria of its lesson
    Check(check::Arguments),
    /// Check the exercise whenever it is saved
    Watch(watch::Arguments),
    /// Show the next hint: the one that fits the last check, if there is one
    Hint(hint::Arguments),
    /// Draw the last run, what was expected beside what happened, as text, image or page
    Diagram(diagram::Arguments),
    /// Run an exercise against the bundled server, with its output untouched
    Run(run::Arguments),
    /// Serve a page or a scenario on a port, for nc, curl or a browser, and draw what happens
    Serve(serve::Arguments),
    /// Show what connection reuse is worth: the same program over a slow wire, with and without it
    Measure(measure::Arguments),
    /// Show what is done
    Progress(progress::Arguments),
    /// List the lessons
    List,
    /// Choose the language of your programs
    Lang(lang::Arguments),
    /// Show the reference solution, once the lesson is done or when asked twice
    Solution(solution::Arguments),
    /// Get the starter of a lesson again; what you wrote is kept beside it
    Reset(reset::Arguments),
    /// Bring new lessons and changed starters into your folder; what you have edited stays
    Update(update::Arguments),
    /// Judge and draw a saved trace
    Explain(explain::Arguments),
    /// Show, compare and export what is known of a class
    Gradebook(gradebook::Arguments),
    /// Write what another system needs to grade with this workbook
    Package(package::Arguments),
    /// Show what is installed, what is missing and what to do about it
    Doctor,
    /// Find mistakes in the course's files
    Lint,
    /// Prove that the grading is right: solutions pass, starters and mutants are caught
    Prove(prove::Arguments),
}

/// Parses the command line and runs the command.
#[must_use]
pub fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|word| word == LAUNCHER_WORD) {
        return launcher(&words.next().unwrap_or_default().to_string_lossy());
    }
    let outcome = Arguments::try_parse().map_err(anyhow::Error::from).and_then(|arguments| obey(&arguments));
    ExitCode::from(outcome.unwrap_or_else(|error| explain_error(&error)))
}

fn obey(arguments: &Arguments) -> anyhow::Result<u8> {
    let course = arguments.course.as_deref();
    let Some(command) = &arguments.command else { return talk(course) };
    match command {
        Command::Init(command) => init::run(command, course),
        Command::Next => next::run(course),
        Command::Read(command) => read::run(command, course),
        Command::Open(command) => open::run(command, course),
        Command::Check(command) => check::run(command, course),
        Command::Watch(command) => watch::run(command, course),
        Command::Hint(command) => hint::run(command, course),
        Command::Diagram(command) => diagram::run(command, course),
        Command::Run(command) => run::run(command, course),
        Command::Serve(command) => serve::run(command, course),
        Command::Measure(command) => measure::run(command, course),
        Command::Progress(command) => progress::run(command, course),
        Command::List => list::run(course),
        Command::Lang(command) => lang::run(command, course),
        Command::Solution(command) => solution::run(command, course),
        Command::Reset(command) => reset::run(command, course),
        Command::Update(command) => update::run(command, course),
        Command::Explain(command) => explain::run(command, course),
        Command::Gradebook(command) => gradebook::run(command, course),
        Command::Package(command) => package::run(command, course),
        Command::Doctor => doctor::run(course),
        Command::Lint => lint::run(course),
        Command::Prove(command) => prove::run(command, course),
    }
}

/// Opens the prompt, or says what there is where nobody can be talked to.
fn talk(course: Option<&Path>) -> anyhow::Result<u8> {
    if shell::is_possible() {
        return shell::run(course);
    }
    Ok(shell::without_terminal(&Arguments::command().render_help().to_string()))
}

/// Runs as the helper process that starts programs.
fn launcher(limits: &str) -> ExitCode {
    match crate::lab::serve(limits) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            out::error(&format!("launcher: {error}"));
            ExitCode::from(CANNOT_JUDGE)
        }
    }
}

/// Says what went wrong, and answers with the exit code.
fn explain_error(error: &anyhow::Error) -> u8 {
    if let Some(usage) = error.downcast_ref::<clap::Error>() {
        out::usage(usage);
        return if usage.use_stderr() { CANNOT_JUDGE } else { HOLDS };
    }
    let is_interrupted = matches!(error.downcast_ref(), Some(EncounterError::Interrupted))
        || matches!(error.downcast_ref(), Some(BuildError::Interrupted));
    if is_interrupted {
        out::error("interrupted; nothing was judged");
        return INTERRUPTED;
    }
    out::error(&in_one_line(error));
    if error.is::<CourseErrors>() && kit::learners_folder().is_some() {
        out::note(
            "What is missing of the lessons comes back with `workbook update`;\nwhat is damaged, delete first.",
        );
    }
    CANNOT_JUDGE
}

/// The error with its causes; one that its effect has told already is not told again.
fn in_one_line(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}
