//! Plays the scenarios of a lesson against a program, and has the traces judged.

mod capture;
mod check;
mod clock;
mod encounter;
mod invocation;
mod measure;
mod meeting;
mod team;

pub use capture::Capture;
pub use check::Check;
pub use encounter::{Encounter, EncounterError};
pub use invocation::{CommandError, Invocation};
pub use measure::Measure;
pub use team::{Task, Team};
