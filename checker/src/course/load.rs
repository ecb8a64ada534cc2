//! From the files below `lessons/` to a course; everything that is wrong is said at once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::ScopedJoinHandle;

use super::checks::Checks;
use super::document::Document;
use super::error::{CourseError, CourseErrors, SourceFile};
use super::front_matter::{self, FrontMatter};
use super::{Course, Lesson, MistakeRow, Part};
use super::{toml_error, validate};

/// The folder of all parts, below the course's root.
pub(crate) const LESSONS: &str = "lessons";

impl Course {
    /// Reads all lessons below `root`.
    ///
    /// # Errors
    /// Everything that would make a check meaningless, in order of files and lines. What only makes a
    /// lesson incomplete is left to the lint.
    pub fn load(root: &Path) -> Result<Self, CourseErrors> {
        let mut loader = Loader { root, errors: Vec::new(), ids: BTreeMap::new() };
        let (mut parts, mut folders) = (Vec::new(), Vec::new());
        for folder in loader.folders(Path::new(LESSONS)) {
            parts.extend(loader.part(&folder));
            folders.extend(loader.folders(&folder));
        }
        let mut lessons: Vec<_> =
            read_lessons(root, &folders).into_iter().filter_map(|read| loader.lesson(read)).collect();
        if lessons.is_empty() && loader.errors.is_empty() {
            loader.errors.push(CourseError::about_file(Path::new(LESSONS), "there is no lesson"));
        }
        CourseErrors::check(loader.errors)?;
        lessons.sort_by(|one, other| (&one.part, one.order).cmp(&(&other.part, other.order)));
        Ok(Self { root: root.to_path_buf(), parts, lessons })
    }

    /// The nearest folder from `from` upwards that holds a course.
    #[must_use]
    pub fn find_root(from: &Path) -> Option<PathBuf> {
        from.ancestors().find(|folder| folder.join(LESSONS).is_dir()).map(Path::to_path_buf)
    }
}

/// Reads files and collects what is wrong with them. Paths are relative to the root.
struct Loader<'a> {
    root: &'a Path,
    errors: Vec<CourseError>,
    /// The file of each lesson id.
    ids: BTreeMap<String, Arc<Path>>,
}

impl Loader<'_> {
    /// The folders in a folder, in order of their names.
    fn folders(&mut self, path: &Path) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.root.join(path)) else {
            self.errors.push(CourseError::about_file(path, "there is no such folder"));
            return Vec::new();
        };
        let mut folders: Vec<_> = entries
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .map(|entry| path.join(entry.file_name()))
            .filter(|folder| !name_of(folder).starts_with('.'))
            .collect();
        folders.sort();
        folders
    }

    fn read(&mut self, path: &Path) -> Option<SourceFile> {
        SourceFile::read(self.root, path).map_err(|error| self.errors.push(error)).ok()
    }

    fn part(&mut self, folder: &Path) -> Option<Part> {
        let file = self.read(&folder.join("part.md"))?;
        let document = Document::parse(&file.text, 0);
        let Some(heading) = document.headings.first() else {
            let error = CourseError::about_file(&file.path, "there is no heading");
            self.errors.push(error.help("the first heading is the title of the part"));
            return None;
        };
        Some(Part { id: name_of(folder), title: heading.text.clone(), text: file.text.to_string() })
    }

    /// What was read of one lesson, with its names checked against those of the others.
    fn lesson(&mut self, read: ReadLesson) -> Option<Lesson> {
        self.errors.extend(read.errors);
        let (text, front) = read.text?;
        let part = read.folder.parent().map(name_of).unwrap_or_default();
        self.names(&text, &front, &read.folder, &part);
        Some(Lesson {
            id: front.id,
            title: front.title,
            part,
            order: front.order,
            kind: front.kind,
            duration_min: front.duration_min,
            folder: self.root.join(&read.folder),
            text: text.text[front.text_start..].to_owned(),
            mistake_rows: read.mistake_rows,
            checks: read.checks?,
        })
    }

    /// Id and order must agree with the folders, and no two lessons may have the same id.
    fn names(&mut self, file: &SourceFile, front: &FrontMatter, folder: &Path, part: &str) {
        let id = &front.id;
        if !id.strip_prefix(part).is_some_and(|rest| rest.len() > 1 && rest.starts_with('-')) {
            let error = file.error(front.id_span.clone(), format!("the id `{id}` is of another part"));
            self.errors.push(error.label(format!("expected {part}-…, as the folder says")));
        }
        let name = name_of(folder);
        if name.split('-').next().and_then(|number| number.parse().ok()) != Some(front.order) {
            let message = format!("order {} is not that of the folder `{name}`", front.order);
            self.errors.push(file.error(front.order_span.clone(), message));
        }
        if let Some(earlier) = self.ids.insert(id.clone(), Arc::clone(&file.path)) {
            let error = file.error(front.id_span.clone(), format!("duplicate lesson `{id}`"));
            self.errors.push(error.label(format!("also in {}", earlier.display())));
        }
    }
}

/// The files of one lesson, as far as they could be read.
struct ReadLesson {
    folder: PathBuf,
    text: Option<(SourceFile, FrontMatter)>,
    mistake_rows: Vec<MistakeRow>,
    checks: Option<Checks>,
    errors: Vec<CourseError>,
}

/// Reads all lessons at the same time: every command waits for this.
fn read_lessons(root: &Path, folders: &[PathBuf]) -> Vec<ReadLesson> {
    std::thread::scope(|scope| {
        let read = |folder: &PathBuf| read_lesson(root, folder.clone());
        let start = |folder| std::thread::Builder::new().spawn_scoped(scope, move || read(folder));
        let readers: Vec<_> = folders.iter().map(|folder| (folder, start(folder))).collect();
        let finish =
            |(folder, reader): (&PathBuf, std::io::Result<ScopedJoinHandle<'_, ReadLesson>>)| match reader {
                Ok(reader) => reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                // The machine has no thread left.
                Err(_) => read(folder),
            };
        readers.into_iter().map(finish).collect()
    })
}

fn read_lesson(root: &Path, folder: PathBuf) -> ReadLesson {
    let mut errors = Vec::new();
    let mut read =
        |name: &str| SourceFile::read(root, &folder.join(name)).map_err(|error| errors.push(error)).ok();
    let (text, checks) = (read("lesson.md"), read("checks.toml"));
    let checks = checks.and_then(|file| read_checks(&file, &mut errors));
    let text = text.and_then(|file| {
        let front = front_matter::read(&file, &mut errors)?;
        Some((file, front))
    });
    let document = text.as_ref().map(|(file, front)| Document::parse(&file.text, front.text_start));
    let mistake_rows = mistake_rows(&document.unwrap_or_default());
    ReadLesson { folder, text, mistake_rows, checks, errors }
}

fn read_checks(file: &SourceFile, errors: &mut Vec<CourseError>) -> Option<Checks> {
    match toml::from_str(&file.text) {
        Ok(checks) => {
            errors.extend(validate::checks(file, &checks));
            Some(checks)
        }
        Err(error) => {
            errors.push(toml_error::explain(file, &error));
            None
        }
    }
}

/// The rows of the table of mistakes that have two cells.
fn mistake_rows(document: &Document) -> Vec<MistakeRow> {
    let rows = document.table("Common mistakes").into_iter();
    rows.filter_map(|row| match row {
        [mistake, fix, ..] => Some(MistakeRow { mistake: mistake.text.clone(), fix: fix.text.clone() }),
        _ => None,
    })
    .collect()
}

/// The last part of a path.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
