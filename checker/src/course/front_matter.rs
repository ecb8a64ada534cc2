//! The lines between `---` at the top of a `lesson.md`, read strictly.

use std::ops::Range;

use super::LessonKind;
use super::error::{CourseError, SourceFile};
use super::words;

/// The keys, all required.
const KEYS: [&str; 5] = ["id", "title", "order", "type", "duration_min"];

/// What the front matter of a lesson says.
#[derive(Debug)]
pub(crate) struct FrontMatter {
    pub(crate) id: String,
    pub(crate) id_span: Range<usize>,
    pub(crate) title: String,
    pub(crate) order: u32,
    pub(crate) order_span: Range<usize>,
    pub(crate) kind: LessonKind,
    pub(crate) duration_min: u32,
    /// Where the text behind the front matter begins.
    pub(crate) text_start: usize,
}

/// One `key: value` line.
struct Entry {
    key: String,
    value: String,
    span: Range<usize>,
}

/// Reads the front matter; nothing where that failed.
pub(crate) fn read(file: &SourceFile, errors: &mut Vec<CourseError>) -> Option<FrontMatter> {
    let before = errors.len();
    let (lines, text_start) = lines_between_dashes(file).map_err(|error| errors.push(error)).ok()?;
    let mut entries: Vec<Entry> = Vec::new();
    for (line, start) in lines {
        match entry(file, line, start, &entries) {
            Ok(entry) => entries.push(entry),
            Err(error) => errors.push(error),
        }
    }
    // Where a line cannot be read, a key may be missing only because of it.
    if errors.len() == before {
        let is_missing = |key: &&&str| !entries.iter().any(|entry| entry.key == ***key);
        for key in KEYS.iter().filter(is_missing) {
            errors.push(file.error(0..3, format!("missing key `{key}`")).label("in this front matter"));
        }
    }
    let fields = Fields { file, entries: &entries };
    let kind = fields.kind().map_err(|error| errors.push(error)).unwrap_or_default();
    let order = fields.number("order").map_err(|error| errors.push(error)).unwrap_or_default();
    let duration_min = fields.number("duration_min").map_err(|error| errors.push(error)).unwrap_or_default();
    if errors.len() > before {
        return None;
    }
    let (id, title) = (fields.get("id")?, fields.get("title")?);
    Some(FrontMatter {
        id: id.value.clone(),
        id_span: id.span.clone(),
        title: title.value.clone(),
        order: order?,
        order_span: fields.get("order")?.span.clone(),
        kind: kind?,
        duration_min: duration_min?,
        text_start,
    })
}

/// Lines with their offsets in the file.
type Lines<'a> = Vec<(&'a str, usize)>;

/// The lines of the front matter, and where the text behind it begins.
fn lines_between_dashes(file: &SourceFile) -> Result<(Lines<'_>, usize), CourseError> {
    let text = &*file.text;
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        if start == 0 && content != "---" {
            let help = format!("begin the file with `---`, the keys {}, and `---`", KEYS.join(", "));
            return Err(file.error(0..content.len(), "missing front matter").help(help));
        }
        if start > 0 && content == "---" {
            return Ok((lines, start + line.len()));
        }
        if start > 0 && !content.is_empty() {
            lines.push((content, start));
        }
        start += line.len();
    }
    Err(file.error(0..text.len().min(3), "the front matter has no end").help("end it with a line `---`"))
}

fn entry(file: &SourceFile, line: &str, start: usize, earlier: &[Entry]) -> Result<Entry, CourseError> {
    let Some((key, value)) = line.split_once(':') else {
        return Err(file.error(start..start + line.len(), "not a `key: value` line"));
    };
    let key_span = start..start + key.len();
    if !KEYS.contains(&key) {
        let error = file.error(key_span, format!("unknown key `{key}`"));
        return Err(error.label(words::expected(KEYS)).maybe_help(words::did_you_mean(key, KEYS)));
    }
    if earlier.iter().any(|entry| entry.key == key) {
        return Err(file.error(key_span, format!("duplicate key `{key}`")));
    }
    let value_start = start + line.len() - value.trim_start().len();
    let value = value.trim();
    if value.is_empty() {
        return Err(file.error(key_span, format!("the key `{key}` has no value")));
    }
    let span = value_start..value_start + value.len();
    Ok(Entry { key: key.to_owned(), value: value.to_owned(), span })
}

/// The entries by key.
struct Fields<'a> {
    file: &'a SourceFile,
    entries: &'a [Entry],
}

impl Fields<'_> {
    fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    fn number(&self, key: &str) -> Result<Option<u32>, CourseError> {
        let Some(entry) = self.get(key) else { return Ok(None) };
        match entry.value.parse() {
            Ok(number) if number > 0 => Ok(Some(number)),
            _ => {
                let message = format!("`{key}` is not a number: `{}`", entry.value);
                Err(self.file.error(entry.span.clone(), message).label("expected 1 or more"))
            }
        }
    }

    fn kind(&self) -> Result<Option<LessonKind>, CourseError> {
        let Some(entry) = self.get("type") else { return Ok(None) };
        if entry.value == "client" {
            return Ok(Some(LessonKind::Client));
        }
        let error = self.file.error(entry.span.clone(), format!("unknown type `{}`", entry.value));
        Err(error.label(words::expected(["client"])))
    }
}
