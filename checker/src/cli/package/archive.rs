//! A zip that depends on nothing but what is in it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use tempfile::NamedTempFile;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A file in the archive.
pub(super) struct Entry {
    /// With `/` between its parts.
    pub(super) path: String,
    pub(super) content: Content,
    /// As chmod(1) has it.
    pub(super) mode: u32,
}

/// What is in a file.
pub(super) enum Content {
    Text(String),
    /// What is in this file of ours.
    Copy(std::path::PathBuf),
}

/// Writes the entries in order of their paths.
///
/// # Errors
/// When a file cannot be read or the archive not be written.
pub(super) fn write(to: &mut BufWriter<NamedTempFile>, mut entries: Vec<Entry>) -> anyhow::Result<()> {
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    // In memory, because an archive is not written from its beginning to its end.
    let mut zip = ZipWriter::new(io::Cursor::new(Vec::new()));
    for entry in entries {
        let options = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(entry.mode);
        zip.start_file(&*entry.path, options)?;
        match &entry.content {
            Content::Text(text) => zip.write_all(text.as_bytes())?,
            Content::Copy(file) => copy(file, &mut zip)?,
        }
    }
    Ok(to.write_all(zip.finish()?.get_ref())?)
}

fn copy(file: &Path, to: &mut impl Write) -> anyhow::Result<()> {
    let mut from = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    io::copy(&mut from, to).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(())
}
