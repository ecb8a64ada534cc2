//! Single keys of a terminal, without waiting for the end of a line.

use std::io::{self, Stdin};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

const ESCAPE: u8 = 0x1b;

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
            Ok(0) if self.is_gone() => None,
            Ok(length) => Some(keys_of(&bytes[..length])),
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Some(Vec::new()),
            Err(_) => None,
        }
    }

    /// Without a key to be read, the read says nothing, and so does the end of the terminal.
    fn is_gone(&self) -> bool {
        let mut waited = [PollFd::new(&self.terminal, PollFlags::IN)];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut waited, Some(&at_once)).is_ok_and(|ready| ready > 0)
            && waited[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        self.end();
    }
}

/// An arrow or the like is one key, and none of ours.
fn keys_of(bytes: &[u8]) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = bytes;
    while let Some((&first, behind)) = rest.split_first() {
        let length = if first == ESCAPE { length_of_sequence(behind) } else { 0 };
        keys.push(if first == ESCAPE { Key::Other } else { key_of(first) });
        rest = behind.get(length..).unwrap_or_default();
    }
    keys
}

/// How much of this belongs to the escape before it: `[` with all up to a letter or `~`, or `O` with one letter; or one
/// byte, where Alt is held.
fn length_of_sequence(behind: &[u8]) -> usize {
    let is_last = |byte: &u8| (0x40..=0x7e).contains(byte);
    match behind {
        [b'[', rest @ ..] => rest.iter().position(is_last).map_or(behind.len(), |last| last + 2),
        [b'O', ..] => 2,
        [ESCAPE, ..] | [] => 0,
        _ => 1,
    }
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
        assert_eq!(keys_of(b"h\x1b[A\x1bOAq"), [Key::Hint, Key::Other, Key::Other, Key::Quit]);
        assert_eq!(keys_of(b"\x1b\x1b[1;5Aq\x1b"), [Key::Other, Key::Other, Key::Quit, Key::Other]);
        assert_eq!(keys_of(b"\x1bq"), [Key::Other], "Alt-q");
        assert_eq!(keys_of(b"\x04\n"), [Key::Quit, Key::Again]);
    }
}
