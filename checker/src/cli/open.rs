//! `workbook open`: the exercise, in the learner's editor.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use super::journal::Journal;
use super::sources::Sources;
use super::{CANNOT_JUDGE, HOLDS, out, workplace};
use crate::course::Language;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson; without it, the one that you are in
    lesson: Option<String>,
    /// The language: rust, c or python; without it, the one that you write in
    #[arg(long)]
    lang: Option<Language>,
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let course = workplace::course(course)?;
    let mut journal = Journal::open(&course.root);
    let lesson = journal.lesson(&course, arguments.lesson.as_deref())?;
    let file =
        Sources::new(&course, lesson, "exercises").choose(arguments.lang.or(journal.progress().language))?;
    journal.update(|progress| {
        progress.turn_to(&lesson.id);
    });
    match editor()? {
        Some(editor) => start(editor, &file),
        None => {
            out::note(&format!(
                "workbook: there is no editor to open it with. Open it yourself:\n  {}\n\
                 or name your editor once for all, as in: export EDITOR=nano",
                file.display()
            ));
            Ok(CANNOT_JUDGE)
        }
    }
}

/// The words of the editor's command, where one is set.
fn editor() -> anyhow::Result<Option<Vec<String>>> {
    for name in ["VISUAL", "EDITOR"] {
        let Some(line) = std::env::var(name).ok().filter(|line| !line.trim().is_empty()) else { continue };
        let words = shlex::split(&line).filter(|words| !words.is_empty());
        return words.map(Some).with_context(|| format!("{name} is not a command: {line}"));
    }
    Ok(None)
}

fn start(mut editor: Vec<String>, file: &PathBuf) -> anyhow::Result<u8> {
    let program = editor.remove(0);
    let status = Command::new(&program).args(editor).arg(file).status();
    let status = status.with_context(|| {
        format!("cannot start the editor `{program}` (from VISUAL or EDITOR) to open {}", file.display())
    })?;
    if !status.success() {
        bail!("the editor `{program}` ended with {status}");
    }
    Ok(HOLDS)
}
