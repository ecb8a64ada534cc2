//! What `init`, `update` and `reset` have in common: where they work, and what they say of files that stay.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::{CANNOT_JUDGE, HOLDS, out};
use crate::course::Language;
use crate::kit::{self, Folder, Found, KitError, Obstacle, Record, Step, What};
use crate::trace;

/// Does this folder hold the workbook's own sources?
pub(super) fn is_checkout(folder: &Path) -> bool {
    folder.join("lessons").is_dir() && folder.join("checker").is_dir()
}

/// The nearest folder from the current one upwards that `workbook init` has made.
pub(super) fn learners_folder() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().find(|folder| Record::is_in(folder)).map(Path::to_owned)
}

/// A path that can be shown.
pub(super) fn shown(path: &Path) -> String {
    trace::escape(path.as_os_str().as_encoded_bytes())
}

/// A path as the shell wants it.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    shlex::try_quote(&text).map_or_else(|_| shown(path), std::borrow::Cow::into_owned)
}

/// A path below the folder, as a command needs it that is typed here.
pub(super) fn from_here(folder: &Folder, path: &str) -> String {
    let is_here = std::env::current_dir().is_ok_and(|here| here == folder.root());
    if is_here { quoted(Path::new(path)) } else { quoted(&folder.root().join(path)) }
}

/// What was installed in a folder, where that is known. A record that cannot be understood is told, and, unless
/// nothing is to be written, put aside: then an empty one takes its place.
///
/// # Errors
/// When it cannot be read or put aside, or a newer workbook has written it.
pub(super) fn record(folder: &Folder, is_dry: bool) -> anyhow::Result<Option<Record>> {
    let why = match Record::find(folder)? {
        Found::Nothing => return Ok(None),
        Found::Record(record) => return Ok(Some(record)),
        Found::Broken(why) => why,
    };
    let where_to = if is_dry { String::new() } else { format!(" ({} now)", Record::set_aside(folder)?) };
    out::note(&format!(
        "workbook: the record of what was installed is broken{where_to}: {}\n\
         Files that are not as they are today count as edited.",
        trace::escape(why.as_bytes())
    ));
    Ok(Some(Record::default()))
}

/// An interrupted installation, told with the way on.
pub(super) fn interrupted(error: &KitError, command: &str) -> anyhow::Error {
    let hint = match error {
        KitError::Changed(_) => String::new(),
        _ => format!("\nNothing is half-written. When that is put right, the rest is done by:\n  {command}"),
    };
    anyhow::anyhow!("{error}{hint}")
}

/// Tells what is in the way of files.
pub(super) fn write_obstacles(text: &mut String, steps: &[Step]) -> std::fmt::Result {
    let mut obstacles: BTreeMap<&Obstacle, usize> = BTreeMap::new();
    for obstacle in steps.iter().filter_map(in_the_way) {
        *obstacles.entry(obstacle).or_default() += 1;
    }
    for (obstacle, amount) in obstacles {
        let files = if amount == 1 { "1 file".to_owned() } else { format!("{amount} files") };
        writeln!(text, "\n{files} left out:\n  {obstacle}")?;
    }
    Ok(())
}

/// A link to a folder is a learner's choice; all else that is in the way is to be put right.
pub(super) fn code(steps: &[Step]) -> u8 {
    let is_choice = |obstacle| matches!(obstacle, &Obstacle::Link(_));
    if steps.iter().filter_map(in_the_way).all(is_choice) { HOLDS } else { CANNOT_JUDGE }
}

fn in_the_way(step: &Step) -> Option<&Obstacle> {
    match &step.what {
        What::InTheWay(obstacle) => Some(obstacle),
        _ => None,
    }
}

/// Tells what an edited `Cargo.toml` lacks.
pub(super) fn write_missing_bins(text: &mut String, folder: &Folder, steps: &[Step]) -> std::fmt::Result {
    let Some(step) = steps.iter().find(|step| step.path == kit::CARGO_TOML) else { return Ok(()) };
    let theirs = std::fs::read_to_string(folder.root().join(kit::CARGO_TOML)).unwrap_or_default();
    let missing = kit::missing_bins(&theirs, &step.today());
    if missing.is_empty() {
        return Ok(());
    }
    writeln!(text, "\nCargo.toml is yours and stays. For cargo and rust-analyzer it lacks:\n")?;
    missing.lines().try_for_each(|line| writeln!(text, "{}", format!("  {line}").trim_end()))
}

/// The command that brings back the starter with this path.
pub(super) fn reset_command(path: &str) -> Option<String> {
    let mut parts = path.rsplit('/');
    let (name, lesson) = (parts.next()?, parts.next()?);
    let language = Language::ALL.into_iter().find(|language| language.file_name() == name)?;
    Some(format!("workbook reset {lesson} --lang {}", language.word()))
}
