//! Single keys of a terminal, without waiting for the end of a line.

use std::io::{self, Stdin};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// The terminal gives every key at once and shows none, for as long as this value lives.
pub(super) struct Keys {
    terminal: Stdin,
    before: Termios,
}

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Again,
    All,
    Diagram,
    Hint,
    Next,
    Quit,
    Read,
    Other,
}

impl Keys {
    /// The keys of standard input; none where that is no terminal.
    pub(super) fn open() -> Option<Self> {
        let terminal = io::stdin();
        let before = tcgetattr(&terminal).ok()?;
        let keys = Self { terminal, before };
        keys.begin().ok().map(|()| keys)
    }

    /// Takes single keys, from now on or again.
    pub(super) fn begin(&self) -> io::Result<()> {
        let mut modes = self.before.clone();
        modes.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        modes.special_codes[SpecialCodeIndex::VMIN] = 0;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        Ok(tcsetattr(&self.terminal, OptionalActions::Now, &modes)?)
    }

    /// Gives the terminal back as it was.
    pub(super) fn end(&self) {
        // Nothing can be done about a terminal that is gone.
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.terminal.as_fd()
    }

    /// The keys that were pressed; none any more when the terminal is gone.
    pub(super) fn take(&self) -> Option<Vec<Key>> {
        let mut bytes = [0; 64];
        match rustix::io::read(&self.terminal, &mut bytes) {
            Ok(0) => None,
            Ok(length) => Some(keys_of(&bytes[..length])),
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Some(Vec::new()),
            Err(_) => None,
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.end();
    }
}

/// An arrow or the like is one key, and none of ours.
fn keys_of(bytes: &[u8]) -> Vec<Key> {
    if bytes.first() == Some(&0x1b) {
        return vec![Key::Other];
    }
    bytes.iter().map(|&byte| key_of(byte)).collect()
}

fn key_of(byte: u8) -> Key {
    const CONTROL_D: u8 = 4;
    match byte.to_ascii_lowercase() {
        b'\r' | b'\n' | b' ' => Key::Again,
        b'a' => Key::All,
        b'd' => Key::Diagram,
        b'h' => Key::Hint,
        b'n' => Key::Next,
        b'q' | CONTROL_D => Key::Quit,
        b'r' => Key::Read,
        _ => Key::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart_and_arrows_are_none() {
        assert_eq!(keys_of(b"hQ"), [Key::Hint, Key::Quit]);
        assert_eq!(keys_of(b"\x1b[A"), [Key::Other]);
        assert_eq!(keys_of(b"\x04\n"), [Key::Quit, Key::Again]);
    }
}
