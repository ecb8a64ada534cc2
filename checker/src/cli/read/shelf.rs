//! Writes the book, and never leaves half of one.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use tempfile::TempDir;

use crate::book::web::Book;
use crate::cli::files;

/// Tells a folder of ours from others; holds the names of its files.
const MARK: &str = ".workbook-book";

/// What a new book is called until it is whole.
const NEW: &str = "book-new-";

/// A book that has not become whole in this time never will.
const LEFT: Duration = Duration::from_secs(3600);

/// Others may put a book into the same place at the same time.
const TRIES: u32 = 5;

/// Puts the book into the place of the one in `.workbook/book`, all at once.
///
/// # Errors
/// When it cannot be written, with a way on.
pub(super) fn replace(root: &Path, book: &Book) -> anyhow::Result<PathBuf> {
    let place = root.join(".workbook").join("book");
    exchange(root, book, &place).with_context(|| {
        format!(
            "cannot write the book into {}; into another folder writes: workbook read --web --out DIR",
            place.display()
        )
    })?;
    Ok(place)
}

fn exchange(root: &Path, book: &Book, place: &Path) -> anyhow::Result<()> {
    let folder = place.parent().context("it lies in a folder")?;
    fs::create_dir_all(folder)?;
    sweep(folder);
    let new = tempfile::Builder::new().prefix(NEW).tempdir_in(folder)?;
    write(root, book, new.path())?;
    // Whoever reads the old one keeps its pages open; it goes when `new` is dropped.
    put(new, place, is_exchanged)?;
    Ok(())
}

/// Puts the new folder into the place of the old one, if there is one, and removes that.
fn put(new: TempDir, place: &Path, is_exchanged: impl Fn(&Path, &Path) -> bool) -> io::Result<()> {
    let mut tries = 0;
    loop {
        if is_exchanged(new.path(), place) {
            return Ok(());
        }
        match fs::rename(new.path(), place) {
            Ok(()) => {
                let _ = new.keep();
                return Ok(());
            }
            Err(error) if tries == TRIES => return Err(error),
            Err(_) => tries += 1,
        }
        // Where two folders cannot change places there is no book for a moment, but never half of one.
        let old = tempfile::Builder::new().prefix(NEW).tempdir_in(place.parent().unwrap_or(place))?;
        let _ = fs::rename(place, old.path().join("book"));
    }
}

/// Removes what a process left that was killed while it wrote a book.
fn sweep(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let is_left = |entry: &fs::DirEntry| {
        let age = entry.metadata().and_then(|data| data.modified()).ok().and_then(|time| time.elapsed().ok());
        entry.file_name().to_string_lossy().starts_with(NEW) && age.is_some_and(|age| age > LEFT)
    };
    for entry in entries.filter(is_left) {
        let _ = fs::remove_dir_all(entry.path());
    }
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn is_exchanged(new: &Path, place: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, new, CWD, place, RenameFlags::EXCHANGE).is_ok()
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn is_exchanged(_new: &Path, _place: &Path) -> bool {
    false
}

/// Writes the book into a folder that somebody named, page by page, the first one last.
///
/// # Errors
/// When the folder holds anything but an earlier book, or cannot be written to.
pub(super) fn fill(root: &Path, book: &Book, folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    fs::create_dir_all(folder).with_context(|| format!("--out {shown}: cannot make the folder"))?;
    let old = known(folder);
    let strange =
        strange_files(folder, &old).with_context(|| format!("--out {shown}: cannot look into it"))?;
    if let Some(strange) = strange {
        bail!(
            "--out {shown}: it holds other things, such as {}; name a folder that is new or empty",
            strange.display()
        );
    }
    write(root, book, folder).with_context(|| format!("--out {shown}: cannot write the book"))?;
    let new = names(book);
    for name in old.iter().filter(|name| !new.contains(*name)) {
        // A page that is left over harms nobody.
        let _ = fs::remove_file(folder.join(name));
    }
    Ok(())
}

fn write(root: &Path, book: &Book, folder: &Path) -> anyhow::Result<()> {
    let names: Vec<String> = names(book).into_iter().chain(known(folder)).collect();
    put_file(&folder.join(MARK), format!("{}\n", names.join("\n")).as_bytes())?;
    for (file, name) in &book.files {
        let bytes = fs::read(root.join(file)).with_context(|| format!("cannot read {}", file.display()))?;
        put_file(&folder.join(name), &bytes)?;
    }
    for (name, text) in book.pages.iter().rev() {
        put_file(&folder.join(name), text.as_bytes())?;
    }
    Ok(())
}

fn put_file(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)?;
    let mut new = files::named_like_others(folder)?;
    io::Write::write_all(&mut new, bytes)?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}

fn names(book: &Book) -> BTreeSet<String> {
    let pages = book.pages.iter().map(|(name, _)| name.clone());
    pages.chain(book.files.iter().map(|(_, name)| name.clone())).collect()
}

/// The files of the book that is in a folder; whoever wrote the list, no other file is meant.
fn known(folder: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(folder.join(MARK)).unwrap_or_default();
    let is_inside =
        |name: &&str| Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    text.lines().filter(is_inside).map(str::to_owned).collect()
}

/// A file in the folder that is not of the book in it.
fn strange_files(folder: &Path, known: &BTreeSet<String>) -> io::Result<Option<PathBuf>> {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let entry = entry?;
            let path = entry.path();
            let name = path.strip_prefix(folder).unwrap_or(&path).to_path_buf();
            if entry.file_type()?.is_dir() && known.iter().any(|file| Path::new(file).starts_with(&name)) {
                folders.push(path);
            } else if name != Path::new(MARK) && !known.iter().any(|file| Path::new(file) == name) {
                return Ok(Some(name));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::web::INDEX;

    #[test]
    fn a_book_takes_the_place_of_another_where_folders_cannot_change_places_too() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = folder.path().join("book");
        for text in ["first", "second"] {
            let new = tempfile::Builder::new().prefix(NEW).tempdir_in(&folder).expect("a folder");
            fs::write(new.path().join(INDEX), text).expect("a page");
            put(new, &place, |_, _| false).expect("it is put there");
            assert_eq!(fs::read_to_string(place.join(INDEX)).expect("a page"), text);
        }
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1, "nothing is left over");
    }
}
