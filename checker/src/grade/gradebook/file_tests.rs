//! Files that are no gradebook, or not one of this version.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::schema::{APPLICATION, STEPS};
use super::*;

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("gradebook.sqlite");
    (folder, file)
}

fn refused(file: &Path) -> String {
    let folder = file.parent().expect("a folder").display().to_string();
    Gradebook::open(file).expect_err("refused").to_string().replace(&folder, "DIR")
}

/// A file as a workbook of that version has left it.
fn of_version(file: &Path, version: usize) {
    let connection = Connection::open(file).expect("made");
    STEPS[..version.min(STEPS.len())].iter().for_each(|step| connection.execute_batch(step).expect("taken"));
    connection.pragma_update(None, "application_id", APPLICATION).expect("set");
    connection.pragma_update(None, "user_version", i64::try_from(version).expect("few")).expect("set");
}

#[test]
fn a_file_of_the_first_version_is_brought_up_to_date_with_all_that_is_in_it() {
    let (_folder, file) = folder();
    of_version(&file, 1);
    let old = Connection::open(&file).expect("opened");
    let run = "INSERT INTO run VALUES (7, 1, 'plan', 'graded', '0.1.0', '7f3a', 'private', 1)";
    old.execute(run, ()).expect("written");
    drop(old);
    let book = Gradebook::open(&file).expect("brought up to date");
    assert_eq!(schema::layout(&book.connection), Ok(Layout::Version(STEPS.len())));
    assert_eq!(book.latest().expect("a run").plan.0, "plan");
    let comments: i64 =
        book.connection.query_row("SELECT count(*) FROM comment", (), |row| row.get(0)).expect("a table");
    assert_eq!(comments, 0);
}

#[test]
fn two_may_bring_a_file_up_to_date_at_a_time() {
    let (_folder, file) = folder();
    of_version(&file, 1);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(|| Gradebook::open(&file).map(drop))).collect();
        all.into_iter().for_each(|one| one.join().expect("no panic").expect("opened"));
    });
}

#[test]
fn files_of_others_are_left_as_they_are() {
    let (_folder, file) = folder();
    let expected = "DIR/gradebook.sqlite is not a gradebook, and is left as it is: name another file, or move this one away";
    fs::write(&file, "Student,ID\n".repeat(100)).expect("written");
    assert_eq!(refused(&file), expected);
    fs::remove_file(&file).expect("removed");
    Connection::open(&file).expect("made").execute_batch("CREATE TABLE t (a)").expect("made");
    let before = fs::read(&file).expect("read");
    assert_eq!(refused(&file), expected);
    assert_eq!(fs::read(&file).expect("read"), before);
}

#[test]
fn a_newer_file_is_left_as_it_is() {
    let (_folder, file) = folder();
    of_version(&file, STEPS.len() + 7);
    let before = fs::read(&file).expect("read");
    let expected = "DIR/gradebook.sqlite was written by a newer workbook (layout 9, and this one knows 2); it is left \
                    as it is: use that workbook, or name another file";
    assert_eq!(refused(&file), expected);
    assert_eq!(fs::read(&file).expect("read"), before);
}

#[test]
fn damage_is_told_apart() {
    let (_folder, file) = folder();
    drop(Gradebook::open(&file).expect("made"));
    let mut bytes = fs::read(&file).expect("read");
    bytes[100..4096].fill(0x55);
    fs::write(&file, bytes).expect("written");
    let expected = "DIR/gradebook.sqlite is damaged (database disk image is malformed): move it away and run `workbook \
                    merge` again, which makes it anew from the records beside it; only comments on clusters have to be \
                    given again";
    assert_eq!(refused(&file), expected);
}

#[test]
fn places_where_no_file_can_be_are_named() {
    let (folder, file) = folder();
    let expected = "DIR/gradebook.sqlite: there is no folder DIR";
    let below = folder.path().join("none");
    let told = Gradebook::open(&below.join("gradebook.sqlite")).expect_err("refused").to_string();
    assert_eq!(told.replace(&below.display().to_string(), "DIR"), expected);
    fs::create_dir(&file).expect("made");
    assert_eq!(refused(&file), "DIR/gradebook.sqlite: it is a folder; name a file in it");
    let missing = folder.path().join("other.sqlite");
    assert!(matches!(Gradebook::open_to_read(&missing), Err(GradebookError::Missing(_))));
    assert!(!missing.exists(), "reading makes no file");
}

#[test]
fn what_the_library_says_gets_a_name() {
    let named =
        |code| told(Path::new("g"))(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None));
    assert!(matches!(named(rusqlite::ffi::SQLITE_READONLY), GradebookError::ReadOnly(_)));
    assert!(matches!(named(rusqlite::ffi::SQLITE_CANTOPEN), GradebookError::ReadOnly(_)));
    assert!(matches!(named(rusqlite::ffi::SQLITE_FULL), GradebookError::DiskFull(_)));
    let expected = "g is being written by another program, and did not become free within 20 s: wait until that one is \
                    done, and try again";
    assert_eq!(named(rusqlite::ffi::SQLITE_BUSY).to_string(), expected);
    assert_eq!(named(rusqlite::ffi::SQLITE_IOERR).to_string(), "g: Error code 10: disk I/O error");
}

#[test]
fn what_cannot_be_written_can_still_be_read() {
    let (folder, _) = folder();
    let file = folder.path().join("a b%?#.sqlite");
    let mut book = Gradebook::open(&file).expect("made");
    let plan = samples::plan(vec![samples::missing("joe")]);
    book.begin(&samples::digest("1"), &plan).expect("begun").finish().expect("finished");
    drop(book);
    let book = Gradebook::open_as_it_stands(&file).expect("opened");
    assert_eq!(book.entries(&book.latest().expect("a run")).expect("entries").len(), 1);
    fs::write(folder.path().join("a b%?#.sqlite-wal"), "left").expect("written");
    assert!(matches!(Gradebook::open_as_it_stands(&file), Err(GradebookError::ReadOnly(_))));
}
