//! What stands around the text of a page.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::escape::escape;
use super::html::Writer;
use super::{INDEX, page_name};
use crate::book::Reading;
use crate::book::block::{self, Block};
use crate::book::facts::{self, Facts};
use crate::course::{Course, Lesson, Part};

/// What only the frame has; no heading's anchor has a dot.
const TEXT: &str = "book.text";
const CONTENTS: &str = "book.contents";

/// The page of a lesson or part. Files of the course that it names are added to `files`.
pub(super) fn page(
    course: &Course,
    reading: Reading<'_>,
    blocks: &[Block],
    files: &mut BTreeSet<PathBuf>,
) -> String {
    let (anchor, blocks) = block::without_title(blocks);
    let opening = match reading {
        Reading::Lesson(lesson) => opening(&lesson.id, &lesson.title, anchor, &lesson_facts(course, lesson)),
        Reading::Part(part) => opening(&part.id, &part.title, anchor, ""),
    };
    let mut writer = Writer::new(files);
    writer.blocks(blocks);
    let text = writer.out;
    let closing = match reading {
        Reading::Lesson(lesson) => lesson_closing(course, lesson),
        Reading::Part(part) => lesson_list(course, part),
    };
    let main = format!(
        "<div class=\"page\">\n{}<main id=\"{TEXT}\" tabindex=\"-1\">\n<article>\n{opening}{text}{closing}</article>\n{}</main>\n</div>\n",
        contents(blocks),
        turning(course, reading.id()),
    );
    document(&format!("{} {}", reading.id(), reading.title()), &format!("{}{main}", trail(course, reading)))
}

/// A whole document.
pub(super) fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"generator\" content=\"workbook {}\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n\
         <body>\n<a class=\"skip\" href=\"#{TEXT}\">Skip to the text</a>\n{body}</body>\n</html>\n",
        env!("CARGO_PKG_VERSION"),
        escape(title),
        include_str!("book.css"),
    )
}

/// The text of a page that has no contents.
pub(super) fn plain_main(text: &str) -> String {
    format!(
        "<div class=\"page\">\n<main id=\"{TEXT}\" tabindex=\"-1\">\n<article>\n{text}</article>\n</main>\n</div>\n"
    )
}

/// From the index to here.
fn trail(course: &Course, reading: Reading<'_>) -> String {
    let part =
        course.parts.iter().find(|part| matches!(reading, Reading::Lesson(lesson) if lesson.part == part.id));
    let part = part.map(|part| format!("<li>{}</li>\n", link(&page_name(&part.id), &part.title)));
    format!(
        "<header class=\"trail\">\n<nav aria-label=\"The way to this page\">\n<ol>\n<li>{}</li>\n{}\
         <li><span aria-current=\"page\">{}</span></li>\n</ol>\n</nav>\n</header>\n",
        link(INDEX, "Workbook"),
        part.unwrap_or_default(),
        escape(reading.id()),
    )
}

fn link(address: &str, text: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escape(address), escape(text))
}

/// The title, to which links to the heading lead that said it in the text.
fn opening(id: &str, title: &str, anchor: &str, facts: &str) -> String {
    let anchor = if anchor.is_empty() { String::new() } else { format!(" id=\"{}\"", escape(anchor)) };
    format!(
        "<header>\n<p class=\"id\">{}</p>\n<h1{anchor}>{}</h1>\n{facts}</header>\n",
        escape(id),
        escape(title)
    )
}

fn lesson_facts(course: &Course, lesson: &Lesson) -> String {
    let facts = Facts::new(course, lesson, None);
    let mut rows = vec![("Time", format!("{} minutes", lesson.duration_min))];
    if !facts.files.is_empty() {
        rows.push(("Exercise", any_file(&facts)));
    }
    rows.push(("When you have read it", code(&facts.check)));
    let rows: String =
        rows.iter().map(|(name, fact)| format!("<div><dt>{name}</dt><dd>{fact}</dd></div>\n")).collect();
    format!("<dl class=\"facts\">\n{rows}</dl>\n")
}

/// The files of the exercise, one of which is to be edited.
fn any_file(facts: &Facts) -> String {
    let files: Vec<String> = facts.short_files().iter().map(|file| code(file)).collect();
    facts::any_of(&files.iter().map(String::as_str).collect::<Vec<_>>())
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

fn lesson_closing(course: &Course, lesson: &Lesson) -> String {
    let facts = Facts::new(course, lesson, None);
    let now = if facts.files.is_empty() {
        "Write your program".to_owned()
    } else {
        format!("Edit {}", any_file(&facts))
    };
    format!("<p class=\"now\">{now}, then type {}.</p>\n", code(&facts.check))
}

/// The lessons of a part, in order.
pub(super) fn lesson_list(course: &Course, part: &Part) -> String {
    let item = |lesson: &&Lesson| {
        format!(
            "<li><a href=\"{}\"><span class=\"id\">{}</span> {}</a> <span class=\"time\">{} minutes</span></li>\n",
            escape(&page_name(&lesson.id)),
            escape(&lesson.id),
            escape(&lesson.title),
            lesson.duration_min
        )
    };
    let items: String = facts::lessons(course, &part.id).iter().map(item).collect();
    format!("<ul class=\"lessons\" role=\"list\">\n{items}</ul>\n")
}

/// The headings of a page, as lists in lists; nothing where there are hardly any.
fn contents(blocks: &[Block]) -> String {
    let headings: Vec<_> = blocks
        .iter()
        .filter_map(|block| match block {
            Block::Heading { level, anchor, text } if !anchor.is_empty() => {
                Some(((*level).clamp(2, 4), anchor, block::plain(text)))
            }
            _ => None,
        })
        .collect();
    if headings.len() < 3 {
        return String::new();
    }
    let (mut list, mut depth) = (String::new(), 1);
    for (level, anchor, text) in &headings {
        // A level that is left out has a list with nothing of its own.
        let link = link(&format!("#{anchor}"), text);
        if *level > depth {
            (depth..*level).for_each(|_| list.push_str("<ul>\n<li>"));
        } else {
            (*level..depth).for_each(|_| list.push_str("</li>\n</ul>\n"));
            list.push_str("</li>\n<li>");
        }
        list.push_str(&link);
        depth = *level;
    }
    (1..depth).for_each(|_| list.push_str("</li>\n</ul>\n"));
    format!(
        "<nav class=\"contents\" aria-labelledby=\"{CONTENTS}\">\n<p id=\"{CONTENTS}\">On this page</p>\n{list}</nav>\n"
    )
}

/// Links to what is read before, and behind.
fn turning(course: &Course, id: &str) -> String {
    let (before, behind) = facts::neighbours(course, id);
    let turn = |reading: Option<Reading<'_>>, rel: &str, word: &str| {
        reading.map_or_else(String::new, |reading| {
            let (page, title) = (escape(&page_name(reading.id())), escape(reading.title()));
            format!("<a rel=\"{rel}\" href=\"{page}\"><span>{word}</span> {title}</a>\n")
        })
    };
    let links = turn(before, "prev", "Before") + &turn(behind, "next", "Next");
    format!("<nav class=\"turning\" aria-label=\"Other pages\">\n{links}</nav>\n")
}
