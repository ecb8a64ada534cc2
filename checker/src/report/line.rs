//! Lines of text with a tone, turned into colour at the very end.
//!
//! The library `colored` decides on colour for the whole process; here only its colour codes are used,
//! so that the same verdict and the same look always give the same text.

use colored::Color;

use super::look::Look;
use super::text;

/// What a piece of text wants to be; every tone also reads without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    /// What may be overlooked.
    Quiet,
    /// What is read first.
    Strong,
    Good,
    Bad,
    /// What can be typed.
    Command,
}

impl Tone {
    /// Parameters of the terminal sequence that sets it.
    fn codes(self) -> Option<String> {
        let code = |color: Color| color.to_fg_str().into_owned();
        match self {
            Tone::Plain => None,
            Tone::Quiet => Some("2".to_owned()),
            Tone::Strong => Some("1".to_owned()),
            Tone::Good => Some(code(Color::Green)),
            Tone::Bad => Some(format!("1;{}", code(Color::Red))),
            Tone::Command => Some(code(Color::Cyan)),
        }
    }
}

/// One line, without its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line(Vec<(Tone, String)>);

impl Line {
    pub(crate) fn empty() -> Self {
        Self::default()
    }

    pub(crate) fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self::default().with(tone, text)
    }

    pub(crate) fn with(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.0.push((tone, text.into()));
        self
    }

    /// Continues with `text` so that it ends in column `width`, after at least one blank.
    pub(crate) fn with_at_right(self, width: usize, tone: Tone, text: &str) -> Self {
        let gap = width.saturating_sub(self.width() + text::width(text)).max(1);
        self.with(Tone::Plain, " ".repeat(gap)).with(tone, text)
    }

    /// Continues with another line in column `column`.
    pub(crate) fn beside(self, column: usize, other: Line) -> Self {
        let gap = column.saturating_sub(self.width());
        let mut line = self.with(Tone::Plain, " ".repeat(gap));
        line.0.extend(other.0);
        line
    }

    pub(crate) fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text::width(text)).sum()
    }

    /// Appends the line to `out`, without blanks at its end.
    fn render(mut self, look: &Look, out: &mut String) {
        while let Some((_, text)) = self.0.last_mut() {
            text.truncate(text.trim_end().len());
            if !text.is_empty() {
                break;
            }
            self.0.pop();
        }
        for (tone, text) in &self.0 {
            match tone.codes().filter(|_| look.has_colour && !text.trim().is_empty()) {
                Some(codes) => out.push_str(&format!("\x1b[{codes}m{text}\x1b[0m")),
                None => out.push_str(text),
            }
        }
        out.push('\n');
    }
}

/// All lines as one text.
pub(crate) fn render(lines: Vec<Line>, look: &Look) -> String {
    let mut out = String::new();
    lines.into_iter().for_each(|line| line.render(look, &mut out));
    out
}
