//! Files that are written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, chown};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

/// Only who has the lock writes; others wait.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock on the workbook's folder.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        make_folder(folder)?;
        let file = File::create(folder.join("progress.lock"))?;
        rustix::io::retry_on_intr(|| flock(&file, FlockOperation::LockExclusive))?;
        Ok(Self { _file: file })
    }
}

/// Replaces a file. Whoever reads meanwhile, or after a crash, finds the old contents or the new ones; what root
/// writes belongs to the owner of the folder. What a writer that was killed has left behind is used again.
///
/// # Errors
/// When the folder cannot be written to or is full; the old contents are then still there.
pub(super) fn replace(_lock: &Lock, file: &Path, contents: &[u8], is_durable: bool) -> io::Result<()> {
    make_folder(file.parent().unwrap_or(Path::new(".")))?;
    let draft = file.with_extension("new");
    let written = write(&draft, contents, is_durable).and_then(|()| fs::rename(&draft, file));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}

/// Writes a new file in the place of whatever has its name.
fn write(draft: &Path, contents: &[u8], is_durable: bool) -> io::Result<()> {
    match fs::remove_file(draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::options().write(true).create_new(true).mode(0o644).open(draft)?;
    file.write_all(contents)?;
    give_to_owner(draft.parent().unwrap_or(Path::new(".")), draft)?;
    if is_durable { file.sync_all() } else { Ok(()) }
}

/// Makes a folder, which belongs to the owner of the one around it.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(around) = folder.parent().filter(|around| !around.as_os_str().is_empty()) {
        make_folder(around)?;
        fs::create_dir(folder).or_else(|error| if folder.is_dir() { Ok(()) } else { Err(error) })?;
        return give_to_owner(around, folder);
    }
    fs::create_dir(folder)
}

fn give_to_owner(folder: &Path, made: &Path) -> io::Result<()> {
    let owner = fs::metadata(folder)?;
    let is_mine = fs::metadata(made)?.uid() == owner.uid();
    if is_mine { Ok(()) } else { chown(made, Some(owner.uid()), Some(owner.gid())) }
}
