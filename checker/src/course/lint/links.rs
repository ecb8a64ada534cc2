//! Links between lessons lead to a file, and to a heading in it.

use std::path::{Component, Path, PathBuf};

use super::{LessonText, document_of};
use crate::course::document::Link;
use crate::course::error::CourseError;
use crate::course::load::LESSONS;
use crate::course::words;

/// Checks every link of a lesson that leads nowhere outside the course.
pub(super) fn check(root: &Path, text: &LessonText<'_>, errors: &mut Vec<CourseError>) {
    let links = text.document.links.iter().filter(|link| !is_elsewhere(&link.target));
    errors.extend(links.filter_map(|link| check_link(root, text, link).err()));
}

/// Does the target begin with a scheme, such as `https:`?
fn is_elsewhere(target: &str) -> bool {
    let is_scheme = |scheme: &str| scheme.bytes().all(|byte| byte.is_ascii_alphabetic());
    target.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme))
}

fn check_link(root: &Path, text: &LessonText<'_>, link: &Link) -> Result<(), CourseError> {
    let (file, anchor) = link.target.split_once('#').unwrap_or((&link.target, ""));
    let at = || text.file.find_in(link.span.clone(), &link.target);
    let folder = text.file.path.parent().unwrap_or(Path::new(""));
    let path = if file.is_empty() { Some(text.file.path.to_path_buf()) } else { normal(&folder.join(file)) };
    let inside = path.filter(|path| path.starts_with(LESSONS));
    let Some(path) = inside else {
        return Err(text
            .file
            .error(at(), "this link leads out of the lessons")
            .help("link to a file below lessons/"));
    };
    if !root.join(&path).is_file() {
        return Err(text.file.error(at(), format!("there is no file {}", path.display())));
    }
    let document = if anchor.is_empty() { None } else { document_of(root, &path) };
    let Some(document) = document else { return Ok(()) };
    let known: Vec<_> = document.headings.iter().map(|heading| heading.anchor.as_str()).collect();
    if known.contains(&anchor) {
        return Ok(());
    }
    let error = text.file.error(at(), format!("there is no heading `#{anchor}` in {}", path.display()));
    Err(error.maybe_help(words::did_you_mean(anchor, known)))
}

/// The path without `.` and `..`; none where it leaves the root.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => normal.push(name),
            Component::CurDir => {}
            Component::ParentDir if normal.pop() => {}
            _ => return None,
        }
    }
    Some(normal)
}
