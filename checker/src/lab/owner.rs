//! To whom files belong that root makes in somebody else's folder, or has somebody without rights make.

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, Gid, Mode, OFlags, Uid, chownat, openat};
use rustix::io::Errno;
use rustix::path::Arg;

/// A user and a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lab) struct Owner {
    user: u32,
    group: u32,
}

impl Owner {
    /// The user and the group with this number.
    #[cfg(target_os = "linux")]
    pub(in crate::lab) fn both(number: u32) -> Self {
        Self { user: number, group: number }
    }

    /// The owner of a file.
    pub(in crate::lab) fn of(path: &Path) -> io::Result<Self> {
        let data = fs::metadata(path)?;
        Ok(Self { user: data.uid(), group: data.gid() })
    }

    /// Makes this the owner of a file, or of a folder with all in it. Follows no link, even where somebody puts one
    /// there at this moment.
    ///
    /// # Errors
    /// For everybody but root, unless it is the owner already.
    pub(in crate::lab) fn take(self, path: &Path) -> io::Result<()> {
        Ok(self.take_in(CWD, path)?)
    }

    fn take_in(self, folder: BorrowedFd<'_>, name: impl Arg + Copy) -> rustix::io::Result<()> {
        let (user, group) = (Uid::from_raw(self.user), Gid::from_raw(self.group));
        chownat(folder, name, Some(user), Some(group), AtFlags::SYMLINK_NOFOLLOW)?;
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let inner = match openat(folder, name, flags, Mode::empty()) {
            Ok(inner) => inner,
            Err(Errno::NOTDIR | Errno::LOOP) => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in Dir::read_from(&inner)? {
            let entry = entry?;
            if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
                self.take_in(inner.as_fd(), entry.file_name())?;
            }
        }
        Ok(())
    }
}

/// Makes a folder and those above it. What root makes in somebody's folder belongs to that user, who would
/// otherwise be locked out of it.
///
/// # Errors
/// As mkdir(2) has them.
pub(in crate::lab) fn make_folder(path: &Path) -> io::Result<()> {
    match (fs::create_dir(path), path.parent()) {
        (Ok(()), Some(parent)) if rustix::process::geteuid().is_root() => Owner::of(parent)?.take(path),
        (Ok(()), _) => Ok(()),
        (Err(error), _) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        (Err(error), Some(parent)) if error.kind() == io::ErrorKind::NotFound => {
            make_folder(parent)?;
            if parent.is_dir() { make_folder(path) } else { Err(error) }
        }
        (Err(error), _) => Err(error),
    }
}
