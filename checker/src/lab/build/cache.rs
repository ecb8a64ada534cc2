//! Built programs, kept by the hash of all that they depend on.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bstr::ByteSlice;
use rustix::fs::{FlockOperation, StatVfsMountFlags};
use sha2::{Digest, Sha256};

use crate::lab::owner::{Owner, make_folder};

/// More programs than this are not kept; the oldest go first.
const MOST_PROGRAMS: usize = 400;

/// Compilers may need so much, and give it back when they fail.
const LITTLE_ROOM_BYTES: u64 = 64 * 1024 * 1024;

/// A folder of built programs.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    /// Set when the cache is a temporary one, which goes when the check ends.
    _temporary: Option<tempfile::TempDir>,
}

impl Cache {
    /// The cache in this folder, or, where that cannot be written to, one that lasts as long as this value.
    ///
    /// # Errors
    /// When not even a temporary folder can be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let is_writable = make_folder(folder).is_ok() && tempfile::tempfile_in(folder).is_ok();
        if is_writable && may_run_programs(folder) {
            return Ok(Self { folder: folder.canonicalize()?, _temporary: None });
        }
        let temporary = tempfile::Builder::new().prefix("workbook-build-").tempdir()?;
        Ok(Self { folder: temporary.path().canonicalize()?, _temporary: Some(temporary) })
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Did a compiler that said this fail because there is no room left, here or for temporary files?
    pub(super) fn is_full(&self, output: &[u8]) -> bool {
        let has_little_room = |folder: &Path| {
            rustix::fs::statvfs(folder)
                .is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) < LITTLE_ROOM_BYTES)
        };
        output.contains_str("No space left on device")
            && [self.folder(), &std::env::temp_dir()].into_iter().any(has_little_room)
    }

    /// Where the program with this key is, if it is there.
    pub(super) fn program(&self, key: &str) -> PathBuf {
        self.folder.join(key).join("program")
    }

    /// Is it there? Then what the compiler said about it.
    pub(super) fn find(&self, key: &str) -> Option<Vec<u8>> {
        fs::read(self.folder.join(key).join("output")).ok()
    }

    /// May programs that are kept here be run?
    pub(super) fn may_run_programs(&self) -> bool {
        may_run_programs(&self.folder)
    }

    /// The compiler's own notes on this source file, which make the next build of it faster.
    pub(super) fn notes(&self, file: &Path) -> io::Result<Notes<'_>> {
        let hash = Sha256::digest(file.as_os_str().as_encoded_bytes());
        let name: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        // Each user has notes of their own: while root builds, they belong to nobody.
        let user = rustix::process::geteuid().as_raw();
        let folder = self.incremental().join(format!("{name}-{user}"));
        make_folder(&self.incremental())?;
        // Beside them, because compilers write there.
        let place = folder.with_extension("lock");
        loop {
            let lock = fs::File::create(&place)?;
            rustix::io::retry_on_intr(|| rustix::fs::flock(&lock, FlockOperation::LockExclusive))?;
            if is_at(&lock, &place) {
                make_folder(&folder)?;
                return Ok(Notes { cache: self, folder, _lock: lock });
            }
        }
    }

    /// Removes the compilers' own notes: for whoever builds nothing a second time. Those that somebody builds with stay,
    /// and so do programs.
    ///
    /// # Errors
    /// When they cannot be removed; they do no harm.
    pub fn forget_notes(&self) -> io::Result<()> {
        let entries = match fs::read_dir(self.incremental()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let place = entry?.path();
            if place.extension().is_none_or(|extension| extension != "lock") {
                continue;
            }
            // Another user's are that user's to remove.
            let Ok(lock) = fs::File::create(&place) else { continue };
            if rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
                continue;
            }
            match fs::remove_dir_all(place.with_extension("")) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            // The lock last: whoever waits for it sees that it is gone.
            fs::remove_file(&place)?;
        }
        Ok(())
    }

    fn incremental(&self) -> PathBuf {
        self.folder.join("incremental")
    }

    /// Gives what root has had made by nobody to whom the cache belongs.
    fn take_back(&self, made: &Path) -> io::Result<()> {
        if rustix::process::geteuid().is_root() { Owner::of(&self.folder)?.take(made) } else { Ok(()) }
    }

    /// A place to build into.
    pub(super) fn new_slot(&self) -> io::Result<Slot<'_>> {
        let folder = tempfile::Builder::new().prefix("new-").tempdir_in(&self.folder)?;
        Ok(Slot { cache: self, folder })
    }

    /// Removes the oldest programs when there are too many, but for those of others.
    fn shrink(&self) -> io::Result<()> {
        let mut slots: Vec<(SystemTime, PathBuf)> = fs::read_dir(&self.folder)?
            .filter_map(Result::ok)
            .filter(|entry| entry.path().join("output").exists())
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        slots.sort();
        let surplus = slots.len().saturating_sub(MOST_PROGRAMS);
        slots.iter().take(surplus).for_each(|(_, folder)| drop(fs::remove_dir_all(folder)));
        Ok(())
    }
}

