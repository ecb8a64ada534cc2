//! The seccomp filter: system calls that no lesson needs and that attacks are made of.
//!
//! It lies around the whole box, because putting it up anew for every run would cost as much as a process. What
//! the box itself still needs (`mount`, new namespaces other than for users) is left to the missing
//! capabilities: a program has none, and the one call by which it could get some is refused.
//!
//! Most are refused as "not permitted". Those for which every library has another way are answered with
//! "not implemented", so that the library takes it. Calls of another architecture end the program.

use std::io;

use libc::{BPF_ABS, BPF_JEQ, BPF_JMP, BPF_JSET, BPF_K, BPF_LD, BPF_RET, BPF_W, c_long, sock_filter};

/// The architecture whose numbers this program was built with, as the kernel's audit interface names it.
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xC000_003E;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xC000_00B7;
#[cfg(target_arch = "riscv64")]
const ARCHITECTURE: u32 = 0xC000_00F3;

/// Where the kernel puts the call's number, the architecture, and the low half of each argument.
const NUMBER_AT: u32 = 0;
const ARCHITECTURE_AT: u32 = 4;
const FIRST_ARGUMENT_AT: u32 = 16;
const THIRD_ARGUMENT_AT: u32 = 32;

/// Bit of the x32 interface, whose calls have other numbers.
const X32_BIT: u32 = 0x4000_0000;

/// With a user namespace come capabilities in it.
const NEW_USER_NAMESPACE: u32 = libc::CLONE_NEWUSER.cast_unsigned();

/// Sockets that a program may have: local, IPv4 and IPv6, beside those for routes, which name look-up asks for.
const SOCKET_FAMILIES: [i32; 3] = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6];

/// Refused.
const NOT_PERMITTED: &[c_long] = &[
    // other processes
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    // namespaces and mounts
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_quotactl,
    // the kernel itself
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_syslog,
    libc::SYS_vhangup,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_lookup_dcookie,
    libc::SYS_fanotify_init,
    // the clock and other machine-wide settings
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_personality,
    // memory that no limit counts, and that would outlive a run
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_msgget,
    libc::SYS_semget,
    libc::SYS_mq_open,
    libc::SYS_memfd_secret,
    // a wider way into the kernel than programs need
    libc::SYS_userfaultfd,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ioperm,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_modify_ldt,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_uselib,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_kexec_file_load,
];

/// Answered as if the kernel had no such call. (What clone3 asks for lies in memory, which a filter cannot see;
/// waits in an io_uring cannot be told from work; memory of a memfd is counted nowhere.)
const NOT_IMPLEMENTED: &[c_long] = &[
    libc::SYS_clone3,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_memfd_create,
];

/// Puts the filter on this process and all that it starts; it cannot be taken off.
pub(super) fn close() -> io::Result<()> {
    crate::lab::calls::forbid(&filter())
}

fn filter() -> Vec<sock_filter> {
    let mut filter = vec![
        load(ARCHITECTURE_AT),
        // The two next instructions are for another architecture.
        jump(BPF_JEQ, ARCHITECTURE, 1, 0),
        give(libc::SECCOMP_RET_KILL_PROCESS),
        load(NUMBER_AT),
    ];
    if cfg!(target_arch = "x86_64") {
        filter.extend([jump(BPF_JSET, X32_BIT, 0, 1), refuse(libc::ENOSYS)]);
    }
    for (calls, errno) in [(NOT_PERMITTED, libc::EPERM), (NOT_IMPLEMENTED, libc::ENOSYS)] {
        filter.extend(calls.iter().flat_map(|&call| [jump(BPF_JEQ, number(call), 0, 1), refuse(errno)]));
    }
    filter.extend(new_user_namespaces());
    filter.extend(socket_families());
    filter.push(give(libc::SECCOMP_RET_ALLOW));
    filter
}

/// clone, when it asks for one.
fn new_user_namespaces() -> [sock_filter; 5] {
    [
        jump(BPF_JEQ, number(libc::SYS_clone), 0, 4),
        load(FIRST_ARGUMENT_AT),
        jump(BPF_JSET, NEW_USER_NAMESPACE, 0, 1),
        refuse(libc::EPERM),
        load(NUMBER_AT),
    ]
}

/// socket, when it asks for anything but the ordinary.
fn socket_families() -> Vec<sock_filter> {
    let rest = SOCKET_FAMILIES.len() + 6;
    let mut filter = vec![jump(BPF_JEQ, number(libc::SYS_socket), 0, short(rest)), load(FIRST_ARGUMENT_AT)];
    for (index, family) in SOCKET_FAMILIES.iter().enumerate() {
        let to_allow = short(SOCKET_FAMILIES.len() + 4 - index);
        filter.push(jump(BPF_JEQ, family.cast_unsigned(), to_allow, 0));
    }
    filter.extend([
        jump(BPF_JEQ, libc::AF_NETLINK.cast_unsigned(), 1, 0),
        refuse(libc::EAFNOSUPPORT),
        load(THIRD_ARGUMENT_AT),
        jump(BPF_JEQ, libc::NETLINK_ROUTE.cast_unsigned(), 1, 0),
        refuse(libc::EPROTONOSUPPORT),
    ]);
    filter
}

fn short(distance: usize) -> u8 {
    u8::try_from(distance).unwrap_or(0)
}

fn number(call: c_long) -> u32 {
    u32::try_from(call).unwrap_or(u32::MAX)
}

fn load(at: u32) -> sock_filter {
    instruction(BPF_LD | BPF_W | BPF_ABS, at, 0, 0)
}

fn jump(test: u32, value: u32, if_so: u8, if_not: u8) -> sock_filter {
    instruction(BPF_JMP | test | BPF_K, value, if_so, if_not)
}

fn give(action: u32) -> sock_filter {
    instruction(BPF_RET | BPF_K, action, 0, 0)
}

fn refuse(errno: i32) -> sock_filter {
    give(libc::SECCOMP_RET_ERRNO | errno.cast_unsigned())
}

fn instruction(code: u32, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code: u16::try_from(code).unwrap_or(0), jt, jf, k }
}
