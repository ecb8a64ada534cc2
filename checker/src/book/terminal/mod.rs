//! A text for a terminal: wrapped words, whole drawings, and links as the terminal can show them.

mod ascii;
mod frame;
mod layout;
mod paint;
mod table;
mod words;

use super::{Reading, block, parse, tongue};
use crate::course::{Course, Language};
use crate::report::Look;

use words::Notes;

/// Lines of more columns are tiring to read.
const MOST_COLUMNS: usize = 88;
/// Nothing is laid out for fewer columns.
const LEAST_COLUMNS: usize = 20;

/// How a text is to be shown.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Characters and colours.
    pub look: Look,
    /// Columns of the terminal, however few.
    pub columns: usize,
    /// How links to the web are shown.
    pub links: Links,
    /// Leaves out code that is for other languages; none shows all.
    pub language: Option<Language>,
}

/// How links to the web are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// As words that can be clicked (OSC 8).
    Hyperlinks,
    /// As numbers, with the addresses at the end of each section.
    Numbers,
}

/// The whole text, with what should be known before it and done behind it.
#[must_use]
pub fn show(course: &Course, reading: Reading<'_>, setting: Setting) -> String {
    let columns = setting.columns.max(LEAST_COLUMNS);
    let room = columns.min(MOST_COLUMNS);
    let mut page = Page { setting, columns, room, links: paint::Links::default(), notes: Notes::default() };
    let mut blocks = parse::parse(course, reading, false);
    if let Some(language) = setting.language {
        blocks = tongue::only(language, blocks);
    }
    let (_, blocks) = block::without_title(&blocks);
    let lines = match reading {
        Reading::Lesson(lesson) => page.lesson(course, lesson, blocks),
        Reading::Part(part) => page.part(course, part, blocks),
    };
    let mut out = String::new();
    lines.iter().for_each(|line| line.render(setting.look.has_colour, &page.links, &mut out));
    out
}

/// What is being laid out.
struct Page {
    setting: Setting,
    /// Columns that drawings may take.
    columns: usize,
    /// Columns that words may take.
    room: usize,
    links: paint::Links,
    notes: Notes,
}
