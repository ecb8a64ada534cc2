//! `workbook init`: a folder to learn in.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::kit::{self as words, quoted, shown};
use super::{CANNOT_JUDGE, out};
use crate::kit::{self, Folder, Kind, Purpose, Record, Step, What};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder to make, or to complete; without it the current folder, if that is empty
    dir: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    if course.is_some() {
        bail!("init takes no --course; name the folder to make: workbook init DIR");
    }
    let asked = arguments.dir.as_deref().unwrap_or(Path::new("."));
    refuse(asked)?;
    if arguments.dir.is_none() {
        require_empty(asked)?;
    }
    let folder = make(asked)?;
    let is_first = !Record::is_in(folder.root());
    let mut record = words::record(&folder, false)?.unwrap_or_default();
    let mut steps = kit::plan(&folder, &record, Purpose::Complete);
    let again = format!("workbook init {}", quoted(asked));
    kit::install(&folder, &mut record, &mut steps).map_err(|error| words::interrupted(&error, &again))?;
    let edited_starters = kit::edited_starters();
    let mut text = told(asked, &folder, &steps, is_first)?;
    for path in &edited_starters {
        writeln!(text, "\n{path} is missing:\n  it had been edited where this workbook was built")?;
    }
    write_next(&mut text, asked, &folder)?;
    out::print(&text)?;
    Ok(if edited_starters.is_empty() { words::code(&steps) } else { CANNOT_JUDGE })
}

/// Nobody fills a folder by mistake.
fn require_empty(folder: &Path) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder).context("cannot read the current folder")?;
    let is_empty = entries.filter_map(Result::ok).all(|entry| entry.file_name() == ".git");
    if !is_empty && !Record::is_in(folder) {
        bail!("the current folder is not empty; name the one to make: workbook init DIR");
    }
    Ok(())
}

/// Places where a learner's folder must not be.
fn refuse(asked: &Path) -> anyhow::Result<()> {
    let target = target(asked)?;
    if target.to_str().is_none() {
        bail!("{}: this path is not UTF-8; choose a folder whose name is", shown(&target));
    }
    if fs::metadata(asked).is_ok_and(|data| !data.is_dir()) {
        bail!("{} is a file; choose another name", shown(asked));
    }
    if let Some(checkout) = target.ancestors().find(|folder| words::is_checkout(folder)) {
        bail!(
            "{} is the workbook's own checkout and holds the course already.\n\
             Work there as it is, or make a folder elsewhere: workbook init ~/workbook",
            shown(checkout)
        );
    }
    if let Some(outer) = target.ancestors().skip(1).find(|folder| Record::is_in(folder)) {
        bail!(
            "{} would lie in a workbook that is there already: {}\n\
             To complete that one: workbook init {}",
            shown(&target),
            shown(outer),
            quoted(outer)
        );
    }
    Ok(())
}

/// The whole path, without links as far as it exists.
fn target(asked: &Path) -> anyhow::Result<PathBuf> {
    let whole =
        std::path::absolute(asked).with_context(|| format!("cannot tell where {} is", shown(asked)))?;
    for above in whole.ancestors() {
        if let Ok(real) = above.canonicalize() {
            let rest = whole.strip_prefix(above).unwrap_or(Path::new(""));
            return Ok(if rest.as_os_str().is_empty() { real } else { real.join(rest) });
        }
    }
    Ok(whole)
}

fn make(asked: &Path) -> anyhow::Result<Folder> {
    let make = || -> io::Result<Folder> {
        kit::make_folder(asked)?;
        Folder::open(asked)
    };
    make().with_context(|| format!("cannot make the folder {}", shown(asked)))
}

/// What was done.
fn told(asked: &Path, folder: &Folder, steps: &[Step], is_first: bool) -> anyhow::Result<String> {
    let mut text = String::new();
    let name = if asked == Path::new(".") { "this folder".to_owned() } else { shown(asked) };
    let written: Vec<&Step> = steps.iter().filter(|step| step.what.is_change()).collect();
    match (is_first, written.len()) {
        (true, amount) => {
            writeln!(text, "{amount} files written to {name}")?;
            text.push_str(CONTENTS);
        }
        (false, 0) => writeln!(text, "{name} is complete: nothing was missing")?,
        (false, amount) => {
            writeln!(text, "{} missing in {name}, and written:", files(amount))?;
            written.iter().try_for_each(|step| writeln!(text, "  {}", step.path))?;
        }
    }
    write_left(&mut text, steps)?;
    if steps.iter().any(|step| step.path == kit::CARGO_TOML && is_news(step)) {
        words::write_missing_bins(&mut text, folder, steps)?;
    }
    words::write_obstacles(&mut text, steps)?;
    Ok(text)
}

const CONTENTS: &str = "  \
  lessons/      what to read, and how programs are checked
  exercises/    where you write: in Rust, C or Python
  README.md     how to go on
  and Cargo.toml, compile_flags.txt, .vscode and .zed for your editor
";

/// What is there and is not as it would be written.
fn write_left(text: &mut String, steps: &[Step]) -> std::fmt::Result {
    let edited: Vec<&Step> = steps.iter().filter(|step| matches!(step.what, What::Edited { .. })).collect();
    let strange: Vec<&&Step> = edited.iter().filter(|step| is_news(step)).collect();
    if !strange.is_empty() {
        writeln!(text, "\nleft as they are, for they are not the workbook's (or not today's):")?;
        for step in &strange {
            let command = words::reset_command(&step.path).filter(|_| Kind::of(&step.path) == Kind::Exercise);
            let line = format!("  {:<28}{}", step.path, command.unwrap_or_default());
            writeln!(text, "{}", line.trim_end())?;
        }
    }
    let known = edited.len() - strange.len();
    if known > 0 {
        writeln!(text, "\n{} edited, and left as they are.", files(known))?;
    }
    let earlier = steps.iter().filter(|step| step.what == What::Earlier).count();
    if earlier > 0 {
        writeln!(text, "\n{} of an earlier workbook; to have today's: workbook update", files(earlier))?;
    }
    Ok(())
}

fn is_news(step: &Step) -> bool {
    step.what == What::Edited { is_news: true }
}

fn files(amount: usize) -> String {
    if amount == 1 { "1 file was".to_owned() } else { format!("{amount} files were") }
}

fn write_next(text: &mut String, asked: &Path, folder: &Folder) -> std::fmt::Result {
    writeln!(text, "\nnext")?;
    if std::env::current_dir().map_or(true, |here| here != folder.root()) {
        writeln!(text, "  cd {}", quoted(asked))?;
    }
    writeln!(text, "  workbook")
}
