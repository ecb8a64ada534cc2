//! Programs that look, write or break out where they have no business.

use super::attack::{Attack, attack};

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

/// The same from a program that lies in the course's own folder, and was named with --program.
#[test]
fn reading_what_lies_beside_a_named_program() {
    attack!("look-around").with_program_at("attack").run();
    attack!("list-folders").with_program_at("attack").run();
    attack!("look-around").with_program_at("exercises/attack").run();
}

/// A course in a folder that every box shows to its programs.
#[test]
fn a_course_among_the_system_s_folders() {
    for folder in ["/opt", "/usr/local/src", "/var/tmp", "/srv"] {
        let is_possible = tempfile::tempdir_in(folder).is_ok();
        if is_possible {
            attack!("look-around").below(folder).run();
            attack!("list-folders").below(folder).with_program_at("attack").run();
        }
    }
}

/// A source that is a link to the solution, or to somebody's key.
#[test]
fn sources_that_are_links() {
    let attack = attack!("look-around");
    let solution = attack.place.fixture.path("solutions/w01-l01/main.c");
    attack.by_link_to(solution).must_be_refused().run();
    attack!("look-around").by_link_to("../../solutions/w01-l01/main.c").must_be_refused().run();
    for language in ["c", "python", "rust"] {
        let attack = Attack::new(language, "a link\n");
        let secret = attack.place.home().join("secret.txt");
        attack.by_link_to(secret).must_be_refused().run();
    }
    for device in ["/dev/zero", "/etc/shadow", "/proc/self/environ"] {
        attack!("look-around").by_link_to(device).must_be_refused().run();
    }
}
