//! `workbook update`: the course as it is today, around what the learner has written.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::kit::{self as words, quoted, shown};
use super::{out, workplace};
use crate::kit::{self, Folder, Kind, Purpose, Record, Step, VERSION, What};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let root = root(course)?;
    if words::is_checkout(&root) {
        bail!("{} is the workbook's own checkout: new lessons come with `git pull`", shown(&root));
    }
    let folder = Folder::open(&root).with_context(|| format!("cannot open {}", shown(&root)))?;
    let Some(mut record) = words::record(&folder, arguments.dry_run)? else {
        bail!(
            "{} has no record of what was installed, so it cannot be told what is yours.\n\
             To have one, and whatever is missing: workbook init {}",
            shown(&root),
            quoted(&root)
        );
    };
    let mut steps = kit::plan(&folder, &record, Purpose::Update);
    if !arguments.dry_run {
        kit::install(&folder, &mut record, &mut steps)
            .map_err(|error| words::interrupted(&error, "workbook update"))?;
    }
    out::print(&told(&folder, &steps, arguments.dry_run)?)?;
    Ok(words::code(&steps))
}

/// The folder that is to be updated, even where all its lessons are gone.
fn root(course: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(folder) = course.filter(|folder| Record::is_in(folder)) {
        return Ok(folder.to_owned());
    }
    match words::learners_folder().filter(|_| course.is_none()) {
        Some(folder) => Ok(folder),
        None => workplace::root(course),
    }
}

fn told(folder: &Folder, steps: &[Step], is_dry: bool) -> anyhow::Result<String> {
    let mut rest = String::new();
    write_edited(&mut rest, folder, steps)?;
    write_disowned(&mut rest, steps)?;
    words::write_obstacles(&mut rest, steps)?;
    let mut text = String::new();
    match (steps.iter().any(|step| step.what.is_change()), is_dry) {
        (false, _) if rest.is_empty() => writeln!(text, "everything is up to date with workbook {VERSION}")?,
        (false, _) => writeln!(text, "everything else is up to date with workbook {VERSION}")?,
        (true, true) => writeln!(text, "what `workbook update` would do:")?,
        (true, false) => writeln!(text, "up to date with workbook {VERSION} now:")?,
    }
    steps.iter().try_for_each(|step| write_change(&mut text, step))?;
    Ok(text + &rest)
}

fn write_change(text: &mut String, step: &Step) -> std::fmt::Result {
    let path = &step.path;
    match &step.what {
        What::New => writeln!(text, "  new       {path}"),
        What::Restored => writeln!(text, "  restored  {path}"),
        What::Replaced => writeln!(text, "  replaced  {path}"),
        What::Removed => writeln!(text, "  removed   {path}"),
        What::MovedOut { to } => writeln!(
            text,
            "  moved     {path}\n            is no lesson any more; what you have in it is in {to}"
        ),
        _ => Ok(()),
    }
}

/// Tells what the learner has edited and what has changed since.
fn write_edited(text: &mut String, folder: &Folder, steps: &[Step]) -> std::fmt::Result {
    let of_kind = |kind| {
        let news = steps.iter().filter(|step| step.what == What::Edited { is_news: true });
        news.filter(move |step| Kind::of(&step.path) == kind && step.path != kit::CARGO_TOML)
    };
    if of_kind(Kind::Exercise).next().is_some() {
        text.push_str("\nedited, and left as they are; you get today's starters with\n");
    }
    for step in of_kind(Kind::Exercise) {
        let command = words::reset_command(&step.path).unwrap_or_default();
        writeln!(text, "  {:<28}{command}", step.path)?;
    }
    let is_here = std::env::current_dir().is_ok_and(|here| here == folder.root());
    let again = format!("workbook init {}", if is_here { ".".to_owned() } else { quoted(folder.root()) });
    for (kind, command) in [(Kind::Lesson, "workbook update"), (Kind::Layout, again.as_str())] {
        if of_kind(kind).next().is_some() {
            writeln!(text, "\nedited, and left as they are; for today's, delete it, and then: {command}")?;
        }
        of_kind(kind).try_for_each(|step| writeln!(text, "  {}", step.path))?;
    }
    if steps.iter().any(|step| step.path == kit::CARGO_TOML && step.what == What::Edited { is_news: true }) {
        words::write_missing_bins(text, folder, steps)?;
    }
    Ok(())
}

fn write_disowned(text: &mut String, steps: &[Step]) -> std::fmt::Result {
    let disowned = steps.iter().filter(|step| step.what == What::Disowned);
    for (number, step) in disowned.enumerate() {
        if number == 0 {
            text.push_str("\nof no lesson any more; they are yours and stay:\n");
        }
        writeln!(text, "  {}", step.path)?;
    }
    Ok(())
}
