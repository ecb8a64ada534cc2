//! `workbook gradebook export`: grades and verdicts for other systems.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::facts;
use super::names::Names;
use super::sheets::{Title, sheet};
use super::submission::Scored;
use crate::cli::check::facts::Fact;
use crate::cli::files::save;
use crate::cli::grade::Scoring;
use crate::cli::{FAILS, HOLDS, out};
use crate::grade::gradebook::{Gradebook, Graded, Rules, Run, Tally, Worth, unearned};
use crate::grade::plan::Learner;
use crate::grade::policy::Score;
use crate::report::export::{self, Document, Submission, canvas, moodle};
use crate::report::text::shown;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// For which system
    #[arg(long, value_enum)]
    format: Format,
    /// Where to: a folder for formats with a file for each learner, else a file
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Only these lessons
    #[arg(long, value_name = "LESSON")]
    lesson: Vec<String>,
    #[command(flatten)]
    scoring: Scoring,
    /// What the system calls a lesson, such as w04-l03='HTTP keep-alive (1234)'
    #[arg(long, value_name = "LESSON=TITLE")]
    column: Vec<Title>,
    /// For moodle: the column of the roster to know people by
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,
    /// For classroom50: what the roster does not tell, such as classroom=net101
    #[arg(long, value_name = "NAME=VALUE")]
    fact: Vec<Fact>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for Canvas' gradebook
    Canvas,
    /// A table for Moodle's grader report
    Moodle,
    /// Everything, a line for each submission
    Jsonl,
    /// JUnit XML
    Junit,
    /// TAP 14
    Tap,
    /// Annotations for GitHub Actions, at most 10
    Github,
    /// Markdown
    Summary,
    /// Diagnostics for editors and reviewdog
    Rdjson,
    /// A results.json for each learner
    Gradescope,
    /// A result.json for each learner
    Classroom50,
    /// A results.json for each learner, version 3
    Exercism,
    /// A results.json for each learner
    Prairielearn,
    /// Feedback and scores for each learner
    Autolab,
}

/// What the command line says, and what everyone in a cluster is told.
pub(super) struct Given<'a> {
    pub(super) lessons: &'a [String],
    pub(super) titles: &'a [Title],
    pub(super) comments: &'a BTreeMap<String, String>,
    pub(super) wants_feedback: bool,
}

/// Somebody who has no place in what is written.
pub(super) struct LeftOut {
    learner: String,
    lesson: String,
    why: String,
}

impl LeftOut {
    pub(super) fn of(tally: &Tally, why: String) -> Self {
        Self { learner: tally.learner.clone(), lesson: tally.lesson.clone(), why }
    }
}

pub(super) fn run(
    arguments: &Arguments,
    all: &super::Arguments,
    course: Option<&Path>,
) -> anyhow::Result<u8> {
    let open = all.open(all.read()?, course, &arguments.scoring)?;
    let lessons = open.lessons(&arguments.lesson)?;
    let comments = open.book.comments()?;
    let given = Given {
        lessons: &lessons,
        titles: &arguments.column,
        comments: &comments,
        wants_feedback: arguments.format == Format::Moodle,
    };
    let rules = open.rules();
    let mut export =
        Export { arguments, book: &open.book, run: &open.run, rules, given, left_out: Vec::new() };
    export.write()?;
    Ok(export.tell_left_out())
}

/// One call of the command.
struct Export<'a> {
    arguments: &'a Arguments,
    book: &'a Gradebook,
    run: &'a Run,
    rules: Rules<'a>,
    given: Given<'a>,
    left_out: Vec<LeftOut>,
}

