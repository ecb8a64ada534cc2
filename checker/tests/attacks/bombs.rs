//! Programs that use up the machine: every limit holds, alone and together.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::attack::attack;

/// The machine may be a small one: bombs of memory do not go off together.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static BOMBS: Mutex<()> = Mutex::new(());
    BOMBS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Processes that all fork for ever.
#[test]
fn a_fork_bomb() {
    attack!("fork-bomb").finds(&["flood"]).run();
}

/// A relay of processes, each of which lives for a moment.
#[test]
fn a_relay_of_forks() {
    attack!("fork-relay").run();
}

/// Threads without end.
#[test]
fn a_thread_bomb() {
    attack!("thread-bomb").finds(&["flood"]).run();
}

/// Dead children that nobody buries.
#[test]
fn a_flood_of_zombies() {
    attack!("zombies").run();
}

/// All the memory there is, as a program usually gets it.
#[test]
fn a_memory_bomb() {
    let _alone = one_at_a_time();
    attack!("memory-bomb").way("private").run();
}

/// All the memory there is, in mappings that are shared.
#[test]
fn a_bomb_of_shared_mappings() {
    let _alone = one_at_a_time();
    attack!("memory-bomb").way("shared").finds(&["flood"]).run();
}

/// The same, and none of it is mapped by the time that somebody counts.
#[test]
fn a_bomb_of_hidden_mappings() {
    let _alone = one_at_a_time();
    attack!("memory-bomb").way("hidden").may_end_either_way().run();
}

/// Memory that no process has: in sockets that nobody reads.
#[test]
fn a_bomb_of_full_sockets() {
    let _alone = one_at_a_time();
    attack!("socket-memory").may_end_either_way().run();
}

/// All the memory there is, in files without names that are not mapped anywhere.
#[test]
fn a_bomb_of_memory_files() {
    let _alone = one_at_a_time();
    attack!("memory-bomb").way("memfd").run();
}

/// All the memory there is, in System V segments.
#[test]
fn a_bomb_of_segments() {
    let _alone = one_at_a_time();
    attack!("memory-bomb").way("segment").run();
}

/// Many processes, each below the limit, that hold too much together.
#[test]
fn a_memory_bomb_of_many_processes() {
    let _alone = one_at_a_time();
    attack!("memory-bomb").way("together").finds(&["flood"]).run();
}

/// A gigabyte of standard output.
#[test]
fn a_flood_of_output() {
    attack!("output-flood").way("stdout").finds(&["flood"]).run();
}

/// A gigabyte of standard error.
#[test]
fn a_flood_of_complaints() {
    attack!("output-flood").way("stderr").finds(&["flood"]).run();
}

/// A child without end that holds the streams of its dead parent.
#[test]
fn a_flood_by_a_child_that_is_left_behind() {
    attack!("output-flood").way("child").run();
}

/// As many bytes as fit into every folder.
#[test]
fn a_disk_filler() {
    attack!("disk-filler").way("bytes").run();
}

/// As many files as fit into every folder.
#[test]
fn an_inode_filler() {
    attack!("disk-filler").way("files").run();
}

/// A file of a tebibyte that holds nothing.
#[test]
fn a_sparse_giant() {
    attack!("disk-filler").way("hole").run();
}

/// Folders in folders with the longest names.
#[test]
fn a_tree_of_folders_that_is_too_deep() {
    attack!("disk-filler").way("nest").run();
}

/// Descriptors of all kinds, also some that are under way in sockets.
#[test]
fn all_descriptors() {
    attack!("descriptors").run();
}

/// All processors, at the highest rank.
#[test]
fn busy_threads_without_a_word() {
    attack!("burn").finds(&["deadline.before-output"]).run();
}

/// A program that becomes itself again and again.
#[test]
fn exec_for_ever() {
    attack!("exec-for-ever").finds(&["deadline.before-output"]).run();
}

/// Timers by the thousand, and a clock that others go by.
#[test]
fn clocks_and_timers() {
    attack!("timers").run();
}

/// A core file of 128 MiB.
#[test]
fn a_core_dump() {
    attack!("core-dump").finds(&["crash"]).run();
}

/// Limits that are raised again.
#[test]
fn raised_limits() {
    attack!("raise-limits").run();
}
