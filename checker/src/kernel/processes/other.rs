//! Where the system does not tell.

use super::{ProcessorTime, ThreadState};

/// The processes of a run; this system does not tell about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processes(Vec<u32>);

impl Processes {
    /// None: descendants cannot be found here.
    #[must_use]
    pub fn below(_root: u32) -> Self {
        Self(Vec::new())
    }

    /// This process alone.
    #[must_use]
    pub fn own() -> Self {
        Self(vec![std::process::id()])
    }

    /// Their ids.
    #[must_use]
    pub fn ids(&self) -> &[u32] {
        &self.0
    }

    /// Not to be had here.
    #[must_use]
    pub fn threads(&self) -> Option<Vec<ThreadState>> {
        None
    }

    /// Not to be had here.
    #[must_use]
    pub fn may_have_timers(&self) -> bool {
        true
    }

    /// Not to be had here.
    #[must_use]
    pub fn descriptors(_process: u32) -> Vec<(i32, String)> {
        Vec::new()
    }

    /// Not to be had here.
    #[must_use]
    pub fn is_plain_file(_process: u32, _descriptor: i32) -> bool {
        false
    }

    /// Not to be had here.
    #[must_use]
    pub fn is_running(&self) -> bool {
        false
    }

    /// Not to be had here.
    #[must_use]
    pub fn thread_count(&self) -> usize {
        self.0.len()
    }

    /// Not to be had here.
    #[must_use]
    pub fn descriptor_count(&self) -> usize {
        0
    }

    /// Not to be had here.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        0
    }

    /// Not to be had here.
    #[must_use]
    pub fn is_alive(_process: u32) -> bool {
        true
    }

    /// Not to be had here.
    #[must_use]
    pub fn name(_process: u32) -> String {
        String::new()
    }
}

impl ProcessorTime {
    /// Not to be had here.
    #[must_use]
    pub fn below(_root: u32) -> Self {
        Self::default()
    }
}
