//! Where a link in a file of the course leads to.

use std::path::{Component, Path, PathBuf};

use super::load::LESSONS;

/// Where a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lead {
    /// To an address with a scheme, such as `https:`.
    Elsewhere,
    /// To a file of the lessons, relative to the course's root, and to a heading in it (empty: to its beginning).
    Inside { path: PathBuf, anchor: String },
    /// Out of the lessons, where it must not lead.
    Outside,
}

/// Where a link leads to that stands in `file`, which is relative to the course's root.
pub(crate) fn lead(file: &Path, target: &str) -> Lead {
    if is_elsewhere(target) {
        return Lead::Elsewhere;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let folder = file.parent().unwrap_or(Path::new(""));
    let path = if path.is_empty() { Some(file.to_path_buf()) } else { normal(&folder.join(path)) };
    match path.filter(|path| path.starts_with(LESSONS)) {
        Some(path) => Lead::Inside { path, anchor: anchor.to_owned() },
        None => Lead::Outside,
    }
}

/// Does the target begin with a scheme, such as `https:`?
fn is_elsewhere(target: &str) -> bool {
    let is_scheme = |scheme: &str| scheme.bytes().all(|byte| byte.is_ascii_alphabetic());
    target.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_elsewhere_inside_or_outside() {
        let lead = |target| lead(Path::new("lessons/w04/01-a/lesson.md"), target);
        let inside = |path: &str, anchor: &str| Lead::Inside { path: path.into(), anchor: anchor.to_owned() };
        assert_eq!(lead("https://example.com/#x"), Lead::Elsewhere);
        assert_eq!(lead("../02-b/lesson.md#goal"), inside("lessons/w04/02-b/lesson.md", "goal"));
        assert_eq!(lead("#goal"), inside("lessons/w04/01-a/lesson.md", "goal"));
        assert_eq!(lead("./a.svg"), inside("lessons/w04/01-a/a.svg", ""));
        assert_eq!(lead("../../../README.md"), Lead::Outside);
        assert_eq!(lead("../../../../../etc/passwd"), Lead::Outside);
        assert_eq!(lead("/etc/passwd"), Lead::Outside);
    }
}
