//! Reading what is there.

use std::io;
use std::os::fd::AsFd;

use rustix::buffer::spare_capacity;

/// One read takes at most so much.
const READ_BYTES: usize = 64 * 1024;

/// One read from a descriptor, into memory of its own that nobody has to clear first; empty at the end.
///
/// # Errors
/// As read(2) has them; `WouldBlock` when nothing is there.
pub fn read(from: impl AsFd) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(READ_BYTES);
    rustix::io::retry_on_intr(|| rustix::io::read(&from, spare_capacity(&mut bytes)))?;
    bytes.shrink_to_fit();
    Ok(bytes)
}
