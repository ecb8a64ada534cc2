//! All that was handed in, as a folder or an archive: its entries, and what each submission consists of.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::archive::{Archive, Nature, Part, Source, Visit};
use super::folder;
use super::limits::{MOST_ARCHIVE_BYTES, MOST_CLASS_BYTES, MOST_LIST_BYTES};
use super::material::{Material, Spot};
use super::path::{Format, Kind, base, inside, is_junk};
use super::sort::{METADATA, Submission, Top};
use super::trouble::{Trouble, shown};
use super::{IntakeError, Options};
use crate::trace::escape;

/// The entries of a class, in order of their names.
#[derive(Debug)]
pub(super) struct Class {
    place: PathBuf,
    format: Option<Format>,
    pub(super) tops: Vec<Top>,
    /// Of an archive: for each part its entry and its path, where it has any.
    parts: Vec<Option<(usize, Vec<u8>)>>,
    /// What Gradescope tells.
    pub(super) metadata: Option<String>,
    pub(super) notes: Vec<String>,
}

/// A part of the archive: its path, where it can have any, what it is, and whether it runs.
type Listed = (Option<Vec<u8>>, Nature, bool);

/// Takes what a submission consists of; an error ends it all.
type Take<'a> = dyn FnMut(&Submission, Material) -> Result<(), IntakeError> + 'a;

impl Class {
    /// Lists a folder or an archive. The folder of the store is no submission.
    pub(super) fn open(place: &Path, store: Option<&Path>) -> Result<Self, IntakeError> {
        let cannot = |error| IntakeError::Read(place.to_owned(), error);
        let data = place.metadata().map_err(cannot)?;
        let mut class = Self {
            place: place.to_owned(),
            format: None,
            tops: Vec::new(),
            parts: Vec::new(),
            metadata: None,
            notes: Vec::new(),
        };
        match Kind::of(place.as_os_str().as_bytes()) {
            _ if data.is_dir() => class.list_folder(store).map_err(cannot)?,
            Kind::Archive(format) => class.list_archive(format)?,
            _ => class.list_file(&data),
        }
        Ok(class)
    }

    /// A single file is a folder with nothing else in it.
    fn list_file(&mut self, data: &fs::Metadata) {
        let name = self.place.file_name().unwrap_or_default().as_bytes().to_vec();
        self.place = self.place.parent().map(Path::to_owned).unwrap_or_default();
        self.tops.push(Top {
            name,
            nature: folder::nature(data),
            is_executable: folder::facts(data).is_executable,
        });
    }

    fn list_folder(&mut self, store: Option<&Path>) -> io::Result<()> {
        let mut names = fs::read_dir(&self.place)?
            .map(|entry| Ok(entry?.file_name().into_vec()))
            .collect::<io::Result<Vec<_>>>()?;
        names.sort();
        let root = self.place.canonicalize()?;
        for name in names {
            let place = root.join(std::ffi::OsStr::from_bytes(&name));
            if store.is_some_and(|store| store.starts_with(&place)) {
                continue;
            }
            // What is gone or hidden by now is told of when it is taken in.
            let data = place.symlink_metadata().ok();
            let nature = data.as_ref().map_or(Nature::File, folder::nature);
            let is_executable = data.is_some_and(|data| folder::facts(&data).is_executable);
            self.tops.push(Top { name, nature, is_executable });
        }
        if let Ok(mut file) = folder::open(&root.join(METADATA)) {
            self.metadata = read_text(&mut file);
        }
        Ok(())
    }

