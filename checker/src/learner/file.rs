//! Files that are written whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

use tempfile::NamedTempFile;

/// Replaces a file. Whoever reads meanwhile, or after a crash, finds the old contents or the new ones; what root
/// writes belongs to the owner of the folder.
///
/// # Errors
/// When the folder cannot be written to or is full; the old contents are then still there.
pub(super) fn replace(file: &Path, contents: &[u8], is_durable: bool) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let mut temporary = NamedTempFile::new_in(folder)?;
    temporary.write_all(contents)?;
    temporary.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    give_to_owner(folder, temporary.path())?;
    if is_durable {
        temporary.as_file().sync_all()?;
    }
    temporary.persist(file)?;
    Ok(())
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
