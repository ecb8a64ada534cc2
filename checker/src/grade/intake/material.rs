//! All of one submission that can be of use, read into memory within limits.

use std::io::{Cursor, Read};

use jiff::Timestamp;

use super::archive::{Archive, Nature, Part, Source};
use super::limits::{
    DEEPEST, HIGHEST_RATIO, MOST_ARCHIVE_BYTES, MOST_EXECUTABLE_BYTES, MOST_FILES, MOST_READ_BYTES,
    MOST_SOURCE_BYTES, MOST_UNPACKED_BYTES,
};
use super::path::{Format, Kind, inside, is_junk, join};
use super::trouble::{Trouble, shown, why};

/// Where something lies: within the submission, and for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spot {
    /// Below the submission; empty for the submission itself.
    pub(super) path: Vec<u8>,
    /// Below the folder of submissions, with `!` before parts of an archive.
    pub(super) origin: Vec<u8>,
}

impl Spot {
    /// Something in a folder.
    pub(super) fn below(&self, separator: u8, part: &[u8]) -> Self {
        Self { path: join(&self.path, b'/', part), origin: join(&self.origin, separator, part) }
    }
}

/// What is known of a file besides its content.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Facts {
    pub(super) at: Option<Timestamp>,
    pub(super) is_executable: bool,
}

/// A file of use.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) spot: Spot,
    pub(super) kind: Kind,
    pub(super) at: Option<Timestamp>,
    pub(super) content: Vec<u8>,
}

/// What a submission consists of.
#[derive(Debug, Default)]
pub(super) struct Material {
    /// Sources, headers and programs that run as they are.
    pub(super) files: Vec<Found>,
    /// What is wrong; the flag says that somebody must look, whatever else there is.
    pub(super) troubles: Vec<(Trouble, bool)>,
    /// Files and folders that were looked at, but for those that nobody means to hand in.
    pub(super) seen: usize,
    /// The time of the newest of them.
    pub(super) newest: Option<Timestamp>,
    /// Paths of all folders and files, for lessons that are there without a program.
    pub(super) paths: Vec<Vec<u8>>,
    read_bytes: u64,
    is_in_archive: bool,
}

impl Material {
    /// Notes a trouble at a path. One with a source may hide the program.
    pub(super) fn trouble(&mut self, path: &[u8], trouble: Trouble) {
        let is_grave = trouble.is_grave() || path.is_empty() || Kind::of(path).is_text();
        self.troubles.push((trouble, is_grave));
    }

    /// Must nothing more be read?
    pub(super) fn is_closed(&self) -> bool {
        self.troubles.iter().any(|(trouble, _)| {
            matches!(
                trouble,
                Trouble::TooMany | Trouble::TooMuch(_) | Trouble::Unpacks(..) | Trouble::Bomb(_)
            )
        })
    }

    /// Counts something that has a name; false for what need not be looked at.
    pub(super) fn see(&mut self, path: &[u8]) -> bool {
        if is_junk(path) || self.is_closed() {
            return false;
        }
        if self.seen >= MOST_FILES {
            self.trouble(b"", Trouble::TooMany);
            return false;
        }
        if path.iter().filter(|&&byte| byte == b'/').count() > DEEPEST {
            self.trouble(path, Trouble::Deep(shown(path)));
            return false;
        }
        self.seen += 1;
        self.paths.push(path.to_vec());
        true
    }

    /// Takes a file in, if it is of use. The spot was seen.
    pub(super) fn take(&mut self, spot: Spot, facts: Facts, content: &mut dyn Read) -> Result<(), Trouble> {
        self.newest = self.newest.max(facts.at);
        // The path of a submission that is one file says nothing of it, its origin does.
        match Kind::of(&spot.origin) {
            Kind::Archive(format) => self.take_packed(&spot, format, content),
            kind if kind.is_text() => self.keep(spot, kind, facts, content),
            kind => self.keep_runnable(spot, kind, facts, content),
        }
    }

    fn take_packed(&mut self, spot: &Spot, format: Format, content: &mut dyn Read) -> Result<(), Trouble> {
        if self.is_in_archive {
            self.trouble(&spot.path, Trouble::Nested(shown(&spot.path)));
            return Ok(());
        }
        if let Some(bytes) = self.read(spot, MOST_ARCHIVE_BYTES, content)? {
            self.unpack(spot, format, &mut Cursor::new(bytes));
        }
        Ok(())
    }

    /// Takes the parts of an archive in.
    pub(super) fn unpack(&mut self, spot: &Spot, format: Format, source: &mut dyn Source) {
        self.is_in_archive = true;
        let (most_bytes, highest_ratio) = (MOST_UNPACKED_BYTES, Some(HIGHEST_RATIO));
        let mut archive = Archive { source, format, path: &spot.path, most_bytes, highest_ratio };
        let result = archive.each(&mut |part, content| self.take_part(spot, part, content));
        if let Err(trouble) = result {
            self.trouble(&spot.path, trouble);
        }
        self.is_in_archive = false;
    }

