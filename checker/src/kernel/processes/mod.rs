//! What the processes of a run are doing.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

use std::time::Duration;

#[cfg(target_os = "linux")]
pub use linux::Processes;
#[cfg(not(target_os = "linux"))]
pub use other::Processes;

/// What some threads had of the processors, and what they did not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProcessorTime {
    /// How long they ran.
    pub ran: Duration,
    /// How long they were ready to run, and did not.
    pub waited: Duration,
}

/// One thread at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadState {
    /// The process it belongs to.
    pub process: u32,
    /// Its own id.
    pub thread: u32,
    /// What it sleeps in.
    pub sleep: Sleep,
    /// How often it has been scheduled: unchanged means that it has not moved.
    pub switches: u64,
}

/// What a thread sleeps in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sleep {
    /// A read from this file descriptor.
    Read {
        /// The system call, such as `recv`.
        call: &'static str,
        /// The descriptor.
        descriptor: i32,
    },
    /// A wait without a timeout for any of several descriptors, for another thread or for a child.
    Untimed {
        /// The system call, such as `poll`.
        call: &'static str,
    },
    /// Anything else: it runs, sleeps for a time, or cannot be read.
    Other,
}
