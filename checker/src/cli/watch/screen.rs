//! What stands on the screen while files are watched.

use crate::report::Look;
use crate::report::line::{Line, Tone, render};
use crate::report::text::{shown, wrap};

/// Clears the screen and begins at its top.
const CLEAR: &str = "\x1b[H\x1b[2J";
/// Lines of a terminal that does not tell.
const USUAL_ROWS: usize = 24;

/// Where the text goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    pub(super) look: Look,
    /// Whether it can be cleared; otherwise everything follows each other.
    pub(super) clears: bool,
    rows: usize,
}

impl Screen {
    /// The screen as it is now: windows change their size.
    pub(super) fn now(clears: bool) -> Self {
        let look = crate::cli::out::look();
        let size = terminal_size::terminal_size_of(std::io::stdout());
        let rows = size.map_or(USUAL_ROWS, |(_, height)| usize::from(height.0));
        Self { look, clears, rows }
    }

    /// Of several forms of a text, the longest that fits above the footer, or the last one.
    pub(super) fn fitting(&self, forms: Vec<String>, footer: &str) -> String {
        let room = self.rows.saturating_sub(footer.lines().count() + 1);
        let fits = |text: &String| text.lines().count() <= room;
        let last = forms.len().saturating_sub(1);
        let chosen = forms.into_iter().enumerate().find(|(index, text)| *index == last || fits(text));
        chosen.map(|(_, text)| if self.clears { self.cut(&text, room) } else { text }).unwrap_or_default()
    }

    /// Everything that is to be seen from now on.
    pub(super) fn frame(&self, text: &str, footer: &str) -> String {
        let clear = if self.clears { CLEAR } else { "\n" };
        format!("{clear}{text}{footer}")
    }

    /// As many lines as fit; the last one says that there is more.
    fn cut(&self, text: &str, room: usize) -> String {
        if text.lines().count() <= room {
            return text.to_owned();
        }
        let mut lines: Vec<&str> = text.lines().take(room.saturating_sub(1)).collect();
        let more = format!("  {} the rest: a", self.look.glyphs().ellipsis);
        lines.push(&more);
        lines.join("\n") + "\n"
    }

    /// What the keys do, and what is watched.
    pub(super) fn footer(&self, trouble: Option<&str>, watched: &str, has_keys: bool) -> String {
        let look = &self.look;
        let keys = "h hint   d diagram   a all   r read   n next   q quit";
        let mut lines = vec![Line::empty()];
        let trouble =
            trouble.map(|trouble| wrap(&shown(&format!("workbook: {trouble}"), look), look.columns()));
        lines.extend(trouble.into_iter().flatten().map(|text| Line::of(Tone::Plain, text)));
        let watched = wrap(&shown(watched, look), look.columns());
        lines.extend(watched.into_iter().map(|text| Line::of(Tone::Quiet, text)));
        if has_keys {
            lines.extend(wrap(keys, look.columns()).into_iter().map(|text| Line::of(Tone::Command, text)));
        }
        render(lines, look)
    }
}
