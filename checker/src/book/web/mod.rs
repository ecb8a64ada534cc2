//! The whole course as pages that need neither a server nor a network nor a script.

mod escape;
mod frame;
mod html;
mod index;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Reading, parse};
use crate::course::Course;
use escape::file_name;

/// The page that a reader begins with.
pub const INDEX: &str = "index.html";

/// Where copies of files go that lessons link to, beside the pages.
const FILES: &str = "files";

/// All pages, and what else belongs beside them.
#[derive(Debug)]
pub struct Book {
    /// Name and text of each page.
    pub pages: Vec<(String, String)>,
    /// Files of the course that lessons link to, relative to its root, with the names of their copies.
    pub files: Vec<(PathBuf, String)>,
}

/// The course as a book.
#[must_use]
pub fn book(course: &Course) -> Book {
    let mut files = BTreeSet::new();
    let mut pages = vec![(INDEX.to_owned(), index::page(course))];
    for reading in Reading::all(course) {
        let blocks = parse::parse(course, reading, true);
        pages.push((page_name(reading.id()), frame::page(course, reading, &blocks, &mut files)));
    }
    let files = files.into_iter().map(|file| (file.clone(), copy_name(&file))).collect();
    Book { pages, files }
}

/// The file of the page of a lesson or part.
#[must_use]
pub fn page_name(id: &str) -> String {
    let name = file_name(id);
    // A part may have any name, and the index comes first.
    if name == "index" { "index_.html".to_owned() } else { format!("{name}.html") }
}

/// The file that a file of the course is copied to; also how a page links to it.
fn copy_name(file: &Path) -> String {
    let parts = file.iter().skip(1).map(|part| file_name(&part.to_string_lossy()));
    std::iter::once(FILES.to_owned()).chain(parts).collect::<Vec<_>>().join("/")
}
