//! What is to be seen in a box.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::lab::owner::Owner;

/// What a box is to offer beside the system's own programs and libraries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Files and folders that can be read, under the names they have outside.
    pub readable: Vec<PathBuf>,
    /// Folders that can be written to; what is written stays.
    pub writable: Vec<PathBuf>,
    /// Folders that must not be seen even where they lie in a folder of the system, but for what is named above.
    pub hidden: Vec<PathBuf>,
    /// Whether packets take their time: program and peer are then at the two ends of a wire.
    pub has_wire: bool,
    /// Whether packets can be captured.
    pub captures: bool,
    /// Whether to find out first that a run can be made: once on every machine.
    pub tries_a_run: bool,
}

/// Some users have one of these as their home: in containers, and where they only run a service. It holds nothing
/// of theirs, and programs need it.
const OF_EVERYBODY: [&str; 4] = ["/usr", "/opt", "/nix", "/gnu"];
/// The same in `/usr`, and, where it is not merged with that, in `/`.
const PARTS_OF_USR: [&str; 8] = ["bin", "sbin", "lib", "lib32", "lib64", "libexec", "local", "share"];

fn is_of_everybody(path: &Path) -> bool {
    let is_part = |folder: &str| {
        path.strip_prefix(folder).is_ok_and(|rest| PARTS_OF_USR.iter().any(|part| rest == Path::new(part)))
    };
    path.parent().is_none()
        || OF_EVERYBODY.iter().any(|folder| path == Path::new(folder))
        || is_part("/")
        || is_part("/usr")
}

impl Plan {
    /// Everything, each once, with whether it can be written to: outer folders before inner ones.
    pub(super) fn visible(&self) -> Vec<(&Path, bool)> {
        let readable = self.readable.iter().map(|path| (path.as_path(), false));
        let writable = self.writable.iter().map(|path| (path.as_path(), true));
        let mut all: Vec<(&Path, bool)> = readable.chain(writable).collect();
        all.sort();
        let mut kept: Vec<(&Path, bool)> = Vec::new();
        for (path, is_writable) in all {
            // What lies in a folder that is visible anyway needs nothing of its own.
            let shows = |(outer, is_too): &(&Path, bool)| {
                path.starts_with(outer) && (*is_too || !is_writable) && !self.hides_between(outer, path)
            };
            if !kept.iter().any(shows) {
                kept.push((path, is_writable));
            }
        }
        kept
    }

    /// Is there a folder in the outer one that is hidden, and the inner path with it?
    fn hides_between(&self, outer: &Path, inner: &Path) -> bool {
        let is_between =
            |hidden: &&Path| inner.starts_with(hidden) && hidden.starts_with(outer) && **hidden != *outer;
        self.hidden().iter().any(is_between)
    }

    /// Folders to hide, without those that lie in one that is hidden anyway.
    pub(super) fn hidden(&self) -> Vec<&Path> {
        let mut all: Vec<&Path> = self.hidden.iter().map(PathBuf::as_path).collect();
        all.retain(|path| !is_of_everybody(path));
        all.sort();
        let mut hidden: Vec<&Path> = Vec::new();
        for path in all {
            if !hidden.iter().any(|outer| path.starts_with(outer)) {
                hidden.push(path);
            }
        }
        hidden
    }

    /// Lets another user write where programs may write.
    pub(super) fn give_writable_to(&self, user: u32) -> io::Result<()> {
        self.writable.iter().try_for_each(|folder| Owner::both(user).take(folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_visible_anyway_is_not_named_twice() {
        let paths = |paths: &[&str]| paths.iter().map(PathBuf::from).collect();
        let plan = Plan {
            readable: paths(&["/b/c", "/b", "/a", "/b/w/x", "/bc"]),
            writable: paths(&["/b/w"]),
            ..Plan::default()
        };
        let kept: Vec<(&str, bool)> = plan
            .visible()
            .iter()
            .map(|(path, is_writable)| (path.to_str().unwrap_or(""), *is_writable))
            .collect();
        assert_eq!(kept, [("/a", false), ("/b", false), ("/b/w", true), ("/bc", false)]);
        let plan = Plan {
            readable: paths(&["/usr", "/usr/src/app/exercises/l01", "/usr/bin"]),
            hidden: paths(&["/usr/src/app"]),
            ..Plan::default()
        };
        let kept: Vec<&Path> = plan.visible().iter().map(|(path, _)| *path).collect();
        assert_eq!(kept, ["/usr", "/usr/src/app/exercises/l01"].map(Path::new), "not in what is hidden");
        let plan = Plan { hidden: paths(&["/home/me", "/opt/c/d", "/opt/c", "/home/me"]), ..Plan::default() };
        assert_eq!(plan.hidden(), [Path::new("/home/me"), Path::new("/opt/c")]);
        let plan = Plan {
            hidden: paths(&["/", "/usr", "/usr/bin", "/lib", "/opt", "/usr/src", "/opt/c"]),
            ..Plan::default()
        };
        assert_eq!(plan.hidden(), [Path::new("/opt/c"), Path::new("/usr/src")]);
    }
}
