//! Words of a line as a terminal shows them: emphasis, code, and where links lead.

use crate::book::block::{self, Inline};
use crate::book::destination::{Destination, Place};
use crate::report::text;

use super::paint::{FIXED, Line, Style};
use super::{Links, Page};

/// Code of at most so many columns is not broken at its blanks.
const SHORT_CODE: usize = 30;

impl Page {
    /// The text as one line, yet to be wrapped.
    pub(super) fn words(&mut self, inlines: &[Inline]) -> Line {
        let mut line = Line::default();
        self.push_words(inlines, Style::PLAIN, &mut line);
        line
    }

    fn push_words(&mut self, inlines: &[Inline], style: Style, line: &mut Line) {
        for inline in inlines {
            match inline {
                Inline::Text(text) => line.push(&self.shown(text), style),
                Inline::Code(text) => self.push_code(text, style, line),
                Inline::Emphasis(text) => self.push_marked(text, Style { is_emphasis: true, ..style }, line),
                Inline::Strong(text) => self.push_marked(text, Style { is_strong: true, ..style }, line),
                Inline::Link { to, text } => self.push_link(to, text, style, line),
                Inline::Image { to, text } => {
                    line.push("[image: ", style);
                    self.push_link(to, text, style, line);
                    line.push("]", style);
                }
                Inline::Break => line.push("\n", style),
            }
        }
    }

    /// Where no emphasis can be shown, asterisks show it.
    fn push_marked(&mut self, inlines: &[Inline], style: Style, line: &mut Line) {
        let mark = if self.setting.look.has_colour { "" } else { "*" };
        line.push(mark, style);
        self.push_words(inlines, style, line);
        line.push(mark, style);
    }

    fn push_code(&self, code: &str, style: Style, line: &mut Line) {
        let code = self.shown(code);
        let is_short = text::width(&code) <= SHORT_CODE.min(self.room / 2);
        let code = if is_short { code.replace(' ', &FIXED.to_string()) } else { code };
        line.push(&format!("`{code}`"), Style { is_code: true, ..style });
    }

    fn push_link(&mut self, to: &Destination, text: &[Inline], style: Style, line: &mut Line) {
        let own = match to {
            Destination::Address(address) if self.setting.links == Links::Hyperlinks => {
                Style { link: self.links.add(&in_ascii(address)), ..style }
            }
            _ => style,
        };
        self.push_words(text, own, line);
        match to {
            Destination::Address(address)
                if self.setting.links == Links::Numbers && !is_said(address, text) =>
            {
                let number = self.notes.number(&in_ascii(address));
                line.push(&format!("{FIXED}[{number}]"), style);
            }
            Destination::Reading { id, place } => self.push_reading(id, place.as_ref(), style, line),
            Destination::Here { place, is_above } => {
                let side = if *is_above { "above" } else { "below" };
                let is_said = block::plain(text).trim() == place.title;
                let title =
                    if is_said { String::new() } else { format!("\"{}\", ", self.shown(&place.title)) };
                line.push(&format!(" ({title}{side})"), style);
            }
            Destination::File(path) => {
                line.push(&format!(" ({})", self.shown(&path.to_string_lossy())), style)
            }
            _ => {}
        }
    }

    /// What to type in order to read on.
    fn push_reading(&mut self, id: &str, place: Option<&Place>, style: Style, line: &mut Line) {
        line.push(" (", style);
        let command = self.shown(&format!("workbook read {id}"));
        // With a parenthesis and a comma it must fit on a line.
        let is_short = text::width(&command) + 5 <= self.room;
        let command = if is_short { command.replace(' ', &FIXED.to_string()) } else { command };
        line.push(&format!("`{command}`"), Style { is_command: true, ..style });
        if let Some(place) = place {
            line.push(&format!(", \"{}\"", self.shown(&place.title)), style);
        }
        line.push(")", style);
    }

    /// The text in characters that can be shown here.
    pub(super) fn shown(&self, text: &str) -> String {
        text::shown(&text.replace('\t', " "), &self.setting.look)
    }
}

/// Does the text say the address already?
fn is_said(address: &str, text: &[Inline]) -> bool {
    let text = block::plain(text);
    address == text || address.strip_prefix("mailto:").is_some_and(|address| address == text)
}

/// An address in the characters that are allowed in one.
fn in_ascii(address: &str) -> String {
    let harmless =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`');
    let piece = |byte: u8| if harmless(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    address.bytes().map(piece).collect()
}

/// Addresses that stand below the text.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The number of the last one that was ever given.
    last: usize,
    pending: Vec<(usize, String)>,
}

impl Notes {
    /// The number of an address; the same one for the same address until it is told.
    fn number(&mut self, address: &str) -> usize {
        if let Some((number, _)) = self.pending.iter().find(|(_, known)| known == address) {
            return *number;
        }
        self.last += 1;
        self.pending.push((self.last, address.to_owned()));
        self.last
    }

    /// The addresses that have not been told yet, one a line, never broken.
    pub(super) fn tell(&mut self) -> Vec<Line> {
        let line = |(number, address): (usize, String)| {
            let mut line = Line::of(&format!("[{number}] "), Style::QUIET);
            line.push(&address, Style::PLAIN);
            line
        };
        std::mem::take(&mut self.pending).into_iter().map(line).collect()
    }
}