/// Is it still this file that lies there?
fn is_at(file: &fs::File, place: &Path) -> bool {
    let identity = |data: fs::Metadata| (data.dev(), data.ino());
    let there = fs::symlink_metadata(place).map(identity).ok();
    there.is_some() && there == file.metadata().map(identity).ok()
}

/// Is the file system one from which programs may be run?
fn may_run_programs(folder: &Path) -> bool {
    rustix::fs::statvfs(folder).is_ok_and(|disk| !disk.f_flag.contains(StatVfsMountFlags::NOEXEC))
}

/// The compiler's notes on a source file; nobody else builds it while this value lives.
pub(super) struct Notes<'a> {
    cache: &'a Cache,
    folder: PathBuf,
    _lock: fs::File,
}

impl Drop for Notes<'_> {
    fn drop(&mut self) {
        // The next one who builds takes them over anyway.
        let _ = self.cache.take_back(&self.folder);
    }
}

impl Notes<'_> {
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where to build to: the notes are only good for a result of the same name.
    pub(super) fn program(&self) -> PathBuf {
        self.folder.join("program")
    }
}

/// A place to build into; gone unless kept.
pub(super) struct Slot<'a> {
    cache: &'a Cache,
    folder: tempfile::TempDir,
}

impl Slot<'_> {
    pub(super) fn program(&self) -> PathBuf {
        self.folder.path().join("program")
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Takes a program that was built elsewhere.
    pub(super) fn take(&self, program: &Path) -> io::Result<()> {
        fs::rename(program, self.program())
    }

    /// Is there a program, and not only something that leads elsewhere?
    pub(super) fn has_program(&self) -> bool {
        self.program().symlink_metadata().is_ok_and(|data| data.is_file())
    }

    /// Keeps what was built, under its key, together with what the compiler said.
    pub(super) fn keep(self, key: &str, output: &[u8]) -> io::Result<()> {
        // A compiler that has put something there would have us write elsewhere.
        fs::File::create_new(self.folder.path().join("output"))?.write_all(output)?;
        self.cache.take_back(self.folder.path())?;
        let target = self.cache.folder.join(key);
        match fs::rename(self.folder.path(), &target) {
            // Somebody else has built the same meanwhile; theirs is as good.
            Err(_) if target.join("output").exists() => return Ok(()),
            renamed => renamed?,
        }
        // What is kept must not be removed with the temporary name.
        let _ = self.folder.keep();
        self.cache.shrink()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_forgotten_unless_somebody_builds_with_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::open(folder.path()).expect("a cache");
        cache.forget_notes().expect("there are none yet");
        let left = || fs::read_dir(cache.incremental()).expect("readable").count();
        let note = |name: &str| {
            let notes = cache.notes(Path::new(name)).expect("a place");
            fs::write(notes.folder().join("dep-graph"), name).expect("written");
            notes
        };
        drop(note("a.rs"));
        let held = note("b.rs");
        assert_eq!(left(), 4);
        cache.forget_notes().expect("removed");
        assert!(held.folder().join("dep-graph").exists());
        assert_eq!(left(), 2, "a folder and its lock");
        drop(held);
        cache.forget_notes().expect("removed");
        assert_eq!(left(), 0);
        drop(note("a.rs"));
        assert_eq!(left(), 2);
    }

    #[test]
    fn nobody_builds_with_a_lock_that_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::open(folder.path()).expect("a cache");
        let first = cache.notes(Path::new("a.rs")).expect("a place");
        let lock = first.folder().with_extension("lock");
        let file = fs::File::open(&lock).expect("it is there");
        assert!(is_at(&file, &lock));
        fs::remove_file(&lock).expect("removed");
        assert!(!is_at(&file, &lock));
        // The next one waits for no lock that nobody else can see.
        let second = cache.notes(Path::new("a.rs")).expect("a place");
        assert!(!is_at(&file, &lock) && second.folder().is_dir());
    }
}
