//! `workbook diagram`: draws the last run of a lesson, what was expected beside what happened.

mod expectation;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;

pub(super) use self::expectation::expectation;
use super::saved::{self, Origin};
use super::{HOLDS, browser, files, out, pager, workplace};
use crate::course::Course;
use crate::judge::{ScenarioVerdict, State};
use crate::report;
use crate::report::diagram::{self, Exchange};
use crate::trace::Trace;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson, such as w04-l03, l03 or keep-alive; without it, the one that was checked last
    #[arg(conflicts_with = "trace")]
    lesson: Option<String>,
    /// Draw this scenario; without it, the first that failed, else the first
    #[arg(long, value_name = "ID")]
    scenario: Option<String>,
    /// Draw a trace that `workbook check --trace FILE` has saved, in the place of the last run
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// What to draw: text without it, and a page for --open
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write the drawing into this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show the drawing in a browser
    #[arg(long)]
    open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// An image for documents and slides
    Svg,
    /// A page that shows the bytes of every row
    Html,
}

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Svg => "svg",
            Self::Html => "html",
        }
    }
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    if let Some(file) = &arguments.out {
        files::require_place(file).with_context(|| cannot_write(file))?;
    }
    let format = format(arguments)?;
    let course = workplace::course(course)?;
    let file = match &arguments.trace {
        Some(file) => file.clone(),
        None => last_run(arguments.lesson.as_deref(), &course)?,
    };
    let traces = saved::read(&file)?;
    let (origin, verdict) = telling(&traces, arguments.scenario.as_deref(), &course)
        .with_context(|| format!("{}", file.display()))?;
    let drawing = draw(&origin, &verdict, format, arguments.out.is_none());
    deliver(&drawing, format, arguments, &saved::last_folder(&course).join(&origin.lesson.id))?;
    Ok(HOLDS)
}

fn format(arguments: &Arguments) -> anyhow::Result<Format> {
    match (arguments.format, arguments.open) {
        (Some(Format::Text), true) => bail!("a browser shows no text: use --open with --format html or svg"),
        (Some(format), _) => Ok(format),
        (None, true) => Ok(Format::Html),
        (None, false) => Ok(Format::Text),
    }
}

/// The file with the last run of this lesson, or of any.
fn last_run(lesson: Option<&str>, course: &Course) -> anyhow::Result<PathBuf> {
    let Some(name) = lesson else {
        let first = course.lessons.first().map_or("LESSON", |lesson| &lesson.id);
        return saved::newest(course).with_context(|| {
            format!("no program has been checked here yet; begin with:\n  workbook check {first}")
        });
    };
    let lesson = course.lesson(name)?;
    let file = saved::last_file(course, &lesson.id);
    if !file.is_file() {
        bail!("no program has been checked in {0} yet; first:\n  workbook check {0}", lesson.id);
    }
    Ok(file)
}

/// The trace that is asked for with its verdict: a scenario's, else the first that failed, else the first.
fn telling<'a>(
    traces: &'a [Trace],
    scenario: Option<&str>,
    course: &'a Course,
) -> anyhow::Result<(Origin<'a>, ScenarioVerdict)> {
    let mut first = None;
    for trace in traces.iter().filter(|trace| scenario.is_none_or(|wanted| trace.scenario == wanted)) {
        let origin = Origin::of(trace, course)?;
        let verdict = origin.judge(trace);
        if verdict.state == State::Failed && !verdict.is_advice {
            return Ok((origin, verdict));
        }
        first.get_or_insert((origin, verdict));
    }
    match first {
        Some(first) => Ok(first),
        None => bail!("{}", not_there(traces, scenario.unwrap_or_default(), course)),
    }
}

/// Which scenarios there are, and how to get the one that is not.
fn not_there(traces: &[Trace], wanted: &str, course: &Course) -> String {
    let lesson = &traces[0].lesson;
    let mut there: Vec<&str> = traces.iter().map(|trace| trace.scenario.as_str()).collect();
    there.dedup();
    let there = there.join("\n  ");
    let is_known = course
        .lesson(lesson)
        .is_ok_and(|lesson| lesson.checks.scenarios.iter().any(|scenario| scenario.id.get_ref() == wanted));
    match is_known {
        true => format!(
            "the run of `{wanted}` was not kept; play it, and then draw it:\n  \
             workbook check {lesson} --scenario {wanted}\nThere are:\n  {there}"
        ),
        false => format!("{lesson} has no scenario `{wanted}`; there are the runs of:\n  {there}"),
    }
}

fn draw(origin: &Origin<'_>, verdict: &ScenarioVerdict, format: Format, is_for_terminal: bool) -> String {
    let Some(trace) = &verdict.trace else { return String::new() };
    let expectation = expectation(origin, trace);
    let lesson = origin.lesson;
    let exchange =
        Exchange { verdict, trace, expectation: &expectation, lesson: &lesson.id, title: &lesson.title };
    match format {
        Format::Text => {
            let look = if is_for_terminal { out::wide_look() } else { report::Look::of_a_file() };
            report::terminal::compared(verdict, &expectation, &lesson.id, &look)
        }
        Format::Svg => diagram::svg(&exchange),
        Format::Html => diagram::page(&exchange),
    }
}

/// Writes the drawing where it is wanted. A person at a terminal gets a picture as a file of its own: `beside` and
/// an extension.
fn deliver(drawing: &str, format: Format, arguments: &Arguments, beside: &Path) -> anyhow::Result<()> {
    let is_picture = format != Format::Text;
    let file = match &arguments.out {
        Some(file) => file.clone(),
        None if is_picture && (arguments.open || out::is_terminal()) => {
            let mut file = beside.as_os_str().to_owned();
            file.push(format!(".{}", format.extension()));
            let file = PathBuf::from(file);
            let folder = file.parent().unwrap_or(Path::new("."));
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} (--out FILE writes it elsewhere)", cannot_write(&file)))?;
            file
        }
        None => {
            out::tell_narrow();
            return pager::print(drawing, pager::Pager::on_terminal(), &out::look());
        }
    };
    files::save(&file, |to| Ok(to.write_all(drawing.as_bytes())?)).with_context(|| cannot_write(&file))?;
    if arguments.open {
        match browser::open(&file) {
            Ok(()) => out::note(&format!("opened {}", file.display())),
            Err(why) => out::note(&format!("{why}; open this file in a browser:\n  {}", file.display())),
        }
    } else if arguments.out.is_none() {
        out::print(&format!("{}\n", file.display()))?;
        out::note("Open it in a browser, or have it opened: workbook diagram --open");
    }
    Ok(())
}

fn cannot_write(file: &Path) -> String {
    format!("cannot write the drawing to {}", file.display())
}
