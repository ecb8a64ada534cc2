//! A learner's folder: files are looked at and written without ever leaving it.

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown, lchown};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::carried::hash;
use super::obstacle::{KitError, Obstacle};

/// Nothing that was ever installed is longer; what is, need not be read.
const LONGEST_BYTES: u64 = 16 * 1024 * 1024;

/// A learner's folder. Paths below it have `/` between their parts; no link below it is followed.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
}

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    Nothing,
    /// A file with this hash.
    File(String),
    /// A file that is too long to be one of ours.
    LongFile,
    /// A link, to whatever.
    Link,
    /// Something else, here or in the place of a folder above.
    Obstacle(Obstacle),
}

impl Folder {
    /// The folder at this path, which may be a link to it.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { root: path.canonicalize()? })
    }

    /// Where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What lies at a path below the folder.
    pub(super) fn look(&self, path: &str) -> Seen {
        match self.obstacle_above(path) {
            Ok(()) => {}
            Err(None) => return Seen::Nothing,
            Err(Some(obstacle)) => return Seen::Obstacle(obstacle),
        }
        let file = self.root.join(path);
        let unreadable =
            |error: &io::Error| Seen::Obstacle(Obstacle::Unreadable(path.into(), error.to_string()));
        match file.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Seen::Nothing,
            Err(error) => unreadable(&error),
            Ok(data) if data.is_symlink() => Seen::Link,
            Ok(data) if !data.is_file() => Seen::Obstacle(Obstacle::NotAFile(path.into())),
            Ok(data) if data.len() > LONGEST_BYTES => Seen::LongFile,
            Ok(_) => {
                fs::read(&file).map_or_else(|error| unreadable(&error), |content| Seen::File(hash(&content)))
            }
        }
    }

    /// Are all parts above a path folders? The error is nothing where one is not there.
    fn obstacle_above(&self, path: &str) -> Result<(), Option<Obstacle>> {
        for (end, _) in path.match_indices('/') {
            let above = &path[..end];
            match self.root.join(above).symlink_metadata() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(None),
                Err(error) => return Err(Some(Obstacle::Unreadable(above.into(), error.to_string()))),
                Ok(data) if data.is_symlink() => return Err(Some(Obstacle::Link(above.into()))),
                Ok(data) if !data.is_dir() => return Err(Some(Obstacle::NotAFolder(above.into()))),
                Ok(_) => {}
            }
        }
        Ok(())
    }

    /// Nothing but folders may be above a path, as far as there is anything.
    fn require_folders(&self, path: &str) -> Result<(), KitError> {
        match self.obstacle_above(path) {
            Err(Some(obstacle)) => Err(KitError::InTheWay { file: self.root.join(path), obstacle }),
            Ok(()) | Err(None) => Ok(()),
        }
    }

    /// Writes a file where there is none.
    ///
    /// # Errors
    /// When there is one by now, or the system refuses.
    pub(super) fn write_new(&self, path: &str, content: &[u8]) -> Result<(), KitError> {
        let (file, temporary) = self.prepare(path, content, true)?;
        temporary.persist_noclobber(&file).map(drop).map_err(|error| changed_or(file, error.error))
    }

    /// Replaces a file that still is what it was.
    ///
    /// # Errors
    /// When it is not, or the system refuses.
    pub(super) fn replace(&self, path: &str, before: &Seen, content: &[u8]) -> Result<(), KitError> {
        let (file, temporary) = self.prepare(path, content, true)?;
        let write = |source| KitError::Write { file: file.clone(), source };
        let permissions = file.metadata().map_err(write)?.permissions();
        temporary.as_file().set_permissions(permissions).map_err(write)?;
        if self.look(path) != *before {
            return Err(KitError::Changed(file));
        }
        temporary.persist(&file).map(drop).map_err(|error| write(error.error))
    }

    /// Writes a file of our own, whatever is there.
    pub(super) fn overwrite(&self, path: &str, content: &[u8], is_final: bool) -> Result<(), KitError> {
        let (file, temporary) = self.prepare(path, content, is_final)?;
        let written = temporary.persist(&file).map(drop);
        written.map_err(|error| KitError::Write { file, source: error.error })
    }

    /// The content in a file beside the one that is to be written, with the folders above.
    pub(super) fn prepare(
        &self,
        path: &str,
        content: &[u8],
        is_synced: bool,
    ) -> Result<(PathBuf, NamedTempFile), KitError> {
        let file = self.root.join(path);
        self.require_folders(path)?;
        let prepare = || -> io::Result<NamedTempFile> {
            let above = file.parent().unwrap_or(&self.root);
            make_folder(above)?;
            let mut temporary = tempfile::Builder::new()
                .prefix(".workbook-")
                .permissions(fs::Permissions::from_mode(0o666)) // less what the umask takes
                .tempfile_in(above)?;
            if let Some(owner) = owner_to_be(above)? {
                fchown(temporary.as_file(), Some(owner.uid()), Some(owner.gid()))?;
            }
            temporary.as_file_mut().write_all(content)?;
            if is_synced {
                temporary.as_file().sync_all()?;
            }
            Ok(temporary)
        };
        match prepare() {
            Ok(temporary) => Ok((file, temporary)),
            Err(error) => Err(KitError::Write { file, source: without_path(error) }),
        }
    }

    /// Removes a file that still is what it was, and the folders above that are empty then.
    pub(super) fn remove(&self, path: &str, before: &Seen) -> Result<(), KitError> {
        let file = self.root.join(path);
        if self.look(path) != *before {
            return Err(KitError::Changed(file));
        }
        fs::remove_file(&file).map_err(|source| KitError::Write { file, source })?;
        let above = Path::new(path).ancestors().skip(1).filter(|above| above.components().count() > 1);
        for folder in above {
            if fs::remove_dir(self.root.join(folder)).is_err() {
                break; // something is still in it
            }
        }
        Ok(())
    }

    /// Moves a file, link or folder to the first of these names that nothing has, and answers with it.
    pub(super) fn move_aside(
        &self,
        path: &str,
        names: impl Iterator<Item = String>,
    ) -> Result<String, KitError> {
        let file = self.root.join(path);
        let write = |source| KitError::Write { file: file.clone(), source };
        let is_folder = file.symlink_metadata().map_err(write)?.is_dir();
        self.require_folders(path)?;
        for name in names {
            self.require_folders(&name)?;
            let target = self.root.join(&name);
            target.parent().map_or(Ok(()), make_folder).map_err(write)?;
            match move_to_free(&file, &target, is_folder) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(write(error)),
                Ok(()) => return Ok(name),
            }
        }
        Err(write(io::ErrorKind::AlreadyExists.into()))
    }

    /// All that is no folder below this one, as paths.
    pub(super) fn files_below(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(self.root.join(&folder)).into_iter().flatten().filter_map(Result::ok);
            for entry in entries {
                let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_folder { folders.push(path) } else { found.push(path) }
            }
        }
        found.sort();
        found
    }
}

