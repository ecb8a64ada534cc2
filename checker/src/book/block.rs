//! A text as blocks of words, ready to be shown anywhere.

use super::destination::Destination;

/// A piece of a text that begins on a line of its own.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    Heading { level: u8, anchor: String, text: Vec<Inline> },
    Paragraph(Vec<Inline>),
    Code(Code),
    List(List),
    Quote(Vec<Block>),
    Table(Table),
    Rule,
}

/// Lines that are shown as they are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Code {
    /// As the fence names it, such as `rust`; empty where it names none.
    pub(super) language: String,
    /// Ends with its last line, without a line end.
    pub(super) text: String,
    /// Has the paragraph in front of it told the language?
    pub(super) is_introduced: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct List {
    /// The first number; none for bullets.
    pub(super) start: Option<u64>,
    pub(super) items: Vec<Vec<Block>>,
    /// No empty lines between its items?
    pub(super) is_tight: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Table {
    pub(super) header: Vec<Vec<Inline>>,
    pub(super) rows: Vec<Vec<Vec<Inline>>>,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Inline {
    Text(String),
    Code(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Link {
        to: Destination,
        text: Vec<Inline>,
    },
    Image {
        to: Destination,
        text: Vec<Inline>,
    },
    /// A line ends here.
    Break,
}

/// The text without its marks.
pub(super) fn plain(inlines: &[Inline]) -> String {
    inlines.iter().map(plain_piece).collect()
}

fn plain_piece(inline: &Inline) -> String {
    match inline {
        Inline::Text(text) | Inline::Code(text) => text.clone(),
        Inline::Emphasis(text) | Inline::Strong(text) => plain(text),
        Inline::Link { text, .. } | Inline::Image { text, .. } => plain(text),
        Inline::Break => " ".to_owned(),
    }
}

/// Takes the title from the beginning, which is shown with what stands around the text: its anchor, and the rest.
pub(super) fn without_title(blocks: &[Block]) -> (&str, &[Block]) {
    match blocks {
        [Block::Heading { level: 1, anchor, .. }, rest @ ..] => (anchor, rest),
        _ => ("", blocks),
    }
}
