//! How the judge words numbers, times and bytes.

use std::time::Duration;

use bstr::ByteSlice;

use crate::trace::{self, escape};

/// Characters of evidence in one quotation, at most.
const QUOTED: usize = 64;
/// How many of them stand before the place that matters, when there are enough behind it.
const BEFORE: usize = 26;

/// `1 byte`, `41 bytes`, `300,007 bytes`.
pub(super) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{} {noun}s", grouped(number)),
    }
}

/// `41`, `300,007`.
pub(super) fn grouped(number: usize) -> String {
    trace::grouped(number as u64)
}

/// `0.3 ms`, `62 ms`, `2.0 s`.
pub(super) fn time(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1000.0;
    match millis {
        ..9.95 => format!("{millis:.1} ms"),
        ..999.5 => format!("{millis:.0} ms"),
        _ => format!("{:.1} s", millis / 1000.0),
    }
}

/// The bytes, escaped and in quotation marks, cut behind when they are many.
pub(super) fn quote(bytes: &[u8]) -> String {
    quote_around(bytes, 0)
}

/// The bytes around an offset, escaped and in quotation marks, with `…` where something is left out.
pub(super) fn quote_around(bytes: &[u8], at: usize) -> String {
    let at = at.min(bytes.len());
    let shown_behind = escape(&bytes[at..bytes.len().min(at + QUOTED)]).chars().count();
    let shown_before = QUOTED - shown_behind.min(QUOTED - BEFORE);
    let mut from = at.saturating_sub(shown_before);
    while escape(&bytes[from..at]).chars().count() > shown_before {
        from += 1;
    }
    let mut text = String::new();
    let mut shown = 0;
    let mut to = from;
    for (start, end, _) in bytes[from..].char_indices() {
        let piece = escape(&bytes[from + start..from + end]);
        shown += piece.chars().count();
        if shown > QUOTED {
            break;
        }
        text.push_str(&piece);
        to = from + end;
    }
    let before = if from > 0 { "…" } else { "" };
    let after = if to < bytes.len() { "…" } else { "" };
    format!("\"{before}{text}{after}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_units_and_plurals() {
        assert_eq!([count(0, "byte"), count(1, "byte"), count(2, "byte")], ["0 bytes", "1 byte", "2 bytes"]);
        let times = [300, 62_000, 2_000_000].map(|micros| time(Duration::from_micros(micros)));
        assert_eq!(times, ["0.3 ms", "62 ms", "2.0 s"]);
    }

    #[test]
    fn quotations_are_short_and_escaped() {
        assert_eq!(quote(b"a\r\n\x1b"), r#""a\r\n\x1B""#);
        let long = [b'x'; 300];
        assert_eq!(quote_around(&long, 150), format!("\"…{}…\"", "x".repeat(QUOTED)));
        assert!(quote_around(&[0xff; 300], 150).chars().count() <= QUOTED + 4);
    }

    #[test]
    fn the_end_of_bytes_is_shown_as_the_end() {
        assert_eq!(
            quote_around(b"0123456789012345678901234567890123456789", 40),
            "\"0123456789012345678901234567890123456789\""
        );
    }
}
