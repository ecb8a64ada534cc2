//! The private level: a box with a little internet of its own, in which every run is a world of its own.
//!
//! ```text
//! grader ── launcher ── box            own user, network, mounts, IPC, host name; serves orders
//!                         └─ first     PID 1 of the run: own processes and mounts; its death ends the run
//!                              └─ the program, without any rights
//! ```
//! Sockets stay in the network in which they were made, so the box makes them and hands them to the grader,
//! which never has to be there itself. Death goes downwards: each process is killed with its parent, and the
//! kernel kills all processes of a run with its first one.

#[cfg(target_os = "linux")]
mod enter;
#[cfg(target_os = "linux")]
mod fence;
#[cfg(target_os = "linux")]
mod first;
#[cfg(target_os = "linux")]
mod network;
mod plan;
#[cfg(target_os = "linux")]
mod rights;
#[cfg(target_os = "linux")]
mod root;
#[cfg(target_os = "linux")]
mod serve;
#[cfg(target_os = "linux")]
mod sight;

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use plan::Plan;
#[cfg(target_os = "linux")]
pub use rights::has_landlock;
#[cfg(target_os = "linux")]
pub(in crate::lab) use serve::live;

/// The name that programs are told to connect to.
pub(super) const PEER_NAME: &str = "example.com";
/// The port that they are told to connect to.
pub(super) const PORT: u16 = 80;
/// The address behind the name; any other address leads to the peer as well.
pub(super) const PEER_IPV4: Ipv4Addr = crate::trace::EXAMPLE_ADDRESS;
/// Where the name server is, as programs are told.
pub(super) const NAME_SERVER: Ipv4Addr = crate::trace::NAME_SERVER_ADDRESS;
/// Where programs connect from.
const PROGRAM_IPV4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 10);
const PROGRAM_IPV6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x10);
/// `lo` is the first interface of every network.
pub(super) const LOOPBACK_INTERFACE: u32 = 1;
/// The end of a wire, at the program and at the peer: a number above those of tunnels, which some kernels put into
/// every new network.
pub(super) const WIRE_INTERFACE: u32 = 80;
/// What a box calls itself; programs find it under this name.
const HOST_NAME: &str = "workbook";
/// The only user and group in a box.
const USER: u32 = 1000;

/// The step at which what the plan names turns out to be unreadable for programs.
const ACCESS: &str = "access";

/// What the next run needs of its network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Whether somebody listens on the peer's port.
    pub accepts: bool,
    /// Addresses that lead nowhere.
    pub dead: Vec<IpAddr>,
    /// How long a packet is under way, there and back; only where there is a wire.
    pub round_trip: Duration,
}

/// Why there is no box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obstacle {
    /// What was being made: `namespaces`, `user`, `access`, `files`, `network`, `wire` or `run`.
    pub step: String,
    /// The system's reason.
    pub reason: String,
    /// The system's number for it, where it has one.
    pub errno: Option<i32>,
}

impl Obstacle {
    /// Says at which step an error came.
    fn at(step: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| Self { step: step.to_owned(), reason: error.to_string(), errno: error.raw_os_error() }
    }

    /// Could there be a box if it needed no wire?
    #[must_use]
    pub fn is_about_wire(&self) -> bool {
        self.step == "wire"
    }

    /// Is it the machine that can have no boxes at all, and not only the one that was asked for?
    pub(in crate::lab) fn is_of_the_machine(&self) -> bool {
        self.step != ACCESS && !self.is_about_wire()
    }

    /// What stands behind it as a rule, and what to do.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        let is_refused = matches!(self.errno, Some(libc::EPERM | libc::EACCES));
        match self.step.as_str() {
            "namespaces" if self.errno == Some(libc::ENOSPC) => {
                "user namespaces are switched off: as root, sysctl user.max_user_namespaces=10000"
            }
            "namespaces" if is_refused => {
                "this user may not make user namespaces. In a container: start it with \
                 --security-opt seccomp=unconfined (Docker's own profile forbids them). \
                 On older Debian: as root, sysctl kernel.unprivileged_userns_clone=1"
            }
            "user" | "files" | "network" if is_refused => {
                "a namespace can be made, but grants nothing: Ubuntu 24.04 and later forbid that by AppArmor. \
                 As root: sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for \
                 the workbook binary that allows `userns`"
            }
            "wire" if self.errno == Some(libc::ENOSPC) => {
                "a box can be made, but no wire in it: there may be too few networks. As root: \
                 sysctl user.max_net_namespaces=10000"
            }
            "wire" => {
                "a box can be made, but no wire in it, which a round-trip time needs: the kernel must have virtual \
                 cables (as root: modprobe veth; in a kernel of your own: CONFIG_VETH)"
            }
            ACCESS => {
                "where root checks, programs run as somebody else: let everybody read it (chmod -R o+rX), or check \
                 as its owner"
            }
            "run" if is_refused => {
                "no /proc can be mounted: a container hides a part of its own. Start it with \
                 --security-opt systempaths=unconfined (podman: unmask=ALL)"
            }
            _ if self.errno == Some(libc::ENOSYS) => "the kernel is too old: Linux 5.14 or later is needed",
            _ => {
                "the kernel must be Linux 5.14 or later, with namespaces for users, networks, mounts and processes"
            }
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.reason)
    }
}
