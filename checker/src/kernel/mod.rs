//! What the operating system tells from outside about sockets and processes.
//!
//! Almost everything here only reads; a system that cannot tell answers [`None`], and callers wait longer instead.

mod borrowed;
mod input;
mod processes;
mod relay;
mod sockets;
mod vanish;

pub use borrowed::{Keepalive, has_receive_timeout, keepalive};
pub use input::read;
pub use processes::{Processes, Sleep, ThreadState, waited_for_cpu};
pub use relay::{Carried, Relay, Traffic};
pub use sockets::{SocketState, Sockets, Timer, TimerKind};
pub use vanish::make_deaf;
