//! The command line: one file per command.

mod check;
mod doctor;
mod exercise;
mod explain;
mod interrupt;
mod lint;
mod list;
mod measure;
mod out;
mod prove;
mod run;
mod serve;
mod workplace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
#[derive(Debug, Parser)]
#[command(name = "workbook", version, about, max_term_width = 100)]
struct Arguments {
    /// The course's folder; without it, the nearest one above the current folder
    #[arg(long, global = true, value_name = "DIR")]
    course: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check an exercise against the criteria of its lesson
    Check(check::Arguments),
    /// List the lessons
    List,
    /// Run an exercise against the bundled server, with its output untouched
    Run(run::Arguments),
    /// Serve a page or a scenario on a port, for nc, curl or a browser, and draw what happens
    Serve(serve::Arguments),
    /// Show what connection reuse is worth: the same program over a slow wire, with and without it
    Measure(measure::Arguments),
    /// Judge and draw a saved trace
    Explain(explain::Arguments),
    /// Find mistakes in the course's files
    Lint,
    /// Prove that the grading is right: solutions pass, starters and mutants are caught
    Prove(prove::Arguments),
    /// Show what is installed, what is missing and what to do about it
    Doctor,
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
    match &arguments.command {
        Command::Check(command) => check::run(command, course),
        Command::List => list::run(course),
        Command::Run(command) => run::run(command, course),
        Command::Serve(command) => serve::run(command, course),
        Command::Measure(command) => measure::run(command, course),
        Command::Explain(command) => explain::run(command, course),
        Command::Lint => lint::run(course),
        Command::Prove(command) => prove::run(command, course),
        Command::Doctor => doctor::run(course),
    }
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
