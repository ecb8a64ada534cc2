//! A list in CSV with a line of headers, as spreadsheets and course systems write it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::limits::MOST_LIST_BYTES;
use super::trouble::why;

/// What is wrong with a list.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// The file cannot be read.
    #[error("cannot read {}: {}", .0.display(), why(.1))]
    Read(PathBuf, #[source] io::Error),
    /// There is nothing in it.
    #[error("{} is empty: expected a line of headers, such as `login,name`", .0.display())]
    Empty(PathBuf),
    /// A line says something that cannot be.
    #[error("{}:{line}: {problem}", file.display())]
    Line {
        /// The list.
        file: PathBuf,
        /// From 1.
        line: u64,
        /// What is wrong.
        problem: String,
    },
}

/// A list.
pub(super) struct List {
    file: PathBuf,
    pub(super) headers: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// A line, or several where a cell has several.
pub(super) struct Row {
    pub(super) line: u64,
    /// As many as there are headers.
    pub(super) cells: Vec<String>,
}

impl List {
    pub(super) fn read(file: &Path) -> Result<Self, RosterError> {
        let cannot = |error| RosterError::Read(file.to_owned(), error);
        let mut bytes = Vec::new();
        let opened = File::open(file).map_err(cannot)?;
        opened.take(MOST_LIST_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
        if bytes.len() as u64 > MOST_LIST_BYTES {
            return Err(cannot(io::Error::new(io::ErrorKind::FileTooLarge, "it is too long for a list")));
        }
        Self::parse(file, &bytes)
    }

    fn parse(file: &Path, bytes: &[u8]) -> Result<Self, RosterError> {
        let mut list = Self { file: file.to_owned(), headers: Vec::new(), rows: Vec::new() };
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(text).map_err(|error| {
            let before = text[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
            list.error(before as u64 + 1, "this is not UTF-8: save the list with that encoding".to_owned())
        })?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(text))
            .from_reader(text.as_bytes());
        for record in reader.records() {
            let record = record.map_err(|error| list.error(0, error.to_string()))?;
            list.add(&record)?;
        }
        let last = list.rows.last().map_or(1, |row| row.line);
        if text.matches('"').count() % 2 == 1 {
            return Err(list.error(last, "a quote is opened and not closed".to_owned()));
        }
        if list.headers.is_empty() { Err(RosterError::Empty(list.file)) } else { Ok(list) }
    }

    fn add(&mut self, record: &csv::StringRecord) -> Result<(), RosterError> {
        let line = record.position().map_or(0, csv::Position::line);
        let mut cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        if self.headers.is_empty() {
            self.headers = cells;
            return Ok(());
        }
        let (count, expected) = (cells.len(), self.headers.len());
        if cells.iter().skip(expected).any(|cell| !cell.is_empty()) {
            let problem = format!("there are {count} columns, and the line of headers has {expected}");
            return Err(self.error(line, problem));
        }
        cells.resize(expected, String::new());
        self.rows.push(Row { line, cells });
        Ok(())
    }

    pub(super) fn error(&self, line: u64, problem: String) -> RosterError {
        RosterError::Line { file: self.file.clone(), line, problem }
    }
}

/// What is most often in the first line, outside of quotes.
fn delimiter(text: &str) -> u8 {
    let unquoted: String = text.lines().next().unwrap_or_default().split('"').step_by(2).collect();
    let count = |delimiter: u8| unquoted.bytes().filter(|&byte| byte == delimiter).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b',')
}
