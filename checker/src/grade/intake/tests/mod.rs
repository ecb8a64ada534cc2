//! Whole folders of submissions, taken in.
#![allow(clippy::unwrap_used, reason = "tests")]

mod hostile;
mod layouts;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use super::*;

const LESSON: &str = "w04-l03";
const C: &str = "int main(void) { return 0; }\n";

/// A folder of submissions and a store beside it.
struct Desk {
    folder: TempDir,
    store: Store,
    lessons: Vec<String>,
    roster: Option<Roster>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        Self { folder, store, lessons: vec![LESSON.to_owned()], roster: None }
    }

    fn with(files: &[(&str, &str)]) -> Self {
        let desk = Self::new();
        for (path, content) in files {
            desk.write(path, content.as_bytes());
        }
        desk
    }

    fn lessons(mut self, lessons: &[&str]) -> Self {
        self.lessons = lessons.iter().map(|&lesson| lesson.to_owned()).collect();
        self
    }

    fn roster(mut self, text: &str) -> Self {
        let file = self.folder.path().join("roster.csv");
        fs::write(&file, text).unwrap();
        self.roster = Some(Roster::read(&file).unwrap());
        self
    }

    fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join("in").join(path)
    }

    fn write(&self, path: impl AsRef<Path>, content: &[u8]) {
        let place = self.path(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, content).unwrap();
    }

    fn take(&self) -> Taken {
        self.try_take("").unwrap()
    }

    fn try_take(&self, entry: &str) -> Result<Taken, IntakeError> {
        let course: Vec<String> = ["w04-l01", "w04-l02", LESSON].map(str::to_owned).to_vec();
        let options = Options {
            lessons: &self.lessons,
            course: &course,
            roster: self.roster.as_ref(),
            is_starter: &|_, content| content.starts_with(b"TODO"),
            is_interrupted: &|| false,
        };
        take_in(&self.path(entry), &options, &self.store)
    }

    /// Who, attempt, where and what: `ada 1 ada/main.c: main.c` or the reason why not.
    fn summary(&self) -> Vec<String> {
        self.summary_of(&self.take())
    }

    fn summary_of(&self, taken: &Taken) -> Vec<String> {
        let line = |one: &HandedIn| {
            format!("{} {} {}: {}", one.learner, one.attempt, one.origin, self.told(&one.content))
        };
        taken.handed_in.iter().map(line).collect()
    }

    /// What was kept, or why nothing was.
    fn told(&self, content: &Content) -> String {
        match content {
            Content::Program(program) => {
                assert!(self.store.is_whole(&program.digest).unwrap());
                let mut files = below(&self.store.folder(&program.digest));
                files.retain(|file| file != &program.file);
                files.insert(0, program.file.clone());
                files.join(" ")
            }
            Content::Problem(Problem { fault, reason }) => format!("{fault:?}: {reason}"),
        }
    }

    /// The only problem.
    fn reason(&self) -> String {
        let taken = self.take();
        assert_eq!(taken.handed_in.len(), 1, "{taken:?}");
        self.told(&taken.handed_in[0].content)
    }
}

fn below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Names go in as they are, whatever they lead to.
fn tar_of(parts: &[(&[u8], tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, kind, content) in parts {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(1_700_000_000);
        header.set_cksum();
        tar.append(&header, *content).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}