/// The name, and then that name with a number.
pub(super) fn numbered(name: &str) -> impl Iterator<Item = String> {
    std::iter::once(name.to_owned()).chain((1..).map(move |number| format!("{name}.{number}")))
}

/// Moves it there unless something is there: the name is claimed first, and what claims it then gives way.
fn move_to_free(file: &Path, target: &Path, is_folder: bool) -> io::Result<()> {
    if is_folder {
        fs::create_dir(target)?;
    } else {
        fs::File::create_new(target)?;
    }
    let moved = fs::rename(file, target);
    if moved.is_err() {
        let _ = if is_folder { fs::remove_dir(target) } else { fs::remove_file(target) };
    }
    moved
}

/// Temporary files have names that say nothing to anybody.
fn without_path(error: io::Error) -> io::Error {
    let text = error.to_string();
    match text.split_once(" at path ") {
        Some((text, _)) => io::Error::new(error.kind(), text),
        None => error,
    }
}

fn changed_or(file: PathBuf, source: io::Error) -> KitError {
    match source.kind() {
        io::ErrorKind::AlreadyExists => KitError::Changed(file),
        _ => KitError::Write { file, source },
    }
}

/// Makes a folder and those above it.
///
/// # Errors
/// When the system refuses, or a file has that name.
pub fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent().filter(|above| !above.as_os_str().is_empty()) {
        make_folder(above)?;
    }
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Err(_) if path.is_dir() => Ok(()),
        Err(_) => Err(io::Error::new(io::ErrorKind::NotADirectory, format!("{} is a file", path.display()))),
        Ok(()) => match path.canonicalize()?.parent().map(owner_to_be).transpose()?.flatten() {
            Some(owner) => lchown(path, Some(owner.uid()), Some(owner.gid())),
            None => Ok(()),
        },
    }
}

