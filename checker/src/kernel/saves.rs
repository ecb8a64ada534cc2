//! When a file in a folder is saved, in whatever way editors do that.

use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;

/// What happened in the folder since it was asked last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Nothing that matters.
    None,
    /// A file is gone, perhaps only for as long as an editor takes to put another in its place.
    Gone,
    /// A file was written to its end, or another one was put in its place.
    Saved,
}

/// Takes note of saved files in one folder.
#[derive(Debug)]
pub struct Saves(
    #[cfg(target_os = "linux")] linux::Notices,
    #[cfg(not(target_os = "linux"))] std::convert::Infallible,
);

/// Why the system gives no notice of saved files: whoever wants to know has to look again and again.
#[derive(Debug, thiserror::Error)]
pub enum NoNotice {
    /// The folder lies where other machines, or another system, can change it unseen.
    #[error("{0} gives no notice of changes")]
    FileSystem(&'static str),
    /// The system refused.
    #[error("the system gives no notice of changes: {0}")]
    Refused(#[from] io::Error),
    /// This system has another way, which is not used here.
    #[error("this system has no inotify")]
    NoWay,
}

#[cfg(target_os = "linux")]
impl Saves {
    /// In this folder, of files with these extensions.
    ///
    /// # Errors
    /// When nobody would tell.
    pub fn of(folder: &Path, extensions: &'static [&'static str]) -> Result<Self, NoNotice> {
        linux::Notices::of(folder, extensions).map(Self)
    }

    /// Readable when there may have been a change.
    #[must_use]
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        self.0.descriptor()
    }

    /// The most important change since the last call.
    ///
    /// # Errors
    /// When the folder itself is gone or moved: nothing more will be told.
    pub fn take(&mut self) -> io::Result<Change> {
        self.0.take()
    }
}

#[cfg(not(target_os = "linux"))]
impl Saves {
    /// Nobody tells.
    ///
    /// # Errors
    /// Always.
    pub fn of(_folder: &Path, _extensions: &'static [&'static str]) -> Result<Self, NoNotice> {
        Err(NoNotice::NoWay)
    }

    /// There is none.
    #[must_use]
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        match self.0 {}
    }

    /// There is none.
    ///
    /// # Errors
    /// Never.
    pub fn take(&mut self) -> io::Result<Change> {
        match self.0 {}
    }
}

/// Has the file one of these extensions, and is it not hidden, as the locks and drafts of editors are?
#[must_use]
pub fn matters(name: &Path, extensions: &[&str]) -> bool {
    let is_hidden = name.as_os_str().as_encoded_bytes().starts_with(b".");
    let extension = name.extension().and_then(std::ffi::OsStr::to_str);
    !is_hidden && extension.is_some_and(|extension| extensions.contains(&extension))
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::OsStr;
    use std::io;
    use std::mem::MaybeUninit;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
    use std::path::Path;

    use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};

    use super::{Change, NoNotice};

    /// File systems whose files can be changed without this kernel's knowledge, by their numbers in statfs(2).
    const UNSEEN: [(u64, &str); 8] = [
        (0x6969, "NFS"),
        (0xff53_4d42, "CIFS"),
        (0xfe53_4d42, "SMB"),
        (0x0102_1997, "a folder of Windows or of a virtual machine (9p)"),
        (0x6573_5546, "FUSE"),
        (0x786f_4256, "a folder of VirtualBox"),
        (0xbacb_acbc, "a folder of VMware"),
        (0x5346_414f, "AFS"),
    ];

    #[derive(Debug)]
    pub(super) struct Notices {
        queue: OwnedFd,
        extensions: &'static [&'static str],
    }

    impl Notices {
        pub(super) fn of(folder: &Path, extensions: &'static [&'static str]) -> Result<Self, NoNotice> {
            let number = rustix::fs::statfs(folder).map_err(io::Error::from)?.f_type as u64 & 0xffff_ffff;
            if let Some((_, name)) = UNSEEN.iter().find(|(known, _)| *known == number) {
                return Err(NoNotice::FileSystem(name));
            }
            let queue =
                inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).map_err(io::Error::from)?;
            let wanted = WatchFlags::CLOSE_WRITE
                | WatchFlags::MOVED_TO
                | WatchFlags::MOVED_FROM
                | WatchFlags::DELETE
                | WatchFlags::DELETE_SELF
                | WatchFlags::MOVE_SELF
                | WatchFlags::ONLYDIR;
            inotify::add_watch(&queue, folder, wanted).map_err(io::Error::from)?;
            Ok(Self { queue, extensions })
        }

        pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
            self.queue.as_fd()
        }

        pub(super) fn take(&mut self) -> io::Result<Change> {
            let mut room = [MaybeUninit::uninit(); 4096];
            let mut reader = inotify::Reader::new(&self.queue, &mut room);
            let mut change = Change::None;
            loop {
                let event = match reader.next() {
                    Ok(event) => event,
                    Err(rustix::io::Errno::AGAIN) => return Ok(change),
                    Err(rustix::io::Errno::INTR) => continue,
                    Err(error) => return Err(error.into()),
                };
                let flags = event.events();
                if flags.intersects(ReadFlags::IGNORED | ReadFlags::MOVE_SELF | ReadFlags::UNMOUNT) {
                    return Err(io::ErrorKind::NotFound.into());
                }
                let name =
                    event.file_name().map(|name| Path::new(OsStr::new(name.to_str().unwrap_or_default())));
                let is_lost = flags.contains(ReadFlags::QUEUE_OVERFLOW);
                if is_lost || name.is_some_and(|name| self.matters(name)) {
                    let is_saved = flags.intersects(ReadFlags::CLOSE_WRITE | ReadFlags::MOVED_TO);
                    change = change.max(if is_saved || is_lost { Change::Saved } else { Change::Gone });
                }
            }
        }

        fn matters(&self, name: &Path) -> bool {
            super::matters(name, self.extensions)
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    const SOURCES: &[&str] = &["rs", "c"];

    #[test]
    fn every_way_of_saving_is_seen_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("main.rs"), "1").expect("written");
        let mut saves = Saves::of(folder.path(), SOURCES).expect("notices");
        let mut after = |act: &dyn Fn()| {
            act();
            saves.take().expect("the folder is there")
        };
        assert_eq!(after(&|| ()), Change::None);
        assert_eq!(after(&|| fs::write(path("main.rs"), "2").expect("written")), Change::Saved);
        assert_eq!(after(&|| fs::write(path("main.rs~"), "2").expect("written")), Change::None);
        assert_eq!(after(&|| fs::rename(path("main.rs~"), path("main.rs")).expect("moved")), Change::Saved);
        assert_eq!(after(&|| fs::remove_file(path("main.rs")).expect("removed")), Change::Gone);
        assert_eq!(after(&|| fs::write(path("main.c"), "").expect("written")), Change::Saved);
        assert_eq!(after(&|| drop(fs::read(path("main.c")).expect("read"))), Change::None);
        // Emacs locks the file that it edits.
        symlink("me@here", path(".#main.c")).expect("linked");
        assert_eq!(after(&|| fs::remove_file(path(".#main.c")).expect("removed")), Change::None);
    }

    #[test]
    fn a_folder_that_is_gone_is_told() {
        let outer = tempfile::tempdir().expect("a folder");
        let folder = outer.path().join("inner");
        fs::create_dir(&folder).expect("made");
        let mut saves = Saves::of(&folder, SOURCES).expect("notices");
        fs::remove_dir(&folder).expect("removed");
        assert!(saves.take().is_err());
        assert!(Saves::of(&folder, SOURCES).is_err());
    }
}
