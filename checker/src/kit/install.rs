//! Does what was planned.

use super::carried::hash;
use super::folder::{Folder, numbered};
use super::obstacle::KitError;
use super::plan::{Step, What};
use super::record::{Entry, Record};

/// Does it, and writes down what was done after each file: whatever happens in between, the rest can be done later.
///
/// # Errors
/// When the system refuses, or somebody edits the same files at this moment.
pub fn install(folder: &Folder, record: &mut Record, steps: &mut [Step]) -> Result<(), KitError> {
    let at_first = record.clone();
    for step in steps {
        act(folder, step)?;
        note(record, step);
        if step.what.is_change() {
            record.save(folder, false)?;
        }
    }
    if *record != at_first {
        record.save(folder, true)?;
    }
    Ok(())
}

fn act(folder: &Folder, step: &mut Step) -> Result<(), KitError> {
    match &step.what {
        What::New | What::Restored => folder.write_new(&step.path, &step.content),
        What::Replaced => folder.replace(&step.path, &step.before, &step.content),
        What::Removed => folder.remove(&step.path, &step.before),
        What::MovedOut { to } => {
            let to = folder.move_aside(&step.path, numbered(to))?;
            step.what = What::MovedOut { to };
            Ok(())
        }
        _ => Ok(()),
    }
}

fn note(record: &mut Record, step: &Step) {
    let path = step.path.to_string();
    match &step.what {
        What::New | What::Restored | What::Replaced => {
            record.files.insert(path, Entry::of(hash(&step.content)));
        }
        What::Current => {
            let today = hash(&step.content);
            let is_known = record.files.get(&path).is_some_and(|entry| entry.sha256.as_ref() == Some(&today));
            if !is_known {
                record.files.insert(path, Entry::of(today));
            }
        }
        What::Edited { is_news: true } => {
            record.files.entry(path).or_insert_with(Entry::of_the_learner).told = Some(hash(&step.content));
        }
        What::Removed | What::Disowned | What::Forgotten => {
            record.files.remove(&path);
        }
        What::MovedOut { .. } => record.files.retain(|file, _| !file.starts_with(&format!("{path}/"))),
        What::Edited { .. } | What::Earlier | What::Deleted | What::InTheWay(_) => {}
    }
}
