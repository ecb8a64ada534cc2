//! Programs that look, write or break out where they have no business.

use super::attack::attack;

/// Solutions, grades, keys and devices, by every name they might have.
#[test]
fn reading_what_is_secret() {
    attack!("look-around").run();
}

/// The names of what is secret.
#[test]
fn listing_folders() {
    attack!("list-folders").run();
}

/// Its own binary and source, the next run's, the system's settings.
#[test]
fn overwriting_what_stays() {
    attack!("overwrite").in_all_scenarios().run();
}

/// Links and locked folders for whoever cleans up.
#[test]
fn traps_in_the_scratch_folder() {
    attack!("links-in-scratch").in_all_scenarios().run();
}

/// Calls for the system's owner: modules, clocks, keys, bpf, io_uring and their like.
#[test]
fn privileged_system_calls() {
    attack!("kernel-calls").run();
}

/// unshare, clone, clone3, setns, mount, pivot_root and chroot.
#[test]
fn namespaces_and_mounts() {
    attack!("namespaces").run();
}

/// ptrace, process_vm_readv, /proc/PID/mem, pidfd_getfd on everybody.
#[test]
fn peeking_at_other_processes() {
    attack!("peek").run();
}

/// Capabilities, user ids, new privileges, the terminal.
#[test]
fn rights_that_are_left() {
    attack!("who-am-i").run();
}

/// su, mount, and a copy of itself with the set-user-id bit.
#[test]
fn programs_with_their_owner_s_rights() {
    attack!("privileged-programs").run();
}

/// Whatever its surroundings say.
#[test]
fn secrets_in_the_environment() {
    if let Some(report) = attack!("environment").run() {
        assert!(report.contains("PATH="), "it prints its environment: {report}");
    }
}
