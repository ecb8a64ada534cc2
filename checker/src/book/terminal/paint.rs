//! Characters with a style, wrapped to lines, and written for a terminal.

use unicode_width::UnicodeWidthChar;

/// How a character looks. Every style also reads where it cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) is_strong: bool,
    pub(super) is_emphasis: bool,
    pub(super) is_code: bool,
    /// What may be overlooked.
    pub(super) is_quiet: bool,
    /// What can be typed.
    pub(super) is_command: bool,
    /// Which link it belongs to: an index of [`Links`], plus one.
    pub(super) link: usize,
}

impl Style {
    pub(super) const PLAIN: Self = Self {
        is_strong: false,
        is_emphasis: false,
        is_code: false,
        is_quiet: false,
        is_command: false,
        link: 0,
    };
    pub(super) const QUIET: Self = Self { is_quiet: true, ..Self::PLAIN };
    pub(super) const STRONG: Self = Self { is_strong: true, ..Self::PLAIN };
    pub(super) const COMMAND: Self = Self { is_command: true, ..Self::PLAIN };
}

/// Addresses behind links that a terminal can follow.
#[derive(Debug, Default)]
pub(super) struct Links(Vec<String>);

impl Links {
    /// What [`Style::link`] must say for this address.
    pub(super) fn add(&mut self, address: &str) -> usize {
        self.0.push(address.to_owned());
        self.0.len()
    }
}

/// Characters with their styles: a line, or a text that is yet to be wrapped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line(Vec<(char, Style)>);

impl Line {
    pub(super) fn of(text: &str, style: Style) -> Self {
        Self(text.chars().map(|character| (character, style)).collect())
    }

    pub(super) fn plain(text: &str) -> Self {
        Self::of(text, Style::PLAIN)
    }

    pub(super) fn push(&mut self, text: &str, style: Style) {
        self.0.extend(text.chars().map(|character| (character, style)));
    }

    pub(super) fn append(&mut self, other: &Line) {
        self.0.extend_from_slice(&other.0);
    }

    /// Columns that it takes.
    pub(super) fn width(&self) -> usize {
        columns(&self.0)
    }

    /// Columns of its longest word.
    pub(super) fn longest_word(&self) -> usize {
        self.0.split(|(character, _)| matches!(character, ' ' | '\n')).map(columns).max().unwrap_or(0)
    }

    /// The same behind `before`.
    pub(super) fn behind(self, before: &Line) -> Self {
        let mut line = before.clone();
        line.append(&self);
        line
    }

    /// Blanks up to the column `width`.
    pub(super) fn padded(mut self, width: usize) -> Self {
        let missing = width.saturating_sub(self.width());
        self.push(&" ".repeat(missing), Style::PLAIN);
        self
    }

    /// The same with `indent` blanks in front.
    pub(super) fn indented(self, indent: usize) -> Self {
        self.behind(&Self::plain(&" ".repeat(indent)))
    }

    /// Makes every character strong.
    pub(super) fn strong(mut self) -> Self {
        self.0.iter_mut().for_each(|(_, style)| style.is_strong = true);
        self
    }

    /// Lines of at most `room` columns, broken at blanks and line feeds, and within words that are wider than a line.
    pub(super) fn wrap(&self, room: usize) -> Vec<Line> {
        let lines = self.0.split(|(character, _)| *character == '\n');
        lines.flat_map(|line| wrap_line(line, room.max(2))).collect()
    }

