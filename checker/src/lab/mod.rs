//! The lab: turns exercises into programs, launches them under limits, watches whether they can still
//! move, and ends everything that belongs to them.

pub mod build;
mod calls;
mod control;
mod hang;
mod launcher;
mod levels;
mod limits;
mod messages;
mod owner;
mod private;
mod run;
mod site;

use rustix::process::{Pid, Signal};

use crate::kernel::Processes;

pub use hang::{HangWatch, Look, Watched};
pub use launcher::{LAUNCHER_WORD, LauncherError, serve};
pub use levels::{Lab, Wanted};
pub use limits::{Limits, raise_own_limits};
#[cfg(target_os = "linux")]
pub use private::has_landlock;
pub use private::{Obstacle, Plan, Stage};
pub use run::{LaunchError, Output, Program, Running, environment};
pub use site::{Ground, PacketSocket, Site};

/// Becomes the parent of whatever loses its own: only so is nobody lost when a program kills its launcher.
/// For processes that have no children but launchers.
pub fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    // A refusal leaves orphans to the system's first process, as ever.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Kills what [`adopt_orphans`] has brought in; all launchers must have ended.
pub fn kill_orphans() {
    Processes::below(std::process::id()).ids().iter().for_each(|id| kill(*id));
}

/// Kills a process, its group and everything below it.
fn kill_tree(process: u32) {
    let below = Processes::below(process);
    if let Some(group) = Pid::from_raw(process.cast_signed()) {
        let _ = rustix::process::kill_process_group(group, Signal::KILL);
    }
    kill(process);
    below.ids().iter().for_each(|id| kill(*id));
}

fn kill(process: u32) {
    if let Some(process) = Pid::from_raw(process.cast_signed()) {
        // Fails only when it has ended by itself.
        let _ = rustix::process::kill_process(process, Signal::KILL);
    }
}
