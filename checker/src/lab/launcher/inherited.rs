//! Descriptors that came along from whoever started us: a terminal's, a test runner's, an editor's.
//!
//! A learner's program must not get them. This is the only place with unsafe code, because only a plain
//! system call can speak of descriptors by their numbers.
#![allow(unsafe_code)]

/// The first descriptor behind the standard streams.
const FIRST: u32 = 3;

/// Has every open descriptor but the standard streams closed in programs that are launched.
pub(super) fn keep_from_programs() {
    #[cfg(target_os = "linux")]
    // SAFETY: the call takes plain numbers, closes nothing in this process, and touches no memory.
    // Where the kernel lacks it (before 5.11), programs see what they always saw.
    unsafe {
        libc::syscall(libc::SYS_close_range, FIRST, u32::MAX, libc::CLOSE_RANGE_CLOEXEC);
    }
    #[cfg(not(target_os = "linux"))]
    for descriptor in FIRST.cast_signed()..1024 {
        // SAFETY: the call takes plain numbers and touches no memory; a closed descriptor is refused.
        unsafe {
            libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC);
        }
    }
}