    fn list_archive(&mut self, format: Format) -> Result<(), IntakeError> {
        self.format = Some(format);
        let mut listed: Vec<Listed> = Vec::new();
        let (mut metadata, mut notes): (Option<(Vec<u8>, String)>, _) = (None, Vec::new());
        self.each_part(&mut |part, content| {
            let path = inside(&part.name).filter(|path| !path.is_empty());
            if path.is_none() && !part.name.is_empty() && inside(&part.name).is_none() {
                notes.push(Trouble::Outside(shown(&part.name)).to_string());
            }
            let told =
                path.as_ref().filter(|path| part.nature == Nature::File && base(path) == METADATA.as_bytes());
            // Two folders deep it is a learner's.
            match told.map(|path| path.iter().filter(|&&byte| byte == b'/').count()) {
                Some(0) => metadata = read_text(content).map(|text| (Vec::new(), text)),
                Some(1) if metadata.is_none() => {
                    let folder = path.as_deref().map(super::path::folder).unwrap_or_default().to_vec();
                    metadata = read_text(content).map(|text| (folder, text));
                }
                _ => {}
            }
            let path =
                path.filter(|path| !is_junk(path.split(|&byte| byte == b'/').next().unwrap_or_default()));
            listed.push((path, part.nature, part.is_executable));
            Ok(())
        })?;
        self.notes = notes;
        let root = common_root(&listed, metadata.is_some());
        let is_of_system = |folder: &Vec<u8>| folder.as_slice() == root.as_deref().unwrap_or_default();
        self.metadata = metadata.filter(|(folder, _)| is_of_system(folder)).map(|(_, text)| text);
        let paths: Vec<Option<Vec<u8>>> = listed
            .iter()
            .map(|(path, ..)| path.as_ref().and_then(|path| without(path, root.as_deref())))
            .collect();
        let tops = tops_of(&paths, &listed);
        let numbers: BTreeMap<&Vec<u8>, usize> = tops.keys().zip(0..).collect();
        self.parts = paths
            .iter()
            .map(|path| {
                let (path, name) = (path.as_ref()?, path.as_ref()?.split(|&byte| byte == b'/').next()?);
                Some((*numbers.get(&name.to_vec())?, path.clone()))
            })
            .collect();
        self.tops = tops
            .into_iter()
            .map(|(name, (nature, is_executable))| Top { name, nature, is_executable })
            .collect();
        Ok(())
    }

    /// The names of all folders, printable.
    pub(super) fn names(&self) -> Vec<String> {
        let folders = self.tops.iter().filter(|top| top.nature == Nature::Folder);
        folders.map(|top| escape(&top.name)).collect()
    }

    fn each_part(&self, visit: &mut Visit<'_>) -> Result<(), IntakeError> {
        let cannot = |error| IntakeError::Read(self.place.clone(), error);
        let mut file = File::open(&self.place).map_err(cannot)?;
        let Some(format) = self.format else { return Ok(()) };
        let source: &mut dyn Source = &mut file;
        let mut archive =
            Archive { source, format, path: b"", most_bytes: MOST_CLASS_BYTES, highest_ratio: None };
        archive.each(visit).map_err(|trouble| IntakeError::Archive(self.place.clone(), trouble.to_string()))
    }

    /// Reads each submission and passes it on, one at a time.
    pub(super) fn each(
        &self,
        submissions: &[Submission],
        options: &Options<'_>,
        take: &mut Take<'_>,
    ) -> Result<(), IntakeError> {
        if self.format.is_some() {
            return self.each_of_archive(submissions, options, take);
        }
        for submission in submissions {
            if (options.is_interrupted)() {
                return Err(IntakeError::Interrupted);
            }
            let mut material = Material::default();
            for (index, path) in &submission.pieces {
                let name = &self.tops[*index].name;
                let spot = Spot { path: path.clone(), origin: name.clone() };
                if self.tops[*index].nature == Nature::Folder || material.see(path) {
                    folder::take(&mut material, &spot, &self.place.join(std::ffi::OsStr::from_bytes(name)));
                }
            }
            take(submission, material)?;
        }
        Ok(())
    }

    /// Parts come in their own order: a submission is passed on once its last part was read.
    fn each_of_archive(
        &self,
        submissions: &[Submission],
        options: &Options<'_>,
        take: &mut Take<'_>,
    ) -> Result<(), IntakeError> {
        let mut users: BTreeMap<usize, Vec<(usize, &[u8])>> = BTreeMap::new();
        for (number, submission) in submissions.iter().enumerate() {
            for (index, path) in &submission.pieces {
                users.entry(*index).or_default().push((number, path));
            }
        }
        let mut last: BTreeMap<usize, usize> = BTreeMap::new();
        for (number, part) in self.parts.iter().enumerate() {
            let users = part.as_ref().and_then(|(top, _)| users.get(top));
            last.extend(users.into_iter().flatten().map(|(submission, _)| (*submission, number)));
        }
        let mut open: BTreeMap<usize, Material> = BTreeMap::new();
        let (mut number, mut failed) = (0, None);
        self.each_part(&mut |part, content| {
            let here = number;
            number += 1;
            let Some((top, path)) = self.parts.get(here).and_then(Option::as_ref) else { return Ok(()) };
            if failed.is_some() {
                return Ok(());
            }
            let users = users.get(top).map_or(&[][..], Vec::as_slice);
            feed(users, path, self.tops[*top].name.len(), part, content, &mut open);
            for (submission, _) in users.iter().filter(|(submission, _)| last.get(submission) == Some(&here))
            {
                let result = if (options.is_interrupted)() { Err(IntakeError::Interrupted) } else { Ok(()) };
                let material = open.remove(submission).unwrap_or_default();
                failed = result.and_then(|()| take(&submissions[*submission], material)).err();
            }
            Ok(())
        })?;
        failed.map_or(Ok(()), Err)
    }
}

