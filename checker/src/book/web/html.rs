//! Blocks as HTML.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::escape::escape;
use super::{copy_name, page_name};
use crate::book::block::{self, Block, Code, Inline, List, Table};
use crate::book::destination::Destination;
use crate::book::tongue;

/// Of these files a page shows the picture.
const PICTURES: [&str; 6] = ["svg", "png", "jpg", "jpeg", "gif", "webp"];

/// Writes the text of one page.
pub(super) struct Writer<'a> {
    pub(super) out: String,
    /// Files of the course that the page names.
    files: &'a mut BTreeSet<PathBuf>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(files: &'a mut BTreeSet<PathBuf>) -> Self {
        Self { out: String::new(), files }
    }

    pub(super) fn blocks(&mut self, blocks: &[Block]) {
        blocks.iter().for_each(|block| self.block(block));
    }

    fn push(&mut self, html: &str) {
        self.out.push_str(html);
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, anchor, text } => self.heading(*level, anchor, text),
            Block::Paragraph(text) => self.within("p", text),
            Block::Code(code) => self.code(code),
            Block::List(list) => self.list(list),
            Block::Quote(blocks) => {
                self.push("<blockquote>\n");
                self.blocks(blocks);
                self.push("</blockquote>\n");
            }
            Block::Table(table) => self.table(table),
            Block::Rule => self.push("<hr>\n"),
        }
    }

    fn within(&mut self, element: &str, text: &[Inline]) {
        self.push(&format!("<{element}>"));
        self.inlines(text);
        self.push(&format!("</{element}>\n"));
    }

    /// The title of the page has the first level for itself.
    fn heading(&mut self, level: u8, anchor: &str, text: &[Inline]) {
        let level = level.clamp(2, 6);
        if anchor.is_empty() {
            return self.within(&format!("h{level}"), text);
        }
        let anchor = escape(anchor);
        self.push(&format!("<h{level} id=\"{anchor}\"><a href=\"#{anchor}\">"));
        self.inlines(&without_links(text));
        self.push(&format!("</a></h{level}>\n"));
    }

    fn code(&mut self, code: &Code) {
        let name = tongue::name(code);
        let is_drawing = code.text.contains(['│', '─', '▲']);
        let what = match name {
            Some("Shell") => "Commands for a shell".to_owned(),
            Some(name) => format!("Code in {name}"),
            None if is_drawing => "A drawing".to_owned(),
            None => "Lines of text".to_owned(),
        };
        let class = if is_drawing && name.is_none() { "code drawing" } else { "code" };
        self.push(&format!("<figure class=\"{class}\" aria-label=\"{}\">\n", escape(&what)));
        if let Some(name) = name.filter(|_| !code.is_introduced) {
            self.push(&format!("<figcaption>{}</figcaption>\n", escape(name)));
        }
        // Whoever has no mouse must be able to scroll, too.
        self.push(&format!(
            "<pre tabindex=\"0\"><code>{}</code></pre>\n</figure>\n",
            pinned(&escape(&code.text))
        ));
    }

    fn list(&mut self, list: &List) {
        let start = list.start.filter(|start| *start != 1).map(|start| format!(" start=\"{start}\""));
        let element = if list.start.is_some() { "ol" } else { "ul" };
        self.push(&format!("<{element}{}>\n", start.unwrap_or_default()));
        for item in &list.items {
            self.push("<li>");
            for block in item {
                match block {
                    Block::Paragraph(text) if list.is_tight => self.inlines(text),
                    other => self.block(other),
                }
            }
            self.push("</li>\n");
        }
        self.push(&format!("</{element}>\n"));
    }

    fn table(&mut self, table: &Table) {
        let names: Vec<String> = table.header.iter().map(|cell| block::plain(cell)).collect();
        let names: Vec<&str> = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
        let label = escape(&format!("Table: {}", names.join(", ")));
        self.push(&format!("<div class=\"table\" role=\"region\" aria-label=\"{label}\" tabindex=\"0\">\n"));
        self.push("<table>\n<thead>\n<tr>");
        table.header.iter().for_each(|cell| self.cell(cell, "col"));
        self.push("</tr>\n</thead>\n<tbody>\n");
        // Without a header of its own, the first column is one for the rows.
        let has_names = table.header.first().is_some_and(Vec::is_empty);
        for row in &table.rows {
            self.push("<tr>");
            for (column, cell) in row.iter().enumerate() {
                self.cell(cell, if has_names && column == 0 { "row" } else { "" });
            }
            self.push("</tr>\n");
        }
        self.push("</tbody>\n</table>\n</div>\n");
    }

    fn cell(&mut self, text: &[Inline], scope: &str) {
        let is_header = !scope.is_empty() && !text.is_empty();
        self.push(&if is_header { format!("<th scope=\"{scope}\">") } else { "<td>".to_owned() });
        self.inlines(text);
        self.push(if is_header { "</th>" } else { "</td>" });
    }

    pub(super) fn inlines(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            match inline {
                Inline::Text(text) => self.push(&escape(text)),
                Inline::Code(text) => self.push(&format!("<code>{}</code>", escape(text))),
                Inline::Emphasis(text) => self.marked("em", text),
                Inline::Strong(text) => self.marked("strong", text),
                Inline::Link { to, text } => self.link(to, text),
                Inline::Image { to, text } => self.image(to, text),
                Inline::Break => self.push("<br>\n"),
            }
        }
    }

    fn marked(&mut self, element: &str, text: &[Inline]) {
        self.push(&format!("<{element}>"));
        self.inlines(text);
        self.push(&format!("</{element}>"));
    }

    fn link(&mut self, to: &Destination, text: &[Inline]) {
        match self.address(to) {
            Some(address) => {
                self.push(&format!("<a href=\"{}\">", escape(&address)));
                self.inlines(&without_links(text));
                self.push("</a>");
            }
            None => self.inlines(text),
        }
    }

    fn address(&mut self, to: &Destination) -> Option<String> {
        let behind = |anchor: &str| format!("#{anchor}");
        Some(match to {
            Destination::Address(address) => address.clone(),
            Destination::Reading { id, place } => {
                let place = place.as_ref().map(|place| behind(&place.anchor));
                format!("{}{}", page_name(id), place.unwrap_or_default())
            }
            Destination::Here { place, .. } => behind(&place.anchor),
            Destination::File(file) => {
                self.files.insert(file.clone());
                copy_name(file)
            }
            Destination::Nowhere => return None,
        })
    }

    /// A picture of the course; one on the web is only linked to, for the book needs no network.
    fn image(&mut self, to: &Destination, text: &[Inline]) {
        let ending =
            |file: &PathBuf| file.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let is_picture =
            |file: &PathBuf| ending(file).is_some_and(|ending| PICTURES.contains(&ending.as_str()));
        match to {
            Destination::File(file) if is_picture(file) => {
                self.files.insert(file.clone());
                let (source, words) = (escape(&copy_name(file)), escape(&block::plain(text)));
                self.push(&format!("<img src=\"{source}\" alt=\"{words}\">"));
            }
            _ => self.link(to, text),
        }
    }
}

/// The same, with the words of links alone: no link stands in another one.
fn without_links(inlines: &[Inline]) -> Vec<Inline> {
    let mut out = Vec::new();
    for inline in inlines {
        match inline {
            Inline::Link { text, .. } | Inline::Image { text, .. } => out.extend(without_links(text)),
            Inline::Emphasis(text) => out.push(Inline::Emphasis(without_links(text))),
            Inline::Strong(text) => out.push(Inline::Strong(without_links(text))),
            other => out.push(other.clone()),
        }
    }
    out
}

/// Arrow heads take exactly one column: not every font for code has them, and those of others are wider.
fn pinned(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    for character in code.chars() {
        match character {
            '▶' | '◀' | '▲' | '▼' | '►' | '◄' | '✓' | '✗' => {
                out.push_str(&format!("<i>{character}</i>"))
            }
            _ => out.push(character),
        }
    }
    out
}
