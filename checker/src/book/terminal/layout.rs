//! Blocks as lines.

use crate::book::block::{Block, Code, Inline, List};
use crate::book::tongue;

use super::paint::{Line, Style};
use super::{Page, ascii};

/// Columns that code is indented by, where there is room.
const CODE_INDENT: usize = 2;
const TAB_COLUMNS: usize = 4;

impl Page {
    /// A whole text, with the addresses of each section at its end.
    pub(super) fn document(&mut self, blocks: &[Block]) -> Vec<Line> {
        let mut lines = Vec::new();
        for section in blocks.chunk_by(|_, next| level(next).is_none()) {
            if !lines.is_empty() {
                let is_large = section.first().and_then(level).is_some_and(|level| level <= 2);
                lines.extend(vec![Line::default(); if is_large { 2 } else { 1 }]);
            }
            lines.extend(self.blocks(section, self.room));
            let notes = self.notes.tell();
            if !notes.is_empty() {
                lines.push(Line::default());
                lines.extend(notes);
            }
        }
        lines
    }

    /// Blocks with an empty line between two.
    fn blocks(&mut self, blocks: &[Block], room: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        for block in blocks {
            if !lines.is_empty() {
                lines.push(Line::default());
            }
            lines.extend(self.block(block, room));
        }
        lines
    }

    fn block(&mut self, block: &Block, room: usize) -> Vec<Line> {
        match block {
            Block::Heading { level, text, .. } => self.heading(*level, text, room),
            Block::Paragraph(text) => self.words(text).wrap(room),
            Block::Code(code) => self.code(code, room),
            Block::List(list) => self.list(list, room),
            Block::Quote(blocks) => self.quote(blocks, room),
            Block::Table(table) => self.table(table, room),
            Block::Rule => vec![Line::of(&self.glyph("─", "-").repeat(room), Style::QUIET)],
        }
    }

    /// A heading is known by the line below it, with colour and without.
    fn heading(&mut self, level: u8, text: &[Inline], room: usize) -> Vec<Line> {
        let stroke = match level {
            0..=2 => self.glyph("═", "="),
            3 => self.glyph("─", "-"),
            _ => self.glyph("┄", "."),
        };
        let mut lines = self.words(text).strong().wrap(room);
        let width = lines.iter().map(Line::width).max().unwrap_or(0);
        lines.push(Line::of(&stroke.repeat(width), Style::QUIET));
        lines
    }

    /// Lines that stay as they are: indented where they fit, at the left end where they only fit there.
    fn code(&self, code: &Code, room: usize) -> Vec<Line> {
        let style = if tongue::name(code) == Some("Shell") { Style::COMMAND } else { Style::PLAIN };
        let is_clear = code.is_introduced || self.setting.language.is_some();
        let label = tongue::of_programs(code).filter(|_| !is_clear);
        let label = label.map(|language| Line::of(&format!("{language}:"), Style::QUIET));
        let lines = code.text.lines().map(|line| Line::of(&self.code_line(line), style));
        let lines: Vec<Line> = label.into_iter().chain(lines).collect();
        let width = lines.iter().map(Line::width).max().unwrap_or(0);
        let available = self.columns - (self.room - room);
        // What is wider than the terminal is broken by it, wherever it begins.
        let indent = available.checked_sub(width).map_or(CODE_INDENT, |left| left.min(CODE_INDENT));
        lines.into_iter().map(|line| line.indented(indent)).collect()
    }

    fn code_line(&self, line: &str) -> String {
        let line = line.replace('\t', &" ".repeat(TAB_COLUMNS));
        self.shown(&if self.setting.look.is_unicode { line } else { ascii::drawn(&line) })
    }

    fn list(&mut self, list: &List, room: usize) -> Vec<Line> {
        let markers: Vec<String> = (0..list.items.len() as u64)
            .map(|index| {
                list.start.map_or_else(|| self.glyph("• ", "- "), |start| format!("{}. ", start + index))
            })
            .collect();
        let indent = markers.iter().map(|marker| marker.chars().count()).max().unwrap_or(0);
        let mut lines = Vec::new();
        for (marker, item) in markers.iter().zip(&list.items) {
            if !list.is_tight && !lines.is_empty() {
                lines.push(Line::default());
            }
            let item = self.item(item, list.is_tight, room.saturating_sub(indent));
            let marker = Line::plain(marker).padded(indent);
            lines.extend(hanging(item, &marker, &Line::plain(&" ".repeat(indent))));
        }
        lines
    }

    fn item(&mut self, blocks: &[Block], is_tight: bool, room: usize) -> Vec<Line> {
        if is_tight {
            blocks.iter().flat_map(|block| self.block(block, room)).collect()
        } else {
            self.blocks(blocks, room)
        }
    }

    fn quote(&mut self, blocks: &[Block], room: usize) -> Vec<Line> {
        let bar = Line::of(&self.glyph("│ ", "> "), Style::QUIET);
        hanging(self.blocks(blocks, room.saturating_sub(2)), &bar, &bar)
    }

    /// A character to draw with, or its stand-in.
    pub(super) fn glyph(&self, unicode: &str, ascii: &str) -> String {
        if self.setting.look.is_unicode { unicode.to_owned() } else { ascii.to_owned() }
    }
}

/// The level of a heading.
fn level(block: &Block) -> Option<u8> {
    if let Block::Heading { level, .. } = block { Some(*level) } else { None }
}

/// The lines behind `first`, and from the second one on behind `rest`.
pub(super) fn hanging(lines: Vec<Line>, first: &Line, rest: &Line) -> Vec<Line> {
    let lines = lines.into_iter().enumerate();
    lines.map(|(index, line)| line.behind(if index == 0 { first } else { rest })).collect()
}
