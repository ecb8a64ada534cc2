//! A starter comes back, and what the learner wrote stays beside it.

use super::carried::hash;
use super::folder::{Folder, Seen};
use super::obstacle::KitError;
use super::record::{Entry, Found, Record};
use super::{CARGO_TOML, Purpose, What, install, plan};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reset {
    /// It is the starter already: nothing.
    Nothing,
    /// It was not there: written.
    Written,
    /// What was there has this path now, and the starter is in its place.
    Exchanged {
        /// Below the folder.
        backup: String,
    },
}

/// Writes the starter, where a backup of what is there has been made. In this order: the starter beside the file, the
/// backup, the starter in its place; so a full disk changes nothing, and at no moment is anything lost.
///
/// # Errors
/// When the system refuses, or something is in the way that is no program.
pub fn reset(folder: &Folder, path: &str, starter: &[u8]) -> Result<Reset, KitError> {
    let done = match folder.look(path) {
        Seen::File(found) if found == hash(starter) => Reset::Nothing,
        Seen::Nothing => folder.write_new(path, starter).map(|()| Reset::Written)?,
        Seen::Obstacle(obstacle) => {
            return Err(KitError::InTheWay { file: folder.root().join(path), obstacle });
        }
        Seen::File(_) | Seen::LongFile | Seen::Link => exchange(folder, path, starter)?,
    };
    if let Ok(Found::Record(record)) = Record::find(folder) {
        note(folder, record, path, starter)?;
    }
    Ok(done)
}

fn exchange(folder: &Folder, path: &str, starter: &[u8]) -> Result<Reset, KitError> {
    let (file, temporary) = folder.prepare(path, starter, true)?;
    // The ending is one that neither compilers nor editors take for a program.
    let names = (1..).map(|number| format!("{path}.{number}.bak"));
    let backup = folder.move_aside(path, names)?;
    match temporary.persist_noclobber(&file) {
        Ok(_) => Ok(Reset::Exchanged { backup }),
        Err(error) => {
            let _ = std::fs::rename(folder.root().join(backup), &file);
            Err(KitError::Write { file, source: error.error })
        }
    }
}

/// Where it is known what was installed, this is; and a program that was gone is one for cargo again.
fn note(folder: &Folder, mut record: Record, path: &str, starter: &[u8]) -> Result<(), KitError> {
    let at_first = record.clone();
    record.files.insert(path.to_owned(), Entry::of(hash(starter)));
    let mut steps = plan(folder, &record, Purpose::Update);
    steps.retain(|step| step.path == CARGO_TOML && step.what == What::Replaced);
    install(folder, &mut record, &mut steps)?;
    if record == at_first { Ok(()) } else { record.save(folder, true) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_backup_has_a_name_of_its_own() {
        let outer = tempfile::tempdir().unwrap();
        let folder = Folder::open(outer.path()).unwrap();
        let path = "exercises/w04-l03/main.rs";
        assert_eq!(reset(&folder, path, b"starter").unwrap(), Reset::Written);
        assert_eq!(reset(&folder, path, b"starter").unwrap(), Reset::Nothing);
        for (number, mine) in [(1, "first"), (2, "second")] {
            fs::write(outer.path().join(path), mine).unwrap();
            let backup = format!("{path}.{number}.bak");
            assert_eq!(
                reset(&folder, path, b"starter").unwrap(),
                Reset::Exchanged { backup: backup.clone() }
            );
            assert_eq!(fs::read_to_string(outer.path().join(backup)).unwrap(), mine);
            assert_eq!(fs::read_to_string(outer.path().join(path)).unwrap(), "starter");
        }
        assert_eq!(fs::read_dir(outer.path().join("exercises/w04-l03")).unwrap().count(), 3);
        assert!(!Record::is_in(outer.path()), "where nothing was installed, nothing is written down");
    }

    #[test]
    fn what_is_no_program_stays() {
        let outer = tempfile::tempdir().unwrap();
        let folder = Folder::open(outer.path()).unwrap();
        fs::create_dir_all(outer.path().join("exercises/w04-l03/main.rs")).unwrap();
        let error = reset(&folder, "exercises/w04-l03/main.rs", b"starter").expect_err("it is a folder");
        assert!(error.to_string().ends_with("exercises/w04-l03/main.rs is not a file"), "{error}");
    }
}
