//! What is to be seen in a box.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

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
            if !kept.iter().any(|(outer, is_too)| path.starts_with(outer) && (*is_too || !is_writable)) {
                kept.push((path, is_writable));
            }
        }
        kept
    }

    /// Folders to hide, without those that lie in one that is hidden anyway.
    pub(super) fn hidden(&self) -> Vec<&Path> {
        let is_outer = |path: &&PathBuf| {
            !self.hidden.iter().any(|other| path.starts_with(other) && path.as_path() != other)
        };
        let mut hidden: Vec<&Path> = self.hidden.iter().filter(is_outer).map(PathBuf::as_path).collect();
        hidden.sort();
        hidden.dedup();
        hidden
    }

    /// Lets another user write where programs may write.
    pub(super) fn give_writable_to(&self, user: u32) -> io::Result<()> {
        self.writable.iter().try_for_each(|folder| give(folder, user))
    }
}

fn give(path: &Path, user: u32) -> io::Result<()> {
    std::os::unix::fs::lchown(path, Some(user), Some(user))?;
    if path.symlink_metadata()?.is_dir() {
        for entry in path.read_dir()? {
            give(&entry?.path(), user)?;
        }
    }
    Ok(())
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
        let plan = Plan { hidden: paths(&["/home/me", "/opt/c/d", "/opt/c", "/home/me"]), ..Plan::default() };
        assert_eq!(plan.hidden(), [Path::new("/home/me"), Path::new("/opt/c")]);
    }
}
