//! Sight for a stranger: where the grader is root, programs run as somebody else, who may not read what only its
//! owner may, such as a course that was fetched with the umask 077. Such a folder is shown by a mount in which
//! its owner's files are the stranger's.

use std::collections::VecDeque;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::CWD;
use rustix::mount::{MoveMountFlags, OpenTreeFlags, move_mount, open_tree};
use rustix::process::WaitOptions;

use super::plan::Plan;
use super::root::is_of_system;
use crate::lab::calls::{self, Spaces, map_owner};

/// Looking at more files than these would take too long; a umask is seen in the first ones.
const MOST_LOOKED_AT: usize = 256;

/// Mounts, not to be seen anywhere yet, of what a stranger could not read.
#[derive(Debug, Default)]
pub(super) struct Sight(Vec<(PathBuf, OwnedFd)>);

impl Sight {
    /// What this user needs to see what is in the plan.
    ///
    /// # Errors
    /// Where something that is named in the plan cannot be shown, because its file system has no such mounts.
    pub(super) fn of(user: u32, plan: &Plan) -> io::Result<Self> {
        let mut mounts = Vec::new();
        let hidden = plan.hidden();
        let is_seen =
            |path: &Path| is_of_system(path) && !hidden.iter().any(|hidden| path.starts_with(hidden));
        let visible = plan.visible().into_iter().filter(|(path, is_writable)| !is_writable && !is_seen(path));
        for (path, _) in visible {
            let named =
                plan.readable.iter().filter(|named| named.starts_with(path)).find_map(|path| closed(path));
            let data = named.as_ref().map(|(_, data)| data.clone()).or_else(|| first_closed(path));
            let mount = data.map(|data| mount(path, &data, user)).transpose();
            match (mount, named) {
                (_, Some((file, data))) if !may_read(&data, OWNER) => return Err(unreadable(&file)),
                (Err(_), Some((file, _))) => return Err(unreadable(&file)),
                // Such as the swap file of an editor.
                (Err(_), None) => {}
                (Ok(mount), _) => mounts.extend(mount.map(|mount| (path.to_owned(), mount))),
            }
        }
        Ok(Self(mounts))
    }

    /// Mounts what was at this path of the machine at this place; false when it can be seen as it is.
    pub(super) fn mount(&self, path: &Path, target: &Path) -> io::Result<bool> {
        let Some((_, mount)) = self.0.iter().find(|(known, _)| known == path) else { return Ok(false) };
        move_mount(mount, "", CWD, target, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)?;
        Ok(true)
    }
}

fn unreadable(file: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, format!("programs may not read {}", file.display()))
}

/// The path with what is known of it, if not everybody may read it.
fn closed(path: &Path) -> Option<(PathBuf, Metadata)> {
    let data = fs::metadata(path).ok()?;
    (!may_read(&data, OTHERS)).then(|| (path.to_owned(), data))
}

/// Where the mode has what the owner may do, and everybody else.
const OWNER: u32 = 6;
const OTHERS: u32 = 0;

fn may_read(data: &Metadata, who: u32) -> bool {
    let needed: u32 = if data.is_dir() { 0o5 } else { 0o4 };
    (data.mode() >> who) & needed == needed
}

/// What is known of the first file or folder in this one that not everybody may read.
fn first_closed(path: &Path) -> Option<Metadata> {
    let mut next = VecDeque::from([path.to_owned()]);
    let mut looked_at = 0;
    while let Some(path) = next.pop_front() {
        looked_at += 1;
        if let Some((_, data)) = closed(&path) {
            return Some(data);
        }
        let is_folder = path.symlink_metadata().is_ok_and(|data| data.is_dir());
        if is_folder && looked_at + next.len() < MOST_LOOKED_AT {
            let entries = fs::read_dir(&path).into_iter().flatten().filter_map(Result::ok);
            next.extend(entries.map(|entry| entry.path()).take(MOST_LOOKED_AT - next.len()));
        }
    }
    None
}

/// A mount of this path in which all that belongs to the owner in `data` belongs to this user.
fn mount(path: &Path, data: &Metadata, user: u32) -> io::Result<OwnedFd> {
    let flags =
        OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
    let mount = open_tree(CWD, path, flags)?;
    map_owner(mount.as_fd(), owners(data, user)?.as_fd())?;
    Ok(mount)
}

/// A user namespace that says who stands for whom. Nobody lives in it.
fn owners(data: &Metadata, user: u32) -> io::Result<OwnedFd> {
    let (mut waits, goes_on) = io::pipe()?;
    let Some(child) = calls::fork(Spaces::USER)? else {
        drop(goes_on);
        let _ = waits.read(&mut [0]);
        calls::end(0)
    };
    let folder = PathBuf::from(format!("/proc/{}", child.as_raw_nonzero()));
    let write = || -> io::Result<OwnedFd> {
        fs::write(folder.join("uid_map"), format!("{} {user} 1", data.uid()))?;
        fs::write(folder.join("gid_map"), format!("{} {user} 1", data.gid()))?;
        Ok(File::open(folder.join("ns/user"))?.into())
    };
    let owners = write();
    drop(goes_on);
    rustix::io::retry_on_intr(|| rustix::process::waitpid(Some(child), WaitOptions::empty()))?;
    owners
}
