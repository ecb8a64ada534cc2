//! `workbook lang`: the language of the learner's programs.

use std::path::Path;

use super::journal::Journal;
use super::{HOLDS, out, workplace};
use crate::course::Language;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// rust, c or python; `any` takes whichever file was edited last; without it, tells which one it is
    #[arg(value_parser = parse, value_name = "LANG")]
    language: Option<Choice>,
}

#[derive(Debug, Clone, Copy)]
enum Choice {
    Any,
    One(Language),
}

fn parse(word: &str) -> Result<Choice, String> {
    if word.eq_ignore_ascii_case("any") {
        return Ok(Choice::Any);
    }
    word.parse().map(Choice::One).map_err(|error: crate::course::UnknownLanguage| format!("{error}, and any"))
}

pub(super) fn run(arguments: &Arguments, course: Option<&Path>) -> anyhow::Result<u8> {
    let root = workplace::root(course)?;
    let mut journal = Journal::open(&root);
    match arguments.language {
        Some(Choice::Any) => journal.update(|progress| progress.language = None),
        Some(Choice::One(language)) => journal.update(|progress| progress.language = Some(language)),
        None => {}
    }
    out::print(&match journal.progress().language {
        Some(language) => format!("{language}: exercises are {}\n", language.file_name()),
        None => "any: the file that was edited last is the exercise\n".to_owned(),
    })?;
    Ok(HOLDS)
}
