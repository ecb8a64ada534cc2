//! Links between lessons lead to a file, and to a heading in it.

use std::path::Path;

use super::{LessonText, document_of};
use crate::course::document::Link;
use crate::course::error::CourseError;
use crate::course::link::{self, Lead};
use crate::course::words;

/// Checks every link of a lesson that leads nowhere outside the course.
pub(super) fn check(root: &Path, text: &LessonText<'_>, errors: &mut Vec<CourseError>) {
    errors.extend(text.document.links.iter().filter_map(|link| check_link(root, text, link).err()));
}

fn check_link(root: &Path, text: &LessonText<'_>, link: &Link) -> Result<(), CourseError> {
    let at = || text.file.find_in(link.span.clone(), &link.target);
    let (path, anchor) = match link::lead(&text.file.path, &link.target) {
        Lead::Elsewhere => return Ok(()),
        Lead::Inside { path, anchor } => (path, anchor),
        Lead::Outside => {
            let error = text.file.error(at(), "this link leads out of the lessons");
            return Err(error.help("link to a file below lessons/"));
        }
    };
    if !root.join(&path).is_file() {
        return Err(text.file.error(at(), format!("there is no file {}", path.display())));
    }
    let document = if anchor.is_empty() { None } else { document_of(root, &path) };
    let Some(document) = document else { return Ok(()) };
    let known: Vec<_> = document.headings.iter().map(|heading| heading.anchor.as_str()).collect();
    if known.contains(&anchor.as_str()) {
        return Ok(());
    }
    let error = text.file.error(at(), format!("there is no heading `#{anchor}` in {}", path.display()));
    Err(error.maybe_help(words::did_you_mean(&anchor, known)))
}
