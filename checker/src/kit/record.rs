//! What was installed in a folder: by this it is known which files nobody has edited.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::folder::{Folder, Seen, numbered};
use super::obstacle::KitError;
use super::{Kind, VERSION};

/// Where it is kept, below the learner's folder.
pub(super) const FILE: &str = ".workbook/installed.json";

/// What this program understands.
const FORMAT: u32 = 1;

/// All files that were installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    format: u32,
    /// The version of the workbook that wrote last.
    workbook: String,
    /// By path below the folder.
    pub(super) files: BTreeMap<String, Entry>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// What it was when it was installed; none where it is the learner's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<String>,
    /// The version of the workbook that installed it.
    pub(super) version: String,
    /// A later content that the learner was told of and has not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) told: Option<String>,
}

/// What was found in a folder.
#[derive(Debug)]
pub enum Found {
    /// The folder was not made by `workbook init`, or that ended before its first file.
    Nothing,
    /// All is well.
    Record(Record),
    /// It cannot be understood, and this is why.
    Broken(String),
}

/// Why a folder is not touched.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It cannot be read.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is of a later workbook: this one would take away what that one has brought.
    #[error(
        "{folder} is of workbook {theirs}, and this is workbook {VERSION}: nothing was changed.\n\
         Install the newer one again, as it was installed there"
    )]
    Newer {
        /// The learner's folder.
        folder: PathBuf,
        /// The version that wrote last.
        theirs: String,
    },
}

impl Default for Record {
    fn default() -> Self {
        Self { format: FORMAT, workbook: VERSION.to_owned(), files: BTreeMap::new() }
    }
}

impl Entry {
    /// A file that is the learner's own.
    pub(super) fn of_the_learner() -> Self {
        Self { sha256: None, version: VERSION.to_owned(), told: None }
    }

    /// One that this program has installed.
    pub(super) fn of(hash: String) -> Self {
        Self { sha256: Some(hash), version: VERSION.to_owned(), told: None }
    }
}

impl Record {
    /// Is there one in this folder?
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        folder.join(FILE).is_file()
    }

    /// Reads the record of a folder.
    ///
    /// # Errors
    /// When it is there and cannot be read, or is of a later workbook.
    pub fn find(folder: &Folder) -> Result<Found, RecordError> {
        let file = folder.root().join(FILE);
        let text = match std::fs::read(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(source) => return Err(RecordError::Unreadable { file, source }),
        };
        let newer = |theirs| RecordError::Newer { folder: folder.root().to_owned(), theirs };
        match parse(&text) {
            Ok(record) => Ok(Found::Record(record)),
            Err(Trouble::Newer(theirs)) => Err(newer(theirs)),
            Err(Trouble::Broken(why)) => Ok(Found::Broken(why)),
        }
    }

    /// Puts a record aside that cannot be understood; answers with its new path below the folder.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn set_aside(folder: &Folder) -> Result<String, KitError> {
        folder.move_aside(FILE, numbered(&format!("{FILE}.broken")))
    }

    /// Writes it; `is_final` where it is to outlast a power cut.
    pub(super) fn save(&mut self, folder: &Folder, is_final: bool) -> Result<(), KitError> {
        VERSION.clone_into(&mut self.workbook);
        let mut text = serde_json::to_vec_pretty(self).expect("texts and numbers can be written as JSON");
        text.push(b'\n');
        folder.overwrite(FILE, &text, is_final)
    }

    /// The folders of lessons that have gone, the outermost of each.
    pub(super) fn old_lessons(&self, is_today: impl Fn(&str) -> bool) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for path in self.files.keys().filter(|path| Kind::of(path) == Kind::Lesson) {
            let parts: Vec<&str> = path.split('/').collect();
            let folders = (2..parts.len()).map(|amount| parts[..amount].join("/"));
            found.extend(folders.into_iter().find(|folder| !is_today(&format!("{folder}/"))));
        }
        found.dedup();
        found
    }

    /// Is what lies there still what was installed?
    pub(super) fn is_untouched(&self, path: &str, seen: &Seen) -> bool {
        let installed = self.files.get(path).and_then(|entry| entry.sha256.as_ref());
        installed.is_some_and(|installed| matches!(seen, Seen::File(hash) if hash == installed))
    }
}

