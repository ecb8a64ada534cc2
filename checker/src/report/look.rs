//! How text may look where it is going to be read: width, characters, colour.

use std::io::IsTerminal;
use std::os::fd::AsFd;

/// Columns of a pipe or a file.
const PIPE_COLUMNS: usize = 80;
/// Below this, drawings cannot be laid out.
pub const LEAST_COLUMNS: usize = 40;
/// Above this, lines are tiring to read.
const MOST_COLUMNS: usize = 100;
/// And above this, two drawings beside each other are.
const MOST_COLUMNS_OF_TWO: usize = 200;
/// From so many columns on, two drawings stand beside each other.
const COLUMNS_OF_TWO: usize = 140;

/// How text may look where it is going to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns of a line.
    pub width: usize,
    /// Whether drawing characters beyond ASCII can be shown.
    pub is_unicode: bool,
    /// Whether terminal colours may be used.
    pub has_colour: bool,
}

impl Look {
    /// What fits a stream of this process: its terminal and the environment decide.
    #[must_use]
    pub fn detect(stream: &(impl IsTerminal + AsFd)) -> Self {
        let columns = terminal_size::terminal_size_of(stream).map(|(width, _)| usize::from(width.0));
        let is_terminal = stream.is_terminal();
        Self::decide(is_terminal, columns, |name| std::env::var(name).unwrap_or_default())
    }

    /// The same for a drawing that can make use of a wider terminal than a text can.
    #[must_use]
    pub fn detect_wide(stream: &(impl IsTerminal + AsFd)) -> Self {
        let columns = terminal_size::terminal_size_of(stream).map_or(0, |(width, _)| usize::from(width.0));
        let look = Self::detect(stream);
        if stream.is_terminal() { look.widened(columns) } else { look }
    }

    /// The look with all the room that two drawings can use, where the terminal has it.
    fn widened(self, columns: usize) -> Self {
        let width = if columns >= COLUMNS_OF_TWO { columns.min(MOST_COLUMNS_OF_TWO) } else { self.width };
        Self { width, ..self }
    }

    /// The look of a text that is kept.
    #[must_use]
    pub fn of_a_file() -> Self {
        Self { width: PIPE_COLUMNS, is_unicode: true, has_colour: false }
    }

    /// Is there room for two drawings beside each other?
    pub(crate) fn has_room_for_two(&self) -> bool {
        self.width >= COLUMNS_OF_TWO
    }

    /// The look of a text that stands where there would be room for two drawings.
    pub(crate) fn for_text(&self) -> Self {
        Self { width: self.width.min(MOST_COLUMNS), ..*self }
    }

    /// The rules of [`Look::detect`]; `variable` gives an empty text for what is not set.
    fn decide(is_terminal: bool, columns: Option<usize>, variable: impl Fn(&str) -> String) -> Self {
        let columns = columns.filter(|&columns| is_terminal && columns > 0).unwrap_or(PIPE_COLUMNS);
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].map(&variable).into_iter().find(|value| !value.is_empty());
        let locale = locale.unwrap_or_default().to_ascii_uppercase();
        let is_forced = !matches!(variable("CLICOLOR_FORCE").as_str(), "" | "0");
        let is_wanted = is_forced || (is_terminal && variable("TERM") != "dumb");
        Self {
            width: columns.clamp(LEAST_COLUMNS, MOST_COLUMNS),
            is_unicode: locale.contains("UTF-8") || locale.contains("UTF8"),
            has_colour: is_wanted && variable("NO_COLOR").is_empty(),
        }
    }

    /// What stands between facts of one line.
    #[must_use]
    pub fn dot(&self) -> &'static str {
        self.glyphs().dot
    }

    /// Columns of a line, enough of them for everything to be laid out.
    pub(crate) fn columns(&self) -> usize {
        self.width.max(LEAST_COLUMNS)
    }

    /// The characters to draw with.
    pub(crate) fn glyphs(&self) -> &'static Glyphs {
        if self.is_unicode { &UNICODE } else { &ASCII }
    }

    /// Too narrow for remarks beside a drawing?
    pub(crate) fn is_narrow(&self) -> bool {
        self.columns() < 60
    }
}

