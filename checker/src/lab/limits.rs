//! What a program may use up. Walls of the system behind what the grader itself watches.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};

/// The limits of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Private memory, in bytes. Address space that is only reserved does not count,
    /// so that programs in Go, Java and Node run.
    pub memory_bytes: u64,
    /// Memory of all processes of the run together, in bytes; one that takes more is ended.
    pub total_memory_bytes: u64,
    /// The largest file the program may write, in bytes.
    pub file_bytes: u64,
    /// Open descriptors.
    pub descriptors: u64,
    /// Open descriptors of all processes of the run together; one that has more is ended. Each may hold memory
    /// that counts for nobody.
    pub total_descriptors: u64,
    /// Processes and threads of the run.
    pub processes: u64,
    /// Connections to the peer.
    pub connections: usize,
    /// Bytes of standard output that are kept; a program that prints more is ended.
    pub stdout_bytes: usize,
    /// Bytes of standard error that are kept; the rest is read and thrown away.
    pub stderr_kept_bytes: usize,
    /// A program that writes more than this to standard error is ended.
    pub stderr_bytes: usize,
    /// Bytes that the program may send to the peer.
    pub request_bytes: usize,
    /// Processor time, in seconds.
    pub cpu_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            memory_bytes: 2048 * MIB as u64,
            total_memory_bytes: 3072 * MIB as u64,
            file_bytes: 64 * MIB as u64,
            descriptors: 512,
            total_descriptors: 4096,
            processes: 256,
            connections: 200,
            stdout_bytes: 16 * MIB,
            stderr_kept_bytes: 64 * 1024,
            stderr_bytes: 64 * MIB,
            request_bytes: 16 * MIB,
            cpu_seconds: crate::deadlines::RUN_CPU.as_secs(),
        }
    }
}

impl Limits {
    /// Puts the limits that children inherit on this process, which must be one that only launches.
    ///
    /// # Errors
    /// When the system refuses to lower a limit.
    pub(super) fn apply_to_children_of_this_process(&self) -> rustix::io::Result<()> {
        lower(Resource::Core, 0)?;
        lower(Resource::Fsize, self.file_bytes)?;
        lower(Resource::Data, self.memory_bytes)?;
        lower(Resource::Nofile, self.descriptors)?;
        #[cfg(target_os = "linux")]
        if !rustix::process::getuid().is_root() {
            // The system does not hold root to this limit; counting would only cost time.
            lower(Resource::Nproc, own_tasks() + PROCESS_MARGIN)?;
        }
        Ok(())
    }
}

/// Processes of the same user come and go while a program runs; the limit must not fail it for that.
/// The grader itself counts the processes of a run; this is the wall against a bomb.
#[cfg(target_os = "linux")]
const PROCESS_MARGIN: u64 = 1024;

/// How many processes and threads this user has now.
#[cfg(target_os = "linux")]
fn own_tasks() -> u64 {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::getuid().as_raw();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let is_own = |entry: &std::fs::DirEntry| entry.metadata().is_ok_and(|data| data.uid() == own);
    let tasks = |entry: std::fs::DirEntry| {
        std::fs::read_dir(entry.path().join("task")).map_or(0, |tasks| tasks.count() as u64)
    };
    processes.filter(is_own).map(tasks).sum()
}

/// Lowers a limit, or leaves it where it is lower already.
pub(super) fn lower(resource: Resource, to: u64) -> rustix::io::Result<()> {
    let old = getrlimit(resource);
    let to = old.maximum.map_or(to, |maximum| to.min(maximum));
    setrlimit(resource, Rlimit { current: Some(to), maximum: Some(to) })
}

/// Lets this process open as many descriptors as the system allows: each run needs a handful.
pub fn raise_own_limits() {
    let old = getrlimit(Resource::Nofile);
    // A refusal is no harm: a later open will say so.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: old.maximum, maximum: old.maximum });
}
