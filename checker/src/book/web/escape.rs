//! Texts where HTML and addresses give some characters a meaning.

/// The text as HTML shows it, also between quotation marks.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(character),
            _ if character.is_control() => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
    out
}

/// A name for a file that is the same in an address, on every file system.
pub(super) fn file_name(text: &str) -> String {
    let is_harmless = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let piece =
        |byte: u8| if is_harmless(byte) { char::from(byte).to_string() } else { format!("_{byte:02x}") };
    text.bytes().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_html_and_nothing_of_a_name_is_a_path() {
        assert_eq!(escape("<b a='\"'>&\u{1b}\n"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;\u{fffd}\n");
        assert_eq!(file_name("w04-l03"), "w04-l03");
        assert_eq!(file_name("a/é b.svg"), "a_2f_c3_a9_20b.svg");
    }
}
