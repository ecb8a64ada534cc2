//! What the operating system tells from outside about sockets and processes.
//!
//! Everything here only reads; a system that cannot tell answers [`None`], and callers wait longer instead.

mod input;
mod processes;
mod sockets;

pub use input::read;
pub use processes::{Processes, Sleep, ThreadState, waited_for_cpu};
pub use sockets::{SocketState, Sockets};
