//! The formats of `workbook check`, and where their texts go.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;

use super::facts::{self, Fact};
use crate::cli::files::save;
use crate::cli::{FAILS, HOLDS, out};
use crate::report::export::{self, NoScore, Submission};

/// Where GitHub Actions collects Markdown.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";
/// Where GitHub Actions has checked a repository out: annotations name files from there.
const WORKSPACE: &str = "GITHUB_WORKSPACE";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Terminal,
    /// Everything, with all traces
    Json,
    /// The same, a line for each lesson
    Jsonl,
    /// JUnit XML, for GitLab, Jenkins and others
    Junit,
    /// TAP 14, for test harnesses
    Tap,
    /// Gradescope's results.json
    Gradescope,
    /// Classroom 50's result.json
    Classroom50,
    /// Exercism's results.json, version 3; exits with 0 even when tests fail
    Exercism,
    /// PrairieLearn's results.json
    Prairielearn,
    /// Autolab's feedback and, on the last line, scores
    Autolab,
    /// Annotations for GitHub Actions, at most 10
    Github,
    /// Markdown, appended to the file that $GITHUB_STEP_SUMMARY names where that is set
    Summary,
    /// Diagnostics for editors and reviewdog
    Rdjson,
}

impl Format {
    /// Its name on the command line.
    pub(super) fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Can one text tell of several lessons?
    pub(super) fn holds_several(self) -> bool {
        match self {
            Self::Terminal
            | Self::Jsonl
            | Self::Junit
            | Self::Tap
            | Self::Github
            | Self::Summary
            | Self::Rdjson => true,
            Self::Json
            | Self::Gradescope
            | Self::Classroom50
            | Self::Exercism
            | Self::Prairielearn
            | Self::Autolab => false,
        }
    }

    /// Is it read for points?
    pub(super) fn is_a_score(self) -> bool {
        matches!(self, Self::Gradescope | Self::Classroom50 | Self::Prairielearn | Self::Autolab)
    }

    /// The exit code: where a consumer takes a failure of the program for one of ours, none is told.
    pub(super) fn code(self, code: u8) -> u8 {
        if self == Self::Exercism && code == FAILS { HOLDS } else { code }
    }

    /// What the format tells beside the verdict.
    ///
    /// # Errors
    /// When something of it is not known.
    pub(super) fn facts(
        self,
        given: &[Fact],
        root: &Path,
    ) -> anyhow::Result<Option<export::classroom50::Facts>> {
        match self {
            Self::Classroom50 => facts::collect(given, root).map(Some),
            _ => Ok(None),
        }
    }

    /// The text on all submissions; none for formats that tell of each by itself.
    ///
    /// # Errors
    /// When the format is a score, and there is none.
    pub(super) fn export(
        self,
        submissions: &[Submission],
        facts: Option<&export::classroom50::Facts>,
    ) -> Result<Option<String>, NoScore> {
        if self.is_a_score() {
            submissions.iter().try_for_each(export::require_score)?;
        }
        let of_each = |of: fn(&Submission) -> String| submissions.iter().map(of).collect();
        Ok(match self {
            Self::Terminal | Self::Json => None,
            Self::Jsonl => Some(export::jsonl::of_all(submissions)),
            Self::Junit => Some(export::junit::of_all(submissions)),
            Self::Tap => Some(export::tap::of_all(submissions)),
            Self::Github => Some(export::github::annotations(submissions)),
            Self::Summary => Some(export::summary::of_all(submissions)),
            Self::Rdjson => Some(export::rdjson::of_all(submissions)),
            Self::Gradescope => Some(of_each(export::gradescope::of)),
            Self::Exercism => Some(of_each(export::exercism::of)),
            Self::Prairielearn => Some(of_each(export::prairielearn::of)),
            Self::Autolab => Some(of_each(export::autolab::of)),
            Self::Classroom50 => facts.map(|facts| {
                submissions.iter().map(|submission| export::classroom50::of(submission, facts)).collect()
            }),
        })
    }

    /// Brings a text to where it is wanted.
    ///
    /// # Errors
    /// When it cannot be written there.
    pub(super) fn deliver(self, text: &str, file: Option<&Path>) -> anyhow::Result<()> {
        if let Some(file) = file {
            return save(file, |to| Ok(to.write_all(text.as_bytes())?))
                .with_context(|| format!("cannot save the report in {}", file.display()));
        }
        match std::env::var_os(STEP_SUMMARY).filter(|file| !file.is_empty()) {
            Some(file) if self == Self::Summary => append(Path::new(&file), text),
            _ => out::print(text),
        }
    }
}

/// Others write to this file as well, so it is never replaced.
fn append(file: &Path, text: &str) -> anyhow::Result<()> {
    let opened = OpenOptions::new().append(true).create(true).open(file);
    opened
        .and_then(|mut opened| opened.write_all(text.as_bytes()))
        .with_context(|| format!("cannot append to the file of {STEP_SUMMARY}, {}", file.display()))
}

/// A source as those name it who read the report: from the checkout of a workflow, from the current folder, or from
/// the course's.
pub(super) fn path_for_readers(file: &Path, root: &Path) -> String {
    let workspace = std::env::var_os(WORKSPACE).map(PathBuf::from);
    let here = std::env::current_dir().ok();
    let bases = [workspace, here, Some(root.to_owned())].into_iter().flatten();
    let bases = bases.filter_map(|base| base.canonicalize().ok());
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let below = bases.into_iter().find_map(|base| file.strip_prefix(base).ok().map(Path::to_owned));
    below.unwrap_or(file).display().to_string()
}
