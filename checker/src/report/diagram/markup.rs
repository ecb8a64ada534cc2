//! Text for SVG and HTML: whatever a program has printed, what comes out is well-formed and shows all of it.

use crate::trace::escape;

/// The text as it may stand in an element or an attribute. Characters that XML cannot hold, and those that move
/// others, become escapes.
pub(in crate::report) fn marked_up(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\\' => out.push(character),
            _ => out.push_str(&escape(character.encode_utf8(&mut [0; 4]).as_bytes())),
        }
    }
    out
}

/// The same for a sentence of a lesson or a verdict, where what stands between backticks is code.
pub(in crate::report) fn sentence(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    // A backtick without another one is just a backtick.
    let is_paired = |index: usize| index % 2 == 1 && index + 1 < pieces.len();
    let mut out = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let piece = marked_up(piece);
        match index {
            _ if is_paired(index) => out.push_str(&format!("<code>{piece}</code>")),
            _ if index % 2 == 1 => out.push_str(&format!("`{piece}")),
            _ => out.push_str(&piece),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code() {
        assert_eq!(sentence("say `GET /<x>` or `b`."), "say <code>GET /&lt;x&gt;</code> or <code>b</code>.");
        assert_eq!(sentence("a ` b"), "a ` b");
        assert_eq!(sentence("`a` and ` b"), "<code>a</code> and ` b");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn nothing_that_marks_or_moves_is_left() {
        assert_eq!(marked_up("a<b>&\"'\\\n]]>"), "a&lt;b&gt;&amp;&quot;&#39;\\\n]]&gt;");
        assert_eq!(
            marked_up("\x1b\u{202e}\u{fffe}\0\u{85}\r"),
            "\\x1B\\xE2\\x80\\xAE\\xEF\\xBF\\xBE\\0\\xC2\\x85\\r"
        );
        assert_eq!(marked_up("日本語 é"), "日本語 é");
    }
}
