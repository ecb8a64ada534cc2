//! From Markdown to blocks. HTML in a text is text.

use std::iter::Peekable;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

use super::Reading;
use super::block::{Block, Code, Inline, List, Table};
use super::destination::Guide;
use super::tongue;
use crate::course::Course;
use crate::course::document::{Document, OPTIONS};

/// The blocks of a text. Quotation marks and dashes become those of printers where `is_typeset`.
pub(super) fn parse(course: &Course, reading: Reading<'_>, is_typeset: bool) -> Vec<Block> {
    let options = if is_typeset { OPTIONS | Options::ENABLE_SMART_PUNCTUATION } else { OPTIONS };
    let headings = Document::parse(reading.text(), 0).headings;
    let mut parser = Reader {
        events: Parser::new_ext(reading.text(), options).peekable(),
        guide: Guide::new(course, reading),
        anchors: headings.into_iter().map(|heading| heading.anchor).collect(),
        headings: 0,
    };
    parser.blocks().0
}

struct Reader<'a, I: Iterator<Item = Event<'a>>> {
    events: Peekable<I>,
    guide: Guide<'a>,
    /// The anchors of all headings, which are the same wherever the course is read.
    anchors: Vec<String>,
    /// How many headings have begun.
    headings: usize,
}

impl<'a, I: Iterator<Item = Event<'a>>> Reader<'a, I> {
    /// All blocks up to the end of what surrounds them, and whether some text among them stood in no paragraph.
    fn blocks(&mut self) -> (Vec<Block>, bool) {
        let (mut blocks, mut is_tight) = (Vec::new(), false);
        while let Some(event) = self.events.peek() {
            match event {
                Event::End(_) => break,
                Event::Start(tag) if !is_inline(tag) => {
                    let tag = tag.clone();
                    self.events.next();
                    blocks.extend(self.block(tag));
                    self.events.next();
                }
                Event::Rule => {
                    self.events.next();
                    blocks.push(Block::Rule);
                }
                _ => {
                    is_tight = true;
                    blocks.push(Block::Paragraph(self.inlines()));
                }
            }
        }
        tongue::mark_introduced(&mut blocks);
        (blocks, is_tight)
    }

    /// The block that has begun with this tag, up to its end.
    fn block(&mut self, tag: Tag<'a>) -> Option<Block> {
        Some(match tag {
            Tag::Heading { level, .. } => self.heading(level),
            Tag::CodeBlock(kind) => Block::Code(self.code(&kind)),
            Tag::List(start) => Block::List(self.list(start)),
            Tag::BlockQuote(_) => Block::Quote(self.blocks().0),
            Tag::Table(_) => Block::Table(self.table()),
            _ => Block::Paragraph(self.inlines()),
        })
    }

    fn heading(&mut self, level: HeadingLevel) -> Block {
        let anchor = self.anchors.get(self.headings).cloned().unwrap_or_default();
        self.headings += 1;
        Block::Heading { level: level as u8, anchor, text: self.inlines() }
    }

    fn code(&mut self, kind: &CodeBlockKind<'_>) -> Code {
        let info = if let CodeBlockKind::Fenced(info) = kind { info.trim() } else { "" };
        let language = info.split([' ', ',', '{']).next().unwrap_or_default().to_ascii_lowercase();
        let mut text = String::new();
        while let Some(Event::Text(piece)) = self.events.next_if(|event| matches!(event, Event::Text(_))) {
            text.push_str(&piece);
        }
        text.truncate(text.trim_end_matches('\n').len());
        Code { language, text, is_introduced: false }
    }

    fn list(&mut self, start: Option<u64>) -> List {
        let mut list = List { start, items: Vec::new(), is_tight: false };
        while self.events.next_if(|event| matches!(event, Event::Start(Tag::Item))).is_some() {
            let (item, is_tight) = self.blocks();
            list.items.push(item);
            list.is_tight |= is_tight;
            self.events.next();
        }
        list
    }

    fn table(&mut self) -> Table {
        let mut table = Table::default();
        let is_row = |event: &Event<'_>| matches!(event, Event::Start(Tag::TableHead | Tag::TableRow));
        while let Some(row) = self.events.next_if(is_row) {
            let mut cells = Vec::new();
            while self.events.next_if(|event| matches!(event, Event::Start(Tag::TableCell))).is_some() {
                cells.push(self.inlines());
                self.events.next();
            }
            self.events.next();
            match row {
                Event::Start(Tag::TableHead) => table.header = cells,
                _ => table.rows.push(cells),
            }
        }
        table
    }

    /// All text up to the end of what surrounds it, or up to the next block.
    fn inlines(&mut self) -> Vec<Inline> {
        let mut inlines = Vec::new();
        let is_over = |event: &Event<'_>| match event {
            Event::End(_) | Event::Rule => true,
            Event::Start(tag) => !is_inline(tag),
            _ => false,
        };
        while let Some(event) = self.events.next_if(|event| !is_over(event)) {
            match event {
                Event::Start(tag) => {
                    let inline = self.marked(&tag);
                    inlines.push(inline);
                    self.events.next();
                }
                Event::Code(text) => inlines.push(Inline::Code(text.into_string())),
                Event::HardBreak => inlines.push(Inline::Break),
                // The lines of HTML are nothing to it.
                Event::Html(html) => push_text(&mut inlines, &html.replace('\n', " ")),
                other => push_text(&mut inlines, text_of(&other)),
            }
        }
        inlines
    }

    /// The text that has begun with this tag, up to its end.
    fn marked(&mut self, tag: &Tag<'a>) -> Inline {
        match tag {
            Tag::Link { dest_url, .. } => {
                Inline::Link { to: self.guide.find(dest_url, self.headings), text: self.inlines() }
            }
            Tag::Image { dest_url, .. } => {
                Inline::Image { to: self.guide.find(dest_url, self.headings), text: self.inlines() }
            }
            Tag::Strong => Inline::Strong(self.inlines()),
            _ => Inline::Emphasis(self.inlines()),
        }
    }
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

fn text_of<'e>(event: &'e Event<'_>) -> &'e str {
    match event {
        Event::Text(text) | Event::InlineHtml(text) => text,
        Event::SoftBreak => " ",
        Event::TaskListMarker(true) => "[x] ",
        Event::TaskListMarker(false) => "[ ] ",
        _ => "",
    }
}

fn push_text(inlines: &mut Vec<Inline>, piece: &str) {
    match inlines.last_mut() {
        Some(Inline::Text(text)) => text.push_str(piece),
        _ => inlines.push(Inline::Text(piece.to_owned())),
    }
}