/// The first parts of paths; whatever has something below it is a folder.
fn tops_of(paths: &[Option<Vec<u8>>], listed: &[Listed]) -> BTreeMap<Vec<u8>, (Nature, bool)> {
    let mut tops: BTreeMap<Vec<u8>, (Nature, bool)> = BTreeMap::new();
    for (path, (_, nature, is_executable)) in paths.iter().zip(listed) {
        let Some(path) = path else { continue };
        let name = path.split(|&byte| byte == b'/').next().unwrap_or_default().to_vec();
        let is_below = name.len() < path.len();
        let top = tops.entry(name).or_insert((*nature, *is_executable));
        if is_below {
            *top = (Nature::Folder, false);
        }
    }
    tops
}

/// Gives a part to all submissions that it belongs to. What is wrong with it is wrong with them alone.
fn feed(
    users: &[(usize, &[u8])],
    path: &[u8],
    top_length: usize,
    part: &Part,
    content: &mut dyn Read,
    open: &mut BTreeMap<usize, Material>,
) {
    let mut give = |submission: usize, piece: &[u8], content: &mut dyn Read| {
        let material = open.entry(submission).or_default();
        let below = path[top_length..].strip_prefix(b"/").unwrap_or_default();
        let within = if below.is_empty() { piece.to_vec() } else { super::path::join(piece, b'/', below) };
        let is_root = below.is_empty() && part.nature == Nature::Folder;
        if is_root || !material.see(&within) {
            return;
        }
        let spot = Spot { path: within.clone(), origin: path.to_vec() };
        if let Err(trouble) = material.take_seen_part(spot, part, content) {
            material.trouble(&within, trouble);
        }
    };
    match users {
        [] => {}
        [(submission, piece)] => give(*submission, piece, content),
        several => {
            let mut bytes = Vec::new();
            let failure = content.take(MOST_ARCHIVE_BYTES).read_to_end(&mut bytes).err();
            for (submission, piece) in several {
                let end = Failing(failure.as_ref().map(io::Error::kind));
                give(*submission, piece, &mut Cursor::new(&bytes).chain(end));
            }
        }
    }
}

/// The end of what could not be read further.
struct Failing(Option<io::ErrorKind>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.map_or(Ok(0), |kind| Err(kind.into()))
    }
}

fn read_text(content: &mut dyn Read) -> Option<String> {
    let mut text = String::new();
    content.take(MOST_LIST_BYTES).read_to_string(&mut text).ok().map(|_| text)
}

fn without(path: &[u8], root: Option<&[u8]>) -> Option<Vec<u8>> {
    match root {
        None => Some(path.to_vec()),
        Some(root) => path.strip_prefix(root)?.strip_prefix(b"/").map(<[u8]>::to_vec),
    }
}

/// The folder that an archive has around everything, where it is not a learner's own.
fn common_root(listed: &[Listed], has_metadata: bool) -> Option<Vec<u8>> {
    const OF_PROGRAMS: [&str; 7] = ["src", "exercises", "include", "inc", "lib", "tests", "test"];
    let paths: Vec<&Vec<u8>> = listed.iter().filter_map(|(path, ..)| path.as_ref()).collect();
    let first = paths.first()?.split(|&byte| byte == b'/').next()?;
    let below: Option<Vec<Vec<u8>>> =
        paths.iter().filter(|path| path.as_slice() != first).map(|path| without(path, Some(first))).collect();
    let below = below?;
    let name = |path: &Vec<u8>| path.split(|&byte| byte == b'/').next().unwrap_or_default().to_vec();
    let tops: std::collections::BTreeSet<Vec<u8>> = below.iter().map(name).collect();
    let is_learners = |top: &Vec<u8>| {
        let top = escape(top).to_lowercase();
        OF_PROGRAMS.contains(&top.as_str()) || super::path::stem(&top) == "main"
    };
    let is_class = has_metadata && tops.contains(METADATA.as_bytes());
    (is_class || (tops.len() > 1 && !tops.iter().any(is_learners))).then(|| first.to_vec())
}