enum Trouble {
    Newer(String),
    Broken(String),
}

fn parse(text: &[u8]) -> Result<Record, Trouble> {
    /// What every format has.
    #[derive(Deserialize)]
    struct Heading {
        format: u32,
        workbook: String,
    }
    let broken = |error: serde_json::Error| Trouble::Broken(error.to_string());
    let heading: Heading = serde_json::from_slice(text).map_err(broken)?;
    if heading.format > FORMAT || version(&heading.workbook) > version(VERSION) {
        return Err(Trouble::Newer(heading.workbook));
    }
    let record: Record = serde_json::from_slice(text).map_err(broken)?;
    match record.files.keys().find(|path| !is_harmless(path)) {
        Some(path) => Err(Trouble::Broken(format!("`{}` is no path below it", path.escape_debug()))),
        None => Ok(record),
    }
}

/// Does the path lead to a file below the folder, and can it be shown?
fn is_harmless(path: &str) -> bool {
    let is_normal = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    is_normal && !path.is_empty() && !path.ends_with('/') && crate::trace::escape(path.as_bytes()) == path
}

/// The numbers of a version; what stands behind them does not count.
fn version(text: &str) -> Vec<u64> {
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    numbers.split('.').map_while(|number| number.parse().ok()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match parse(text.as_bytes()) {
            Ok(_) => "fine".to_owned(),
            Err(Trouble::Newer(version)) => format!("newer: {version}"),
            Err(Trouble::Broken(why)) => format!("broken: {why}"),
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let mut record = Record::default();
        record.files.insert("lessons/w04/part.md".into(), Entry::of("00".into()));
        record.files.insert("README.md".into(), Entry { told: Some("11".into()), ..Entry::of_the_learner() });
        let text = serde_json::to_vec(&record).unwrap();
        assert!(matches!(parse(&text), Ok(read) if read == record));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let with = |path: &str| {
            format!(r#"{{"format":1,"workbook":"0.1.0","files":{{"{path}":{{"version":"0"}}}}}}"#)
        };
        assert_eq!(told(&with("exercises/w04-l03/main.rs")), "fine");
        for path in ["../x", "/etc/passwd", "a/../../b", "", "lessons/"] {
            assert_eq!(told(&with(path)), format!("broken: `{path}` is no path below it"));
        }
        assert_eq!(told(&with("a\\u001b[2J")), "broken: `a\\u{1b}[2J` is no path below it");
        assert_eq!(told("{"), "broken: EOF while parsing an object at line 1 column 1");
        assert_eq!(told(r#"{"format":2,"workbook":"0.1.1","more":1}"#), "newer: 0.1.1");
        assert_eq!(told(r#"{"format":1,"workbook":"99.0.0","files":{}}"#), "newer: 99.0.0");
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(version("0.10.0") > version("0.9.1") && version("1.0.0-rc.1") == version("1.0.0"));
        assert!(version("nonsense") < version("0.0.1"));
    }

    #[test]
    fn the_outermost_folder_of_lessons_that_have_gone_is_named() {
        let mut record = Record::default();
        let paths = [
            "w04/01-a/lesson.md",
            "w04/02-b/checks.toml",
            "w04/02-b/lesson.md",
            "w05/part.md",
            "w05/01-c/lesson.md",
        ];
        for path in paths {
            record.files.insert(format!("lessons/{path}"), Entry::of_the_learner());
        }
        let old = record.old_lessons(|folder| "lessons/w04/01-a/lesson.md".starts_with(folder));
        assert_eq!(old, ["lessons/w04/02-b", "lessons/w05"]);
    }
}