/// The characters of drawings and lists.
#[derive(Debug)]
pub(crate) struct Glyphs {
    pub(crate) held: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) not_run: &'static str,
    /// Not the same each time.
    pub(crate) unstable: &'static str,
    /// A part of a bar that counts, and the rest of it.
    pub(crate) bar: [&'static str; 2],
    pub(crate) vertical: &'static str,
    pub(crate) dotted: &'static str,
    pub(crate) horizontal: &'static str,
    /// A line that leaves a vertical one to the right.
    pub(crate) leaves_right: &'static str,
    /// A line that leaves a vertical one to the left.
    pub(crate) leaves_left: &'static str,
    pub(crate) arrow_right: &'static str,
    pub(crate) arrow_left: &'static str,
    pub(crate) here: &'static str,
    pub(crate) here_above: &'static str,
    pub(crate) ellipsis: &'static str,
    /// Between facts of one line.
    pub(crate) dot: &'static str,
    /// Between what is said and how much it was.
    pub(crate) dash: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    held: "✓",
    failed: "✗",
    not_run: "○",
    unstable: "≈",
    bar: ["█", "░"],
    vertical: "│",
    dotted: "┊",
    horizontal: "─",
    leaves_right: "├",
    leaves_left: "┤",
    arrow_right: "▶",
    arrow_left: "◀",
    here: "◀ HERE",
    here_above: "▲ HERE",
    ellipsis: "…",
    dot: "·",
    dash: "──",
};

const ASCII: Glyphs = Glyphs {
    held: "+",
    failed: "x",
    not_run: "o",
    unstable: "~",
    bar: ["#", "."],
    vertical: "|",
    dotted: ":",
    horizontal: "-",
    leaves_right: "|",
    leaves_left: "|",
    arrow_right: ">",
    arrow_left: "<",
    here: "< HERE",
    here_above: "^ HERE",
    ellipsis: "...",
    dot: "-",
    dash: "--",
};

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(is_terminal: bool, columns: Option<usize>, variables: &[(&str, &str)]) -> Look {
        Look::decide(is_terminal, columns, |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map_or_else(String::new, |(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_terminal_has_its_width_within_limits() {
        assert_eq!(decide(true, Some(72), &[]).width, 72);
        assert_eq!(decide(true, Some(20), &[]).width, 40);
        assert_eq!(decide(true, Some(200), &[]).width, 100);
        assert_eq!(decide(true, None, &[]).width, 80);
        assert_eq!(decide(false, Some(72), &[]).width, 80);
    }

    #[test]
    fn two_drawings_stand_beside_each_other_from_140_columns_on() {
        let looks = [80, 139, 140, 160, 500].map(|columns| decide(true, Some(columns), &[]).widened(columns));
        assert_eq!(looks.map(|look| look.width), [80, 100, 140, 160, 200]);
        assert_eq!(looks.map(|look| look.has_room_for_two()), [false, false, true, true, true]);
        assert_eq!(looks.map(|look| look.for_text().width), [80, 100, 100, 100, 100]);
    }

    #[test]
    fn colour_needs_a_terminal_or_force_and_no_veto() {
        let has_colour = |is_terminal, variables: &[_]| decide(is_terminal, None, variables).has_colour;
        assert!(has_colour(true, &[("TERM", "xterm")]));
        assert!(!has_colour(true, &[("TERM", "dumb")]));
        assert!(!has_colour(false, &[("TERM", "xterm")]));
        assert!(has_colour(false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!has_colour(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!has_colour(true, &[("TERM", "xterm"), ("NO_COLOR", "1")]));
        assert!(has_colour(true, &[("TERM", "xterm"), ("NO_COLOR", "")]));
    }

    #[test]
    fn the_first_locale_that_is_set_decides_on_characters() {
        let is_unicode = |variables: &[_]| decide(true, None, variables).is_unicode;
        assert!(is_unicode(&[("LANG", "en_GB.UTF-8")]));
        assert!(is_unicode(&[("LC_CTYPE", "C.utf8"), ("LANG", "C")]));
        assert!(!is_unicode(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")]));
        assert!(!is_unicode(&[]));
    }
}
