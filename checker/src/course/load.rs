//! From the files below `lessons/` to a course; everything that is wrong is said at once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
        let (mut parts, mut lessons) = (Vec::new(), Vec::new());
        for folder in loader.folders(Path::new(LESSONS)) {
            parts.extend(loader.part(&folder));
            lessons.extend(loader.lessons(&folder));
        }
        if lessons.is_empty() && loader.errors.is_empty() {
            loader.errors.push(CourseError::about_file(Path::new(LESSONS), "there is no lesson"));
        }
        CourseErrors::check(loader.errors)?;
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
        Some(Part { id: name_of(folder), title: heading.text.clone() })
    }

    fn lessons(&mut self, folder: &Path) -> Vec<Lesson> {
        let part = &name_of(folder);
        let mut lessons: Vec<Lesson> = Vec::new();
        for folder in self.folders(folder) {
            let text = self.read(&folder.join("lesson.md"));
            let checks = self.read(&folder.join("checks.toml")).and_then(|file| self.checks(&file));
            let front = text.as_ref().and_then(|file| front_matter::read(file, &mut self.errors));
            let (Some(text), Some(front)) = (text, front) else { continue };
            self.names(&text, &front, &folder, part);
            lessons.extend(checks.map(|checks| lesson(&text, front, checks, self.root.join(&folder), part)));
        }
        lessons.sort_by_key(|lesson| lesson.order);
        lessons
    }

    fn checks(&mut self, file: &SourceFile) -> Option<Checks> {
        match toml::from_str(&file.text) {
            Ok(checks) => {
                self.errors.extend(validate::checks(file, &checks));
                Some(checks)
            }
            Err(error) => {
                self.errors.push(toml_error::explain(file, &error));
                None
            }
        }
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

/// The rows of the table of mistakes that have two cells.
fn mistake_rows(document: &Document) -> Vec<MistakeRow> {
    let rows = document.table("Common mistakes").into_iter();
    rows.filter_map(|row| match row {
        [mistake, fix, ..] => Some(MistakeRow { mistake: mistake.text.clone(), fix: fix.text.clone() }),
        _ => None,
    })
    .collect()
}

fn lesson(file: &SourceFile, front: FrontMatter, checks: Checks, folder: PathBuf, part: &str) -> Lesson {
    let document = Document::parse(&file.text, front.text_start);
    Lesson {
        id: front.id,
        title: front.title,
        part: part.to_owned(),
        order: front.order,
        kind: front.kind,
        duration_min: front.duration_min,
        folder,
        text: file.text[front.text_start..].to_owned(),
        mistake_rows: mistake_rows(&document),
        checks,
    }
}

/// The last part of a path.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
