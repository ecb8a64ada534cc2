//! The files of a lesson, and whether one of them was saved.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::DirEntry;
use std::os::fd::BorrowedFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use crate::cli::sources::Sources;
use crate::course::{Course, Language, Lesson};
use crate::deadlines::{FILE_GONE, SAVES_LOOK};
use crate::kernel::{Change, Saves, matters};

/// What belongs to a program.
const EXTENSIONS: &[&str] = &["rs", "c", "h", "py"];

/// The files of one lesson.
pub(super) struct Files {
    files: Sources,
    way: Way,
    /// What there was when it was looked last.
    seen: Stamps,
    /// The language of the file that was saved last.
    saved: Option<Language>,
}

/// Of every file that belongs to a program, by its name: what a save changes.
type Stamps = BTreeMap<OsString, Stamp>;

/// Times may be coarse, and go backwards when an older file is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    changed: SystemTime,
    bytes: u64,
    inode: u64,
}

/// How changes are noticed.
enum Way {
    Told {
        saves: Saves,
        /// A file was taken away; look then whether another has come.
        gone: Option<Instant>,
    },
    /// By looking again and again, and why.
    Looking { because: String, next: Instant },
}

impl Files {
    /// Of this lesson; with `polls` without the help of the system.
    pub(super) fn of(course: &Course, lesson: &Lesson, polls: bool) -> Self {
        let files = Sources::new(course, lesson, "exercises");
        let way = if polls { Way::looking("as asked for") } else { Way::of(&files) };
        let seen = stamps(&files.folder);
        Self { files, way, seen, saved: None }
    }

    /// Readable when there may be something new; none where only looking helps.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        match &self.way {
            Way::Told { saves, .. } => Some(saves.descriptor()),
            Way::Looking { .. } => None,
        }
    }

    /// When [`Files::has_changed`] should be asked even if nothing is told.
    pub(super) fn look_again(&self) -> Option<Instant> {
        match &self.way {
            Way::Told { gone, .. } => *gone,
            Way::Looking { next, .. } => Some(*next),
        }
    }

    /// The language of the file that was saved last; none before the first time.
    pub(super) fn saved(&self) -> Option<Language> {
        self.saved
    }

    /// The file in this language, else the one that was edited last.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn choose(&self, language: Option<Language>) -> anyhow::Result<PathBuf> {
        self.files.choose(language)
    }

    /// The files that were edited since then, in seconds since 1970.
    pub(super) fn edited_since(&self, then: Option<u64>) -> Vec<Language> {
        self.files.edited_since(then)
    }

    /// Is there something new to be checked?
    pub(super) fn has_changed(&mut self) -> bool {
        let now = Instant::now();
        let is_told = match &mut self.way {
            Way::Told { saves, gone } => match saves.take() {
                Ok(Change::Saved) => {
                    *gone = None;
                    true
                }
                Ok(Change::Gone) => {
                    *gone = Some(now + FILE_GONE);
                    false
                }
                Ok(Change::None) => gone.take_if(|at| *at <= now).is_some(),
                Err(_) => {
                    self.way = Way::looking("the folder was moved or removed");
                    true
                }
            },
            Way::Looking { next, .. } if *next > now => return false,
            Way::Looking { next, .. } => {
                *next = now + SAVES_LOOK;
                false
            }
        };
        let is_seen = self.look();
        is_told || is_seen
    }

    /// Is any file another than before?
    fn look(&mut self) -> bool {
        let stamps = stamps(&self.files.folder);
        let is_there = |language: &Language| stamp_of(&stamps, *language).is_some();
        let is_changed =
            |language: &Language| stamp_of(&stamps, *language) != stamp_of(&self.seen, *language);
        let changed = Language::ALL.into_iter().filter(is_there).filter(is_changed);
        let newest = changed.max_by_key(|language| stamp_of(&stamps, *language).map(|stamp| stamp.changed));
        // A file that is gone is not the one to be checked.
        self.saved = newest.or(self.saved).filter(is_there);
        let is_other = stamps != self.seen;
        self.seen = stamps;
        is_other && matches!(self.way, Way::Looking { .. })
    }

    /// What is watched, in words.
    pub(super) fn told(&self) -> String {
        let folder = self.files.shown.display();
        match &self.way {
            Way::Told { .. } => folder.to_string(),
            Way::Looking { because, .. } => {
                format!("{folder} by looking every {} ms ({because})", SAVES_LOOK.as_millis())
            }
        }
    }
}

fn stamps(folder: &Path) -> Stamps {
    let entries = folder.read_dir().into_iter().flatten().filter_map(Result::ok);
    let programs = entries.filter(|entry| matters(Path::new(&entry.file_name()), EXTENSIONS));
    programs.filter_map(|entry| Some((entry.file_name(), stamp(&entry)?))).collect()
}

fn stamp_of(stamps: &Stamps, language: Language) -> Option<&Stamp> {
    stamps.get(OsStr::new(language.file_name()))
}

/// Of a file, or of the one behind a link.
fn stamp(entry: &DirEntry) -> Option<Stamp> {
    let data = entry.path().metadata().ok()?;
    Some(Stamp { changed: data.modified().ok()?, bytes: data.len(), inode: data.ino() })
}

impl Way {
    fn of(files: &Sources) -> Self {
        match Saves::of(&files.folder, EXTENSIONS) {
            Ok(saves) => Self::Told { saves, gone: None },
            Err(error) => Self::looking(&error.to_string()),
        }
    }

    fn looking(because: &str) -> Self {
        Self::Looking { because: because.to_owned(), next: Instant::now() + SAVES_LOOK }
    }
}
