//! What the operating system tells from outside about sockets, processes and packets.
//!
//! Almost everything here only reads; a system that cannot tell answers [`None`] or an error, and callers wait
//! longer or do without.

mod borrowed;
mod input;
mod processes;
mod relay;
mod ring;
mod saves;
mod sockets;
mod vanish;

pub use borrowed::{Keepalive, has_receive_timeout, keepalive};
pub use input::read;
pub use processes::{Processes, ProcessorTime, Sleep, ThreadState};
pub use relay::{Carried, Counts, Relay};
pub use ring::{PacketClock, Ring};
pub use saves::{Change, NoNotice, Saves, matters};
pub use sockets::{SocketState, Sockets, Timer, TimerKind};
pub use vanish::make_deaf;
