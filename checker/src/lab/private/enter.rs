//! The way into a box: a user, a network, mounts and names of its own.

use std::fs;
use std::io;
use std::path::Path;

use rustix::process::{DumpableBehavior, Gid, Signal, Uid};

use super::plan::Plan;
use super::root;
use super::sight::Sight;
use super::{ACCESS, Obstacle, USER};
use crate::lab::calls::{Spaces, leave};

/// The user that programs run as outside their box, where the grader is root: nobody has files or processes
/// under this number, which lies outside of all ranges that are given away by convention.
const STRANGER: u32 = 0x7000_0001;
/// For containers that know fewer users.
const NOBODY: u32 = 65534;

/// Moves this process, which must have a single thread, into a new box.
///
/// # Errors
/// Which step the machine refuses.
pub(super) fn enter(plan: &Plan) -> Result<(), Obstacle> {
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    if let Some(stranger) = stranger().filter(|_| user.is_root()) {
        return enter_as_root(plan, stranger);
    }
    leave(Spaces::BOX).map_err(Obstacle::at("namespaces"))?;
    map_user(user, group).map_err(Obstacle::at("user"))?;
    root::build(plan, &Sight::default()).map_err(Obstacle::at("files"))
}

/// Root first makes the file system, because only root may look everywhere, and then becomes somebody
/// without any rights, because root in a box must not be root outside.
fn enter_as_root(plan: &Plan, stranger: u32) -> Result<(), Obstacle> {
    leave(Spaces::MOUNTS).map_err(Obstacle::at("namespaces"))?;
    plan.give_writable_to(stranger).map_err(Obstacle::at("files"))?;
    let sight = Sight::of(stranger, plan).map_err(Obstacle::at(ACCESS))?;
    root::build(plan, &sight).map_err(Obstacle::at("files"))?;
    become_user(stranger).map_err(Obstacle::at("user"))?;
    leave(Spaces::BOX).map_err(Obstacle::at("namespaces"))?;
    map_user(Uid::from_raw(stranger), Gid::from_raw(stranger)).map_err(Obstacle::at("user"))
}

fn become_user(id: u32) -> io::Result<()> {
    let (user, group) = (Uid::from_raw(id), Gid::from_raw(id));
    rustix::thread::set_thread_groups(&[])?;
    rustix::thread::set_thread_res_gid(group, group, group)?;
    rustix::thread::set_thread_res_uid(user, user, user)?;
    // The change has cleared both: the maps would belong to root, and nobody would end us with our parent.
    rustix::process::set_dumpable_behavior(DumpableBehavior::Dumpable)?;
    Ok(rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?)
}

/// One user and one group exist in the box.
fn map_user(user: Uid, group: Gid) -> io::Result<()> {
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{USER} {} 1", user.as_raw()))?;
    fs::write("/proc/self/gid_map", format!("{USER} {} 1", group.as_raw()))
}

/// A user that nobody is. None where this machine knows no other user, as in a container that is root only in
/// name: there we are nobody ourselves.
fn stranger() -> Option<u32> {
    let may_change_groups =
        fs::read_to_string("/proc/self/setgroups").is_ok_and(|answer| answer.trim() == "allow");
    [STRANGER, NOBODY]
        .into_iter()
        .find(|&id| may_change_groups && knows("uid_map", id) && knows("gid_map", id))
}

/// Does this number stand for a user, or group, outside?
fn knows(map: &str, id: u32) -> bool {
    let map = fs::read_to_string(Path::new("/proc/self").join(map)).unwrap_or_default();
    map.lines().any(|line| {
        let numbers: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        matches!(numbers[..], [first, _, count] if (first..first + count).contains(&u64::from(id)))
    })
}
