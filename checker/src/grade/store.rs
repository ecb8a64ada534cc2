//! The files of all programs, by content: equal programs are kept once, and workers read nothing else.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::handed_in::Digest;

/// A file of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it lies, relative to the program's folder: plain names only.
    pub path: PathBuf,
    /// What is in it.
    pub content: Vec<u8>,
    /// Whether it can be run as it is.
    pub is_executable: bool,
}

/// A folder of programs.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The store in this folder, made where it is missing.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.canonicalize()? })
    }

    /// Where the files of a program lie.
    #[must_use]
    pub fn folder(&self, digest: &Digest) -> PathBuf {
        self.folder.join(&digest.0)
    }

    /// Keeps the files of a program. They are there whole, or not at all; what somebody has changed meanwhile, or a
    /// power failure has cut, is replaced.
    ///
    /// # Errors
    /// When they cannot be written; with kind `InvalidInput` for a path that leads out of the folder.
    pub fn add(&self, files: &[File]) -> io::Result<Digest> {
        let mut files: Vec<&File> = files.iter().collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        if let Some(file) = files.iter().find(|file| !is_plain(&file.path)) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("{:?} leads elsewhere", file.path),
            ));
        }
        let digest = digest(&files);
        let place = self.folder(&digest);
        if place.symlink_metadata().is_ok() {
            if self.is_whole(&digest).unwrap_or(false) {
                return Ok(digest);
            }
            remove(&place)?;
        }
        let draft = tempfile::Builder::new().prefix("new-").tempdir_in(&self.folder)?;
        fs::set_permissions(draft.path(), fs::Permissions::from_mode(0o755))?;
        files.iter().try_for_each(|file| write(draft.path(), file))?;
        match fs::rename(draft.path(), &place) {
            // Somebody else has kept the same meanwhile.
            Err(_) if self.is_whole(&digest).unwrap_or(false) => {}
            Err(error) => return Err(error),
            Ok(()) => drop(draft.keep()),
        }
        Ok(digest)
    }

    /// Where the files of a program lie in its folder, in order.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self, program: &Digest) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        list(&self.folder(program), Path::new(""), &mut files)?;
        files.sort();
        Ok(files)
    }

    /// Are the files of a program still those that were kept?
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn is_whole(&self, program: &Digest) -> io::Result<bool> {
        let root = self.folder(program);
        if root.symlink_metadata()?.is_symlink() {
            return Ok(false);
        }
        let files = self.list(program)?.into_iter();
        let files = files.map(|path| read(&root, path)).collect::<io::Result<Vec<File>>>()?;
        Ok(digest(&files.iter().collect::<Vec<_>>()) == *program)
    }
}

fn is_plain(path: &Path) -> bool {
    path.components().next().is_some() && path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// Every part with its length, so that no two sets of files are one text.
fn digest(files: &[&File]) -> Digest {
    let mut hash = Sha256::new();
    for file in files {
        for part in [file.path.as_os_str().as_encoded_bytes(), &file.content, &[u8::from(file.is_executable)]]
        {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    Digest(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Removes whatever is there, also a folder whose folders nobody may write to any more.
fn remove(folder: &Path) -> io::Result<()> {
    if !folder.symlink_metadata()?.is_dir() {
        return fs::remove_file(folder);
    }
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        fs::set_permissions(&next, fs::Permissions::from_mode(0o755))?;
        for entry in fs::read_dir(next)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    fs::remove_dir_all(folder)
}

fn write(root: &Path, file: &File) -> io::Result<()> {
    let place = root.join(&file.path);
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&place, &file.content)?;
    let mode = if file.is_executable { 0o555 } else { 0o444 };
    fs::set_permissions(&place, fs::Permissions::from_mode(mode))
}

fn list(root: &Path, below: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() { list(root, &path, files)? } else { files.push(path) }
    }
    Ok(())
}

fn read(root: &Path, path: PathBuf) -> io::Result<File> {
    let place = root.join(&path);
    let data = place.symlink_metadata()?;
    if !data.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "something else is in the place of a file"));
    }
    let is_executable = data.permissions().mode() & 0o100 != 0;
    Ok(File { content: fs::read(place)?, path, is_executable })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, content: &str) -> File {
        File { path: path.into(), content: content.into(), is_executable: false }
    }

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("store")).expect("a store");
        (folder, store)
    }

    #[test]
    fn equal_programs_are_kept_once_and_others_are_told_apart() {
        let (_folder, store) = store();
        let (main, header) = (file("main.c", "int main;"), file("inc/a.h", "x"));
        let first = store.add(&[main.clone(), header.clone()]).expect("kept");
        assert_eq!(store.add(&[header, main.clone()]).expect("kept"), first, "in any order");
        assert_ne!(store.add(std::slice::from_ref(&main)).expect("kept"), first);
        assert_ne!(store.add(&[File { is_executable: true, ..main }]).expect("kept"), first);
        assert_eq!(fs::read(store.folder(&first).join("inc/a.h")).expect("a file"), b"x");
        assert_eq!(fs::read_dir(&store.folder).expect("a folder").count(), 3, "no draft is left");
    }

    #[test]
    fn what_was_changed_behind_the_store_is_noticed() {
        let (_folder, store) = store();
        let digest = store.add(&[file("main.c", "int main;")]).expect("kept");
        assert!(store.is_whole(&digest).expect("readable"));
        let place = store.folder(&digest).join("more.c");
        fs::write(place, "x").expect("written");
        assert!(!store.is_whole(&digest).expect("readable"));
    }

    #[test]
    fn what_is_not_what_it_was_is_kept_anew() {
        let (_folder, store) = store();
        let files = [file("main.c", "int main;"), file("inc/a.h", "x")];
        let digest = store.add(&files).expect("kept");
        let place = store.folder(&digest);
        let changes: [&dyn Fn(); 5] = [
            &|| fs::remove_file(place.join("main.c")).expect("removed"),
            &|| {
                fs::remove_file(place.join("main.c")).expect("removed");
                std::os::unix::fs::symlink("/dev/zero", place.join("main.c")).expect("made");
            },
            &|| {
                fs::write(place.join("inc/b.h"), "more").expect("written");
                fs::set_permissions(place.join("inc"), fs::Permissions::from_mode(0o555)).expect("set");
                fs::set_permissions(&place, fs::Permissions::from_mode(0o555)).expect("set");
            },
            &|| {
                fs::rename(&place, store.folder.join("aside")).expect("moved");
                std::os::unix::fs::symlink("aside", &place).expect("made");
            },
            &|| {
                fs::remove_dir_all(&place).expect("removed");
                fs::write(&place, "no folder").expect("written");
            },
        ];
        for (number, change) in changes.iter().enumerate() {
            change();
            assert!(!store.is_whole(&digest).unwrap_or(false), "change {number}");
            assert_eq!(store.add(&files).expect("kept"), digest, "change {number}");
            assert!(store.is_whole(&digest).expect("readable"), "change {number}");
        }
    }

    #[test]
    fn no_path_leads_out_of_the_store() {
        let (_folder, store) = store();
        for path in ["../main.c", "/main.c", "", "a/../../main.c"] {
            let error = store.add(&[file(path, "x")]).expect_err(path);
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{path}");
        }
        assert_eq!(fs::read_dir(&store.folder).expect("a folder").count(), 0);
    }
}
