//! Bytes that may be anything, kept readable in files and harmless on a terminal.

use std::fmt;
use std::ops::Deref;

use bstr::{ByteSlice, ByteVec};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A byte string; in files it is text with `\xNN`, `\r`, `\n`, `\t`, `\0` and `\\` escapes.
#[derive(Clone, PartialEq, Eq, Default, Hash)]
pub struct Bytes(pub Vec<u8>);

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<&str> for Bytes {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", escape(&self.0))
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&escape(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self(Vec::unescape_bytes(&text)))
    }
}

/// The bytes as one line of text without a single control, bidirectional or invisible character.
///
/// Printable characters stay as they are, everything else becomes an escape that
/// [`Bytes`] reads back to the same bytes.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 8);
    for (start, end, character) in bytes.char_indices() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\r' => out.push_str("\\r"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            _ if is_harmless(character) => out.push(character),
            _ => bytes[start..end].iter().for_each(|byte| out.push_str(&format!("\\x{byte:02X}"))),
        }
    }
    out
}

/// Is this a character that a terminal shows as itself, and that moves nothing else?
fn is_harmless(character: char) -> bool {
    let is_invisible = matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}');
    !character.is_control() && !is_invisible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_is_harmless_and_reversible() {
        for bytes in [
            &b"plain text"[..],
            b"a\\x41 \\ \r\n\t\0",
            b"\x1b]52;c;AAAA\x07\x9b31m\xff\xfe",
            "caf\u{e9} \u{202e}evil\u{200b}".as_bytes(),
        ] {
            let text = escape(bytes);
            assert!(text.chars().all(is_harmless), "{text:?}");
            assert_eq!(Vec::unescape_bytes(&text), bytes, "{text:?}");
        }
    }
}
