//! Built programs, kept by the hash of all that they depend on.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bstr::ByteSlice;
use rustix::fs::FlockOperation;
use sha2::{Digest, Sha256};

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
        let is_usable = fs::create_dir_all(folder).is_ok() && tempfile::tempfile_in(folder).is_ok();
        if is_usable {
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

    /// The compiler's own notes on this source file, which make the next build of it faster.
    pub(super) fn notes(&self, file: &Path) -> io::Result<Notes> {
        let hash = Sha256::digest(file.as_os_str().as_encoded_bytes());
        let name: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let folder = self.folder.join("incremental").join(name);
        fs::create_dir_all(&folder)?;
        let lock = fs::File::create(folder.join("lock"))?;
        rustix::io::retry_on_intr(|| rustix::fs::flock(&lock, FlockOperation::LockExclusive))?;
        Ok(Notes { folder, _lock: lock })
    }

    /// A place to build into.
    pub(super) fn new_slot(&self) -> io::Result<Slot<'_>> {
        let folder = tempfile::Builder::new().prefix("new-").tempdir_in(&self.folder)?;
        Ok(Slot { cache: self, folder })
    }

    /// Removes the oldest programs when there are too many.
    fn shrink(&self) -> io::Result<()> {
        let mut slots: Vec<(SystemTime, PathBuf)> = fs::read_dir(&self.folder)?
            .filter_map(Result::ok)
            .filter(|entry| entry.path().join("output").exists())
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        slots.sort();
        let surplus = slots.len().saturating_sub(MOST_PROGRAMS);
        slots.into_iter().take(surplus).try_for_each(|(_, folder)| fs::remove_dir_all(folder))
    }
}

/// The compiler's notes on a source file; nobody else builds it while this value lives.
pub(super) struct Notes {
    folder: PathBuf,
    _lock: fs::File,
}

impl Notes {
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

    /// Keeps what was built, under its key, together with what the compiler said.
    pub(super) fn keep(self, key: &str, output: &[u8]) -> io::Result<()> {
        fs::write(self.folder.path().join("output"), output)?;
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