    fn take_part(&mut self, spot: &Spot, part: &Part, content: &mut dyn Read) -> Result<(), Trouble> {
        let Some(name) = inside(&part.name) else {
            self.trouble(b"", Trouble::Outside(shown(&part.name)));
            return Ok(());
        };
        if self.is_closed() {
            // What closed it is told already; this ends the reading.
            return Err(Trouble::TooMany);
        }
        let spot = spot.below(b'!', &name);
        if name.is_empty() || !self.see(&spot.path) {
            return Ok(());
        }
        self.take_seen_part(spot, part, content)
    }

    /// Takes in a part of an archive that was seen.
    pub(super) fn take_seen_part(
        &mut self,
        spot: Spot,
        part: &Part,
        content: &mut dyn Read,
    ) -> Result<(), Trouble> {
        if let Some(trouble) = part.trouble {
            self.trouble(&spot.path, trouble(shown(&spot.path)));
            return Ok(());
        }
        self.take_nature(spot, part.nature, Facts { at: part.at, is_executable: part.is_executable }, content)
    }

    /// Takes in whatever it is.
    pub(super) fn take_nature(
        &mut self,
        spot: Spot,
        nature: Nature,
        facts: Facts,
        content: &mut dyn Read,
    ) -> Result<(), Trouble> {
        match nature {
            Nature::File => return self.take(spot, facts, content),
            Nature::Folder => {}
            Nature::Link => self.trouble(&spot.path, Trouble::Link(shown(&spot.path))),
            Nature::Special => self.trouble(&spot.path, Trouble::Special(shown(&spot.path))),
        }
        Ok(())
    }

    fn keep(&mut self, spot: Spot, kind: Kind, facts: Facts, content: &mut dyn Read) -> Result<(), Trouble> {
        if let Some(content) = self.read(&spot, MOST_SOURCE_BYTES, content)? {
            self.read_bytes += content.len() as u64;
            if self.read_bytes > MOST_READ_BYTES {
                self.trouble(b"", Trouble::TooMuch(MOST_READ_BYTES));
                return Ok(());
            }
            // In a tar, a later part of the same name takes the place of an earlier one.
            self.files.retain(|file| file.spot != spot);
            self.files.push(Found { spot, kind, at: facts.at, content });
        }
        Ok(())
    }

    /// A program that runs as it is: its beginning says so.
    fn keep_runnable(
        &mut self,
        spot: Spot,
        kind: Kind,
        facts: Facts,
        content: &mut dyn Read,
    ) -> Result<(), Trouble> {
        if !may_run(&spot.path, facts.is_executable) {
            return Ok(());
        }
        let mut beginning = Vec::new();
        content.take(4).read_to_end(&mut beginning).map_err(|error| unread(&spot, &error))?;
        if !beginning.starts_with(b"#!") && !beginning.starts_with(b"\x7fELF") {
            return Ok(());
        }
        let mut whole = Cursor::new(beginning).chain(content);
        if let Some(content) = self.read(&spot, MOST_EXECUTABLE_BYTES, &mut whole)? {
            self.files.retain(|file| file.spot != spot);
            // Only one is ever of use, and several would not fit into memory.
            let held = self
                .files
                .iter()
                .filter(|file| file.kind == Kind::Other)
                .map(|file| file.content.len() as u64);
            if held.sum::<u64>() + content.len() as u64 > MOST_EXECUTABLE_BYTES {
                self.trouble(b"", Trouble::TooMuch(MOST_EXECUTABLE_BYTES));
                return Ok(());
            }
            self.files.push(Found { spot, kind, at: facts.at, content });
        }
        Ok(())
    }

    /// The content; none, and a trouble, where it is too long.
    fn read(&mut self, spot: &Spot, most: u64, content: &mut dyn Read) -> Result<Option<Vec<u8>>, Trouble> {
        let mut bytes = Vec::new();
        content.take(most + 1).read_to_end(&mut bytes).map_err(|error| unread(spot, &error))?;
        if bytes.len() as u64 > most {
            self.trouble(&spot.path, Trouble::TooLong(shown(&spot.path), most));
            return Ok(None);
        }
        Ok(Some(bytes))
    }
}

fn unread(spot: &Spot, error: &std::io::Error) -> Trouble {
    Trouble::Unreadable(shown(&spot.path), why(error))
}

/// Names of programs have no extension, or the system was told that they run.
pub(super) fn may_run(path: &[u8], is_executable: bool) -> bool {
    is_executable || !super::path::base(path).contains(&b'.')
}
