//! Files on disk. No link is followed, and nothing is opened that could block.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use jiff::Timestamp;

use super::archive::Nature;
use super::material::{Facts, Material, Spot};
use super::path::Kind;
use super::trouble::Trouble;

/// Takes in a folder, a file or an archive.
pub(super) fn take(material: &mut Material, spot: &Spot, place: &Path) {
    if let Err(error) = try_take(material, spot, place) {
        material.trouble(&spot.path, Trouble::unreadable(&spot.path, &error));
    }
}

fn try_take(material: &mut Material, spot: &Spot, place: &Path) -> io::Result<()> {
    let data = place.symlink_metadata()?;
    match nature(&data) {
        Nature::Folder => take_folder(material, spot, place),
        Nature::File => take_file(material, spot, place, facts(&data)),
        other => {
            let taken = material.take_nature(spot.clone(), other, facts(&data), &mut io::empty());
            note(material, spot, taken);
            Ok(())
        }
    }
}

fn take_file(material: &mut Material, spot: &Spot, place: &Path, facts: Facts) -> io::Result<()> {
    let kind = Kind::of(&spot.origin);
    if !matches!(kind, Kind::Archive(_))
        && !kind.is_text()
        && !super::material::may_run(&spot.path, facts.is_executable)
    {
        material.newest = material.newest.max(facts.at);
        return Ok(());
    }
    let mut file = open(place)?;
    match kind {
        Kind::Archive(format) => {
            material.newest = material.newest.max(facts.at);
            material.unpack(spot, format, &mut file);
        }
        _ => {
            let taken = material.take(spot.clone(), facts, &mut file);
            note(material, spot, taken);
        }
    }
    Ok(())
}

fn take_folder(material: &mut Material, spot: &Spot, place: &Path) -> io::Result<()> {
    let mut names =
        fs::read_dir(place)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    names.sort();
    for name in names {
        let spot = spot.below(b'/', name.as_bytes());
        if material.see(&spot.path) {
            take(material, &spot, &place.join(&name));
        }
        if material.is_closed() {
            break;
        }
    }
    Ok(())
}

fn note(material: &mut Material, spot: &Spot, taken: Result<(), Trouble>) {
    if let Err(trouble) = taken {
        material.trouble(&spot.path, trouble);
    }
}

/// Opens a file for reading; a link or a pipe that has taken its place meanwhile does no harm.
pub(super) fn open(place: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(place)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"))
    }
}

/// What lies at a place.
pub(super) fn nature(data: &Metadata) -> Nature {
    let kind = data.file_type();
    match kind {
        _ if kind.is_symlink() => Nature::Link,
        _ if kind.is_dir() => Nature::Folder,
        _ if kind.is_fifo() || kind.is_socket() || kind.is_block_device() || kind.is_char_device() => {
            Nature::Special
        }
        _ => Nature::File,
    }
}

/// What is known of it.
pub(super) fn facts(data: &Metadata) -> Facts {
    let at = data.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    // Less than a second is no part of what archives keep, so the same submission has the same time either way.
    let at = at.and_then(|at| Timestamp::from_second(at.as_second()).ok());
    Facts { at, is_executable: data.is_file() && data.permissions().mode() & 0o111 != 0 }
}