    /// Writes the line, with colours and links where there are to be any.
    pub(super) fn render(&self, has_colour: bool, links: &Links, out: &mut String) {
        let end = self.0.iter().rposition(|(character, _)| *character != ' ').map_or(0, |last| last + 1);
        for linked in self.0[..end].chunk_by(|one, other| one.1.link == other.1.link) {
            let address = linked[0].1.link.checked_sub(1).map(|index| (index, &links.0[index]));
            if let Some((index, address)) = address {
                // The number says which pieces belong together when the link is wrapped.
                out.push_str(&format!("\x1b]8;id=w{index};{address}\x1b\\"));
            }
            for same in linked.chunk_by(|one, other| one.1 == other.1) {
                // A blank that does not break lines has done its work.
                let text =
                    same.iter().map(|(character, _)| if *character == FIXED { ' ' } else { *character });
                match codes(same[0].1).filter(|_| has_colour) {
                    Some(codes) => out.push_str(&format!("\x1b[{codes}m{}\x1b[0m", text.collect::<String>())),
                    None => out.extend(text),
                }
            }
            if address.is_some() {
                out.push_str("\x1b]8;;\x1b\\");
            }
        }
        out.push('\n');
    }
}

/// A blank at which no line is broken.
pub(super) const FIXED: char = '\u{a0}';

fn columns(characters: &[(char, Style)]) -> usize {
    characters.iter().map(|(character, _)| character.width().unwrap_or(0)).sum()
}

/// Parameters of the terminal sequence for a style: of the colours, magenta and cyan can be read on light
/// and on dark.
fn codes(style: Style) -> Option<String> {
    let codes = [
        (style.is_strong, "1"),
        (style.is_quiet, "2"),
        (style.is_emphasis, "3"),
        (style.link > 0, "4"),
        (style.is_command, "36"),
        (style.is_code, "35"),
    ];
    let codes: Vec<&str> = codes.into_iter().filter(|(is_set, _)| *is_set).map(|(_, code)| code).collect();
    (!codes.is_empty()).then(|| codes.join(";"))
}

fn wrap_line(line: &[(char, Style)], room: usize) -> Vec<Line> {
    let (mut lines, mut rest) = (Vec::new(), trim_start(line));
    while let Some(end) = break_at(rest, room) {
        lines.push(Line(rest[..end].to_vec()));
        rest = trim_start(&rest[end..]);
    }
    if !rest.is_empty() || lines.is_empty() {
        lines.push(Line(rest.to_vec()));
    }
    lines
}

fn trim_start(line: &[(char, Style)]) -> &[(char, Style)] {
    let start = line.iter().position(|(character, _)| *character != ' ').unwrap_or(line.len());
    &line[start..]
}

/// Where a line is broken if it is too wide: at the last blank in front of the end, or in the middle of a word.
fn break_at(line: &[(char, Style)], room: usize) -> Option<usize> {
    let (mut used, mut blank) = (0, None);
    for (at, (character, _)) in line.iter().enumerate() {
        if *character == ' ' && at > 0 {
            blank = Some(at);
        }
        used += character.width().unwrap_or(0);
        if used > room {
            return Some(blank.unwrap_or(at.max(1)));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: &Line) -> String {
        line.0.iter().map(|(character, _)| *character).collect()
    }

    #[test]
    fn lines_are_broken_at_blanks_and_never_too_wide() {
        let wrap = |line: &str, room| Line::plain(line).wrap(room).iter().map(text).collect::<Vec<_>>();
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one\u{a0}two three", 7), ["one\u{a0}two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("a\nb", 4), ["a", "b"]);
        assert_eq!(wrap("日本語", 4), ["日本", "語"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn a_link_is_one_for_the_terminal_whatever_its_parts_look_like() {
        let mut links = Links::default();
        let link = links.add("https://example.com/");
        let mut line = Line::plain("see ");
        line.push("the ", Style { link, ..Style::PLAIN });
        line.push("code", Style { link, is_code: true, ..Style::PLAIN });
        let mut out = String::new();
        line.render(true, &links, &mut out);
        let address = "\u{1b}]8;id=w0;https://example.com/\u{1b}\\";
        let expected =
            format!("see {address}\u{1b}[4mthe \u{1b}[0m\u{1b}[4;35mcode\u{1b}[0m\u{1b}]8;;\u{1b}\\\n");
        assert_eq!(out, expected);
    }
}
