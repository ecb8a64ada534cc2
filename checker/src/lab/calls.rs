//! System calls that no safe wrapper offers: all unsafe code of the lab, each call as small as it can be.
//!
//! Everything but [`keep_from_programs`] is for launchers and what they fork, which have a single thread.
#![allow(unsafe_code)]

/// The first descriptor behind the standard streams.
const FIRST: u32 = 3;

/// Has every open descriptor but the standard streams closed in programs that are launched: those that came
/// along from whoever started us, a terminal's, a test runner's, an editor's.
pub(in crate::lab) fn keep_from_programs() {
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

#[cfg(target_os = "linux")]
pub(in crate::lab) use linux::{
    Spaces, bind_to_interface, close_all_behind, end, forbid, fork, leave, make_read_only, map_owner, spawn,
    with_offload_header,
};

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::CStr;
    use std::io;
    use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
    use std::path::Path;

    use rustix::process::Pid;

    /// With all mounts below it; the value is part of the kernel's interface.
    const AT_RECURSIVE: libc::c_int = 0x8000;

    /// Kinds of namespaces.
    #[derive(Debug, Clone, Copy)]
    pub(in crate::lab) struct Spaces(libc::c_int);

    impl Spaces {
        /// None: a plain child.
        pub(in crate::lab) const NONE: Self = Self(0);
        /// Users.
        pub(in crate::lab) const USER: Self = Self(libc::CLONE_NEWUSER);
        /// Mounts.
        pub(in crate::lab) const MOUNTS: Self = Self(libc::CLONE_NEWNS);
        /// A network.
        pub(in crate::lab) const NETWORK: Self = Self(libc::CLONE_NEWNET);
        /// All that a box has of its own.
        pub(in crate::lab) const BOX: Self = Self(
            libc::CLONE_NEWUSER
                | libc::CLONE_NEWNS
                | libc::CLONE_NEWNET
                | libc::CLONE_NEWIPC
                | libc::CLONE_NEWUTS,
        );
        /// All that a run has of its own.
        pub(in crate::lab) const RUN: Self = Self(libc::CLONE_NEWPID | libc::CLONE_NEWNS);
    }

    /// Forks this process, which has a single thread, into new namespaces; the child gets none.
    ///
    /// # Errors
    /// As clone(2) has them.
    pub(in crate::lab) fn fork(into: Spaces) -> io::Result<Option<Pid>> {
        let flags = libc::c_long::from(into.0 | libc::SIGCHLD);
        // SAFETY: without CLONE_VM the child has a copy of all memory and goes on as after fork(2); this
        // process has a single thread, so no lock can be held by another one.
        let child = unsafe { libc::syscall(libc::SYS_clone, flags, 0, 0, 0, 0) };
        match i32::try_from(child) {
            Ok(0) => Ok(None),
            Ok(child) if child > 0 => Ok(Pid::from_raw(child)),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Starts a child that shares all memory with this process, which has a single thread and stands still until
    /// the child has become another program or ended: a copy of the memory, for a child that hardly uses it, would
    /// cost more than everything else. What the child puts into memory stays there.
    ///
    /// # Errors
    /// As clone(2) has them.
    pub(in crate::lab) fn spawn(mut child: &mut dyn FnMut()) -> io::Result<Pid> {
        /// Room for the child's calls; only what is used of it becomes memory.
        const STACK_BYTES: usize = 1024 * 1024;
        extern "C" fn live(child: *mut libc::c_void) -> libc::c_int {
            // SAFETY: it is the address of the parent's variable of this type, which stands still with the
            // parent, and which nobody else uses meanwhile.
            let child = unsafe { &mut *child.cast::<&mut dyn FnMut()>() };
            child();
            1
        }
        let mut stack = Vec::<u128>::with_capacity(STACK_BYTES / size_of::<u128>());
        let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
        // SAFETY: the child runs on a stack of its own, aligned to 16 bytes, which grows down from its end and lives
        // until the parent goes on, as does what it is given. Descriptors, working folder and signal handlers
        // are copies, for the flags do not share them.
        let process = unsafe {
            let end = stack.as_mut_ptr().add(stack.capacity());
            libc::clone(live, end.cast(), flags, (&raw mut child).cast())
        };
        match Pid::from_raw(process) {
            Some(process) if process.as_raw_nonzero().get() > 0 => Ok(process),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Moves this process, which has a single thread, into new namespaces.
    ///
    /// # Errors
    /// As unshare(2) has them.
    pub(in crate::lab) fn leave(into: Spaces) -> io::Result<()> {
        // SAFETY: takes plain numbers; none of the flags concerns memory or descriptors.
        check(unsafe { libc::syscall(libc::SYS_unshare, into.0) })
    }

    /// Closes every descriptor from this number on.
    pub(in crate::lab) fn close_all_behind(last: u32) {
        // SAFETY: takes plain numbers. No value of ours owns a descriptor in that range: callers have put what
        // they need below it, and forget what they were forked with.
        unsafe {
            libc::syscall(libc::SYS_close_range, last + 1, u32::MAX, 0);
        }
    }

    /// Makes a mount and all below it read-only, without set-uid programs, and without device nodes if so wished.
    ///
    /// # Errors
    /// As mount_setattr(2) has them.
    pub(in crate::lab) fn make_read_only(path: &Path, has_devices: bool) -> io::Result<()> {
        use std::os::unix::ffi::OsStrExt;
        let path = std::ffi::CString::new(path.as_os_str().as_bytes())?;
        let no_devices = if has_devices { 0 } else { libc::MOUNT_ATTR_NODEV };
        let attributes = libc::mount_attr {
            attr_set: libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | no_devices,
            ..NO_CHANGE
        };
        set_attributes(libc::AT_FDCWD, &path, AT_RECURSIVE, &attributes)
    }

    /// Has the files of a mount that was never seen anywhere, and of all below it, belong to others, as a user
    /// namespace has it; what is mounted in it later is seen nowhere else.
    ///
    /// # Errors
    /// As mount_setattr(2) has them: not every file system can.
    pub(in crate::lab) fn map_owner(mount: BorrowedFd<'_>, owners: BorrowedFd<'_>) -> io::Result<()> {
        let attributes = libc::mount_attr {
            attr_set: libc::MOUNT_ATTR_IDMAP,
            propagation: libc::MS_PRIVATE,
            userns_fd: u64::from(owners.as_raw_fd().cast_unsigned()),
            ..NO_CHANGE
        };
        set_attributes(mount.as_raw_fd(), c"", AT_RECURSIVE | libc::AT_EMPTY_PATH, &attributes)
    }

    const NO_CHANGE: libc::mount_attr =
        libc::mount_attr { attr_set: 0, attr_clr: 0, propagation: 0, userns_fd: 0 };

    fn set_attributes(
        folder: libc::c_int,
        path: &CStr,
        flags: libc::c_int,
        attributes: &libc::mount_attr,
    ) -> io::Result<()> {
        // SAFETY: path is a string that ends with zero and attributes a struct of the size that is given;
        // both live until the call returns, and the kernel only reads them.
        check(unsafe {
            libc::syscall(
                libc::SYS_mount_setattr,
                folder,
                path.as_ptr(),
                flags,
                std::ptr::from_ref(attributes),
                size_of::<libc::mount_attr>(),
            )
        })
    }

    /// Has this process and all its children obey a seccomp filter from now on.
    ///
    /// # Errors
    /// As seccomp(2) has them.
    pub(in crate::lab) fn forbid(filter: &[libc::sock_filter]) -> io::Result<()> {
        let length = u16::try_from(filter.len()).map_err(io::Error::other)?;
        let program = libc::sock_fprog { len: length, filter: filter.as_ptr().cast_mut() };
        // SAFETY: program points to as many instructions as it says; both live until the call returns, and
        // the kernel copies them without writing to them.
        check(unsafe {
            libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, std::ptr::from_ref(&program))
        })
    }

    /// Has a packet socket give and take, before each frame, what the sender left for the hardware to do (such as
    /// checksums), as a `virtio_net_hdr`. To be called before the socket is bound.
    ///
    /// # Errors
    /// As setsockopt(2) has them.
    pub(in crate::lab) fn with_offload_header(socket: &OwnedFd) -> io::Result<()> {
        let yes: libc::c_int = 1;
        // SAFETY: the value is an int of the size that is given, lives until the call returns, and is only read.
        check_int(unsafe {
            libc::setsockopt(
                socket.as_raw_fd(),
                libc::SOL_PACKET,
                libc::PACKET_VNET_HDR,
                std::ptr::from_ref(&yes).cast(),
                libc::socklen_t::try_from(size_of_val(&yes)).unwrap_or(0),
            )
        })
    }

    /// Has a packet socket see every frame of the interface with this number.
    ///
    /// # Errors
    /// As bind(2) has them.
    pub(in crate::lab) fn bind_to_interface(socket: &OwnedFd, interface: u32) -> io::Result<()> {
        let family = libc::c_ushort::try_from(libc::AF_PACKET).unwrap_or(0);
        let every_protocol = u16::try_from(libc::ETH_P_ALL).unwrap_or(0).to_be();
        let address = libc::sockaddr_ll {
            sll_family: family,
            sll_protocol: every_protocol,
            sll_ifindex: interface.cast_signed(),
            sll_hatype: 0,
            sll_pkttype: 0,
            sll_halen: 0,
            sll_addr: [0; 8],
        };
        // SAFETY: the address is of the size that is given, lives until the call returns, and is only read.
        check_int(unsafe {
            libc::bind(
                socket.as_raw_fd(),
                std::ptr::from_ref(&address).cast(),
                libc::socklen_t::try_from(size_of_val(&address)).unwrap_or(0),
            )
        })
    }

    /// Ends this process at once: a forked child must not go on with what its parent was doing.
    pub(in crate::lab) fn end(code: i32) -> ! {
        // SAFETY: takes a number and does not return; nothing of ours needs to be put in order at the end.
        unsafe { libc::_exit(code) }
    }

    fn check_int(result: libc::c_int) -> io::Result<()> {
        check(result.into())
    }

    fn check(result: libc::c_long) -> io::Result<()> {
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }
}
