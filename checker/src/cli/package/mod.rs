//! `workbook package`: what other systems need to grade with this workbook.

mod archive;
mod gradescope;
mod metadata;
mod rights;
mod run;

use std::path::Path;

/// What to write.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    package: Package,
}

#[derive(Debug, clap::Subcommand)]
enum Package {
    /// Write an autograder for Gradescope: a zip to upload
    Gradescope(gradescope::Arguments),
    /// Grade what Gradescope has put into a container; the autograder calls this
    #[command(hide = true)]
    Run(run::Arguments),
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    match &arguments.package {
        Package::Gradescope(arguments) => gradescope::run(arguments, course),
        Package::Run(arguments) => run::run(arguments, course),
    }
}

/// When learners may see results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
enum VisibilityWord {
    /// At once
    Visible,
    /// Never
    Hidden,
    /// When nobody can hand in any more
    AfterDueDate,
    /// When grades are published
    AfterPublished,
}
