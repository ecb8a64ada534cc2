//! Files that are written whole or not at all.

use std::fs::{self, Permissions};
use std::io::BufWriter;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::bail;
use tempfile::NamedTempFile;

/// Writes a file, all or nothing.
///
/// # Errors
/// When it cannot be written; what was there before is left as it is then.
pub(super) fn save(
    file: &Path,
    write: impl FnOnce(&mut BufWriter<NamedTempFile>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let folder = folder_of(file);
    let mut temporary = BufWriter::new(named_like_others(folder)?);
    write(&mut temporary)?;
    let temporary = temporary.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    temporary.as_file().sync_all()?;
    temporary.persist(file)?;
    Ok(())
}

/// A temporary file that whoever may read other new files of this user may read, too.
pub(super) fn named_like_others(folder: &Path) -> std::io::Result<NamedTempFile> {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o666)).tempfile_in(folder)
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Could this file be written? Better asked before the work is done than after.
///
/// # Errors
/// When it could not.
pub(super) fn require_place(file: &Path) -> anyhow::Result<()> {
    if !folder_of(file).is_dir() {
        bail!("there is no folder {}", folder_of(file).display());
    }
    if file.exists() && !fs::metadata(file)?.is_file() {
        bail!("it is not a file");
    }
    Ok(())
}
