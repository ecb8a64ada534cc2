//! As much of some bytes as is worth looking at: as text, and in hexadecimal digits.

use bstr::ByteSlice;

use crate::report::text::count;
use crate::trace::escape;

/// Bytes in a line of hexadecimal digits: as many as fit on a telephone.
const IN_LINE: usize = 8;

/// How many bytes of the beginning and of the end are shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    pub(super) first: usize,
    pub(super) last: usize,
}

/// The bytes as escaped text, a line for each line feed.
pub(super) fn text(bytes: &[u8], amount: Amount) -> Vec<String> {
    in_parts(bytes, amount, |_, part| part.split_inclusive(|&byte| byte == b'\n').map(escape).collect())
}

/// The bytes in hexadecimal digits, with offsets, and with their characters where they are ASCII.
pub(super) fn hex(bytes: &[u8], amount: Amount) -> Vec<String> {
    in_parts(bytes, amount, |offset, part| {
        let lines = part.chunks(IN_LINE).enumerate();
        lines.map(|(index, line)| hex_line(offset + index * IN_LINE, line)).collect()
    })
}

fn hex_line(offset: usize, bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let is_plain = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    let characters: String =
        bytes.iter().map(|byte| if is_plain(byte) { char::from(*byte) } else { '.' }).collect();
    format!("{offset:06x}  {:width$}  {characters}", digits.join(" "), width = 3 * IN_LINE - 1)
}

/// The lines of the beginning and of the end, and between them how much is left out.
fn in_parts(bytes: &[u8], amount: Amount, lines: impl Fn(usize, &[u8]) -> Vec<String>) -> Vec<String> {
    let hidden = bytes.len().saturating_sub(amount.first + amount.last);
    // A line that says that little is left out takes more room than that.
    if hidden <= amount.last {
        return lines(0, bytes);
    }
    let first = whole_characters(bytes, amount.first);
    let last = bytes.len() - amount.last;
    let mut shown = lines(0, &bytes[..first]);
    shown.push(format!("… {} not shown …", count(last - first, "byte")));
    shown.extend(lines(last, &bytes[last..]));
    shown
}

/// The nearest offset from here down that cuts no character.
fn whole_characters(bytes: &[u8], offset: usize) -> usize {
    let near = bytes[..offset].char_indices().next_back();
    let is_cut = |(start, end, character): &(usize, usize, char)| {
        *character == '\u{fffd}' && end - start < 4 && bytes[*start] >= 0xc0
    };
    near.filter(is_cut).map_or(offset, |(start, _, _)| start)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Amount = Amount { first: 10, last: 4 };

    #[test]
    fn short_bytes_are_shown_whole() {
        assert_eq!(text(b"a\r\nb\0", SHORT), ["a\\r\\n", "b\\0"]);
        assert_eq!(
            hex(b"GET /\r\n\xff8", SHORT),
            ["000000  47 45 54 20 2f 0d 0a ff  GET /...", "000008  38                       8"]
        );
        assert_eq!(text(b"", SHORT), [""; 0]);
    }

    #[test]
    fn the_middle_of_long_bytes_is_counted() {
        let bytes = [b'x'; 100];
        assert_eq!(text(&bytes, SHORT), ["xxxxxxxxxx", "… 86 bytes not shown …", "xxxx"]);
        assert_eq!(hex(&bytes, SHORT).len(), 4);
        assert_eq!(text(&[b'x'; 18], SHORT), ["x".repeat(18)]);
    }

    #[test]
    fn no_character_is_cut_at_the_end_of_the_beginning() {
        let bytes = "123456789é".repeat(9);
        assert_eq!(text(bytes.as_bytes(), SHORT)[0], "123456789");
    }
}
