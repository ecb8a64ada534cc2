//! What the operating system tells from outside about sockets, processes and packets.
//!
//! Everything here only reads; a system that cannot tell answers [`None`] or an error, and callers do without.

mod input;
mod processes;
mod ring;
mod sockets;

pub use input::read;
pub use processes::{Processes, Sleep, ThreadState, waited_for_cpu};
pub use ring::{PacketClock, Ring};
pub use sockets::{SocketState, Sockets};