impl Export<'_> {
    fn write(&mut self) -> anyhow::Result<()> {
        match self.arguments.format {
            Format::Canvas | Format::Moodle => {
                let sheet = sheet(self.book, self.run, self.rules, &self.given, &mut self.left_out)?;
                let text = match self.arguments.format {
                    Format::Canvas => canvas::of_class(&sheet)?,
                    _ => moodle::of_class(&sheet, self.arguments.key.as_deref())?,
                };
                self.deliver(|to| Ok(to.write_all(text.as_bytes())?))
            }
            Format::Jsonl => self.lines(),
            Format::Junit => self.document(&mut export::junit::Junit::default()),
            Format::Tap => self.document(&mut export::tap::Tap::default()),
            Format::Github => self.document(&mut export::github::Annotations::default()),
            Format::Summary => self.document(&mut export::summary::Summary::default()),
            Format::Rdjson => self.document(&mut export::rdjson::Rdjson::default()),
            Format::Gradescope
            | Format::Classroom50
            | Format::Exercism
            | Format::Prairielearn
            | Format::Autolab => self.files(),
        }
    }

    /// A text whose beginning is known when all of it is: until then, parts wait on the disk.
    fn document(&mut self, document: &mut dyn Document) -> anyhow::Result<()> {
        let mut parts = BufWriter::new(tempfile::tempfile().context("no temporary file")?);
        self.each(|_, submission| Ok(parts.write_all(document.part(&submission).as_bytes())?))?;
        let mut parts = BufReader::new(parts.into_inner().map_err(io::IntoInnerError::into_error)?);
        parts.rewind()?;
        self.deliver(|to| {
            to.write_all(document.head().as_bytes())?;
            io::copy(&mut parts, to)?;
            Ok(to.write_all(document.tail().as_bytes())?)
        })
    }

    /// One submission at a time: with all traces a class is larger than memory.
    fn lines(&mut self) -> anyhow::Result<()> {
        let line = |submission: Submission| export::jsonl::of_all(std::slice::from_ref(&submission));
        let Some(file) = self.arguments.out.as_deref() else {
            return self.each(|_, submission| out::print(&line(submission)));
        };
        save(file, |to| self.each(|_, submission| Ok(to.write_all(line(submission).as_bytes())?)))
            .with_context(|| format!("cannot save the export in {}", file.display()))
    }

    /// A file for each learner and lesson.
    fn files(&mut self) -> anyhow::Result<()> {
        let Some(folder) = self.arguments.out.as_deref() else {
            let word = self.arguments.format.word();
            bail!("--format {word} is a file for each learner: name a folder for them with --out DIR");
        };
        let learners = self.book.learners(self.run)?;
        let learners: BTreeMap<&str, &Learner> =
            learners.iter().map(|learner| (learner.login.as_str(), learner)).collect();
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let (format, given) = (self.arguments.format, &self.arguments.fact);
        let mut names = Names::default();
        let mut amount = 0;
        self.each(|graded, submission| {
            let handed_in = &graded.entry.handed_in;
            let text = match format {
                Format::Classroom50 => {
                    let learner = learners.get(handed_in.learner.as_str()).copied();
                    export::classroom50::of(&submission, &facts::collect(given, learner, handed_in)?)
                }
                format => format.of_one(&submission),
            };
            let suffix = if format == Format::Autolab { "txt" } else { "json" };
            let name = format!("{}.{suffix}", names.name(&handed_in.learner, &handed_in.lesson));
            amount += 1;
            save(&folder.join(&name), |to| Ok(to.write_all(text.as_bytes())?))
                .with_context(|| format!("cannot save {name} in {}", folder.display()))
        })?;
        out::note(&format!("{amount} files are in {}", folder.display()));
        Ok(())
    }

    /// Hands over every submission that counts and has a score, with all evidence.
    fn each(
        &mut self,
        mut take: impl FnMut(&Graded, Submission) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut left_out = Vec::new();
        let result = self.book.tallies(self.run, self.rules, |tally| {
            if !self.given.lessons.contains(&tally.lesson) {
                return Ok(());
            }
            match (&tally.worth, &tally.counting) {
                (Worth::Score(score), Some(graded)) => match self.submission(graded, score)? {
                    Some(submission) => take(graded, submission)?,
                    None => {
                        left_out.push(LeftOut::of(&tally, "There is no verdict to tell of.".to_owned()));
                    }
                },
                (Worth::NeedsLook(why), _) => left_out.push(LeftOut::of(&tally, why.clone())),
                (Worth::Nothing | Worth::Score(_), _) => {}
            }
            Ok::<(), anyhow::Error>(())
        });
        self.left_out.extend(left_out);
        result
    }

    fn submission(&self, graded: &Graded, score: &Score) -> anyhow::Result<Option<Submission>> {
        let outcome = graded.entry.key.as_ref().map_or(Ok(None), |key| self.book.outcome(key))?;
        let lesson =
            self.rules.course.lessons.iter().find(|lesson| lesson.id == graded.entry.handed_in.lesson);
        let unearned = lesson.map(|lesson| unearned(lesson, self.run.level)).unwrap_or_default();
        let comment = graded.mark.as_ref().and_then(|mark| self.given.comments.get(&mark.id));
        Ok(Scored { run: self.run, graded, score, comment, unearned }.submission(outcome))
    }

    fn deliver(&self, write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
        if let Some(file) = self.arguments.out.as_deref() {
            return save(file, |to| write(to))
                .with_context(|| format!("cannot save the export in {}", file.display()));
        }
        out::write(write)
    }

    /// Says who has no place in what was written; the exit code.
    fn tell_left_out(&self) -> u8 {
        if self.left_out.is_empty() {
            return HOLDS;
        }
        out::note(&format!(
            "workbook: {} left out, because they have no score or no place there:",
            self.left_out.len()
        ));
        let look = out::look();
        let line = |text: &str| shown(text, &look).replace('\n', " ");
        for LeftOut { learner, lesson, why } in &self.left_out {
            out::note(&format!("  {}  {lesson}  {}", line(learner), line(why)));
        }
        FAILS
    }
}

impl Format {
    fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn of_one(self, submission: &Submission) -> String {
        match self {
            Self::Exercism => export::exercism::of(submission),
            Self::Prairielearn => export::prairielearn::of(submission),
            Self::Autolab => export::autolab::of(submission),
            _ => export::gradescope::of(submission),
        }
    }
}
