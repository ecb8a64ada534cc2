//! Archives are read part by part and never unpacked: a part is a name, a few facts and bytes.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use jiff::Timestamp;
use zip::result::ZipError;

use super::limits::{HIGHEST_RATIO, RATIO_FROM_BYTES};
use super::path::Format;
use super::trouble::{Trouble, shown, why};

/// A part of an archive.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// As it is written there: it may lead anywhere.
    pub(super) name: Vec<u8>,
    pub(super) nature: Nature,
    pub(super) at: Option<Timestamp>,
    pub(super) is_executable: bool,
    /// Why it cannot be read, given its name; then its content is empty.
    pub(super) trouble: Option<fn(String) -> Trouble>,
}

/// What something is that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    File,
    Folder,
    Link,
    Special,
}

/// Bytes of an archive.
pub(super) trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

/// Looks at one part; its content may be left unread.
pub(super) type Visit<'a> = dyn FnMut(&Part, &mut dyn Read) -> Result<(), Trouble> + 'a;

/// An archive, with what its troubles call it and what it may unpack to.
pub(super) struct Archive<'a> {
    pub(super) source: &'a mut dyn Source,
    pub(super) format: Format,
    pub(super) path: &'a [u8],
    pub(super) most_bytes: u64,
    /// How many times longer than packed it may be as a whole; none for a class, whom one learner would stop.
    pub(super) highest_ratio: Option<u64>,
}

impl Archive<'_> {
    /// Visits all parts in order.
    pub(super) fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), Trouble> {
        match self.format {
            Format::Zip => self.each_of_zip(visit),
            Format::Tar => self.each_of_tar(false, visit),
            Format::TarGz => self.each_of_tar(true, visit),
        }
    }

    fn damaged(&self, why: impl Into<String>) -> Trouble {
        Trouble::Damaged(shown(self.path), why.into())
    }

    fn each_of_zip(&mut self, visit: &mut Visit<'_>) -> Result<(), Trouble> {
        let (path, most) = (shown(self.path), self.most_bytes);
        let damaged = |error: &ZipError| Trouble::Damaged(path.clone(), zip_words(error));
        let mut zip =
            zip::ZipArchive::new(BufReader::new(&mut *self.source)).map_err(|error| damaged(&error))?;
        if zip.has_duplicate_names() {
            return Err(Trouble::Twins);
        }
        if zip.has_overlapping_files().map_err(|error| damaged(&error))? {
            return Err(Trouble::Bomb(path));
        }
        let mut unpacked = 0;
        for index in 0..zip.len() {
            let part = part_of_zip(&zip.by_index_raw(index).map_err(|error| damaged(&error))?);
            if part.trouble.is_some() {
                visit(&part, &mut io::empty())?;
                continue;
            }
            let mut file = zip.by_index(index).map_err(|error| damaged(&error))?;
            let mut counted = Counted { inner: &mut file, bytes: &mut unpacked };
            visit(&part, &mut counted)?;
            if unpacked > most {
                return Err(Trouble::Unpacks(path, most));
            }
        }
        Ok(())
    }

    fn each_of_tar(&mut self, is_packed: bool, visit: &mut Visit<'_>) -> Result<(), Trouble> {
        let packed = self.length().map_err(|error| self.damaged(why(&error)))?;
        let (path, most) = (shown(self.path), self.most_bytes);
        let reader = BufReader::new(&mut *self.source);
        let reader: Box<dyn Read> =
            if is_packed { Box::new(flate2::read::MultiGzDecoder::new(reader)) } else { Box::new(reader) };
        // What is skipped is unpacked too, so all that comes out of the packer counts.
        let sane = |ratio| packed.saturating_mul(ratio).max(RATIO_FROM_BYTES);
        let cap = most.min(self.highest_ratio.map_or(most, sane));
        let mut left = cap;
        let result = each_of_entries(Limited { inner: reader, left: &mut left }, visit);
        match result {
            Err(_) if left == 0 && cap < most => Err(Trouble::Bomb(path)),
            Err(_) if left == 0 => Err(Trouble::Unpacks(path, most)),
            Err(TarError::Read(error)) => Err(Trouble::Damaged(path, why(&error))),
            Err(TarError::Visit(trouble)) => Err(trouble),
            Ok(0) if packed == 0 => Err(Trouble::Damaged(path, "it is empty".to_owned())),
            Ok(_) => Ok(()),
        }
    }

    fn length(&mut self) -> io::Result<u64> {
        let length = self.source.seek(SeekFrom::End(0))?;
        self.source.rewind()?;
        Ok(length)
    }
}

enum TarError {
    Read(io::Error),
    Visit(Trouble),
}