/// What root makes in somebody's folder belongs to that user, who could not edit it otherwise.
fn owner_to_be(folder: &Path) -> io::Result<Option<Metadata>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    folder.metadata().map(Some)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let outer = tempfile::tempdir().unwrap();
        let folder = Folder::open(outer.path()).unwrap();
        (outer, folder)
    }

    #[test]
    fn what_lies_there_is_seen() {
        let (_outer, folder) = folder();
        fs::create_dir(folder.root().join("a")).unwrap();
        fs::write(folder.root().join("a/file"), "x").unwrap();
        symlink("file", folder.root().join("a/link")).unwrap();
        symlink("a", folder.root().join("b")).unwrap();
        assert_eq!(folder.look("a/file"), Seen::File(hash(b"x")));
        assert_eq!(folder.look("a/link"), Seen::Link);
        assert_eq!((folder.look("a/none"), folder.look("none/none")), (Seen::Nothing, Seen::Nothing));
        assert_eq!(folder.look("a"), Seen::Obstacle(Obstacle::NotAFile("a".into())));
        assert_eq!(folder.look("b/file"), Seen::Obstacle(Obstacle::Link("b".into())));
        assert_eq!(folder.look("a/file/x"), Seen::Obstacle(Obstacle::NotAFolder("a/file".into())));
    }

    #[test]
    fn nothing_is_overwritten_and_no_link_is_followed() {
        let (_outer, folder) = folder();
        let elsewhere = tempfile::tempdir().unwrap();
        symlink(elsewhere.path(), folder.root().join("link")).unwrap();
        let error = folder.write_new("link/file", b"x").expect_err("it is a link");
        let told = "link is a link, and what lies behind it is not touched";
        assert_eq!(error.to_string(), format!("cannot write {}/link/file: {told}", folder.root().display()));
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
        folder.write_new("a/b/file", b"x").unwrap();
        let error = folder.write_new("a/b/file", b"y").expect_err("it is there");
        assert!(matches!(error, KitError::Changed(_)), "{error}");
        let before = Seen::File(hash(b"something else"));
        folder.replace("a/b/file", &before, b"y").expect_err("it has changed");
        folder.remove("a/b/file", &before).expect_err("it has changed");
        assert_eq!(fs::read(folder.root().join("a/b/file")).unwrap(), b"x");
        assert_eq!(fs::read_dir(folder.root().join("a/b")).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn a_replaced_file_keeps_its_permissions() {
        let (_outer, folder) = folder();
        folder.write_new("main.py", b"x").unwrap();
        let file = folder.root().join("main.py");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o750)).unwrap();
        folder.replace("main.py", &Seen::File(hash(b"x")), b"y").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o750);
        assert_eq!(fs::read(&file).unwrap(), b"y");
    }

    #[test]
    fn empty_folders_go_with_their_last_file() {
        let (_outer, folder) = folder();
        folder.write_new("lessons/w04/01-a/lesson.md", b"x").unwrap();
        folder.write_new("lessons/w04/part.md", b"x").unwrap();
        let before = Seen::File(hash(b"x"));
        folder.remove("lessons/w04/01-a/lesson.md", &before).unwrap();
        assert_eq!(folder.files_below("lessons"), ["lessons/w04/part.md"]);
        assert!(!folder.root().join("lessons/w04/01-a").exists());
        folder.remove("lessons/w04/part.md", &before).unwrap();
        assert!(folder.root().join("lessons").exists() && !folder.root().join("lessons/w04").exists());
    }

    #[test]
    fn what_is_moved_aside_replaces_nothing() {
        let (_outer, folder) = folder();
        let mut names = Vec::new();
        for content in ["one", "two", "three"] {
            folder.write_new("file", content.as_bytes()).unwrap();
            names.push(folder.move_aside("file", numbered("kept/file")).unwrap());
        }
        symlink("nowhere", folder.root().join("file")).unwrap();
        names.push(folder.move_aside("file", numbered("kept/file")).unwrap());
        assert_eq!(names, ["kept/file", "kept/file.1", "kept/file.2", "kept/file.3"]);
        assert_eq!(fs::read_to_string(folder.root().join("kept/file.1")).unwrap(), "two");
        assert!(folder.root().join("kept/file.3").is_symlink());
    }
}
