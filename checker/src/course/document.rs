//! The parts of a lesson's text that are compared with something: headings, bullets, table rows, links.
//!
//! Texts are compared as a reader sees them: without Markdown marks, with single blanks between words.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// What a Markdown text consists of, with places in the file.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) headings: Vec<Heading>,
    /// Items of lists that are in no other list.
    pub(crate) items: Vec<Text>,
    /// Rows of tables, without the header.
    pub(crate) rows: Vec<Vec<Text>>,
    pub(crate) links: Vec<Link>,
    /// Where the text ends.
    end: usize,
}

/// A heading.
#[derive(Debug)]
pub(crate) struct Heading {
    pub(crate) level: HeadingLevel,
    pub(crate) text: String,
    /// What a link behind `#` must say.
    pub(crate) anchor: String,
    pub(crate) span: Range<usize>,
}

/// Some text as a reader sees it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
}

/// A link or an image.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) target: String,
    pub(crate) span: Range<usize>,
}

/// The text of some Markdown as a reader sees it.
pub(crate) fn plain_text(markdown: &str) -> String {
    let mut text = String::new();
    Parser::new_ext(markdown, OPTIONS).for_each(|event| push_text(&mut text, &event));
    single_blanks(&text)
}

/// What of Markdown lessons may use beside the basics.
pub(crate) const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_TASKLISTS);

fn push_text(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(piece) | Event::Code(piece) => text.push_str(piece),
        Event::SoftBreak | Event::HardBreak => text.push(' '),
        Event::Start(Tag::Paragraph | Tag::Item) | Event::End(TagEnd::Paragraph) => text.push(' '),
        _ => {}
    }
}

fn single_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Ends a text that was being read.
fn finished(text: &mut Option<String>) -> String {
    single_blanks(&text.take().unwrap_or_default())
}

impl Document {
    /// Reads `file` from the offset `start` on.
    pub(crate) fn parse(file: &str, start: usize) -> Self {
        let mut reader = Reader::default();
        for (event, span) in Parser::new_ext(&file[start..], OPTIONS).into_offset_iter() {
            reader.take(&event, without_blanks(file, span.start + start..span.end + start));
        }
        reader.document.end = file.len();
        reader.document
    }

    /// The bytes of a section, from its `##` heading to the next one.
    pub(crate) fn section(&self, name: &str) -> Option<Range<usize>> {
        let sections = || self.headings.iter().filter(|heading| heading.level == HeadingLevel::H2);
        let start = sections().find(|heading| heading.text == name)?.span.start;
        let next = sections().map(|heading| heading.span.start).find(|next| *next > start);
        Some(start..next.unwrap_or(self.end))
    }

    /// The bullets of a section.
    pub(crate) fn bullets(&self, section: &str) -> Vec<&Text> {
        let section = self.section(section).unwrap_or_default();
        self.items.iter().filter(|item| section.contains(&item.span.start)).collect()
    }

    /// The table rows of a section.
    pub(crate) fn table(&self, section: &str) -> Vec<&[Text]> {
        let section = self.section(section).unwrap_or_default();
        let is_inside = |row: &&Vec<Text>| row.first().is_some_and(|cell| section.contains(&cell.span.start));
        self.rows.iter().filter(is_inside).map(Vec::as_slice).collect()
    }
}

/// Collects a document from the events of the parser.
#[derive(Default)]
struct Reader {
    document: Document,
    list_depth: usize,
    /// The texts that are being read.
    heading: Option<String>,
    item: Option<String>,
    cell: Option<String>,
    row: Vec<Text>,
}

impl Reader {
    fn take(&mut self, event: &Event<'_>, span: Range<usize>) {
        for text in [&mut self.heading, &mut self.item, &mut self.cell].into_iter().flatten() {
            push_text(text, event);
        }
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(*tag, span),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, span: Range<usize>) {
        match tag {
            Tag::Heading { .. } => self.heading = Some(String::new()),
            Tag::List(_) => self.list_depth += 1,
            Tag::Item if self.list_depth == 1 => self.item = Some(String::new()),
            Tag::TableCell => self.cell = Some(String::new()),
            Tag::TableHead | Tag::TableRow => self.row.clear(),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.document.links.push(Link { target: dest_url.to_string(), span });
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, span: Range<usize>) {
        match tag {
            TagEnd::Heading(level) => self.end_heading(level, span),
            TagEnd::List(_) => self.list_depth -= 1,
            TagEnd::Item if self.list_depth == 1 => {
                self.document.items.push(Text { text: finished(&mut self.item), span });
            }
            TagEnd::TableCell => self.row.push(Text { text: finished(&mut self.cell), span }),
            TagEnd::TableRow => self.document.rows.push(std::mem::take(&mut self.row)),
            _ => {}
        }
    }

    fn end_heading(&mut self, level: HeadingLevel, span: Range<usize>) {
        let text = finished(&mut self.heading);
        let anchor = self.unused(slug(&text));
        self.document.headings.push(Heading { level, text, anchor, span });
    }

    /// The slug, or the slug with the first number that no heading has yet.
    fn unused(&self, slug: String) -> String {
        let is_taken = |anchor: &str| self.document.headings.iter().any(|heading| heading.anchor == anchor);
        if !is_taken(&slug) {
            return slug;
        }
        let numbered = (1..).map(|number| format!("{slug}-{number}"));
        numbered.into_iter().find(|anchor| !is_taken(anchor)).expect("there are enough numbers")
    }
}

/// Leaves out blanks and line ends at both ends.
fn without_blanks(file: &str, span: Range<usize>) -> Range<usize> {
    let text = &file[span.clone()];
    let start = span.end - text.trim_start().len();
    start..start + text.trim().len()
}

/// The anchor that GitHub gives to a heading.
fn slug(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter(|character| character.is_alphanumeric() || matches!(character, ' ' | '-' | '_'))
        .map(|character| if character == ' ' { '-' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Title\n\n## Done when\n\n- **Two** `full`\n  responses\n  - nested\n- [ ] one\n\n\
        ## Common mistakes\n\n| mistake | fix |\n| --- | --- |\n| Reads `\\r\\n` | [RFC](x.md#y) |\n\n## Done when\n";

    #[test]
    fn markdown_marks_are_not_part_of_a_text() {
        assert_eq!(plain_text("**Two** `full`\nresponses, [here](x)"), "Two full responses, here");
    }

    #[test]
    fn bullets_rows_and_links_are_found_in_their_sections() {
        let document = Document::parse(TEXT, 0);
        let bullets: Vec<_> = document.bullets("Done when").iter().map(|item| item.text.as_str()).collect();
        assert_eq!(bullets, ["Two full responses nested", "one"]);
        let rows = document.table("Common mistakes");
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0][0].text.as_str(), rows[0][1].text.as_str()), ("Reads \\r\\n", "RFC"));
        assert_eq!(document.links[0].target, "x.md#y");
        assert!(document.table("Done when").is_empty());
    }

    #[test]
    fn anchors_are_those_of_github() {
        let document = Document::parse(TEXT, 0);
        let anchors: Vec<_> = document.headings.iter().map(|heading| heading.anchor.as_str()).collect();
        assert_eq!(anchors, ["title", "done-when", "common-mistakes", "done-when-1"]);
        let document = Document::parse("# A 1\n# A\n# A\n# A\n", 0);
        let anchors: Vec<_> = document.headings.iter().map(|heading| heading.anchor.as_str()).collect();
        assert_eq!(anchors, ["a-1", "a", "a-2", "a-3"]);
        assert_eq!(slug("What's `send()`, HTTP/1.1?"), "whats-send-http11");
    }
}
