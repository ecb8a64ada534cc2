//! What a compiler said, kept as it was but for what could take over a terminal.

use bstr::ByteSlice;

use crate::report::line::{Line, Tone, render};
use crate::report::look::Look;
use crate::report::text::{shown, wrap};
use crate::trace::escape;

/// Bytes of compiler output that anybody will read.
const MOST_BYTES: usize = 64 * 1024;

/// One sentence, and beneath it what the compiler printed.
///
/// Colours of the compiler stay where the look has colour; every other terminal sequence is shown as text.
#[must_use]
pub fn build_failure(lesson: &str, program: &str, output: &[u8], look: &Look) -> String {
    let sentence = format!("{lesson}: {program} does not compile, so nothing was run. The compiler says:");
    let lines = wrap(&shown(&sentence, look), look.width).into_iter();
    let mut out =
        render(lines.map(|line| Line::of(Tone::Strong, line)).chain([Line::empty()]).collect(), look);
    append_output(output, look, &mut out);
    out
}

/// What the compiler remarked about a program that it did build.
#[must_use]
pub fn compiler_notes(output: &[u8], look: &Look) -> String {
    let mut out = String::new();
    append_output(output, look, &mut out);
    out
}

fn append_output(output: &[u8], look: &Look, out: &mut String) {
    let kept = &output[..output.len().min(MOST_BYTES)];
    let has_sequence = neutralise(kept.trim_ascii_end(), look, out);
    if has_sequence {
        out.push_str("\x1b[0m");
    }
    out.push('\n');
    if kept.len() < output.len() {
        out.push_str(&format!("({} more bytes)\n", output.len() - kept.len()));
    }
}

/// Appends the text without anything but characters, line ends and colours; tells whether colours are in it.
fn neutralise(bytes: &[u8], look: &Look, out: &mut String) -> bool {
    let mut has_sequence = false;
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = colour_length(rest);
        if length > 0 {
            if look.has_colour {
                out.push_str(&rest[..length].to_str_lossy());
                has_sequence = true;
            }
            rest = &rest[length..];
            continue;
        }
        let length = rest.char_indices().next().map_or(1, |(_, end, _)| end);
        let (character, after) = rest.split_at(length);
        match character {
            b"\n" => out.push('\n'),
            b"\t" => out.push_str("    "),
            b"\\" => out.push('\\'),
            b"\r" if after.starts_with(b"\n") => {}
            _ => out.push_str(&shown(&escape(character), look)),
        }
        rest = after;
    }
    has_sequence
}

/// Length of the sequence that sets a colour at the start of the bytes; 0 for anything else.
fn colour_length(bytes: &[u8]) -> usize {
    let Some(parameters) = bytes.strip_prefix(b"\x1b[") else { return 0 };
    let length = parameters.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b';').count();
    if parameters.get(length) == Some(&b'm') { length + 3 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &[u8] =
        b"\x1b[1m\x1b[31merror\x1b[0m: oops\r\n\t\x1b]52;c;AAAA\x07\x1b[2J caf\xc3\xa9 \xff C:\\x\n\n";

    #[test]
    fn colours_stay_and_other_sequences_become_text() {
        let look = Look { width: 80, is_unicode: true, has_colour: true };
        let expected = "\x1b[1mw04-l03: main.c does not compile, so nothing was run. The compiler says:\x1b[0m\n\n\
            \x1b[1m\x1b[31merror\x1b[0m: oops\n    \\x1B]52;c;AAAA\\x07\\x1B[2J café \\xFF C:\\x\x1b[0m\n";
        assert_eq!(build_failure("w04-l03", "main.c", OUTPUT, &look), expected);
    }

    #[test]
    fn without_colour_nothing_is_left_of_them() {
        let look = Look { width: 80, is_unicode: false, has_colour: false };
        let expected = "w04-l03: main.c does not compile, so nothing was run. The compiler says:\n\n\
            error: oops\n    \\x1B]52;c;AAAA\\x07\\x1B[2J caf\\u{e9} \\xFF C:\\x\n";
        assert_eq!(build_failure("w04-l03", "main.c", OUTPUT, &look), expected);
    }
}
