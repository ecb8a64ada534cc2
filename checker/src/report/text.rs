//! Text measured in columns: cut, wrapped, quoted, and kept to the characters that can be shown.

use bstr::ByteSlice;
use unicode_width::UnicodeWidthChar;

use crate::trace::{self, escape};

use super::look::Look;

/// Columns that a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

/// The text in characters that can be shown: no control character but a line feed, and
/// where drawing characters are missing, only ASCII.
pub(crate) fn shown(text: &str, look: &Look) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\\' => out.push(character),
            _ if character.is_ascii() || look.is_unicode => {
                out.push_str(&escape(character.encode_utf8(&mut [0; 4]).as_bytes()));
            }
            _ => out.push_str(&in_ascii(character)),
        }
    }
    out
}

/// The usual stand-ins for typographic characters, an escape for all others.
fn in_ascii(character: char) -> String {
    match character {
        '…' => "...".to_owned(),
        '·' | '–' => "-".to_owned(),
        '—' => "--".to_owned(),
        '“' | '”' => "\"".to_owned(),
        '‘' | '’' => "'".to_owned(),
        '\u{a0}' => " ".to_owned(),
        '→' => "->".to_owned(),
        _ => character.escape_unicode().to_string(),
    }
}

/// The text, cut with an ellipsis where it is wider than `room`.
pub(crate) fn fit(text: &str, room: usize, look: &Look) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let ellipsis = look.glyphs().ellipsis;
    let kept = take(text.chars().map(String::from), room.saturating_sub(width(ellipsis)));
    format!("{}{}", kept.concat().trim_end(), fit_ellipsis(ellipsis, room))
}

/// An ellipsis of three dots does not fit everywhere.
fn fit_ellipsis(ellipsis: &str, room: usize) -> &str {
    if width(ellipsis) <= room { ellipsis } else { "" }
}

/// As many units as fit into `room` columns. A flood of characters without width ends too.
fn take(units: impl Iterator<Item = String>, room: usize) -> Vec<String> {
    let mut left = room;
    let fits = |unit: &String| {
        let is_fitting = width(unit) <= left;
        left = left.saturating_sub(width(unit));
        is_fitting
    };
    units.take(4 * room).take_while(fits).collect()
}

/// Bytes of program or peer as quoted, escaped text of at most `room` columns;
/// of what is too long the middle is left out, for both ends matter.
pub(crate) fn quote(bytes: &[u8], room: usize, look: &Look) -> String {
    let room = room.saturating_sub(2);
    let unit = |(start, end, _): (usize, usize, char)| shown(&escape(&bytes[start..end]), look);
    if bytes.len() <= 8 * room {
        let whole = shown(&escape(bytes), look);
        if width(&whole) <= room {
            return format!("\"{whole}\"");
        }
    }
    let ellipsis = fit_ellipsis(look.glyphs().ellipsis, room);
    let room = room - width(ellipsis);
    let front = take(bytes.char_indices().map(unit), room.div_ceil(2));
    let back = take(bytes.char_indices().rev().map(unit), room / 2);
    let back: String = back.into_iter().rev().collect();
    format!("\"{}{ellipsis}{back}\"", front.concat())
}

/// The text in lines of at most `room` columns, broken at blanks where there are any.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<String> {
    text.lines().flat_map(|line| wrap_line(line, room.max(1))).collect()
}

fn wrap_line(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text.trim_end();
    while width(rest) > room {
        let end = break_at(rest, room);
        lines.push(rest[..end].trim_end().to_owned());
        rest = rest[end..].trim_start();
    }
    if !rest.is_empty() || lines.is_empty() {
        lines.push(rest.to_owned());
    }
    lines
}

/// Where a line that is too wide is broken: after the last blank that leaves something before it,
/// or in the middle of a word that is wider than a line.
fn break_at(text: &str, room: usize) -> usize {
    let mut used = 0;
    let mut blank = None;
    for (at, character) in text.char_indices() {
        if character == ' ' && !text[..at].trim().is_empty() {
            blank = Some(at);
        }
        used += character.width().unwrap_or(0);
        if used > room {
            return blank.unwrap_or_else(|| at.max(character.len_utf8()));
        }
    }
    text.len()
}

/// A command in lines that a shell joins again; a word is never broken.
pub(crate) fn wrap_command(command: &str, room: usize) -> Vec<String> {
    if width(command) <= room {
        return vec![command.to_owned()];
    }
    let mut lines: Vec<String> = Vec::new();
    for word in command.split(' ') {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) + 2 <= room => *line = format!("{line} {word}"),
            Some(line) => {
                line.push_str(" \\");
                lines.push(word.to_owned());
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `1 segment`, `2 segments`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", grouped(number))
}

/// `41`, `300,007`.
pub(crate) fn grouped(number: usize) -> String {
    trace::grouped(number as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Look = Look { width: 80, is_unicode: true, has_colour: false };
    const ASCII: Look = Look { width: 80, is_unicode: false, has_colour: false };

    #[test]
    fn quotes_never_take_more_than_their_room_and_cut_no_escape() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 41\r\n\r\n\xff\xfe\x1b[31m caf\xc3\xa9";
        for room in 2..90 {
            for look in [WIDE, ASCII] {
                let quoted = quote(bytes, room, &look);
                assert!(width(&quoted) <= room, "{room}: {quoted}");
                assert!(!quoted.contains('\x1b'), "{quoted:?}");
            }
        }
        assert_eq!(quote(b"GET / HTTP/1.1\r\n\r\n", 14, &WIDE), r#""GET / …\r\n""#);
        assert_eq!(quote("café".as_bytes(), 14, &ASCII), r#""caf\u{e9}""#);
    }

    #[test]
    fn wide_characters_are_measured_in_columns() {
        assert_eq!(width("日本"), 4);
        assert_eq!(fit("日本語", 5, &WIDE), "日本…");
        assert_eq!(wrap("日本語", 4), ["日本", "語"]);
    }

    #[test]
    fn wrapping_keeps_words_and_breaks_what_is_wider_than_a_line() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("a\nb", 4), ["a", "b"]);
        assert_eq!(wrap("日", 1), ["日"]);
    }

    #[test]
    fn a_command_stays_one_command_for_a_shell() {
        assert_eq!(wrap_command("a bb ccc", 8), ["a bb ccc"]);
        assert_eq!(wrap_command("a bb ccc", 7), ["a bb \\", "ccc"]);
        assert_eq!(wrap_command("a-long-word", 4), ["a-long-word"]);
    }

    #[test]
    fn only_line_feeds_survive_of_the_control_characters() {
        assert_eq!(shown("a\x1b[1mb\n\\r…", &WIDE), "a\\x1B[1mb\n\\r…");
        assert_eq!(shown("a — “b”…", &ASCII), "a -- \"b\"...");
    }
}
