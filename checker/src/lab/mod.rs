//! The lab: turns exercises into programs, launches them under limits, watches whether they can still
//! move, and ends everything that belongs to them.

pub mod build;
mod hang;
mod launcher;
mod limits;
mod run;

pub use hang::{HangWatch, Look, Watched};
pub use launcher::{LAUNCHER_WORD, Launcher, LauncherError, serve};
pub use limits::{Limits, raise_own_limits};
pub use run::{LaunchError, Output, Program, Running};
