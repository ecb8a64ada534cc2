//! What a program in a box may not do: everything that it does not need.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr,
};
use rustix::process::{Resource, Rlimit};
use rustix::thread::{CapabilitySet, CapabilitySets};

use super::fence;
use crate::lab::limits::{Limits, lower};

/// Devices that may be written to.
const DEVICES: [&str; 3] = ["/dev/null", "/dev/zero", "/dev/full"];

/// Limits this process, which is a box, and with it all runs in it, for good: what each run would otherwise have
/// to do anew, and can be done by one that still has rights to give away.
pub(super) fn limit(limits: &Limits) -> io::Result<()> {
    lower(Resource::Nproc, most_processes(limits))?;
    lower(Resource::Msgqueue, 0)?;
    for capability in CapabilitySet::all().iter() {
        match rustix::thread::remove_capability_from_bounding_set(capability) {
            // A kernel that does not know it does not grant it.
            Ok(()) | Err(rustix::io::Errno::INVAL) => {}
            Err(error) => return Err(error.into()),
        }
    }
    rustix::thread::clear_ambient_capability_set()?;
    rustix::thread::set_no_new_privs(true)?;
    fence::close()
}

/// Gives up all rights of this process and of all that it will start. Folders in `writable` can be written to,
/// beside the one that belongs to the run.
pub(super) fn give_up(limits: &Limits, writable: &[PathBuf]) -> io::Result<()> {
    // The signal comes first, then the end; both belong to the run alone.
    let seconds = Some(limits.cpu_seconds);
    rustix::process::setrlimit(
        Resource::Cpu,
        Rlimit { current: seconds, maximum: seconds.map(|seconds| seconds + 1) },
    )?;
    // Where memory runs out, the run goes first. Raising it is always allowed.
    fs::write("/proc/self/oom_score_adj", "1000")?;
    restrict_files(writable).map_err(io::Error::other)?;
    let none = CapabilitySet::empty();
    let sets = CapabilitySets { effective: none, permitted: none, inheritable: none };
    Ok(rustix::thread::set_capabilities(None, sets)?)
}

/// The grader ends a run that has more processes than allowed and says so. This wall lies behind, for the moment
/// until it looks, and has room for the two processes that are ours.
fn most_processes(limits: &Limits) -> u64 {
    limits.processes * 2 + 2
}

/// Has the kernel Landlock, as a second wall around files?
#[must_use]
pub fn has_landlock() -> bool {
    let all = AccessFs::from_all(ABI::V1);
    let rules = Ruleset::default().set_compatibility(CompatLevel::HardRequirement).handle_access(all);
    rules.and_then(Ruleset::create).is_ok()
}

/// A second wall where the kernel has it: nothing but these folders can be written to, whatever is mounted.
fn restrict_files(writable: &[PathBuf]) -> Result<(), landlock::RulesetError> {
    let all = AccessFs::from_all(ABI::V3);
    let read = AccessFs::from_read(ABI::V3);
    let mut rules = Ruleset::default().handle_access(all)?.create()?;
    let device = (read | AccessFs::WriteFile) & AccessFs::from_file(ABI::V3);
    let own = [("/", read), ("/tmp", all), ("/proc", read | AccessFs::WriteFile)];
    let devices = DEVICES.map(|path| (path, device));
    let allowed = own.into_iter().chain(devices).map(|(path, access)| (Path::new(path), access));
    for (path, access) in allowed.chain(writable.iter().map(|folder| (folder.as_path(), all))) {
        // What is not there needs no rule.
        if let Ok(file) = PathFd::new(path) {
            rules = rules.add_rule(PathBeneath::new(file, access))?;
        }
    }
    // Best effort: an older kernel enforces what it knows, or nothing.
    rules.restrict_self().map(drop)
}
