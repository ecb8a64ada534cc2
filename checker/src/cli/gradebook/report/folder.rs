//! The folder of the pages: whole, and never in the place of anything else.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with};
use rustix::io::Errno;
use tempfile::TempDir;

use super::INDEX;
use crate::trace::escape;

/// What a page of ours says of itself.
const OURS: &[u8] = b"<meta name=\"generator\" content=\"workbook\">";

/// Where it says so at the latest.
const HEAD_BYTES: u64 = 4096;

/// A report in the making, beside the place where it will be.
#[derive(Debug)]
pub(super) struct Draft {
    folder: TempDir,
    place: PathBuf,
    /// Held while it is made.
    _lock: File,
}

impl Draft {
    /// Begins a report that will be in this folder.
    ///
    /// # Errors
    /// When something else is in it, somebody else is making a report there, or nothing can be written.
    pub(super) fn begin(place: &Path) -> anyhow::Result<Self> {
        require_ours(place)?;
        // A link stays, and where it leads to changes.
        let place = place.canonicalize().unwrap_or_else(|_| place.to_owned());
        let parent = place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let Some(name) = place.file_name() else { bail!("it has no name") };
        fs::create_dir_all(parent)?;
        let lock = File::open(parent)?;
        let prefix = format!(".{}.new-", name.display());
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => clear(parent, &prefix)?,
            Err(Errno::WOULDBLOCK) => {
                bail!("another report is being written beside it: wait until that is done")
            }
            // Not every file system has locks; there, what was left behind stays.
            Err(_) => {}
        }
        let like_others = Permissions::from_mode(0o777);
        let folder = tempfile::Builder::new().prefix(&prefix).permissions(like_others).tempdir_in(parent)?;
        Ok(Self { folder, place, _lock: lock })
    }

    /// Where to write pages.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The pages take the place of those that were there.
    ///
    /// # Errors
    /// When they cannot; then the old ones are still there.
    pub(super) fn put_in_place(self) -> io::Result<()> {
        let Self { folder, place, _lock } = self;
        match fs::rename(folder.path(), &place) {
            Ok(()) => {
                let _is_there_now = folder.keep();
                Ok(())
            }
            Err(error) if matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists) => {
                exchange(folder, &place)
            }
            Err(error) => Err(error),
        }
    }
}

/// Both folders change places at once, and the old pages are removed.
fn exchange(folder: TempDir, place: &Path) -> io::Result<()> {
    match renameat_with(CWD, folder.path(), CWD, place, RenameFlags::EXCHANGE) {
        Ok(()) => {}
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => return replace(folder, place),
        Err(error) => return Err(error.into()),
    }
    // What cannot be removed is removed by the next report.
    let _ = folder.close();
    Ok(())
}

/// The same in two steps, on file systems that know no better.
fn replace(folder: TempDir, place: &Path) -> io::Result<()> {
    let old = folder.path().with_extension("old");
    fs::rename(place, &old)?;
    if let Err(error) = fs::rename(folder.path(), place) {
        fs::rename(&old, place)?;
        return Err(error);
    }
    let _is_there_now = folder.keep();
    fs::remove_dir_all(old)
}

/// Removes drafts of those who were killed: whoever is alive holds the lock.
fn clear(parent: &Path, prefix: &str) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        let is_draft = entry.file_name().as_encoded_bytes().starts_with(prefix.as_bytes());
        if is_draft && entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Is there nothing in the folder but pages of a report? All that is in it will be removed.
fn require_ours(folder: &Path) -> anyhow::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        let is_named_so =
            name == INDEX.as_bytes() || (name.starts_with(b"learner-") && name.ends_with(b".html"));
        if !is_named_so || !is_ours(&entry.path()).with_context(|| escape(name))? {
            bail!(
                "{} is in it, which no report has made: move it away, or name another folder",
                escape(name)
            );
        }
    }
    Ok(())
}

fn is_ours(file: &Path) -> io::Result<bool> {
    if !file.symlink_metadata()?.is_file() {
        return Ok(false);
    }
    let mut head = Vec::new();
    File::open(file)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(head.windows(OURS.len()).any(|part| part == OURS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(folder: &Path, name: &str, text: &str) {
        let text = [OURS, text.as_bytes()].concat();
        fs::write(folder.join(name), text).expect("written");
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
        names.sort();
        names
    }

    #[test]
    fn new_pages_take_the_place_of_old_ones_and_nothing_is_left() {
        let home = tempfile::tempdir().expect("a folder");
        let place = home.path().join("report");
        for (way, learners) in [["a", "b"], ["b", "c"]].iter().enumerate() {
            let draft = Draft::begin(&place).expect("begun");
            page(draft.path(), INDEX, "");
            learners.iter().for_each(|name| page(draft.path(), &format!("learner-{name}.html"), ""));
            assert_eq!(place.exists(), way > 0, "nothing is there before all is");
            draft.put_in_place().expect("in place");
        }
        assert_eq!(names(&place), ["index.html", "learner-b.html", "learner-c.html"]);
        assert_eq!(names(home.path()), ["report"]);
        let mode = |path: &Path| path.metadata().expect("data").permissions().mode();
        fs::create_dir(home.path().join("other")).expect("made");
        assert_eq!(mode(&place), mode(&home.path().join("other")), "readable as others are");
        let replaced = tempfile::tempdir_in(home.path()).expect("a folder");
        page(replaced.path(), INDEX, "");
        replace(replaced, &place).expect("in two steps");
        assert_eq!((names(&place), names(home.path()).len()), (vec![INDEX.to_owned()], 2));
    }

    #[test]
    fn what_the_killed_have_left_is_removed_and_what_is_made_is_not() {
        let home = tempfile::tempdir().expect("a folder");
        fs::create_dir(home.path().join(".report.new-abc")).expect("made");
        let draft = Draft::begin(&home.path().join("report")).expect("begun");
        assert_eq!(names(home.path()).len(), 1);
        let second = Draft::begin(&home.path().join("report")).expect_err("busy").to_string();
        assert_eq!(second, "another report is being written beside it: wait until that is done");
        drop(draft);
        assert_eq!(names(home.path()), [""; 0]);
    }

    #[test]
    fn files_of_others_are_never_replaced() {
        let home = tempfile::tempdir().expect("a folder");
        let refused = |name: &str| {
            let told = Draft::begin(home.path()).expect_err(name).to_string();
            assert_eq!(
                told,
                format!("{name} is in it, which no report has made: move it away, or name another folder")
            );
        };
        page(home.path(), "thesis.html", "");
        refused("thesis.html");
        fs::rename(home.path().join("thesis.html"), home.path().join("learner-ada.html")).expect("renamed");
        fs::write(home.path().join(INDEX), "<title>My page</title>").expect("written");
        refused(INDEX);
        fs::remove_file(home.path().join(INDEX)).expect("removed");
        fs::create_dir(home.path().join("learner-dir.html")).expect("made");
        refused("learner-dir.html");
        assert!(home.path().join("learner-ada.html").exists());
    }
}