fn each_of_entries(reader: impl Read, visit: &mut Visit<'_>) -> Result<usize, TarError> {
    let mut tar = tar::Archive::new(reader);
    let mut count = 0;
    for entry in tar.entries().map_err(TarError::Read)? {
        let mut entry = entry.map_err(TarError::Read)?;
        let part = part_of_tar(&entry);
        count += 1;
        if !entry.header().entry_type().is_pax_global_extensions() {
            visit(&part, &mut entry).map_err(TarError::Visit)?;
        }
    }
    Ok(count)
}

fn part_of_tar<R: Read>(entry: &tar::Entry<'_, R>) -> Part {
    let header = entry.header();
    let kind = header.entry_type();
    let nature = match kind {
        _ if kind.is_dir() => Nature::Folder,
        _ if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() => Nature::File,
        _ if kind.is_symlink() || kind.is_hard_link() => Nature::Link,
        _ => Nature::Special,
    };
    let seconds = header.mtime().ok().filter(|&seconds| seconds > 0);
    Part {
        name: entry.path_bytes().into_owned(),
        nature,
        at: seconds.and_then(|seconds| Timestamp::from_second(i64::try_from(seconds).ok()?).ok()),
        is_executable: header.mode().is_ok_and(|mode| mode & 0o111 != 0),
        trouble: None,
    }
}

fn part_of_zip<R: Read>(file: &zip::read::ZipFile<'_, R>) -> Part {
    let mode = file.unix_mode().unwrap_or_default();
    let nature = match mode & 0o170_000 {
        0o120_000 => Nature::Link,
        _ if file.is_dir() => Nature::Folder,
        0 | 0o100_000 | 0o040_000 => Nature::File,
        _ => Nature::Special,
    };
    let trouble = trouble_of_zip(file);
    Part { name: zip_name(file), nature, at: zip_time(file), is_executable: mode & 0o111 != 0, trouble }
}

/// Much that packs writes UTF-8 without saying so; what is none is in the code page of DOS.
fn zip_name<R: Read>(file: &zip::read::ZipFile<'_, R>) -> Vec<u8> {
    let raw = file.name_raw();
    match (std::str::from_utf8(raw), file.name()) {
        (Err(_), Ok(name)) => name.as_bytes().to_vec(),
        _ => raw.to_vec(),
    }
}

/// The time in the field that has a zone, else the one that has none, taken as UTC.
fn zip_time<R: Read>(file: &zip::read::ZipFile<'_, R>) -> Option<Timestamp> {
    let exact = file.extra_data_fields().find_map(|field| match field {
        zip::ExtraField::ExtendedTimestamp(times) => times.mod_time(),
        _ => None,
    });
    if let Some(seconds) = exact.filter(|&seconds| seconds > 0) {
        return Timestamp::from_second(i64::from(seconds)).ok();
    }
    // The first moment that the format knows stands for "unknown".
    let time = file.last_modified().filter(|time| (time.year(), time.month(), time.day()) != (1980, 1, 1))?;
    let [year, month, day, hour, minute, second] = [
        i16::try_from(time.year()).ok()?,
        time.month().into(),
        time.day().into(),
        time.hour().into(),
        time.minute().into(),
        time.second().into(),
    ];
    let small = |number: i16| i8::try_from(number).unwrap_or_default();
    let civil = jiff::civil::DateTime::new(
        year,
        small(month),
        small(day),
        small(hour),
        small(minute),
        small(second),
        0,
    );
    Some(civil.ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

fn zip_words(error: &ZipError) -> String {
    match error {
        ZipError::Io(error) => why(error),
        other => other.to_string(),
    }
}

fn trouble_of_zip<R: Read>(file: &zip::read::ZipFile<'_, R>) -> Option<fn(String) -> Trouble> {
    let (unpacked, packed) = (file.size(), file.compressed_size());
    match file.encrypted() {
        true => Some(Trouble::Encrypted),
        false if unpacked > RATIO_FROM_BYTES && unpacked / packed.max(1) > HIGHEST_RATIO => {
            Some(Trouble::Bomb)
        }
        false => None,
    }
}

/// Counts what is read.
struct Counted<'a> {
    inner: &'a mut dyn Read,
    bytes: &'a mut u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        *self.bytes += count as u64;
        Ok(count)
    }
}

/// Fails once more is read than may be.
struct Limited<'a, R> {
    inner: R,
    left: &'a mut u64,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        *self.left = self.left.saturating_sub(count as u64);
        if *self.left == 0 && count > 0 {
            return Err(io::Error::other("too long"));
        }
        Ok(count)
    }
}
